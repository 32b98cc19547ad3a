use super::args::{Global, LogFormat};
use humantime::format_rfc3339_nanos;
use serde_json::json;
use std::io::{self, Write};
use std::{fs::OpenOptions, time::SystemTime};

/// How serious a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub(super) enum Level {
    Error,
    Warning,
}

/// Writes one message to the log of the caller's choice, and an error to standard error as well: the program's own output
/// must not be mixed with remarks. Engines read the last error of the log to tell their users what went wrong.
pub(super) fn write(global: &Global, level: Level, message: &str) {
    let open = |path| OpenOptions::new().append(true).create(true).open(path).ok();
    let log = global.log.as_ref().and_then(open);
    if level == Level::Error {
        let _ = writeln!(io::stderr(), "ptyrun: {message}"); // there may be nobody who reads it
    }
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
