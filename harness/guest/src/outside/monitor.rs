//! What qemu itself says of a machine. QEMU Machine Protocol

use serde::Deserialize;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

/// An event of the machine that matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MachineEvent {
    /// It does not go on, because its virtualisation has failed.
    Stopped,
    /// It ends: `guest-shutdown` where it was turned off, `guest-reset` where it would have started again.
    Shutdown { reason: String },
}

/// The channel on which qemu tells events.
pub struct Monitor {
    stream: UnixStream,
    pending: Vec<u8>,
}

#[derive(Deserialize)]
struct Told {
    event: Option<String>,
    #[serde(default)]
    data: serde_json::Value,
}

impl Monitor {
    /// Asks for events. qemu tells none before.
    pub fn begin(mut stream: UnixStream) -> io::Result<Self> {
        stream.write_all(b"{\"execute\": \"qmp_capabilities\"}\n")?;
        stream.set_nonblocking(true)?;
        Ok(Self { stream, pending: Vec::new() })
    }

    /// The events that there are now; none any more once qemu has ended.
    pub fn news(&mut self) -> Vec<MachineEvent> {
        let mut piece = [0; 4096];
        while let Ok(count @ 1..) = self.stream.read(&mut piece) {
            self.pending.extend_from_slice(&piece[..count]);
        }
        let Some(last) = self.pending.iter().rposition(|&byte| byte == b'\n') else {
            return Vec::new();
        };
        let rest = self.pending.split_off(last + 1);
        let whole = std::mem::replace(&mut self.pending, rest);
        let lines = whole.split(|&byte| byte == b'\n');
        lines.filter_map(understand).collect()
    }
}

impl AsFd for Monitor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

fn understand(line: &[u8]) -> Option<MachineEvent> {
    let told: Told = serde_json::from_slice(line).ok()?;
    match told.event?.as_str() {
        "STOP" => Some(MachineEvent::Stopped),
        "SHUTDOWN" => {
            Some(MachineEvent::Shutdown { reason: told.data["reason"].as_str().unwrap_or("unknown").to_owned() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_told_from_everything_else() {
        let (ours, mut theirs) = UnixStream::pair().expect("two sockets");
        let mut monitor = Monitor::begin(ours).expect("it is open");
        theirs
            .write_all(
                b"{\"QMP\": {\"version\": {}}}\r\n{\"return\": {}}\r\n\
                  {\"timestamp\": {}, \"event\": \"RTC_CHANGE\", \"data\": {\"offset\": 1}}\r\n\
                  {\"timestamp\": {}, \"event\": \"SHUTDOWN\", \"data\": {\"reason\": \"guest-reset\"}}\r\n\
                  {\"timestamp\": {}, \"event\": \"ST",
            )
            .expect("room");
        let reason = "guest-reset".to_owned();
        assert_eq!(monitor.news(), [MachineEvent::Shutdown { reason }]);
        theirs.write_all(b"OP\"}\r\n").expect("room");
        assert_eq!(monitor.news(), [MachineEvent::Stopped]);
        drop(theirs);
        assert_eq!(monitor.news(), []);
    }
}
