//! The virtio port that leads outside. virtio-v1.2, section 5.3

use super::{Obstacle, refused};
use crate::order::PORT;
use nix::poll::PollFlags;
use nix::sys::socket::{AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, bind, recv, socket};
use ptyproof_harness::deadline::Deadline;
use std::fs::{self, File};
use std::{os::fd::AsRawFd, path::Path, time::Duration};

/// The driver asks the device what it has; that takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// The group of those who are told about devices by the kernel itself.
const KERNEL_EVENTS: u32 = 1;

/// Opens the port. Where its driver still works on it, its coming is waited for.
pub fn find() -> Result<File, Obstacle> {
    // Listening first, so that what comes between the look and the wait is not missed.
    let events =
        socket(AddressFamily::Netlink, SockType::Datagram, SockFlag::SOCK_CLOEXEC, SockProtocol::NetlinkKObjectUEvent)
            .map_err(refused("listening for devices"))?;
    bind(events.as_raw_fd(), &NetlinkAddr::new(0, KERNEL_EVENTS)).map_err(refused("listening for devices"))?;
    let deadline = Deadline::after(PATIENCE);
    loop {
        if let Some(port) = present() {
            let path = Path::new("/dev").join(port);
            return File::options()
                .write(true)
                .open(&path)
                .map_err(|error| Obstacle::Mute(format!("{}: {error}", path.display())));
        }
        let told = deadline.wait_for(&events, PollFlags::POLLIN).map_err(refused("waiting for devices"))?;
        if !told {
            return Err(Obstacle::Mute(
                "no virtio port: the kernel needs virtio_pci and virtio_console, built in or by --modules".to_owned(),
            ));
        }
        // What it says does not matter: the directory is looked at again.
        recv(events.as_raw_fd(), &mut [0; 8192], MsgFlags::empty()).map_err(refused("waiting for devices"))?;
    }
}

/// The port's name as a device, once it bears ours.
fn present() -> Option<std::ffi::OsString> {
    let ports = fs::read_dir("/sys/class/virtio-ports").ok()?;
    ports.flatten().map(|port| port.file_name()).find(|port| {
        let name = Path::new("/sys/class/virtio-ports").join(port).join("name");
        fs::read_to_string(name).is_ok_and(|name| name.trim_end() == PORT)
    })
}
