//! Which processes have a pty open.

use crate::{deadline::Deadline, pidfd::pidfd};
use nix::{errno::Errno, poll::PollFlags, sys::stat::stat};
use ptyproof_probe::DeviceNumber;
use std::{fs, io};

/// A descriptor of a pty in another process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PtyHolder {
    /// The process.
    pub pid: i32,
    /// Its name (`comm`).
    pub name: String,
    /// The descriptor's number there.
    pub descriptor: i32,
    /// The device: a master is 5:2, slaves have the major numbers 136 to 143.
    pub device: DeviceNumber,
}

/// Every descriptor of a pty master (device 5:2) in the processes of the case's PID namespace, containers
/// included, without the harness's own. A process that ends meanwhile has none.
pub fn master_holders() -> io::Result<Vec<PtyHolder>> {
    holders(|device| device == DeviceNumber::PTMX)
}

/// Every descriptor of a pty, master or slave, that such a process still has when `deadline` is over.
pub fn lasting_pty_holders(deadline: Deadline) -> io::Result<Vec<PtyHolder>> {
    loop {
        let held = holders(|device| device == DeviceNumber::PTMX || (136..144).contains(&device.major))?;
        let Some(first) = held.first().filter(|_| !deadline.is_over()) else {
            return Ok(held);
        };
        match pidfd(first.pid) {
            // Whether it has ended, the next look tells.
            Ok(end) => drop(deadline.wait_for(end, PollFlags::POLLIN)?),
            Err(Errno::ESRCH | Errno::EINVAL) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}

fn holders(is_wanted: impl Fn(DeviceNumber) -> bool) -> io::Result<Vec<PtyHolder>> {
    let own = nix::unistd::getpid().as_raw();
    let mut holders = Vec::new();
    for pid in numbers("/proc")?.into_iter().filter(|&pid| pid != own) {
        let directory = format!("/proc/{pid}/fd");
        let descriptors = match numbers(&directory) {
            Err(error) if is_gone(&error) => continue,
            listed => listed?,
        };
        for descriptor in descriptors {
            // The link is followed to the open file itself, so its name in the container does not matter.
            let device = match stat(format!("{directory}/{descriptor}").as_str()) {
                Err(Errno::ENOENT | Errno::ESRCH) => continue,
                status => DeviceNumber::of(status?.st_rdev),
            };
            if is_wanted(device) {
                let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
                holders.push(PtyHolder { pid, name: name.trim_end().to_owned(), descriptor, device });
            }
        }
    }
    Ok(holders)
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(nix::libc::ENOENT | nix::libc::ESRCH))
}

/// The entries of a directory of /proc that are numbers.
fn numbers(path: &str) -> io::Result<Vec<i32>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = match entry {
            Err(error) if is_gone(&error) => break,
            entry => entry?,
        };
        found.extend(entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()));
    }
    Ok(found)
}
