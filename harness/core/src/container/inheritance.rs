//! Descriptors that the runtime's caller leaves open, as a daemon with many files or a service manager with
//! listening sockets does.

use crate::container::ContainerError;
use nix::errno::Errno as SysErrno;
use nix::fcntl::{FcntlArg, fcntl};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::{fs::File, os::unix::process::CommandExt, path::Path, process::Command};

/// The first number after the standard streams.
const FIRST: i32 = 3;

/// Descriptors for a command, which gets the first as its 3, the next as its 4, and so on; and what is to be said of its
/// standard streams.
#[derive(Debug, Default)]
pub(super) struct Inheritance {
    descriptors: Vec<OwnedFd>,
    /// Standard input is `/dev/null`, as daemons have it, rather than a pipe.
    pub null_input: bool,
    streams: Vec<(i32, Option<OwnedFd>)>,
}

/// Keeps the numbers that a command's descriptors get free of anything that matters, until it has started.
#[must_use = "the numbers are only kept until this is dropped"]
pub(super) struct Placeholders {
    _files: Vec<File>,
}

impl Inheritance {
    /// One more.
    pub fn add(&mut self, descriptor: OwnedFd) {
        self.descriptors.push(descriptor);
    }

    /// The command's descriptor 0, 1 or 2, in place of what it would be; `None` closes it.
    pub fn set(&mut self, number: i32, descriptor: Option<OwnedFd>) {
        self.streams.push((number, descriptor));
    }

    /// How many there are beside the standard streams.
    pub fn count(&self) -> usize {
        self.descriptors.len()
    }

    /// Lets `command` inherit them. What is opened from now until the command has started gets other numbers, so that
    /// the child overwrites nothing that it still needs before execve(2), such as the pipe that tells of a failed one.
    pub fn give_to(self, command: &mut Command) -> Result<Placeholders, ContainerError> {
        let end = FIRST + i32::try_from(self.descriptors.len()).unwrap_or(i32::MAX - FIRST);
        let mut high = Vec::new();
        let further = (FIRST..).zip(self.descriptors.into_iter().map(Some));
        for (number, descriptor) in self.streams.into_iter().chain(further) {
            let Some(descriptor) = descriptor else {
                high.push((number, None));
                continue;
            };
            let copy = fcntl(&descriptor, FcntlArg::F_DUPFD_CLOEXEC(end))
                .map_err(ContainerError::setup("leaving open", Path::new("a descriptor")))?;
            // SAFETY: F_DUPFD_CLOEXEC just made this descriptor, and nothing else owns it.
            high.push((number, Some(unsafe { OwnedFd::from_raw_fd(copy) })));
        }
        let placeholders = Placeholders::up_to(end)?;
        if !high.is_empty() {
            // SAFETY: dup2 and close are async-signal-safe, the numbers are valid, nobody owns what is closed, and the
            // closure allocates nothing.
            unsafe {
                command.pre_exec(move || {
                    for (number, descriptor) in &high {
                        SysErrno::result(match descriptor {
                            Some(descriptor) => nix::libc::dup2(descriptor.as_raw_fd(), *number),
                            None => nix::libc::close(*number),
                        })?;
                    }
                    Ok(())
                });
            }
        }
        Ok(placeholders)
    }
}

impl Placeholders {
    fn up_to(end: i32) -> Result<Self, ContainerError> {
        let path = Path::new("/dev/null");
        let mut files: Vec<File> = Vec::new();
        while files.last().map_or(FIRST, AsRawFd::as_raw_fd) < end {
            files.push(File::open(path).map_err(ContainerError::setup("opening", path))?);
        }
        Ok(Self { _files: files })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_command_gets_them_in_order_from_three_on() {
        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        let mut inheritance = Inheritance::default();
        inheritance.add(File::open("/").expect("the root").into());
        inheritance.add(writer.into());
        assert_eq!(inheritance.count(), 2);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "readlink /proc/self/fd/3 >&4"]);
        let placeholders = inheritance.give_to(&mut command).expect("room");
        assert!(command.status().expect("a shell").success());
        drop((placeholders, command));
        let mut said = String::new();
        reader.read_to_string(&mut said).expect("text");
        assert_eq!(said, "/\n");
    }
}
