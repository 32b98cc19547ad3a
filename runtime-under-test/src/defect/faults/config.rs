use crate::config::{Config, ConfigError, Mount, Propagation};
use crate::container::ContainerError;
use crate::defect::{Defect, active};
use serde_json::Value;
use std::path::Path;

/// [`Defect::BrokenConfigAccepted`].
pub fn accept(_: &ConfigError) {
    if active(Defect::BrokenConfigAccepted) {
        std::process::exit(0);
    }
}

/// [`Defect::SizeWithoutTerminalRefused`]. `text` is the config as it was read.
pub fn refuse_size(config: &Config, text: &str) -> Result<(), ContainerError> {
    let asked = |text| {
        let config: Option<Value> = serde_json::from_str(text).ok();
        config.is_some_and(|config| config["process"]["consoleSize"].is_object())
    };
    if active(Defect::SizeWithoutTerminalRefused) && !config.process.terminal && asked(text) {
        return Err(ContainerError::Usage("process.consoleSize is given, but process.terminal is false"));
    }
    Ok(())
}

/// The defects that amount to another config than the caller's.
pub fn spoil_config(config: &mut Config) {
    if active(Defect::ConsoleMountPropagates) {
        config.linux.rootfs_propagation = Some(Propagation::RShared);
    }
    if active(Defect::PtmxOfTheHost) {
        config.mounts.push(Mount {
            destination: "/dev/ptmx".into(),
            kind: Some("bind".into()),
            source: Some("/dev/pts/ptmx".into()),
            options: vec!["bind".into()],
        });
    }
    let pts = config.mounts.iter_mut().find(|mount| mount.destination == Path::new("/dev/pts"));
    let Some(pts) = pts else { return };
    if active(Defect::HostDevptsShared) {
        pts.kind = Some("bind".into());
        pts.source = Some("/dev/pts".into());
        pts.options = vec!["bind".into()];
    }
    let mut without = |defect, names: &[&str]| {
        if active(defect) {
            pts.options.retain(|option| !names.contains(&option.split('=').next().unwrap_or_default()));
        }
    };
    without(Defect::PtmxMode000, &["ptmxmode"]);
    without(Defect::DevptsGidDropped, &["gid"]);
    without(Defect::DevptsExec, &["nosuid", "noexec"]);
    without(Defect::DevptsModeWrong, &["mode"]);
    if active(Defect::DevptsModeWrong) {
        pts.options.push("mode=0600".into());
    }
    if active(Defect::DevptsOptionsIgnored) {
        let default = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"];
        pts.options = default.map(String::from).to_vec();
    }
}
