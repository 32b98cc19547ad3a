//! What is kept of a case that is not as expected, beside the files that its worker has kept.

use super::cast::write_recordings;
use super::json::to_json;
use super::{CaseResult, Event, Reporter, escaped};
use std::path::Path;
use std::{fmt::Write, fs, io};

/// Writes, into the directory that a result says it is kept in, its `result.json`, what was called, at which system calls the
/// target was stopped, and its recordings.
pub struct Keeper;

impl Reporter for Keeper {
    fn take(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::CaseEnded(result) => result.kept.as_deref().map_or(Ok(()), |place| keep(Path::new(place), result)),
            _ => Ok(()),
        }
    }
}

fn keep(directory: &Path, result: &CaseResult) -> io::Result<()> {
    let failed = |error: io::Error| io::Error::new(error.kind(), format!("writing {}: {error}", directory.display()));
    let files = [("result.json", to_json(result)?), ("calls.txt", calls(result)), ("stopped.txt", stopped(result))];
    fs::create_dir_all(directory).map_err(failed)?;
    for (name, content) in files.iter().filter(|(_, content)| !content.is_empty()) {
        fs::write(directory.join(name), content).map_err(failed)?;
    }
    write_recordings(&directory.join("terminal"), result)
}

/// The calls in their order, each with how it ended and what it printed.
fn calls(result: &CaseResult) -> String {
    let mut text = String::new();
    for call in &result.calls {
        let _ = writeln!(text, "{:>9.1} $ {}", call.at_ms, call.line);
        for (name, bytes) in [("1", &call.stdout), ("2", &call.stderr)] {
            for line in bytes.split_inclusive(|&byte| byte == b'\n') {
                let _ = writeln!(text, "        {name}> {}", escaped(line.strip_suffix(b"\n").unwrap_or(line)));
            }
        }
        let _ = writeln!(text, "          {} after {:.1} ms", call.ended, call.took_ms);
    }
    text
}

/// The stops in their order.
fn stopped(result: &CaseResult) -> String {
    let mut text = String::new();
    for stop in &result.stopped {
        let _ = writeln!(text, "{:>9.1} {:>7} {:<18} {}: {}", stop.at_ms, stop.pid, stop.step, stop.call, stop.answer);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{Call, Stopped, test_results};
    use super::*;

    #[test]
    fn all_that_is_known_is_written_and_nothing_of_it_is_obeyed() {
        let directory = tempfile::tempdir().expect("a directory");
        let place = directory.path().join("area/fail");
        let mut result = test_results::results().remove(6);
        result.kept = Some(place.display().to_string());
        let line = "runc create c1".to_owned();
        let (stdout, stderr) = (Vec::new(), b"a\n\x1b[2Jb".to_vec());
        result.calls = vec![Call { at_ms: 1.0, line, ended: "exit status 1".to_owned(), took_ms: 2.5, stdout, stderr }];
        let (step, call) = ("open-slave".to_owned(), "system call 16(0x1) on /dev/pts/0".to_owned());
        result.stopped = vec![Stopped { at_ms: 1.5, pid: 7, step, call, answer: "goes on".to_owned() }];
        Keeper.take(&Event::CaseEnded(std::borrow::Cow::Borrowed(&result))).expect("it can be written");
        let read = |name: &str| fs::read_to_string(place.join(name)).expect("it is there");
        let calls =
            "      1.0 $ runc create c1\n        2> a\n        2> \\x1b[2Jb\n          exit status 1 after 2.5 ms\n";
        assert_eq!(read("calls.txt"), calls);
        let stopped = "      1.5       7 open-slave         system call 16(0x1) on /dev/pts/0: goes on\n";
        assert_eq!(read("stopped.txt"), stopped);
        assert_eq!(serde_json::from_str::<CaseResult>(&read("result.json")).expect("it is one"), result);
        assert!(read("terminal.cast").starts_with('{'));
    }
}
