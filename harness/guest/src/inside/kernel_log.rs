//! What the kernel has to say meanwhile. Linux, ABI/testing/dev-kmsg

use super::{Obstacle, refused};
use crate::message::LogLine;
use std::io::{self, Read};
use std::{fs::File, os::unix::fs::OpenOptionsExt};

/// A record is never longer.
const RECORD: usize = 8192;

/// Warnings, and what is worse.
const WARNING: u8 = 4;

/// The kernel's log from the start on.
pub struct KernelLog(File);

impl KernelLog {
    /// Opens it.
    pub fn open() -> Result<Self, Obstacle> {
        File::options()
            .read(true)
            .custom_flags(nix::libc::O_NONBLOCK)
            .open("/dev/kmsg")
            .map(Self)
            .map_err(refused("/dev/kmsg"))
    }

    /// The kernel's own warnings, and what is worse, since the last call. Records that were overwritten before they
    /// could be read are lost.
    pub fn news(&mut self) -> Vec<LogLine> {
        let mut news = Vec::new();
        let mut record = [0; RECORD];
        loop {
            match self.0.read(&mut record) {
                Ok(count) if count > 0 => {
                    let text = String::from_utf8_lossy(&record[..count]);
                    news.extend(parse(&text).filter(|line| line.level <= WARNING));
                }
                // EPIPE: the next record follows a gap.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                _ => return news,
            }
        }
    }
}

/// `priority,sequence,microseconds,flags;text`, and lines about the device that it is about. Nothing of what
/// programs have written into the log.
fn parse(record: &str) -> Option<LogLine> {
    let (prefix, rest) = record.split_once(';')?;
    let mut fields = prefix.split(',');
    let priority: u32 = fields.next()?.parse().ok()?;
    let at_us = fields.nth(1)?.parse().ok()?;
    let by_kernel = priority >> 3 == 0;
    by_kernel.then(|| LogLine {
        level: (priority & 7) as u8,
        at_us,
        text: rest.lines().next().unwrap_or_default().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_parsed() {
        let record = "4,339,5140900,-;WARNING: CPU: 0 PID: 1 at x.c\n SUBSYSTEM=tty\n";
        let line = LogLine { level: 4, at_us: 5_140_900, text: "WARNING: CPU: 0 PID: 1 at x.c".to_owned() };
        assert_eq!(parse(record), Some(line));
    }

    #[test]
    fn what_programs_say_is_left_out() {
        // Facility 1: a program of the user's.
        assert_eq!(parse("12,340,5140901,-;hello\n"), None);
        assert_eq!(parse("nonsense"), None);
    }
}
