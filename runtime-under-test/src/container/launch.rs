//! Making a container: what `create` and `run` have in common, seen from ptyrun's side.

use super::launched::{Launched, Mode, Traces};
use super::own_cgroup::{self, OwnCgroup};
use super::{ContainerError, ContainerId, Record, Store, pidfd_socket::PidfdSocket};
use super::{birth::Birthplace, child::Child, gate::Gate, handshake::Channel, namespaces::Plan, setup::Setup};
use crate::cgroup::Driver;
use crate::process::{Filter, require_modules, schedule};
use crate::{rootfs::Sources, steps::Steps, syscall::process::Forked, syscall::signals::SignalNumbers};
use nix::libc;
use nix::sched::{CloneFlags, setns};
use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// What the caller wants.
#[derive(Debug)]
pub struct Launch<'a> {
    /// The new container's id.
    pub id: &'a ContainerId,
    /// Its bundle.
    pub bundle: &'a Path,
    /// Who gets the terminal's master.
    pub console_socket: Option<&'a Path>,
    /// Whether it gets a session keyring of its own.
    pub new_keyring: bool,
    /// How many descriptors from 3 on the program inherits.
    pub preserved: u32,
    /// Who is sent a descriptor of its first process.
    pub pidfd_socket: Option<&'a Path>,
    /// Whether pivot_root(2) makes its root.
    pub pivot: bool,
    /// Who makes its cgroup.
    pub cgroup_driver: Driver,
    /// How far to go.
    pub mode: Mode,
}

/// Makes a container. Where that fails nothing of it is left.
pub fn launch(steps: &Steps, store: &Store, wanted: &Launch<'_>) -> Result<Launched, ContainerError> {
    let bundle = fs::canonicalize(wanted.bundle).map_err(ContainerError::file("finding the bundle", wanted.bundle))?;
    let file = bundle.join("config.json");
    let text = read_file(&file).map_err(ContainerError::file("reading", &file))?;
    let mut config = (steps.read_config)(&file, &text, &bundle)?;
    config.root.no_pivot = !wanted.pivot;
    let pidfd_socket = wanted.pidfd_socket.map(PidfdSocket::connect).transpose()?;
    require_modules(&config.process).map_err(ContainerError::setup)?;
    let filter = Filter::new(&config.linux.seccomp).map_err(ContainerError::setup)?;
    config.warnings.extend(filter.iter().flat_map(|filter| filter.warnings.iter().cloned()));
    let foreground = wanted.mode == Mode::Foreground;
    let handover = (steps.handover)(steps, config.process.terminal, wanted.console_socket, foreground)?;
    let plan = Plan::new(&config)?;
    let mut sources = if plan.changes_user() { (steps.open_sources)(&config, &bundle) } else { Sources::default() };
    sources.map_ids(&config, &bundle).map_err(ContainerError::setup)?;
    let slot = store.reserve(wanted.id)?;
    let gate = (wanted.mode == Mode::Create).then(|| Gate::close(slot.path())).transpose()?;
    let mut record = Record::new(wanted.id, &config, bundle);
    record.new_keyring = wanted.new_keyring;
    let mut cgroup = OwnCgroup::create(&config, wanted.id, &slot.cgroup_notes(), wanted.cgroup_driver)?;
    record.cgroup = cgroup.as_ref().clone();
    if (steps.freezer)(&record.cgroup).is_frozen() {
        return Err(ContainerError::Frozen(record.id));
    }
    let size = (steps.first_size)(&config.process, foreground);
    let (ours, channel) = Channel::pair()?;
    let birthplace = own_cgroup::birthplace(cgroup.as_ref())?;
    let Forked::Parent { pid, pidfd } = fork(&plan, birthplace.as_ref())? else {
        let (process, preserved) = (&config.process, wanted.preserved);
        let linux = &config.linux;
        let setup = Setup { steps, process, linux, filter, size, handover, channel, preserved };
        Child {
            setup,
            config: &config,
            record: &record,
            plan: &plan,
            cgroup: cgroup.as_ref(),
            born_in_cgroup: birthplace.is_some(),
            may_be_ignored: SignalNumbers::ALL,
            gate,
            sources: &sources,
        }
        .live()
    };
    drop((channel, gate, handover, sources)); // what the child has of them must be the last
    cgroup.is_inhabited();
    let mut launched = Launched::new(pidfd, pid, config, text, record, Traces { slot, cgroup });
    schedule(pid, &launched.config.process).map_err(ContainerError::setup)?;
    if let Some(socket) = pidfd_socket {
        socket.send(&launched.process, "standard")?;
    }
    (steps.see_through)(&mut launched, &ours, &plan, wanted.mode)?;
    Ok(launched)
}

/// Reads what must be a file: a FIFO would be waited for.
fn read_file(path: &Path) -> io::Result<String> {
    let mut file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map(|_| text)
}

fn fork(plan: &Plan, cgroup: Option<&OwnedFd>) -> Result<Forked, ContainerError> {
    let birthplace = Birthplace {
        namespaces: plan.at_birth,
        cgroup: cgroup.map(AsFd::as_fd),
        pid_namespace: plan.pid.as_ref().map(AsFd::as_fd),
    };
    if plan.user.is_none() && !plan.joins_early() {
        return birthplace.fork();
    }
    birthplace.fork_after(|| {
        if plan.joins_early() {
            plan.join_early();
        }
        let join =
            |user| setns(user, CloneFlags::CLONE_NEWUSER).map_err(ContainerError::call("joining the user namespace"));
        plan.user.as_ref().map_or(Ok(()), join)
    })
}
