//! An ordinary user without user namespaces: nothing can run, and one line says so.

use crate::machine::nothing_is_left;
use crate::{Test, text};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{Gid, Uid, chdir, chroot, setgroups, setresgid, setresuid};
use std::fs::{self, Permissions};
use std::{os::unix::fs::PermissionsExt, os::unix::process::CommandExt, path::Path, process::Command};

/// Alone, because memory is allocated after a fork.
pub const ALONE: &[Test] = &[("without_user_namespaces_one_line_says_what_is_missing", without_user_namespaces)];

/// Becomes an ordinary user in a changed root directory, where the kernel gives nobody a user namespace:
/// user_namespaces(7). The mount ends with the process.
fn become_ordinary(root: &Path) -> nix::Result<()> {
    let none: Option<&str> = None;
    unshare(CloneFlags::CLONE_NEWNS)?;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    mount(Some("/"), root, none, MsFlags::MS_BIND | MsFlags::MS_REC, none)?;
    chroot(root)?;
    chdir("/")?;
    let (user, group) = (Uid::from_raw(65534), Gid::from_raw(65534));
    setgroups(&[])?;
    setresgid(group, group, group)?;
    setresuid(user, user, user)
}

fn without_user_namespaces() {
    // Where anybody may go; the target directory may be in somebody's home.
    let open = |path: &Path| fs::set_permissions(path, Permissions::from_mode(0o755));
    let place = tempfile::tempdir().expect("a directory");
    open(place.path()).expect("it is ours");
    let program = place.path().join("ptyproof");
    fs::copy(env!("CARGO_BIN_EXE_ptyproof"), &program).expect("it can be copied");
    open(&program).expect("it is ours");
    let temporary = place.path().join("temporary");
    fs::create_dir(&temporary).expect("it can be made");
    fs::set_permissions(&temporary, Permissions::from_mode(0o1777)).expect("it is ours");
    let root = place.path().join("root");
    fs::create_dir(&root).expect("it can be made");
    let mut command = Command::new(&program);
    command.arg("run").env("TMPDIR", &temporary);
    // SAFETY: only system calls, and the small allocations of paths that nix may make; this test runs alone, so no other
    // thread holds the allocator's lock.
    unsafe {
        command.pre_exec(move || Ok(become_ordinary(&root)?));
    }
    let output = command.output().expect("it can be started");
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(text(&output.stdout), "");
    assert_eq!(
        text(&output.stderr),
        "ptyproof: no user namespace for an ordinary user (EPERM: Operation not permitted): run as root, or allow \
         user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, \
         kernel.apparmor_restrict_unprivileged_userns)\n"
    );
    nothing_is_left(&temporary, place.path());
}
