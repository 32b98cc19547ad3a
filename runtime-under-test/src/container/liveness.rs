//! Telling a process from a later one with the same number.

use crate::syscall::process::PidFd;
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::{fs::File, io::Read};

/// A process by its number and its start: together they name it for ever, the number alone may be used again.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Named {
    /// Its number, in the pid namespace of ptyrun; 0 names none.
    pub pid: i32,
    /// When it started.
    pub start_time: StartTime,
}

impl Named {
    /// The process that is `pid` now and cannot become another: a child that was not reaped.
    pub fn child(pid: Pid) -> Named {
        Named { pid: pid.as_raw(), start_time: start_time(pid).unwrap_or_default() }
    }

    /// The process, held, if it is alive and still the one that was named.
    pub fn hold(&self) -> Option<PidFd> {
        let pid = Pid::from_raw(self.pid);
        // Held before it is checked: afterwards the number could change hands.
        let held = PidFd::open(pid).ok()?;
        (start_time(pid)? == self.start_time).then_some(held)
    }
}

/// When a process started, in clock ticks since boot (field 22 of proc_pid_stat(5)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StartTime(u64);

/// When `pid` started. None where it does not run any more; a zombie does not.
pub fn start_time(pid: Pid) -> Option<StartTime> {
    // All of its line, by one read(2).
    let mut line = [0; 1024];
    let count = File::open(format!("/proc/{pid}/stat")).and_then(|mut file| file.read(&mut line)).ok()?;
    parse(&line[..count])
}

fn parse(line: &[u8]) -> Option<StartTime> {
    // The name, in parentheses, is the process's to choose, any bytes: fields count from the last parenthesis.
    let after_name = line.iter().rposition(|byte| *byte == b')')? + 1;
    let mut fields = str::from_utf8(&line[after_name..]).ok()?.split_ascii_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok().map(StartTime)
}

#[cfg(test)]
mod tests {
    use super::{StartTime, parse};

    fn line(name: &[u8], state: &str) -> Vec<u8> {
        let numbers: Vec<String> = (4..=30).map(|field| (field * 100).to_string()).collect();
        [b"7 (", name, format!(") {state} {}\n", numbers.join(" ")).as_bytes()].concat()
    }

    #[test]
    fn the_start_time_is_field_22_whatever_the_name() {
        for name in [&b"sh"[..], b"a b", b"x) R 1 2", b"(((", b"\xff) Z 1"] {
            assert_eq!(parse(&line(name, "S")), Some(StartTime(2200)), "{}", name.escape_ascii());
        }
    }

    #[test]
    fn a_zombie_does_not_run() {
        assert_eq!(parse(&line(b"sh", "Z")), None);
    }

    #[test]
    fn our_own_start_time_is_known() {
        assert!(super::start_time(nix::unistd::Pid::this()).is_some());
    }
}
