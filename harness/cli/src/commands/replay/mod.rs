//! `ptyproof replay`.

mod pace;
mod text;

use crate::arguments::Replay;
use crate::exit::{Exit, Refusal};
use crate::screen::is_coloured;
use crate::suggestion::suggestion;
use pace::{Go, Pace};
use ptyproof_report::{CaseResult, Entry, Report, data, printable, recordings};
use std::io::{self, Write};
use std::path::Path;
use text::Text;

/// Plays what was said on the terminals of a case, or writes it as a recording.
pub fn replay(arguments: &Replay) -> Result<Exit, Refusal> {
    let report = Report::read(&arguments.report).map_err(Refusal::usage)?;
    let path = arguments.report.display();
    let result = report.results.iter().find(|result| result.id.as_str() == arguments.id).ok_or_else(|| {
        let hint = suggestion(&arguments.id, report.results.iter().map(|result| result.id.as_str()));
        Refusal::nothing_selected(format!("{path}: has no case {:?}{hint}", arguments.id))
    })?;
    let terminals: Vec<&(String, Vec<Entry>)> =
        result.transcript.iter().filter(|(_, entries)| !entries.is_empty()).collect();
    if terminals.is_empty() {
        return Err(Refusal::nothing_selected(format!(
            "{path}: nothing was said on a terminal in {}, which ended with {}",
            result.id, result.verdict
        )));
    }
    match &arguments.output {
        Some(file) => write(file, result),
        None => play(arguments, result, &terminals),
    }
}

fn write(file: &Path, result: &CaseResult) -> Result<Exit, Refusal> {
    let stem = if file.extension().is_some_and(|extension| extension == "cast") {
        file.with_extension("")
    } else {
        file.into()
    };
    for (path, cast) in recordings(&stem, result) {
        data::can_replace(&path).map_err(|error| Refusal::usage(format!("--output: {error}")))?;
        data::replace(&path, cast.as_bytes()).map_err(Refusal::machine)?;
        eprintln!("ptyproof: {}", printable(&path.to_string_lossy()));
    }
    Ok(Exit::AsExpected)
}

fn play(arguments: &Replay, result: &CaseResult, terminals: &[&(String, Vec<Entry>)]) -> Result<Exit, Refusal> {
    let mut pace = Pace::new(arguments.speed, arguments.step)?;
    let mut output = io::stdout();
    let coloured = is_coloured(false);
    let mut say = |text: &str| output.write_all(text.as_bytes()).and_then(|()| output.flush());
    let keys = if arguments.step { "a key shows the next piece, q ends\n" } else { "" };
    let mut told = say(&format!("{}: {} ({})\n{keys}", result.id, printable(&result.title), result.verdict));
    'all: for (name, entries) in terminals {
        let mut text = Text::new(coloured);
        told = told.and_then(|()| say(&text.headline(&printable(name))));
        for entry in entries {
            if told.is_err() || pace.wait_for(entry.at_ms)? == Go::No {
                told = told.and_then(|()| say(&text.end()));
                break 'all;
            }
            told = say(&text.piece(entry));
        }
        told = told.and_then(|()| say(&text.end()));
        pace.starts_over();
    }
    match told {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Refusal::machine(format!("writing to standard output: {error}")))
        }
        _ => Ok(Exit::AsExpected),
    }
}
