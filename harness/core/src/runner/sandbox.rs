//! The namespaces of a worker: whatever it or a runtime does there ends with it.

use super::process::{code, fork_with, reap_until_end_of, wait_for};
use super::{cgroup_namespace::mount_hierarchy, device_directory::mount_own};
use crate::{case::Machine, pidfd::end_of_child};
use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Gid, Pid, Uid, setresgid, setresuid, setsid};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::{Command, Stdio};
use std::{fs, path::Path};

/// Why a worker has no surroundings of its own.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum SandboxError {
    /// The kernel or its policy does not give an ordinary user a user namespace.
    #[error(
        "no user namespace for an ordinary user ({0}): run as root, or allow user namespaces \
         (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, \
         kernel.apparmor_restrict_unprivileged_userns)"
    )]
    UserNamespace(Errno),
    /// The user's range of ids cannot be used.
    #[error(
        "no_new_privs is set, so newuidmap has no right to map the user's range of ids: start ptyproof without it \
         (setpriv --no-new-privs, NoNewPrivileges=, --security-opt no-new-privileges)"
    )]
    NoNewPrivileges,
    /// Namespaces are refused.
    #[error("{what}: {errno}; ptyproof needs root, or a user namespace that may mount")]
    Refused { what: String, errno: Errno },
}

fn refused<E: Into<io::Error>>(what: impl Into<String>) -> impl FnOnce(E) -> SandboxError {
    let what = what.into();
    move |error| SandboxError::Refused { what, errno: Errno::from_raw(error.into().raw_os_error().unwrap_or(0)) }
}

/// The group of terminals, by the convention of all distributions.
const TTY_GROUP: u32 = 5;

/// What a case may write: a runtime that fills its disk must not fill the machine's memory.
const SCRATCH: &str = "mode=755,size=512m,nr_inodes=100k";

/// The same as far as every kernel knows it.
const SIMPLE_SCRATCH: &str = "mode=755,size=512m";

/// Who sees what a case writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    /// Its worker and what that starts: they are gone with it.
    OfTheWorker,
    /// Everybody, such as a daemon that was there before. They are gone with the run.
    OfTheMachine,
}

/// Runs `body` as an ordinary process of a new PID and mount namespace whose init reaps orphans, and
/// returns its exit status. `scratch` is an empty filesystem there, unless everybody is to see it. All of it ends with this
/// process, and when the other end of `leash` is closed, if there is one.
pub fn run_inside(
    (scratch, files): (&Path, Files),
    leash: Option<BorrowedFd<'_>>,
    body: impl FnOnce(Machine) -> i32,
) -> Result<i32, SandboxError> {
    die_with_parent()?;
    // A worker may be the leader of its session already, if its caller took care of that.
    let _ = setsid();
    let machine = become_root()?;
    let mut namespaces = CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWIPC;
    if !machine.root {
        // Only the owner of a cgroup namespace may mount cgroup2.
        namespaces |= CloneFlags::CLONE_NEWCGROUP;
    }
    unshare(namespaces).map_err(refused("new mount and PID namespaces"))?;
    let init = fork_with(|| {
        init((scratch, files), machine, body).unwrap_or_else(|error| {
            eprintln!("{error}");
            1
        })
    })
    .map_err(refused("forking the init of the PID namespace"))?;
    if let Some(leash) = leash {
        end_on_order(init, leash);
    }
    // With the init, everything in the PID namespace has ended and was reaped.
    wait_for(init).map(code).map_err(refused("waiting for the init of the PID namespace"))
}

/// Like [`run_inside`], for a caller that goes on afterwards: a child enters the namespaces in its place.
pub fn run_apart(scratch: &Path, body: impl FnOnce(Machine) -> i32) -> Result<i32, SandboxError> {
    let child = fork_with(|| {
        run_inside((scratch, Files::OfTheWorker), None, body).unwrap_or_else(|error| {
            eprintln!("{error}");
            1
        })
    })
    .map_err(refused("forking"))?;
    wait_for(child).map(code).map_err(refused("waiting"))
}

/// Returns when the init has ended, or when the other end of `leash` was closed and the init was killed for it.
/// pid_namespaces(7): the kernel then kills all others.
fn end_on_order(init: Pid, leash: BorrowedFd<'_>) {
    let Ok(exit) = end_of_child(init.as_raw()) else {
        return;
    };
    let mut watched = [
        PollFd::new(exit.as_fd(), PollFlags::POLLIN),
        // No events: a hang-up is told anyway.
        PollFd::new(leash, PollFlags::empty()),
    ];
    while let Err(Errno::EINTR) = poll(&mut watched, PollTimeout::NONE) {}
    if watched[1].any().unwrap_or(false) {
        // It can only fail for an init that has just ended.
        let _ = kill(init, Signal::SIGKILL);
    }
}

fn init(
    (scratch, files): (&Path, Files),
    machine: Machine,
    body: impl FnOnce(Machine) -> i32,
) -> Result<i32, SandboxError> {
    die_with_parent()?;
    // The caller's may be gone.
    nix::unistd::chdir("/").map_err(refused("going to /"))?;
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none).map_err(refused("making mounts private"))?;
    mount(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), none).map_err(refused("mounting /proc"))?;
    let on_scratch = |what: &str| format!("{what} on {}", scratch.display());
    let group = machine.many_ids.then_some(TTY_GROUP);
    mount_own(scratch, group).map_err(refused("making a /dev of the worker's own"))?;
    if files == Files::OfTheWorker {
        let tmpfs = |options| mount(Some("tmpfs"), scratch, Some("tmpfs"), MsFlags::empty(), Some(options));
        tmpfs(SCRATCH)
            .or_else(|errno| if errno == Errno::EINVAL { tmpfs(SIMPLE_SCRATCH) } else { Err(errno) })
            .map_err(refused(on_scratch("mounting a tmpfs")))?;
        // Bundles lie in a shared mount, as they do on most machines: a runtime that does not cut the propagation of
        // its container's mounts leaves them here, where they can be seen.
        mount(none, scratch, none, MsFlags::MS_SHARED, none)
            .map_err(refused(format!("sharing {}", scratch.display())))?;
    }
    mount_hierarchy();
    let child = fork_with(|| body(machine)).map_err(refused("forking"))?;
    reap_until_end_of(child).map(code).map_err(refused("waiting"))
}

/// Ends with the process above, so that killing the supervisor ends everything below.
fn die_with_parent() -> Result<(), SandboxError> {
    nix::sys::prctl::set_pdeathsig(Signal::SIGKILL).map_err(refused("asking to die with the parent"))
}

/// Root of the machine stays what it is; everybody else becomes root of a user namespace.
fn become_root() -> Result<Machine, SandboxError> {
    let root = nix::unistd::geteuid().is_root();
    if !root {
        new_user_namespace()?;
    }
    let users = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let groups = fs::read_to_string("/proc/self/gid_map").unwrap_or_default();
    Ok(Machine {
        root: root && maps_everything(&users),
        many_ids: maps(&users, 1000) && maps(&groups, 1000) && maps(&groups, 5),
        may_disturb: false,
    })
}

fn ranges(map: &str) -> impl Iterator<Item = (u64, u64)> {
    map.lines().filter_map(|line| {
        let mut words = line.split_whitespace().map(str::parse::<u64>);
        let (first, _, count) = (words.next()?.ok()?, words.next()?, words.next()?.ok()?);
        Some((first, count))
    })
}

fn maps(map: &str, id: u64) -> bool {
    ranges(map).any(|(first, count)| (first..first + count).contains(&id))
}

fn maps_everything(map: &str) -> bool {
    ranges(map).any(|range| range == (0, 4_294_967_295))
}

/// unshare(2) with `CLONE_NEWUSER`; a helper that stays outside runs newuidmap(1) and newgidmap(1) where they
/// and a range are there, and else one id is mapped.
fn new_user_namespace() -> Result<(), SandboxError> {
    let (user, group) = (nix::unistd::geteuid(), nix::unistd::getegid());
    let pid = nix::unistd::getpid();
    let (mut told, tell) = io::pipe().map_err(refused("making a pipe"))?;
    let mut tell = Some(tell);
    let helper = fork_with(|| {
        // With its own copy open, it would not see the end of the pipe when no namespace comes.
        tell = None;
        let mut go = [0];
        match told.read_exact(&mut go) {
            Ok(()) => i32::from(!map_ranges(pid, user, group)),
            Err(_) => 1,
        }
    })
    .map_err(refused("forking"))?;
    if let Err(errno) = unshare(CloneFlags::CLONE_NEWUSER) {
        drop(tell);
        wait_for(helper).map_err(refused("waiting for a helper"))?;
        return Err(SandboxError::UserNamespace(errno));
    }
    let asked = tell.is_some_and(|mut tell| tell.write_all(&[1]).is_ok());
    let mapped = wait_for(helper).map_err(refused("waiting for newuidmap"))?.success();
    if !(asked && mapped) {
        // newuidmap(1) gets its rights by its file. Whoever has no range has no use for it either.
        let has_range = || subordinate_range("/etc/subuid", &keys(user)).is_some();
        if nix::sys::prctl::get_no_new_privs() == Ok(true) && has_range() {
            return Err(SandboxError::NoNewPrivileges);
        }
        let write = |path: &str, text: &str| fs::write(path, text).map_err(refused(format!("writing {path}")));
        write("/proc/self/setgroups", "deny")?;
        write("/proc/self/uid_map", &format!("0 {user} 1"))?;
        write("/proc/self/gid_map", &format!("0 {group} 1"))?;
    }
    let (root, wheel) = (Uid::from_raw(0), Gid::from_raw(0));
    setresgid(wheel, wheel, wheel).map_err(refused("becoming group 0 of the user namespace"))?;
    setresuid(root, root, root).map_err(refused("becoming root of the user namespace"))
}

/// Maps the user to 0, and the first range that belongs to it to 1 and up.
fn map_ranges(pid: Pid, user: Uid, group: Gid) -> bool {
    let keys = keys(user);
    let map = |program: &str, file: &str, own: String| {
        let Some((first, count)) = subordinate_range(file, &keys) else {
            return false;
        };
        Command::new(program)
            .args([&pid.to_string(), "0", &own, "1", "1", &first, &count])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    map("newgidmap", "/etc/subgid", group.to_string()) && map("newuidmap", "/etc/subuid", user.to_string())
}

/// What a user is called there.
fn keys(user: Uid) -> [String; 2] {
    let name = nix::unistd::User::from_uid(user).ok().flatten().map(|user| user.name);
    [name.unwrap_or_default(), user.to_string()]
}

/// subuid(5): lines of `name-or-id:first:count`.
fn subordinate_range(file: &str, keys: &[String]) -> Option<(String, String)> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let (key, range) = line.split_once(':')?;
        let (first, count) = range.split_once(':')?;
        keys.iter().any(|own| own == key).then(|| (first.to_owned(), count.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_of_one_id_is_told_from_many() {
        assert!(!maps("         0       1000          1\n", 5));
        assert!(maps("0 1000 1\n1 100000 65536\n", 1000));
        assert!(maps_everything("         0          0 4294967295\n"));
        assert!(!maps_everything("0 1000 1\n1 100000 65536\n"));
    }
}
