//! A run in the circumstances that a caller may leave it: the verdicts are those of any other run, or one line says what
//! is in the way.

use nix::libc;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output};

/// Cases that look at what a container inherits, at files of other users, at signals and at exec.
const CASES: [&str; 4] = ["console/is-the-terminal", "leaks/no-master-*", "owner/user-*", "session/*signals-start*"];

/// A run that a shell starts after it has made the circumstances.
fn run(circumstances: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{circumstances}\nexec \"$@\""), "sh", env!("CARGO_BIN_EXE_ptyproof"), "run"]);
    command.args(CASES);
    command
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |stream: &[u8]| String::from_utf8_lossy(stream).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[track_caller]
fn passes(mut command: Command) {
    let (status, output, error) = said(&command.output().expect("sh can be started"));
    let last = output.lines().last().unwrap_or_default();
    let counts = last.split("; ").next().unwrap_or_default();
    assert_eq!((status, error.as_str()), (Some(0), ""), "{output}");
    assert!(counts.ends_with(" pass") && !counts.contains(','), "{output}");
}

#[track_caller]
fn is_refused(circumstances: &str, why: &str) {
    let (status, output, error) = said(&run(circumstances).output().expect("sh can be started"));
    assert_eq!((status, output.as_str()), (Some(3), ""), "{error}");
    assert!(error.starts_with("ptyproof: ") && error.contains(why) && error.lines().count() == 1, "{error}");
}

#[test]
fn the_mask_of_files_does_not_matter() {
    passes(run("umask 077"));
}

#[test]
fn few_descriptors_are_raised() {
    passes(run("ulimit -S -n 64; ulimit -S -f 1; ulimit -S -s 1024"));
}

#[test]
fn a_limit_that_cannot_be_raised_is_named() {
    needs_root();
    is_refused("ulimit -n 128; set -- setpriv --bounding-set -sys_resource \"$@\"", "open files is 128 (ulimit -n)");
}

#[test]
fn ignored_signals_do_not_matter() {
    passes(run("trap '' INT TERM HUP CHLD USR1 USR2 TTOU TTIN TSTP WINCH"));
}

#[test]
fn ignored_signals_of_the_c_library_do_not_matter() {
    let mut command = run("");
    // SAFETY: a system call that reads a structure: ignore, and nothing else.
    unsafe {
        command.pre_exec(|| {
            let ignore = [libc::SIG_IGN as u64, 0, 0, 0];
            for signal in 32..=64 {
                libc::syscall(libc::SYS_rt_sigaction, signal, ignore.as_ptr(), 0, 8);
            }
            Ok(())
        });
    }
    passes(command);
}

#[test]
fn neither_the_directory_nor_streams_nor_the_environment_matter() {
    passes(run("directory=$(mktemp -d) && cd \"$directory\" && rmdir \"$directory\""));
    passes(run("exec 0<&-"));
    passes(run("export LD_LIBRARY_PATH=/nowhere NOTIFY_SOCKET=/nowhere LISTEN_FDS=2 TERM= LC_ALL=xx"));
    passes(run("exec 5</dev/null 6</proc 7<>/dev/ptmx; nice -n 5 true; set -- nice -n 5 \"$@\""));
}

#[test]
fn a_directory_for_files_that_cannot_be_used_is_named() {
    needs_root();
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().display();
    let own = "unshare --mount --propagation private sh -c";
    let mounted = format!("mount -t tmpfs -o noexec,mode=1777 tmpfs {path}; export TMPDIR={path}; exec \"$0\" \"$@\"");
    is_refused(&format!("set -- {own} '{mounted}' \"$@\""), "mounted noexec");
    is_refused(&format!("export TMPDIR={path}/nothing"), "nothing");
    let closed = place.path().join("closed");
    fs::create_dir(&closed).expect("a directory");
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).expect("it is ours");
    is_refused(&format!("export TMPDIR={}", closed.display()), "other users may not enter");
}

#[test]
fn what_root_lacks_is_named() {
    needs_root();
    is_refused("set -- setpriv --bounding-set -mknod,-audit_write \"$@\"", "CAP_MKNOD, CAP_AUDIT_WRITE");
}

/// Others have no way of making these circumstances.
fn needs_root() {
    assert!(nix::unistd::geteuid().is_root(), "this test needs root");
}
