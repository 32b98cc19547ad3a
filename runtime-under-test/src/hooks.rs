//! Hooks: programs of the host's that the config has run at points of the container's life (config.md, "POSIX-platform
//! Hooks"; runtime.md, "Lifecycle").
//!
//! In which namespaces a hook runs is decided by who calls: `prestart`, `createRuntime`, `poststart` and `poststop` belong to
//! the runtime, `createContainer` and `startContainer` to the container's own first process.

use crate::config::Hook;
use crate::process::Filter;
use crate::syscall::{Reason, process::PidFd, signals::asking_to_end, wait_for_any};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::{errno::Errno, poll::PollFlags, unistd::Pid};
use std::ffi::{CString, OsStr};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs::File, os::fd::AsFd, os::unix::process::CommandExt, path::Path};

/// How much of a failed hook's output an error quotes, from its end.
const QUOTED: u64 = 4096;

/// How a hook failed: it could not be run or watched, said that it failed, or took longer than it was given and was killed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct HookError(String);

fn quote(output: &str) -> String {
    let output = output.trim_end();
    if output.is_empty() { String::new() } else { format!(": {}", output.escape_debug()) }
}

/// What a hook finds itself in, as runc has it; the spec says nothing of that.
#[derive(Debug, Clone, Copy)]
pub enum Surroundings<'a> {
    /// A hook of the runtime's: the bundle, and the environment of ptyrun's caller where the config gives none.
    Runtime(&'a Path),
    /// A hook of the container's, with nothing of that.
    Container {
        /// Its directory, if not the one that the process is in.
        directory: Option<&'a Path>,
        /// Its environment, where the config gives none.
        environment: &'a [CString],
    },
}

/// Runs hooks one after the other and stops at the first that fails: the rule for `prestart`, `createRuntime`,
/// `createContainer` and `startContainer`, whose failure ends the container. `state` gives the container's state as JSON;
/// `filter` is loaded in each.
pub fn run(
    hooks: &[Hook],
    state: impl Fn() -> Vec<u8>,
    surroundings: Surroundings<'_>,
    filter: Option<&Filter>,
) -> Result<(), HookError> {
    hooks.iter().try_for_each(|hook| run_one(hook, &state(), surroundings, filter))
}

/// Runs every hook, whatever becomes of the others: the rule for `poststart` and `poststop`, whose failures are warnings. They
/// are the runtime's.
#[must_use]
pub fn run_all(hooks: &[Hook], state: impl Fn() -> Vec<u8>, bundle: &Path) -> Vec<String> {
    let run = |hook| run_one(hook, &state(), Surroundings::Runtime(bundle), None);
    hooks.iter().filter_map(|hook| run(hook).err()).map(|error| error.to_string()).collect()
}

fn run_one(
    hook: &Hook,
    state: &[u8],
    surroundings: Surroundings<'_>,
    filter: Option<&Filter>,
) -> Result<(), HookError> {
    let path = hook.path.display();
    let failed = |source: std::io::Error| HookError(format!("cannot run the hook {path}: {}", source.words()));
    // Files in memory rather than pipes: neither a hook that does not read nor one that writes much can block us.
    let mut input = memory_file().map_err(failed)?;
    input.write_all(state).and_then(|()| input.seek(SeekFrom::Start(0))).map_err(failed)?;
    let mut output = memory_file().map_err(failed)?;
    let mut command = Command::new(&hook.path);
    if let Some((name, arguments)) = hook.args.split_first() {
        command.arg0(name).args(arguments);
    }
    let directory = match surroundings {
        // Whoever ran the container may have removed it since.
        Surroundings::Runtime(bundle) => Some(if bundle.is_dir() { bundle } else { Path::new("/") }),
        Surroundings::Container { directory, .. } => directory,
    };
    directory.map(|directory| command.current_dir(directory));
    let variable = |entry: &[u8]| {
        let mut parts = entry.splitn(2, |byte| *byte == b'=').map(|part| OsStr::from_bytes(part).to_owned());
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    };
    match (&hook.env, surroundings) {
        (Some(own), _) => drop(command.env_clear().envs(own.iter().map(|entry| variable(entry.as_bytes())))),
        (None, Surroundings::Runtime(_)) => {}
        (None, Surroundings::Container { environment, .. }) => {
            command.env_clear().envs(environment.iter().map(|entry| variable(entry.as_bytes())));
        }
    }
    command
        .stdin(input)
        .stdout(Stdio::from(output.try_clone().map_err(failed)?))
        .stderr(Stdio::from(output.try_clone().map_err(failed)?));
    if let Some(filter) = filter {
        filter.load_in(&mut command);
    }
    let mut child = command.spawn().map_err(failed)?;
    let waited = wait_until_exit(&child, hook.timeout);
    if !matches!(waited, Ok(Waited::Exited)) {
        let _ = child.kill();
    }
    let status = child.wait().map_err(failed)?;
    match waited.map_err(|errno| failed(errno.into()))? {
        Waited::Exited => {}
        Waited::Interrupted => return Err(HookError(format!("a signal asked to end: the hook {path} was killed"))),
        Waited::TooLong => {
            let timeout = hook.timeout.unwrap_or_default().as_secs();
            return Err(HookError(format!("the hook {path} took longer than {timeout} s and was killed")));
        }
    }
    if status.success() {
        return Ok(());
    }
    // The output is hostile where the hook handles a container's data.
    Err(HookError(format!("the hook {path} failed: {status}{}", quote(&tail(&mut output)))))
}

fn memory_file() -> std::io::Result<File> {
    Ok(File::from(memfd_create("ptyrun-hook", MFdFlags::MFD_CLOEXEC)?))
}

fn tail(output: &mut File) -> String {
    let mut bytes = Vec::new();
    let length = output.metadata().map_or(0, |seen| seen.len());
    let start = SeekFrom::Start(length.saturating_sub(QUOTED));
    // What cannot be read is not worth hiding the failure for.
    let _ = output.seek(start).and_then(|_| output.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What came of waiting for a hook.
enum Waited {
    Exited,
    TooLong,
    Interrupted,
}

/// Waits for the end of the child, not longer than `timeout`, and not if somebody asks ptyrun to end.
fn wait_until_exit(child: &Child, timeout: Option<Duration>) -> Result<Waited, Errno> {
    let pidfd = PidFd::open(Pid::from_raw(child.id().cast_signed()))?;
    let asked = asking_to_end()?;
    let deadline = timeout.map(|timeout| Instant::now() + timeout);
    let ready = wait_for_any(&[pidfd.as_fd(), asked.as_fd()], PollFlags::POLLIN, deadline)?;
    Ok(match ready {
        Some(0) => Waited::Exited,
        Some(_) => Waited::Interrupted,
        None => Waited::TooLong,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const HERE: Surroundings<'_> = Surroundings::Container { directory: None, environment: &[] };

    fn shell(script: &str) -> Hook {
        serde_json::from_value(
            json!({"path": "/bin/sh", "args": ["sh", "-c", script], "env": ["WORD=x y"], "timeout": 20}),
        )
        .unwrap()
    }

    #[test]
    fn a_hook_gets_the_state_and_only_its_own_environment() {
        let script =
            r#"read state; [ "$state" = '{"id":"a"}' ] && [ "$WORD" = "x y" ] && [ -z "$HOME" ] && [ "$PWD" = /usr ]"#;
        for surroundings in [
            Surroundings::Runtime(Path::new("/usr")),
            Surroundings::Container { directory: Some(Path::new("/usr")), environment: &[c"WORD=".into()] },
        ] {
            run(&[shell(script)], || b"{\"id\":\"a\"}\n".to_vec(), surroundings, None).unwrap();
        }
    }

    #[test]
    fn a_hook_of_the_runtimes_without_an_environment_has_the_callers() {
        let mut hook = shell("[ -n \"$CARGO_MANIFEST_DIR\" ]"); // cargo sets it for tests
        hook.env = None;
        run(&[hook.clone()], Vec::new, Surroundings::Runtime(Path::new("/")), None).unwrap();
        run(&[hook.clone()], Vec::new, HERE, None).unwrap_err();
        let environment = [c"CARGO_MANIFEST_DIR=x".into()];
        run(&[hook], Vec::new, Surroundings::Container { directory: None, environment: &environment }, None).unwrap();
    }

    #[test]
    fn a_failure_quotes_what_the_hook_said_escaped() {
        let error = run(&[shell("printf 'no \\033[31m'; exit 3")], Vec::new, HERE, None).unwrap_err().to_string();
        assert_eq!(error, r"the hook /bin/sh failed: exit status: 3: no \u{1b}[31m");
    }

    #[test]
    fn the_first_failure_stops_the_rest_unless_all_are_to_run() {
        let mark = std::env::temp_dir().join(format!("ptyrun-hook-{}", std::process::id()));
        let hooks = [shell("exit 1"), shell(&format!("echo > {}", mark.display()))];
        run(&hooks, Vec::new, HERE, None).unwrap_err();
        assert!(!mark.exists());
        assert_eq!(run_all(&hooks, Vec::new, Path::new("/")).len(), 1);
        std::fs::remove_file(mark).unwrap();
    }

    #[test]
    fn a_hook_that_hangs_is_killed() {
        let mut hook = shell("exec sleep 1000");
        hook.timeout = Some(Duration::from_millis(50));
        let error = run(&[hook], Vec::new, HERE, None).unwrap_err().to_string();
        assert_eq!(error, "the hook /bin/sh took longer than 0 s and was killed");
    }

    #[test]
    fn a_hook_that_is_missing_is_named() {
        let hook: Hook = serde_json::from_value(json!({"path": "/nowhere/hook"})).unwrap();
        let error = run(&[hook], Vec::new, HERE, None).unwrap_err().to_string();
        assert!(error.starts_with("cannot run the hook /nowhere/hook: no such file"), "{error}");
    }

    #[test]
    fn much_output_and_unread_input_do_not_block() {
        run(&[shell("head -c 1000000 /dev/zero")], || vec![b' '; 1_000_000], HERE, None).unwrap();
    }
}
