use super::{args::Command, making::Plumbing};
use crate::container::{ContainerError, store::write_atomically};
use crate::syscall::descriptors::is_open;
use nix::unistd::Pid;

/// What is to be preserved must be there, now: a little later the same numbers may be files of ptyrun's own.
pub(super) fn require_preserved(command: &Command) -> Result<(), ContainerError> {
    let plumbing = match command {
        Command::Create(create) => &create.plumbing,
        Command::Run(run) => &run.create.plumbing,
        Command::Exec(exec) => &exec.plumbing,
        _ => return Ok(()),
    };
    let last = 2 + i64::from(plumbing.preserve_fds);
    match (3..=last).find(|fd| !i32::try_from(*fd).is_ok_and(is_open)) {
        None => Ok(()),
        Some(fd) => {
            Err(ContainerError::Setup(format!("--preserve-fds {}: descriptor {fd} is not open", plumbing.preserve_fds)))
        }
    }
}

impl Plumbing {
    /// Writes the pid file, if there is to be one.
    pub(super) fn write_pid(&self, pid: Pid) -> Result<(), ContainerError> {
        self.pid_file.as_ref().map_or(Ok(()), |path| {
            write_atomically(path, pid.to_string().as_bytes()).map_err(ContainerError::file("writing", path))
        })
    }
}
