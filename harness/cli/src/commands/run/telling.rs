//! What people and files are told of a run.

use super::subject::{Kind, Subject};
use crate::arguments::{DEFAULT_TIMEOUT, Run};
use crate::exit::Refusal;
use crate::patience;
use crate::report_request::ReportRequest;
use crate::screen::{github, is_coloured, is_watched, width};
use ptyproof_harness::target::quoted;
use ptyproof_report::{
    Again, Collector, Destination, Detail, Event, FileReporter, Form, Keeper, Progress, Recorder, Report, Reporter,
    Screen, expectation,
};
use std::io::{self, Write};
use std::{cell::RefCell, rc::Rc};

/// Where people read: standard output, unless a report takes that.
pub fn output(arguments: &Run) -> Box<dyn Write> {
    if is_taken(arguments) { Box::new(io::stderr()) } else { Box::new(io::stdout()) }
}

fn is_taken(arguments: &Run) -> bool {
    arguments.report.iter().any(ReportRequest::is_standard_output)
}

/// Keeps a whole run.
#[derive(Clone, Default)]
pub struct Kept(Rc<RefCell<(Collector, Option<Report>)>>);

impl Kept {
    /// The report, once the run has ended.
    pub fn take(&self) -> Option<Report> {
        self.0.borrow_mut().1.take()
    }
}

impl Reporter for Kept {
    fn take(&mut self, event: &Event<'_>) -> io::Result<()> {
        let (collector, report) = &mut *self.0.borrow_mut();
        *report = collector.take(event).or(report.take());
        Ok(())
    }
}

/// All who are told of one target's run, whose files are called `name` where a directory was asked for.
pub fn reporters(
    arguments: &Run,
    subject: &Subject,
    name: &str,
    several: bool,
) -> Result<Vec<Box<dyn Reporter>>, Refusal> {
    let mut all: Vec<Box<dyn Reporter>> = Vec::new();
    let github = github(output(arguments))?;
    let taken = is_taken(arguments);
    let watched = is_watched(taken);
    let detail = match (arguments.quiet, arguments.verbose) {
        (true, _) => Detail::Quiet,
        (_, true) => Detail::Calls,
        _ if watched => Detail::Areas,
        _ => Detail::Cases,
    };
    // Lines that come while the run lasts would be written over.
    if watched && detail == Detail::Areas {
        all.push(Box::new(Progress::default()));
    }
    let form = Form { detail, colour: is_coloured(taken), width: watched.then_some(width as fn() -> usize) };
    let again = Again { before: "ptyproof run".to_owned(), after: flags(arguments, subject) };
    if arguments.keep.is_some() {
        all.push(Box::new(Keeper));
    }
    all.push(Box::new(Screen::new(output(arguments), form, again)));
    let files = arguments.report.iter().filter_map(|request| request.reporter(name));
    all.extend(files.map(|file| Box::new(file) as Box<dyn Reporter>));
    if let Some(path) = &arguments.write_expectations {
        all.push(Box::new(FileReporter::new(&expectation::FIRST, Destination::File(path.clone()))));
    }
    if let Some(directory) = &arguments.record {
        let directory = if several { directory.join(name) } else { directory.clone() };
        all.push(Box::new(Recorder::new(directory, arguments.record_all)));
    }
    all.extend(github.map(|github| Box::new(github) as Box<dyn Reporter>));
    Ok(all)
}

/// What has to follow `ptyproof run ID` for the same way of running.
fn flags(arguments: &Run, subject: &Subject) -> String {
    let mut words = Vec::new();
    let mut flag = |name: &str, value: &str| words.push(format!("{name} {}", quoted(value)));
    match &subject.kind {
        Kind::Reference => {}
        Kind::Runtime(path) => flag("--runtime", &path.to_string_lossy()),
        Kind::Kernel => flag("--target", "kernel"),
        Kind::Elsewhere(via) => {
            flag("--target", "kernel");
            flag("--via", &via.line);
            for (name, value) in [("--via-path", &via.path), ("--as", &via.called)] {
                value.iter().for_each(|value| flag(name, value));
            }
        }
        Kind::Launcher(name, None) => flag("--target", name),
        Kind::Launcher(name, Some(program)) => flag("--target", &format!("{name}={}", program.display())),
    }
    if let Some(profile) = &subject.profile {
        flag("--profile", profile);
    }
    let timeout = patience::show(arguments.timeout);
    if timeout != DEFAULT_TIMEOUT {
        flag("--timeout", &timeout);
    }
    for file in &arguments.expect {
        flag("--expect", &file.to_string_lossy());
    }
    if let Some(name) = &arguments.edition {
        flag("--edition", name);
    }
    for (given, word) in [(arguments.strict, "--strict"), (arguments.disturb, "--disturb")] {
        if given {
            words.push(word.to_owned());
        }
    }
    words.join(" ")
}
