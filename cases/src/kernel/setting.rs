//! Settings of the whole machine that a case changes. proc_sys(5)

use crate::prelude::*;
use std::io::ErrorKind;

/// How often a measurement may be disturbed by programs that have nothing to do with the run.
pub const ROUNDS: usize = 5;

/// A file below `/proc/sys`. It gets its old content back with this value.
///
/// Cases that have one need to be alone.
pub struct Setting {
    path: &'static str,
    before: String,
}

impl Setting {
    /// Remembers what it is; `None` where the kernel has no such setting.
    pub fn remember(path: &'static str) -> Result<Option<Self>, Stop> {
        match std::fs::read_to_string(path) {
            Ok(before) => Ok(Some(Self { path, before })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Stop::Error(format!("{path}: {error}"))),
        }
    }

    /// Like [`remember`](Self::remember), for a setting that all kernels have.
    pub fn of(path: &'static str) -> Result<Self, Stop> {
        Self::remember(path)?.ok_or_else(|| Stop::Error(format!("{path} does not exist")))
    }

    /// Lets a process change it.
    pub fn set(&self, probe: &mut Probe, value: i64) -> Result<(), Stop> {
        let file = probe.open(self.path, O_WRONLY)?.descriptor;
        probe.write(file, value.to_string().as_bytes())?;
        Ok(probe.close(file)?)
    }

    /// Lets a process read it.
    pub fn get(&self, probe: &mut Probe) -> Result<i64, Stop> {
        number(probe, self.path)
    }
}

impl Drop for Setting {
    fn drop(&mut self) {
        // It was written just now, so that it can be written again; what it is after a case is looked at again.
        let _ = std::fs::write(self.path, &self.before);
    }
}

/// The number in a file, as a process reads it.
pub fn number(probe: &mut Probe, path: &str) -> Result<i64, Stop> {
    let file = probe.open(path, O_RDONLY)?.descriptor;
    let text = probe.read(file)?;
    probe.close(file)?;
    let text = String::from_utf8_lossy(&text).into_owned();
    text.trim().parse().map_err(|_| Stop::fail(path, "a number", text))
}
