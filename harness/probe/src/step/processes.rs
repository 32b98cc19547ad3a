//! Processes: making, replacing, signalling and waiting for them, and who they are.

use crate::asking::{steps, values};
use crate::performer::{Ending, Next};
use crate::values::{Errno, Signal};
use crate::{answer::New, falsify::Falsify, step::signals::die_by};
use nix::errno::Errno as SysErrno;
use nix::libc;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Gid, Pid, Uid, execv, setpgid};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
use serde::{Deserialize, Serialize};
use std::ffi::CString;

steps! {
    /// Steps with processes.
    Processes;

    /// fork(2): the child serves a socket of its own. The answer is its pid.
    Fork { socket: String, group: ChildGroup } -> New<i32>,
        "fork" => |performer| {
            // SAFETY: the probe has one thread, so the child inherits a whole and unlocked heap.
            match unsafe { nix::unistd::fork() }? {
                ForkResult::Parent { child } => {
                    if group == ChildGroup::Own {
                        // Both sides set the group, so that it is set whoever runs first. setpgid(2).
                        let _ = setpgid(child, child);
                    }
                    Ok(New(child.as_raw()))
                }
                ForkResult::Child => {
                    performer.next = Next::Serve(socket);
                    match group {
                        ChildGroup::Parents => {}
                        ChildGroup::Own => setpgid(Pid::from_raw(0), Pid::from_raw(0))?,
                        ChildGroup::OwnSession => drop(nix::unistd::setsid()?),
                    }
                    Ok(New(0))
                }
            }
        }

    /// execve(2) of the probe's own program, which serves a new socket. It answers only where it is refused.
    Execute { socket: String } -> (),
        "execute the probe anew" => {
            let socket = CString::new(socket).map_err(|_| Errno::EINVAL)?;
            let arguments = [c"probe", c"serve", socket.as_c_str()];
            match execv(c"/proc/self/exe", &arguments)? {}
        }

    /// The process closes its conversation, waits until it can read a byte from the descriptor, and serves a new socket
    /// then. Meanwhile nothing connects it with the harness.
    Part { socket: String, descriptor: i32 } -> (),
        "part until there is input on descriptor {descriptor}" => |performer| {
            performer.next = Next::ServeAfterInput(socket, descriptor);
            Ok(())
        }

    /// Ends the process.
    End { ending: Ending } -> (): end | try_end,
        "{ending}" => |performer| {
            performer.next = Next::End(ending);
            Ok(())
        }

    /// waitpid(2) for one child's end, or its stop, too (`WUNTRACED`).
    Wait { pid: i32, stopped: bool } -> ChildStatus,
        "wait for process {pid}" => {
            let flags = if stopped { WaitPidFlag::WUNTRACED } else { WaitPidFlag::empty() };
            loop {
                return Ok(match waitpid(Pid::from_raw(pid), Some(flags)) {
                    Ok(WaitStatus::Exited(_, status)) => ChildStatus::Exited(status),
                    Ok(WaitStatus::Signaled(_, signal, _)) => ChildStatus::Killed(Signal(signal as i32)),
                    Ok(WaitStatus::Stopped(_, signal)) => ChildStatus::Stopped(Signal(signal as i32)),
                    Ok(_) | Err(SysErrno::EINTR) => continue,
                    Err(errno) => return Err(errno.into()),
                });
            }
        }
        also
        /// waitpid(2) for a child's end.
        wait_for_end | try_wait_for_end(pid: i32) = Wait { pid, stopped: false };
        also
        /// waitpid(2) with `WUNTRACED`.
        wait_for_stop | try_wait_for_stop(pid: i32) = Wait { pid, stopped: true };

    /// kill(2) of a process, or of a process group as a negative number.
    Kill { pid: i32, signal: Signal } -> (): kill | try_kill,
        "send {signal} to process {pid}" => {
            // SAFETY: kill takes integers only and touches no memory of ours.
            SysErrno::result(unsafe { libc::kill(pid, signal.0) })?;
            Ok(())
        }

    /// setpgid(2); 0 is the probe itself, and a process group of its own.
    SetGroup { pid: i32, group: i32 } -> (): set_group | try_set_group,
        "put process {pid} into group {group}" => { Ok(setpgid(Pid::from_raw(pid), Pid::from_raw(group))?) }

    /// setsid(2).
    NewSession {} -> New<i64>: new_session | try_new_session,
        "begin a session" => { Ok(New(nix::unistd::setsid()?.as_raw().into())) }

    /// vhangup(2): hangs up the controlling terminal.
    HangUp {} -> (): hang_up | try_hang_up,
        "hang up the controlling terminal" => {
            // SAFETY: vhangup takes no arguments and touches no memory of ours.
            SysErrno::result(unsafe { libc::syscall(libc::SYS_vhangup) })?;
            Ok(())
        }

    /// Becomes a user for good, as su does: setgroups(2) with none, setresgid(2), setresuid(2); and may look into
    /// its own `/proc/self`, as a program that su starts may (`PR_SET_DUMPABLE`).
    BecomeUser { user: u32, group: u32 } -> (): become_user | try_become_user,
        "become user {user} and group {group}" => {
            let (user, group) = (Uid::from_raw(user), Gid::from_raw(group));
            nix::unistd::setgroups(&[])?;
            nix::unistd::setresgid(group, group, group)?;
            nix::unistd::setresuid(user, user, user)?;
            Ok(nix::sys::prctl::set_dumpable(true)?)
        }

    /// capset(2): keeps the capabilities of these numbers, in every set, and gives all others up.
    KeepCapabilities { numbers: Vec<u8> } -> (): keep_capabilities | try_keep_capabilities,
        "keep the capabilities {numbers:?}" => {
            let mut kept = CapabilitySet::empty();
            for number in numbers {
                let bit = 1u64.checked_shl(number.into());
                kept |= CapabilitySet::from_bits_retain(bit.ok_or(Errno::EINVAL)?);
            }
            let sets = CapabilitySets { effective: kept, permitted: kept, inheritable: kept };
            set_capabilities(None, sets).map_err(|errno| Errno(errno.raw_os_error()))
        }

    /// The serial number of the session keyring, or of the user's where the process has joined none.
    SessionKeyring {} -> i32: session_keyring | try_session_keyring,
        "look for the session keyring" => { crate::keys::session_keyring() }

    /// unshare(2): namespaces of its own, as `CLONE_NEW...`.
    Unshare { namespaces: i32 } -> (): unshare | try_unshare,
        "unshare {namespaces:#x}" => {
            Ok(nix::sched::unshare(nix::sched::CloneFlags::from_bits_retain(namespaces))?)
        }
        also
        /// unshare(2): the next child is the first process of a new PID namespace.
        new_pid_namespace | try_new_pid_namespace() = Unshare { namespaces: libc::CLONE_NEWPID };
}

values! { ChildGroup Ending }

/// Process group and session of a forked child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChildGroup {
    /// The parent's process group.
    Parents,
    /// A process group of its own in the parent's session.
    Own,
    /// A session of its own.
    OwnSession,
}

/// Dies by the signal, or returns the status to exit with; none where the kernel protects the process.
pub fn end(ending: Ending) -> Option<i32> {
    match ending {
        Ending::Exit(status) => Some(status),
        Ending::Signal(signal) => {
            die_by(signal);
            None
        }
    }
}

/// What waitpid(2) said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChildStatus {
    /// It exited with a status.
    Exited(i32),
    /// A signal killed it.
    Killed(Signal),
    /// A signal stopped it.
    Stopped(Signal),
}

impl Falsify for ChildStatus {
    fn falsify(&mut self) {
        *self = match self {
            Self::Exited(status) => Self::Exited(*status ^ 1),
            _ => Self::Exited(0),
        };
    }
}
