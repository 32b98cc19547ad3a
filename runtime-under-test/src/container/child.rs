//! The container's process, from its first instruction to the execve of the program.

use super::gate::Gate;
use super::handshake::Channel;
use super::namespaces::Plan;
use super::program::Program;
use super::{ContainerError, Record};
use crate::cgroup::Cgroup;
use crate::config::{Config, ConsoleSize, Hook};
use crate::defect::{Defect, active, faults};
use crate::hooks;
use crate::process::{apply_limits, apply_sysctl};
use crate::relay;
use crate::rootfs::Rootfs;
use crate::syscall::descriptors::close_from_except;
use crate::syscall::process::{set_domain_name, set_undumpable};
use crate::terminal::{
    DeviceDirectory, Handover, Instance, Pty, Slave, become_streams, bind_console, keep_streams, place_ptmx,
};
use nix::errno::Errno;
use nix::unistd::{Gid, Pid, Uid, getpid, setgroups, sethostname, setresgid, setresuid, setsid};
use std::convert::Infallible;
use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};

/// Everything that the process needs of ptyrun's; it has a copy of the memory by virtue of the fork.
#[derive(Debug)]
pub(super) struct Child<'a> {
    pub(super) config: &'a Config,
    pub(super) record: &'a Record,
    pub(super) plan: &'a Plan,
    pub(super) cgroup: &'a Cgroup,
    /// Whether clone3 has put the process into its cgroup already.
    pub(super) born_in_cgroup: bool,
    /// The terminal's first size.
    pub(super) size: Option<ConsoleSize>,
    /// Where its master goes.
    pub(super) handover: Option<Handover>,
    /// Where to wait for `start`; without one the program runs at once.
    pub(super) gate: Option<Gate>,
    pub(super) channel: Channel,
    /// How many descriptors from 3 on the program inherits.
    pub(super) preserved: u32,
}

impl Child<'_> {
    /// Becomes the program, or reports why not and ends.
    pub(super) fn live(mut self) -> ! {
        let Err(error) = self.set_up();
        self.channel.report_failure(&error.to_string());
        if active(Defect::FailedCreateKeepsPty) {
            faults::stay(); // ptyrun takes hold of the terminal, and kills this process
        }
        std::process::exit(1)
    }

    fn set_up(&mut self) -> Result<Infallible, ContainerError> {
        let call = |action: &'static str| ContainerError::call(action);
        // Step 1: only the leader of a session without a terminal can acquire one.
        let terminal = self.config.process.terminal;
        if !active(Defect::NoSetsid) && (terminal || !active(Defect::SetsidOnlyWithTerminal)) {
            setsid().map_err(call("starting a session"))?;
        }
        self.let_go_of_descriptors()?;
        if self.plan.changes_user() {
            self.wait_for_ptyrun()?;
            become_root_of_namespace()?;
        } else if !self.born_in_cgroup {
            self.cgroup.join(Pid::from_raw(0)).map_err(ContainerError::setup)?;
        }
        apply_limits(&self.config.process).map_err(ContainerError::setup)?;
        // Whoever is in a namespace that is joined from here on must not get at this process's descriptors, its memory
        // or the file that it executes (CVE-2016-9962, CVE-2019-5736).
        set_undumpable().map_err(call("closing /proc/self to others"))?;
        self.plan.enter()?;
        set_names(self.config)?;
        apply_sysctl(self.config).map_err(ContainerError::setup)?;
        let rootfs = Rootfs::prepare(self.config, &self.record.bundle).map_err(ContainerError::setup)?;
        self.run_early_hooks()?;
        let host_pty = active(Defect::PtyFromHost).then(faults::host_pty).transpose()?;
        faults::make_console_on_the_host(&self.config.root.path);
        rootfs.enter(self.config).map_err(ContainerError::setup)?;
        let slave = self.make_terminal(&rootfs, host_pty)?;
        rootfs.finish(self.config).map_err(ContainerError::setup)?;
        match slave {
            Some(slave) => become_streams(slave)?,
            None if active(Defect::TerminalAlthoughFalse) => {
                faults::unasked_terminal(rootfs.root())?;
            }
            None => keep_streams(rootfs.root(), self.config.process.user.uid)?,
        }
        drop(rootfs);
        let program = Program::settle(&self.config.process, self.preserved)?;
        for warning in &program.warnings {
            self.channel.report_warning(warning);
        }
        let Some(gate) = self.gate.take() else {
            self.run_late_hooks()?;
            self.size_late();
            return program.run(self.channel.as_fd());
        };
        self.channel.report_ready().map_err(call("reporting to ptyrun"))?;
        let starter = gate.wait().map_err(call("waiting for start"))?;
        self.run_for_starter(&program, starter)
    }

    /// Nothing of the host's stays open but the streams, what is to be preserved, and what is needed on the way.
    fn let_go_of_descriptors(&self) -> Result<(), ContainerError> {
        let mut keep = vec![self.channel.as_fd()];
        keep.extend(self.gate.as_ref().map(AsFd::as_fd));
        if let Some(Handover::Socket(socket)) = &self.handover {
            keep.push(socket.as_fd());
        }
        keep.extend(self.plan.descriptors());
        let closed = active(Defect::PreservedDescriptorsClosed);
        let preserved = if closed { 0 } else { self.preserved };
        close_from_except(3 + preserved.cast_signed(), &keep)
            .map_err(ContainerError::call("closing the host's descriptors"))?;
        if active(Defect::HostDescriptorLeaked) {
            faults::leak_root();
        }
        Ok(())
    }

    /// Lets ptyrun write identity maps or run hooks.
    fn wait_for_ptyrun(&self) -> Result<(), ContainerError> {
        match self.channel.wait_to_go_on().map_err(ContainerError::call("waiting for ptyrun"))? {
            true => Ok(()),
            false => Err(ContainerError::Setup("ptyrun is gone".into())),
        }
    }

    /// The hooks between the making of the environment and the change of the root: ptyrun's, then the container's own.
    fn run_early_hooks(&self) -> Result<(), ContainerError> {
        let hooks = &self.config.hooks;
        if !hooks.prestart.is_empty() || !hooks.create_runtime.is_empty() {
            self.wait_for_ptyrun()?;
        }
        self.run_hooks(&hooks.create_container, "creating")
    }

    fn run_late_hooks(&self) -> Result<(), ContainerError> {
        self.run_hooks(&self.config.hooks.start_container, "created")
    }

    fn run_hooks(&self, hooks: &[Hook], status: &str) -> Result<(), ContainerError> {
        if hooks.is_empty() {
            return Ok(());
        }
        let mut record = self.record.clone();
        record.pid = getpid().as_raw(); // as it is seen where the hook runs
        hooks::run(hooks, &record.state_for_hooks(status)).map_err(ContainerError::setup)
    }

    fn size_late(&self) {
        if active(Defect::SizeAfterHandOver) {
            faults::resize(relay::stream(0), self.size);
        }
    }

    /// After `start` has connected, failures are its to report.
    fn run_for_starter(&self, program: &Program, starter: OwnedFd) -> Result<Infallible, ContainerError> {
        self.size_late();
        let Err(error) = self.run_late_hooks().and_then(|()| program.run(starter.as_fd()));
        let _ = File::from(starter).write_all(error.to_string().as_bytes());
        std::process::exit(1)
    }

    /// Steps 3 to 7, in the container's root. (A pty of the host's is a defect's.)
    fn make_terminal(&mut self, rootfs: &Rootfs, host_pty: Option<Pty>) -> Result<Option<Slave>, ContainerError> {
        let dev = DeviceDirectory::open(rootfs.root())?;
        if let Some(dev) = dev.as_ref().filter(|_| rootfs.manages_dev()) {
            place_ptmx(dev)?;
            faults::spoil_devices(dev, self.config);
        }
        let Some(handover) = self.handover.take() else {
            if let Some(dev) = dev.filter(|_| active(Defect::ConsoleWithoutTerminal)) {
                faults::console_file(&dev);
            }
            return Ok(None);
        };
        let pty = match host_pty {
            Some(pty) => pty,
            None => Pty::open(&Instance::open(rootfs.root())?)?,
        };
        if !active(Defect::SizeAfterHandOver) {
            pty.set_size(self.size)?;
        }
        pty.set_owner(self.config.process.user.uid)?;
        if let Some(dev) = &dev {
            bind_console(dev, &pty.slave)?;
        }
        faults::leak_descriptors(&pty.master)?;
        faults::hide_pts();
        self.channel.hand_over(pty.master, handover)?;
        Ok(Some(pty.slave))
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

fn set_names(config: &Config) -> Result<(), ContainerError> {
    if let Some(name) = &config.hostname {
        sethostname(name).map_err(ContainerError::call(format!("setting hostname {name:?}")))?;
    }
    if let Some(name) = &config.domainname {
        set_domain_name(name).map_err(ContainerError::call(format!("setting domainname {name:?}")))?;
    }
    Ok(())
}
