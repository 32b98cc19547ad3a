//! What the scheduler says of a process or thread.

use std::{fs, io, path::Path};

/// Whether it sleeps until something happens: `stat` is its file of that name below `/proc`. proc_pid_stat(5)
pub(crate) fn is_asleep(stat: &Path) -> io::Result<bool> {
    Ok(state(stat)? == Some('S'))
}

/// Whether a process has ended, be it that its parent has yet to take its status.
pub(crate) fn has_ended(pid: i32) -> io::Result<bool> {
    match state(Path::new(&format!("/proc/{pid}/stat"))) {
        Err(error) if matches!(error.raw_os_error(), Some(nix::libc::ENOENT | nix::libc::ESRCH)) => Ok(true),
        state => Ok(matches!(state?, Some('Z' | 'X'))),
    }
}

/// The letter that stands for it.
fn state(stat: &Path) -> io::Result<Option<char>> {
    let line = fs::read_to_string(stat)?;
    Ok(line.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_ended_before_its_status_is_taken_and_after() {
        let mut child = std::process::Command::new("cat").stdin(std::process::Stdio::piped()).spawn().expect("cat");
        let pid = child.id().cast_signed();
        assert!(!has_ended(pid).expect("procfs"));
        drop(child.stdin.take());
        let end = crate::pidfd::end_of_child(pid).expect("it is a child");
        let deadline = crate::deadline::Deadline::after(std::time::Duration::from_secs(10));
        assert_eq!(deadline.wait_for(end, nix::poll::PollFlags::POLLIN), Ok(true));
        assert!(has_ended(pid).expect("procfs"), "a zombie");
        child.wait().expect("it is a child");
        assert!(has_ended(pid).expect("procfs"), "gone");
    }
}
