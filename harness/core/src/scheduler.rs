//! What the scheduler says of processes and their threads.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{fs, io, path::Path};

/// Whether a process or thread sleeps until something happens: `stat` is its file of that name below `/proc`. proc_pid_stat(5)
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

/// Whether each thread of a process does.
pub(crate) fn all_asleep(pid: i32) -> io::Result<bool> {
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        if !is_asleep(&thread?.path().join("stat"))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether each thread of a process and of all its descendants does. proc_pid_task(5), `children`
fn family_asleep(pid: i32) -> io::Result<bool> {
    if !all_asleep(pid)? {
        return Ok(false);
    }
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let children = fs::read_to_string(thread?.path().join("children"))?;
        for child in children.split_whitespace().flat_map(str::parse) {
            if !family_asleep(child)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Watches for how long a process and its descendants all sleep. However busy the machine is, whoever is kept from running by that
/// does not sleep.
pub struct Vigil {
    end: Sender<()>,
    watcher: JoinHandle<Duration>,
}

impl Vigil {
    /// Begins to look, fifty times a second.
    pub(crate) fn over(pid: i32) -> Self {
        let (end, ended) = channel();
        let watcher = thread::spawn(move || {
            let (mut slept, mut asleep_since) = (Duration::ZERO, None::<Instant>);
            while ended.recv_timeout(Duration::from_millis(20)) == Err(RecvTimeoutError::Timeout) {
                let now = Instant::now();
                // Somebody may be gone between two looks: then something happened.
                let asleep = family_asleep(pid).unwrap_or(false);
                slept += asleep_since.filter(|_| asleep).map_or(Duration::ZERO, |since| now - since);
                asleep_since = asleep.then_some(now);
            }
            slept
        });
        Self { end, watcher }
    }

    /// For how long they have slept, to some hundredths of a second.
    pub fn end(self) -> Duration {
        drop(self.end);
        self.watcher.join().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn slept_in(script: &str) -> Duration {
        let mut shell = Command::new("/bin/sh").args(["-c", script]).spawn().expect("there is a shell");
        let vigil = Vigil::over(shell.id().cast_signed());
        shell.wait().expect("it ends");
        vigil.end()
    }

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

    #[test]
    fn sleep_is_told_from_work_in_a_child() {
        assert!(slept_in("sleep 0.5; exit 0") > Duration::from_millis(300));
        let work = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
        assert!(slept_in(&format!("/bin/sh -c '{work}'; exit 0")) < Duration::from_millis(100));
    }
}
