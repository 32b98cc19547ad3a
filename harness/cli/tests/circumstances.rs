//! A run in the circumstances that a caller may leave it: the verdicts are those of any other run, or one line says what
//! is in the way.

mod said;

use nix::libc;
use said::Said;
use std::fs::{self, Permissions};
use std::{os::unix::fs::PermissionsExt, os::unix::process::CommandExt, process::Command};

/// Cases that look at what a container inherits, at files of other users, at signals and at exec.
const CASES: [&str; 4] = ["console/is-the-terminal", "leaks/no-master-*", "owner/user-*", "session/*signals-start*"];

/// A run that a shell starts after it has made the circumstances.
fn run(circumstances: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{circumstances}\nexec \"$@\""), "sh", env!("CARGO_BIN_EXE_ptyproof"), "run"]);
    command.args(CASES);
    command
}

fn said(command: &mut Command) -> (Option<i32>, String, String) {
    let Said { status, output, error } = command.output().expect("sh can be started").into();
    (status, output, error)
}

#[track_caller]
fn passes(mut command: Command) {
    let (status, output, error) = said(&mut command);
    let last = output.lines().last().unwrap_or_default();
    let counts = last.split("; ").next().unwrap_or_default();
    assert_eq!((status, error.as_str()), (Some(0), ""), "{command:?}: {output}");
    assert!(counts.ends_with(" pass") && !counts.contains(','), "{command:?}: {output}");
}

#[track_caller]
fn is_refused(circumstances: &str, why: &str) {
    let (status, output, error) = said(&mut run(circumstances));
    assert_eq!((status, output.as_str()), (Some(3), ""), "{error}");
    assert!(error.starts_with("ptyproof: ") && error.contains(why) && error.lines().count() == 1, "{error}");
}

#[test]
fn what_a_caller_leaves_does_not_matter() {
    for circumstances in [
        "umask 077",
        "trap '' INT TERM HUP CHLD USR1 USR2 TTOU TTIN TSTP WINCH",
        "directory=$(mktemp -d) && cd \"$directory\" && rmdir \"$directory\"",
        "export LD_LIBRARY_PATH=/nowhere NOTIFY_SOCKET=/nowhere LISTEN_FDS=2 TERM= LC_ALL=xx",
        "exec 5</dev/null 6</proc 7<>/dev/ptmx; nice -n 5 true; set -- nice -n 5 \"$@\"",
        "exec 0<&-",
        "exec 2>&-",
        // They are raised.
        "ulimit -S -n 64; ulimit -S -f 1; ulimit -S -s 1024",
    ] {
        passes(run(circumstances));
    }
}

#[test]
fn a_limit_that_cannot_be_raised_is_named() {
    needs_root();
    is_refused("ulimit -n 128; set -- setpriv --bounding-set -sys_resource \"$@\"", "open files is 128 (ulimit -n)");
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
fn closed_streams_do_not_matter() {
    for closed in ["exec 1>&-", "exec 0<&- 1>&-", "exec 1>&- 2>&-", "exec 0<&- 1>&- 2>&-"] {
        let (status, _, error) = said(&mut run(closed));
        assert_eq!((status, error.as_str()), (Some(0), ""), "{closed}");
    }
}

#[test]
fn no_new_privileges_matter_only_to_who_has_a_range_of_ids() {
    needs_root();
    passes(run("set -- setpriv --no-new-privs \"$@\""));
    // Where anybody may go; the target directory may be in somebody's home.
    let place = tempfile::tempdir().expect("a directory");
    fs::set_permissions(place.path(), Permissions::from_mode(0o777)).expect("it is ours");
    let path = place.path().display();
    let ordinary = "setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs";
    is_refused(
        &format!(
            "umask 022; install -m 0755 \"$1\" {path}/ptyproof; shift; export TMPDIR={path}; echo 65534:100000:65536 >{path}/range
             set -- unshare --mount --propagation private sh -c 'mount --bind {path}/range /etc/subuid &&
             mount --bind {path}/range /etc/subgid && exec {ordinary} {path}/ptyproof \"$@\"' sh \"$@\""
        ),
        "no_new_privs is set",
    );
}

#[test]
fn an_ordinary_user_can_hold_a_runtime_at_its_calls() {
    needs_root();
    // Where anybody may go; the target directory may be in somebody's home.
    let place = tempfile::tempdir().expect("a directory");
    fs::set_permissions(place.path(), Permissions::from_mode(0o777)).expect("it is ours");
    let (path, program) = (place.path().display(), env!("CARGO_BIN_EXE_ptyproof"));
    let mut command = Command::new("sh");
    command.args(["-c", &format!(
        "umask 022; install -m 0755 {program} {path}/ptyproof; export TMPDIR={path}
         exec setpriv --reuid 65534 --regid 65534 --clear-groups {path}/ptyproof run 'races/*-swapped-*' 'session/failure-to-*'"
    )]);
    passes(command);
}

#[test]
fn a_filter_that_refuses_a_call_is_named() {
    needs_root();
    use libc::{BPF_ABS, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO};
    let instruction = |code: u32, k: u32, jf: u8| libc::sock_filter { code: code as u16, jt: 0, jf, k };
    let refusing = |call: libc::c_long| {
        let filter = [
            instruction(BPF_LD | BPF_W | BPF_ABS, 0, 0),
            instruction(BPF_JMP | BPF_JEQ | BPF_K, call as u32, 1),
            instruction(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | libc::EPERM.cast_unsigned(), 0),
            instruction(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0),
        ];
        let mut command = run("");
        // SAFETY: prctl is async-signal-safe, the filter lives in the closure, and nothing is allocated.
        unsafe {
            command.pre_exec(move || {
                let program = libc::sock_fprog { len: 4, filter: filter.as_ptr().cast_mut() };
                match libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) {
                    0 => Ok(()),
                    _ => Err(std::io::Error::last_os_error()),
                }
            });
        }
        command
    };
    for (call, name) in [(libc::SYS_mount, "mount"), (libc::SYS_pidfd_open, "pidfd_open")] {
        let (status, _, error) = said(&mut refusing(call));
        let expected =
            format!("ptyproof: a seccomp filter refuses {name}, which runs need: start ptyproof without it\n");
        assert_eq!((status, error), (Some(3), expected));
    }
    passes(refusing(libc::SYS_acct));
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
