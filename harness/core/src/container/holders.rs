//! Which processes have a pty master open.

use nix::sys::stat::stat;
use ptyproof_probe::DeviceNumber;
use std::fs;
use std::io;

/// A descriptor of a pty master in another process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterHolder {
    /// The process.
    pub pid: i32,
    /// Its name (`comm`).
    pub name: String,
    /// The descriptor's number there.
    pub descriptor: i32,
}

/// Every descriptor of a pty master (device 5:2) in the processes of the case's PID namespace, containers
/// included, without the harness's own. A process that ends meanwhile has none.
pub fn master_holders() -> io::Result<Vec<MasterHolder>> {
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
            let is_master = stat(format!("{directory}/{descriptor}").as_str())
                .is_ok_and(|status| DeviceNumber::of(status.st_rdev) == DeviceNumber::PTMX);
            if is_master {
                let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
                holders.push(MasterHolder { pid, name: name.trim_end().to_owned(), descriptor });
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
