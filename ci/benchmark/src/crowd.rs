//! Many containers at once, each in the foreground with a terminal of its own.

use crate::measure::{MeasureError, Subject};
use ptyproof_harness::container::{Caller, ContainerError};
use ptyproof_probe::Ending;
use std::{fs, io, time::Instant};

/// What a crowd took. The memory is what each container adds, in KiB.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// How many there were.
    pub count: usize,
    /// Seconds from the first call of the runtime until every program runs.
    pub started_in: f64,
    /// Proportional share of the runtime that relays and of the program. proc(5), smaps_rollup
    pub proportional_kib: f64,
    /// What the machine has less available, the kernel's part and the caller's included. proc(5), MemAvailable
    pub machine_kib: f64,
    /// How many terminals showed anything but their own.
    pub crossed: usize,
}

/// Starts them, has each type and print, and looks whether any byte is seen on another terminal.
pub fn gather(subject: &Subject, count: usize) -> Result<Crowd, MeasureError> {
    let before = available_kib()?;
    let began = Instant::now();
    let mut callers = Vec::new();
    for _ in 0..count {
        callers.push(subject.plan()?.foreground(Caller::at_a_terminal())?);
    }
    let mut probes = Vec::new();
    for caller in &mut callers {
        probes.push(caller.probe()?);
    }
    let started_in = began.elapsed().as_secs_f64();
    let machine = before - available_kib()?;
    let mut proportional = 0.0;
    for caller in &callers {
        proportional += proportional_kib(caller.pid())?;
        if let Some(lifecycle) = &caller.lifecycle {
            proportional += proportional_kib(lifecycle.pid()?)?;
        }
    }
    for (number, (caller, probe)) in callers.iter_mut().zip(&mut probes).enumerate() {
        caller.relays(probe)?;
        caller.outer.types(line(number, "\n")).map_err(ContainerError::from)?;
    }
    let mut crossed = 0;
    for (number, (mut probe, caller)) in probes.into_iter().zip(callers).enumerate() {
        let read = probe.read(0).map_err(ContainerError::from)?;
        probe.write(1, format!("printed by {number}").as_bytes()).map_err(ContainerError::from)?;
        probe.end(Ending::Exit(0)).map_err(ContainerError::from)?;
        let shown = caller.returns()?.output;
        let own = line(number, "\r\n") + &format!("printed by {number}");
        crossed += usize::from(read != line(number, "\n").as_bytes() || shown != own.as_bytes());
    }
    let count_of = count as f64;
    Ok(Crowd { count, started_in, proportional_kib: proportional / count_of, machine_kib: machine / count_of, crossed })
}

fn line(number: usize, end: &str) -> String {
    format!("typed at {number}{end}")
}

fn proportional_kib(pid: i32) -> io::Result<f64> {
    value_kib(&format!("/proc/{pid}/smaps_rollup"), "Pss:")
}

fn available_kib() -> io::Result<f64> {
    value_kib("/proc/meminfo", "MemAvailable:")
}

/// A line of the kernel's that gives a name and a number of KiB.
pub fn value_kib(file: &str, name: &str) -> io::Result<f64> {
    let text = fs::read_to_string(file)?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok());
    value.ok_or_else(|| io::Error::other(format!("{file} has no {name}")))
}
