//! Packet mode: the master reads in packets, and learns what happens to the slave's queues and settings.
//!
//! ioctl_tty(2), `TIOCPKT`.

mod changes;
mod data;
mod ending;
mod flushes;
mod statuses;

pub use changes::CASES as CHANGES;
pub use data::CASES as DATA;
pub use ending::CASES as ENDING;
pub use flushes::CASES as FLUSHES;
pub use statuses::CASES as STATUSES;

use nix::libc::O_NONBLOCK;
use nix::poll::PollFlags;
use ptyproof_harness::case::{Evidence, Evident, Stop};
use ptyproof_harness::probe::{Actor, ProbeError, PtyDescriptors};
use ptyproof_probe::{Bytes, IoctlName};

/// The first byte of a packet with data.
const DATA_FOLLOWS: u8 = 0;
/// The slave's input was discarded.
const FLUSH_READ: u8 = 1;
/// The slave's output was discarded.
const FLUSH_WRITE: u8 = 2;
/// The slave's output is stopped.
const STOP: u8 = 4;
/// The slave's output goes on.
const START: u8 = 8;
/// `^S` and `^Q` are not the slave's flow control any more.
const NO_STOP: u8 = 16;
/// `^S` and `^Q` are the slave's flow control.
const DO_STOP: u8 = 32;
/// Settings were changed, and `EXTPROC` is or was on.
const IOCTL: u8 = 64;

/// What poll(2) adds where a status waits to be read.
const STATUS_WAITS: PollFlags = PollFlags::POLLPRI.union(PollFlags::POLLIN).union(PollFlags::POLLRDNORM);

/// What the master has read.
#[derive(Debug, Default, PartialEq, Eq)]
struct Read {
    /// All statuses together, which came before any data.
    status: u8,
    /// The data of all packets.
    data: Bytes,
}

impl Evident for Read {
    fn evidence(&self) -> Evidence {
        Evidence::fields([("status", self.status.evidence()), ("data", self.data.evidence())])
    }
}

impl Read {
    /// Reads packets, and waits for them, until so many bytes of data have come. Output may come in several packets,
    /// and what one key does may come in several statuses.
    fn until(actor: &mut Actor, master: i32, count: usize) -> Result<Self, Stop> {
        let mut read = Self::default();
        while read.data.0.len() < count {
            let packet = Bytes(actor.read(master)?);
            match packet.0.split_first() {
                Some((&DATA_FOLLOWS, data)) => read.data.0.extend(data),
                Some((status, [])) if read.data.0.is_empty() => read.status |= status,
                _ => {
                    let expected = "one status before data, or data with a header";
                    return Err(Stop::fail("a packet", expected, packet.evidence()));
                }
            }
        }
        Ok(read)
    }
}

/// A pty in packet mode on which no call waits.
fn packet_pty(actor: &mut Actor) -> Result<PtyDescriptors, ProbeError> {
    let pty = actor.new_pty(O_NONBLOCK)?;
    actor.ioctl(pty.master, IoctlName::Tiocpkt, 1)?;
    Ok(pty)
}
