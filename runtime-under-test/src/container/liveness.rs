//! Telling a process from a later one with the same number.

use crate::syscall::process::PidFd;
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

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
    parse(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse(stat: &str) -> Option<StartTime> {
    // The name, in parentheses, may hold spaces and parentheses of its own: fields count from the last one.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok().map(StartTime)
}

#[cfg(test)]
mod tests {
    use super::{StartTime, parse};

    fn line(name: &str, state: &str) -> String {
        let numbers: Vec<String> = (4..=30).map(|field| (field * 100).to_string()).collect();
        format!("7 ({name}) {state} {}\n", numbers.join(" "))
    }

    #[test]
    fn the_start_time_is_field_22_whatever_the_name() {
        for name in ["sh", "a b", "x) R 1 2", "((("] {
            assert_eq!(parse(&line(name, "S")), Some(StartTime(2200)), "{name}");
        }
    }

    #[test]
    fn a_zombie_does_not_run() {
        assert_eq!(parse(&line("sh", "Z")), None);
    }

    #[test]
    fn our_own_start_time_is_known() {
        assert!(super::start_time(nix::unistd::Pid::this()).is_some());
    }
}
