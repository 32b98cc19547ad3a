//! What is written beside the program's output: for engines in the log, for people on standard error.

use super::args::{Global, LogFormat};
use super::parse::Matches;
use crate::{container::ContainerError, steps::Steps};
use humantime::format_rfc3339_nanos;
use serde_json::json;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::{path::Path, time::SystemTime};

/// How serious a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "lowercase")]
enum Level {
    Error,
    Warning,
    Debug,
}

/// The log of the caller's choice. Engines read the last error there to tell their users.
#[derive(Debug)]
pub(super) struct Log {
    file: Option<File>,
    format: LogFormat,
    debug: bool,
}

impl Log {
    /// As the options say. Fails where the file cannot be written: an engine would wait for what it never reads.
    pub(super) fn open(global: &Global) -> Result<Log, ContainerError> {
        let file =
            global.log.as_deref().map(|path| append(path).map_err(ContainerError::file("opening the log", path)));
        Ok(Log { file: file.transpose()?, format: global.log_format, debug: global.debug })
    }

    /// Standard error alone.
    pub(super) fn none() -> Log {
        Log { file: None, format: LogFormat::Text, debug: false }
    }

    /// For a command line that cannot be understood, as far as it can.
    pub(super) fn of_mistaken(given: &Matches) -> Log {
        let file = given.optional_path("log").ok().flatten().and_then(|path| append(&path).ok());
        Log { file, format: given.one("log-format").unwrap_or(LogFormat::Text), debug: false }
    }

    /// Says what went wrong, on standard error and in the log.
    pub(super) fn fail(&self, steps: &Steps, message: &str) {
        (steps.complain)(message);
        self.write(Level::Error, message);
    }

    /// Writes to the log alone what was wrong with a command line, as its user has been told that already.
    pub(super) fn note_mistake(&self, message: &str) {
        self.write(Level::Error, message);
    }

    /// Writes each of `warnings` to the log alone: the program's own output must not be mixed with remarks.
    pub(super) fn warn(&self, warnings: &[String]) {
        for warning in warnings {
            self.write(Level::Warning, warning);
        }
    }

    /// Writes down what was done, where `--debug` asks for it: to the log, or else to standard error.
    pub(super) fn debug(&self, message: impl FnOnce() -> String) {
        if !self.debug {
            return;
        }
        match self.file {
            Some(_) => self.write(Level::Debug, &message()),
            None => drop(io::stderr().write_all(self.line(Level::Debug, &message()).as_bytes())),
        }
    }

    fn write(&self, level: Level, message: &str) {
        if let Some(mut file) = self.file.as_ref() {
            let _ = file.write_all(self.line(level, message).as_bytes()); // nobody is left to be told
        }
    }

    /// As runc writes it.
    fn line(&self, level: Level, message: &str) -> String {
        let time = format_rfc3339_nanos(SystemTime::now()).to_string();
        match self.format {
            LogFormat::Json => json!({"level": level.to_string(), "msg": message, "time": time}).to_string() + "\n",
            LogFormat::Text => format!("time=\"{time}\" level={level} msg={message:?}\n"),
        }
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}
