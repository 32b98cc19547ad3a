//! What the process of `create` and the process of `exec` have in common on the way to their program.

use super::{ContainerError, Record, handshake::Channel, program::Program};
use crate::config::{ConsoleSize, Linux, Process};
use crate::process::{Filter, imitate};
use crate::terminal::Handover;
use crate::{steps::Steps, syscall::process::die_with_parent};
use nix::errno::Errno;
use nix::unistd::{Gid, Uid, setgroups, setresgid, setresuid};
use std::ffi::CString;
use std::mem;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// What the process needs of ptyrun's; it has a copy of the memory by virtue of the fork.
#[derive(Debug)]
pub(crate) struct Setup<'a> {
    pub(crate) steps: &'a Steps,
    pub(crate) process: &'a Process,
    /// The container's own part of the config.
    pub(crate) linux: &'a Linux,
    /// What the config says of its system calls.
    pub(crate) filter: Option<Filter>,
    /// The terminal's first size.
    pub(crate) size: Option<ConsoleSize>,
    /// Where its master goes.
    pub(crate) handover: Option<Handover>,
    pub(crate) channel: Channel,
    /// How many descriptors from 3 on the program inherits.
    pub(crate) preserved: u32,
}

impl Setup<'_> {
    /// Until it is told to go on the process ends with ptyrun, however long its next step takes.
    pub(crate) fn die_with_ptyrun(&self) -> Result<(), ContainerError> {
        let failed = || ContainerError::call("binding the process to ptyrun");
        die_with_parent().map_err(failed())?;
        match self.channel.is_abandoned().map_err(failed())? {
            true => Err(ContainerError::Setup("ptyrun is gone".into())),
            false => Ok(()),
        }
    }

    /// The container has a session keyring of its own, which its processes find by its name, like runc's.
    pub(crate) fn leave_the_callers_keys(&self, record: &Record) -> Result<(), ContainerError> {
        if !record.new_keyring {
            return Ok(());
        }
        let name = CString::new(format!("_ses.{}", record.id)).map_err(ContainerError::setup)?;
        (self.steps.join_keyring)(&name)
            .map_err(ContainerError::call("joining the container's session keyring (see --no-new-keyring)"))
    }

    /// Nothing of the host's stays open but the streams, what is to be preserved, and what is needed on the way.
    pub(crate) fn let_go_of_descriptors<'a>(&'a self, mut needed: Vec<BorrowedFd<'a>>) -> Result<(), ContainerError> {
        needed.push(self.channel.as_fd());
        if let Some(Handover::Socket(socket)) = &self.handover {
            needed.push(socket.as_fd());
        }
        (self.steps.close_descriptors)(self.preserved, &needed)
            .map_err(ContainerError::call("closing the host's descriptors"))
    }

    /// Takes on the process's credentials and finds its program.
    pub(crate) fn settle(&self) -> Result<Program, ContainerError> {
        imitate(self.linux.personality.as_ref()).map_err(ContainerError::setup)?;
        let listening = |listener: OwnedFd| {
            let told = self.channel.hand_over_listener(listener.as_fd());
            mem::forget(listener); // its closing may be a call to be answered; an execve closes it
            told
        };
        let program = Program::settle(self.process, self.filter.as_ref(), &listening)?;
        for warning in &program.warnings {
            self.channel.report_warning(warning);
        }
        Ok(program)
    }
}

/// In a user namespace the process has no id of its own until it takes one that is mapped: root, where there is one, who
/// owns what the set-up creates.
pub(crate) fn become_root_of_namespace() -> Result<(), ContainerError> {
    let root = (Uid::from_raw(0), Gid::from_raw(0));
    for changed in [setresgid(root.1, root.1, root.1), setresuid(root.0, root.0, root.0)] {
        match changed {
            Ok(()) | Err(Errno::EINVAL) => {}
            Err(errno) => {
                return Err(ContainerError::call("becoming root of the user namespace")(errno));
            }
        }
    }
    let _ = setgroups(&[]); // refused where the map of groups was written without privilege
    Ok(())
}
