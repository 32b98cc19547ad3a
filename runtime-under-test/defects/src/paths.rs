//! Paths of the image's that are walked where a descriptor is at hand, and what is done later than it should be: what only a
//! race shows.

use crate::defect::failed;
use crate::streams::steal;
use nix::fcntl::{OFlag, open};
use nix::mount::{MsFlags, mount};
use nix::sys::stat::{Mode, fstat, minor};
use ptyrun::DESIGN;
use ptyrun::terminal::{Pty, Slave, TerminalError, ioctl};
use std::fs::File;
use std::os::fd::OwnedFd;

const OPEN: OFlag = OFlag::O_RDWR.union(OFlag::O_NOCTTY).union(OFlag::O_CLOEXEC);

defects! {
    "console-bound-by-path", "/dev/console is made, and /dev/pts/N mounted there, by their paths." => {
        bind_console: |_, slave| {
            let _ = File::create("/dev/console");
            bind(&path_of(slave)?, "/dev/console")
        }
    }
    "slave-opened-by-path", "The slave is opened as /dev/pts/N." => {
        open_pty: |root| {
            let pty = (DESIGN.open_pty)(root)?;
            let slave = open(path_of(&pty.slave)?.as_str(), OPEN, Mode::empty()).map_err(failed)?;
            Ok(Pty { slave: slave.into(), ..pty })
        }
    }
    "ptmx-opened-by-path", "The master is opened as /dev/ptmx, whatever that is." => {
        open_pty: |_| {
            let master = open("/dev/ptmx", OPEN, Mode::empty()).map_err(failed)?;
            ioctl::unlock(&master).map_err(failed)?;
            let slave = ioctl::open_peer(&master).map_err(failed)?;
            Ok(Pty { master, slave: slave.into() })
        }
    }
    "null-bound-by-path", "/proc/keys is the one path that is masked, with whatever is at /dev/null." => {
        read_config: |path, text, bundle| {
            let mut config = (DESIGN.read_config)(path, text, bundle)?;
            config.linux.masked_paths.clear();
            Ok(config)
        },
        place_streams: |slave| { bind("/dev/null", "/proc/keys")?; (DESIGN.place_streams)(slave) }
    }
    "runtime-acquires-terminal" [root_only], "In the foreground ptyrun makes the container's terminal its own controlling one." => {
        see_through: |launched, channel, plan, mode| {
            (DESIGN.see_through)(launched, channel, plan, mode)?;
            launched.master.iter().for_each(acquire);
            Ok(())
        }
    }
    "size-set-by-ptyrun", "The caller's size is set by ptyrun, when the program runs already." => {
        set_size: |_, _| Ok(()),
        see_through: |launched, channel, plan, mode| {
            (DESIGN.see_through)(launched, channel, plan, mode)?;
            launched.master.iter().for_each(DESIGN.copy_size);
            Ok(())
        }
    }
}

fn acquire(master: &OwnedFd) {
    if let Ok(slave) = ioctl::open_peer(master) {
        let _ = steal(Slave::from(slave));
    }
}

fn path_of(slave: &Slave) -> Result<String, TerminalError> {
    Ok(format!("/dev/pts/{}", minor(fstat(slave).map_err(failed)?.st_rdev)))
}

fn bind(from: &str, to: &str) -> Result<(), TerminalError> {
    mount(Some(from), to, None::<&str>, MsFlags::MS_BIND, None::<&str>).map_err(failed)
}
