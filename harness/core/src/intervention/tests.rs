use super::InterventionError;
use super::supervisor::{LISTENER, Rule, supervise};
use super::{Answer, Call, Hit, Hits, World};
use nix::libc::c_ulong;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;
use ptyproof_probe::Errno;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, Output};

const FILE: Call = Call::Open("held");

type Held = (Output, Result<Vec<Hit>, InterventionError>);

/// A shell does `script` in a directory with a file `held`, at whose opening it is stopped. `program` counts as the container's.
fn stopped(script: &str, program: &str, ways: &'static [c_ulong], answer: Option<Answer>) -> Held {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("held"), "before\n").expect("a file");
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]).current_dir(directory.path());
    // SAFETY: prctl is async-signal-safe. Without privilege it is what filters take.
    unsafe { command.pre_exec(|| Ok(nix::sys::prctl::set_no_new_privs()?)) };
    let hits = Hits::default();
    let rules = vec![Rule { call: FILE, skipped: 0, answer }];
    supervise(&mut command, Path::new(program), rules, hits.clone(), ways).expect("a filter");
    (command.output().expect("a shell"), hits.of(FILE))
}

fn waits(change: impl FnOnce(&World) -> io::Result<()> + Send + 'static) -> Option<Answer> {
    Some(Answer::Wait(Box::new(change)))
}

fn read(change: impl FnOnce(&World) -> io::Result<()> + Send + 'static) -> Held {
    stopped("cat held", "/bin/sh", &LISTENER, waits(change))
}

/// The shell itself opens it, and then a program.
const TWICE: &str = "read line < held; echo $?; exec cat held";

#[test]
fn the_first_hit_fails_and_the_next_goes_on() {
    let fails = Some(Answer::Fail(Errno(nix::libc::EMFILE)));
    let (output, hits) = stopped(TWICE, "/bin/true", &LISTENER, fails);
    let hits = hits.expect("they were looked at");
    assert!(output.stdout.ends_with(b"\nbefore\n") && !output.stdout.starts_with(b"0"), "{output:?}");
    assert_eq!(hits.len(), 2);
    assert!(
        hits.iter().all(|hit| hit.path.is_absolute() && hit.path.ends_with("held") && hit.flags.is_some()),
        "{hits:?}"
    );
}

#[test]
fn the_programs_own_calls_are_not_held() {
    let (output, hits) = stopped(TWICE, "/bin/cat", &LISTENER, None);
    assert_eq!((output.stdout.as_slice(), hits.expect("it was looked at").len()), (&b"0\nbefore\n"[..], 1));
}

#[test]
fn a_file_reached_through_a_descriptor_is_that_file() {
    let (output, hits) = stopped("exec 7< held; cat /proc/thread-self/fd/7", "/bin/true", &LISTENER, None);
    assert_eq!((output.stdout.as_slice(), hits.expect("they were looked at").len()), (&b"before\n"[..], 2));
}

#[test]
fn the_world_changes_before_a_call_goes_on() {
    let (output, hits) = read(|world| std::fs::write(world.path(world.hit.path.to_str().expect("text")), "after\n"));
    assert_eq!((output.stdout.as_slice(), hits.expect("it was looked at").len()), (&b"after\n"[..], 1));
}

#[test]
fn a_process_may_die_while_it_is_held() {
    let script = "cat held & wait $!; echo $?";
    let kills = waits(|world| Ok(kill(Pid::from_raw(world.hit.pid), Signal::SIGKILL)?));
    let (output, hits) = stopped(script, "/bin/true", &LISTENER, kills);
    let killed = 128 + Signal::SIGKILL as i32;
    assert_eq!((output.stdout, hits.expect("it was looked at").len()), (format!("{killed}\n").into_bytes(), 1));
}

#[test]
fn a_call_that_a_signal_restarts_is_the_same_hit() {
    let stops = |world: &World| {
        let pid = Pid::from_raw(world.hit.pid);
        kill(pid, Signal::SIGSTOP)?;
        waitid(Id::Pid(pid), WaitPidFlag::WSTOPPED | WaitPidFlag::WNOWAIT)?;
        Ok(kill(pid, Signal::SIGCONT)?)
    };
    // Only without the newer flag a signal restarts it.
    let (output, hits) = stopped("exec cat held", "/bin/sh", &LISTENER[1..], waits(stops));
    assert_eq!((output.stdout.as_slice(), hits.expect("it was looked at").len()), (&b"before\n"[..], 1));
}

#[test]
fn a_change_that_fails_is_told_and_holds_nobody() {
    let (output, hits) = read(|_| Err(io::Error::other("no such world")));
    assert_eq!(output.status.into_raw(), 0);
    let told = hits.expect_err("it failed").to_string();
    assert!(told.ends_with("no such world"), "{told}");
    assert!(read(|_| panic!("on purpose")).1.is_err());
}
