use super::args::{Global, LogFormat};
use crate::steps::Steps;
use humantime::format_rfc3339_nanos;
use serde_json::json;
use std::{fs::OpenOptions, io::Write, time::SystemTime};

/// How serious a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "lowercase")]
enum Level {
    Error,
    Warning,
}

/// Says what went wrong, on standard error and in the log: engines read the last error there to tell their users.
pub(super) fn fail(steps: &Steps, global: &Global, message: &str) {
    (steps.complain)(message);
    write(global, Level::Error, message);
}

/// Writes one message to the log of the caller's choice only: the program's own output must not be mixed with remarks.
fn write(global: &Global, level: Level, message: &str) {
    let open = |path| OpenOptions::new().append(true).create(true).open(path).ok();
    let log = global.log.as_ref().and_then(open);
    let Some(mut log) = log else { return };
    let time = format_rfc3339_nanos(SystemTime::now()).to_string();
    let text = match global.log_format {
        LogFormat::Json => json!({"level": level.to_string(), "msg": message, "time": time}).to_string(),
        LogFormat::Text => format!("time=\"{time}\" level={level} msg={message:?}"),
    };
    let _ = log.write_all((text + "\n").as_bytes());
}

/// Writes each of `warnings` to the log.
pub(super) fn warn(global: &Global, warnings: &[String]) {
    for warning in warnings {
        write(global, Level::Warning, warning);
    }
}
