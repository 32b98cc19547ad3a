use crate::cgroup::Cgroup;
use crate::config::{ConsoleSize, Process};
use crate::container::ContainerError;
use crate::container::become_root_of_namespace;
use crate::container::handshake::Channel;
use crate::container::program::Program;
use crate::defect::{Defect, active, faults};
use crate::process::apply_limits;
use crate::rootfs::RootDir;
use crate::syscall::descriptors::close_from_except;
use crate::syscall::process::{PidFd, join_namespaces, set_undumpable};
use crate::terminal::{DeviceDirectory, Handover, Instance, Pty, Slave, become_streams, bind_console, keep_streams};
use nix::sched::CloneFlags;
use nix::unistd::{Pid, setsid};
use std::convert::Infallible;
use std::os::fd::AsFd;
use std::path::Path;

/// The process that `exec` makes, from its first instruction to the execve of the program.
#[derive(Debug)]
pub(super) struct Child<'a> {
    /// The container's first process, whose namespaces are joined.
    pub(super) init: &'a PidFd,
    pub(super) process: &'a Process,
    /// Which of them are the container's own.
    pub(super) namespaces: CloneFlags,
    /// The container's cgroup, unless the process was born in it.
    pub(super) cgroup: Option<&'a Cgroup>,
    /// The terminal's first size.
    pub(super) size: Option<ConsoleSize>,
    /// Where its master goes.
    pub(super) handover: Option<Handover>,
    pub(super) channel: Channel,
    /// How many descriptors from 3 on the program inherits.
    pub(super) preserved: u32,
}

impl Child<'_> {
    /// Becomes the program, or reports why not and ends.
    pub(super) fn live(mut self) -> ! {
        let Err(error) = self.set_up();
        self.channel.report_failure(&error.to_string());
        std::process::exit(1)
    }

    /// What needs the host's `/proc` and `/sys`: limits and cgroup.
    pub(super) fn prepare_on_the_host(&self) -> Result<(), ContainerError> {
        apply_limits(self.process).map_err(ContainerError::setup)?;
        if let Some(cgroup) = self.cgroup {
            cgroup.join(Pid::from_raw(0)).map_err(ContainerError::setup)?;
        }
        // From here on processes of the container may see this one: they must not get at its descriptors, its memory
        // or the file that it executes (CVE-2016-9962, CVE-2019-5736).
        set_undumpable().map_err(ContainerError::call("closing /proc/self to others"))
    }

    fn set_up(&mut self) -> Result<Infallible, ContainerError> {
        if !active(Defect::ExecSameSession) {
            setsid().map_err(ContainerError::call("starting a session"))?;
        }
        let host_pty = self.join()?;
        let root = RootDir::open(Path::new("/")).map_err(ContainerError::call("opening the root"))?;
        match self.make_terminal(&root, host_pty)? {
            Some(slave) => become_streams(slave)?,
            None if active(Defect::ExecWithoutTtyGetsTerminal) => faults::unasked_terminal(&root)?,
            None => keep_streams(&root, self.process.user.uid)?,
        }
        drop(root);
        let program = Program::settle(self.process, self.preserved)?;
        for warning in &program.warnings {
            self.channel.report_warning(warning);
        }
        program.run(self.channel.as_fd())
    }

    /// Enters the container, with nothing of the host's open but the streams and what is to be preserved. (A pty that comes
    /// along is a defect's.)
    fn join(&self) -> Result<Option<Pty>, ContainerError> {
        let call = |action: &'static str| ContainerError::call(action);
        let mut keep = vec![self.channel.as_fd(), self.init.as_fd()];
        if let Some(Handover::Socket(socket)) = &self.handover {
            keep.push(socket.as_fd());
        }
        close_from_except(3 + self.preserved.cast_signed(), &keep).map_err(call("closing the host's descriptors"))?;
        if self.namespaces.contains(CloneFlags::CLONE_NEWUSER) {
            become_root_of_namespace()?; // the intermediate has joined
            return Ok(None);
        }
        let host_pty = active(Defect::ExecInHostDevpts).then(faults::host_pty).transpose()?;
        self.prepare_on_the_host()?;
        let joined = self.namespaces.difference(CloneFlags::CLONE_NEWPID);
        join_namespaces(self.init, joined).map_err(call("joining the container's namespaces"))?;
        Ok(host_pty)
    }

    /// A terminal of its own, from the container's instance. (A pty of the host's is a defect's.)
    fn make_terminal(&mut self, root: &RootDir, host_pty: Option<Pty>) -> Result<Option<Slave>, ContainerError> {
        let Some(handover) = self.handover.take() else {
            return Ok(None);
        };
        let pty = match host_pty {
            Some(pty) => pty,
            None => Pty::open(&Instance::open(root)?)?,
        };
        if !active(Defect::ExecSizeIgnored) {
            pty.set_size(self.size)?;
        }
        faults::resize_init(root, self.size);
        if !active(Defect::ExecOwnerRoot) {
            pty.set_owner(faults::owner(root, self.process.user.uid))?;
        }
        if let Some(dev) = DeviceDirectory::open(root)?.filter(|_| active(Defect::ExecRemountsConsole)) {
            bind_console(&dev, &pty.slave)?;
        }
        faults::hold(&pty.master);
        self.channel.hand_over(pty.master, handover)?;
        if active(Defect::ExecSharesInitTerminal) {
            return Ok(Some(faults::init_terminal(root)?));
        }
        Ok(Some(pty.slave))
    }
}
