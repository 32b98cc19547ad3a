//! Settings of the whole machine that a case changes. proc_sys(5)

use nix::libc::O_WRONLY;
use ptyproof_harness::case::Stop;
use ptyproof_harness::probe::Probe;

/// A file below `/proc/sys`. It gets its old content back with this value.
///
/// Cases that have one need to be alone.
pub struct Setting {
    path: &'static str,
    before: String,
}

impl Setting {
    /// Remembers what it is.
    pub fn of(path: &'static str) -> Result<Self, Stop> {
        match std::fs::read_to_string(path) {
            Ok(before) => Ok(Self { path, before }),
            Err(error) => Err(Stop::Error(format!("{path}: {error}"))),
        }
    }

    /// Lets a process change it.
    pub fn set(&self, probe: &mut Probe, value: i64) -> Result<(), Stop> {
        let file = probe.open(self.path, O_WRONLY)?.descriptor;
        probe.write(file, value.to_string().as_bytes())?;
        Ok(probe.close(file)?)
    }
}

impl Drop for Setting {
    fn drop(&mut self) {
        // It was written just now, so that it can be written again; what it is after a case is looked at again.
        let _ = std::fs::write(self.path, &self.before);
    }
}
