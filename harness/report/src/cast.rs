//! Transcripts as recordings that players of terminals know: asciicast, version 2.
//! <https://docs.asciinema.org/manual/asciicast/v2/>

use super::json::ascii;
use super::{CaseResult, Direction, Entry, Event, Reporter, data};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What terminals are like of which nothing is known.
const COLUMNS_AND_ROWS: (u64, u64) = (80, 24);

/// The transcript of one terminal as an asciicast: what came is output, what was typed input, a change of size a resize, and
/// any other remark a marker. In ASCII only, so that the file itself does no harm where it is shown; who plays it is given
/// what came as it is, but for bytes that are no UTF-8, which the format cannot hold.
pub fn asciicast(title: &str, entries: &[Entry]) -> String {
    let (width, height) = entries.iter().find_map(size).unwrap_or(COLUMNS_AND_ROWS);
    let mut lines = vec![json!({ "version": 2, "width": width, "height": height, "title": title })];
    let (mut received, mut typed) = (Vec::new(), Vec::new());
    let mut last = 0.0;
    for entry in entries {
        last = seconds(entry);
        let event = match entry.direction {
            Direction::Received => json!([last, "o", whole(&mut received, &entry.bytes)]),
            Direction::Typed => json!([last, "i", whole(&mut typed, &entry.bytes)]),
            Direction::Remark => match size(entry) {
                Some((width, height)) => json!([last, "r", format!("{width}x{height}")]),
                None => json!([last, "m", String::from_utf8_lossy(&entry.bytes)]),
            },
        };
        lines.push(event);
    }
    for (kind, rest) in [("o", received), ("i", typed)] {
        if !rest.is_empty() {
            lines.push(json!([last, kind, String::from_utf8_lossy(&rest)]));
        }
    }
    lines.retain(|line| line.get(2) != Some(&Value::String(String::new())));
    lines.iter().map(|line| ascii(&line.to_string()) + "\n").collect()
}

fn seconds(entry: &Entry) -> f64 {
    (entry.at_ms * 1e3).round() / 1e6
}

/// The size, columns first, that a remark says the terminal has from now on.
fn size(entry: &Entry) -> Option<(u64, u64)> {
    let remark = std::str::from_utf8(&entry.bytes).ok().filter(|_| entry.direction == Direction::Remark)?;
    let numbers = remark.strip_prefix("size set to ")?;
    let mut numbers = numbers.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok());
    let (rows, columns) = (numbers.next()?, numbers.next()?);
    (rows > 0 && columns > 0).then_some((columns, rows))
}

/// `bytes` behind what was left of the last ones, as text; the beginning of a character stays behind for the next.
fn whole(left: &mut Vec<u8>, bytes: &[u8]) -> String {
    left.extend_from_slice(bytes);
    let all = std::mem::take(left);
    let mut text = String::new();
    let mut chunks = all.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        text.push_str(chunk.valid());
        let invalid = chunk.invalid();
        if invalid.is_empty() {
            continue;
        }
        let may_go_on = std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
        if chunks.peek().is_none() && may_go_on {
            left.extend_from_slice(invalid);
        } else {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

/// The recordings of one case: `stem.cast`, or where it has several terminals `stem.1.cast` and so on.
pub fn recordings(stem: &Path, result: &CaseResult) -> Vec<(PathBuf, String)> {
    let terminals: Vec<_> = result.transcript.iter().filter(|(_, entries)| !entries.is_empty()).collect();
    let several = terminals.len() > 1;
    let cast = |(number, (name, entries)): (usize, &&(String, Vec<Entry>))| {
        let number = if several { format!(".{}", number + 1) } else { String::new() };
        let mut path = stem.as_os_str().to_owned();
        path.push(format!("{number}.cast"));
        (path.into(), asciicast(&format!("{}: {name}", result.id), entries))
    };
    terminals.iter().enumerate().map(cast).collect()
}

/// Writes the recordings of cases as they end.
pub struct Recorder {
    directory: PathBuf,
    every_case: bool,
    strict: bool,
}

impl Recorder {
    /// Below `directory`, of what is not as expected, or of every case.
    pub fn new(directory: PathBuf, every_case: bool) -> Self {
        Self { directory, every_case, strict: false }
    }
}

impl Reporter for Recorder {
    fn take(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Began { strict, .. } => self.strict = *strict,
            Event::CaseEnded(result) if self.every_case || !result.is_as_expected(self.strict) => {
                write_recordings(&self.directory.join(result.id.as_str()), result)?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Writes the recordings of one case.
pub(super) fn write_recordings(stem: &Path, result: &CaseResult) -> io::Result<()> {
    for (path, cast) in recordings(stem, result) {
        let parent = path.parent().unwrap_or(stem);
        let written = fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display()));
        let written = written.and_then(|()| data::replace(&path, cast.as_bytes()).map_err(|error| error.to_string()));
        written.map_err(|error| io::Error::other(format!("writing {error}")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::test_results;
    use super::*;

    fn entry(at_ms: f64, direction: Direction, bytes: &[u8]) -> Entry {
        Entry { at_ms, direction, bytes: bytes.into() }
    }

    #[test]
    fn each_piece_is_an_event_of_its_kind_in_ascii() {
        let cast = asciicast(
            "a \u{202e}title",
            &[
                entry(0.0, Direction::Remark, b"size set to 30 rows x 100 columns"),
                entry(1.5, Direction::Typed, b"l\xc3\xa9\r"),
                entry(2.25, Direction::Received, b"\x1b[31m\xff\xe2\x82"),
                entry(2.5, Direction::Received, b"\xac\x7f\r\n"),
                entry(3.0, Direction::Remark, b"hang-up"),
            ],
        );
        let expected = r#"{"height":30,"title":"a \u202etitle","version":2,"width":100}
[0.0,"r","100x30"]
[0.0015,"i","l\u00e9\r"]
[0.00225,"o","\u001b[31m\ufffd"]
[0.0025,"o","\u20ac\u007f\r\n"]
[0.003,"m","hang-up"]
"#;
        assert_eq!(cast, expected);
    }

    #[test]
    fn what_ends_amid_a_character_is_not_lost() {
        let cast = asciicast("t", &[entry(1.0, Direction::Received, b"a\xe2\x82")]);
        assert!(cast.ends_with("[0.001,\"o\",\"a\"]\n[0.001,\"o\",\"\\ufffd\"]\n"), "{cast}");
    }

    #[test]
    fn failures_are_recorded_and_every_case_where_asked() {
        for (every_case, count) in [(false, 1), (true, 2)] {
            let directory = tempfile::tempdir().expect("a directory");
            let mut report = test_results::report();
            let said = report.results[6].transcript.clone();
            report.results[0].transcript = [said.clone(), said].concat();
            let mut recorder = Recorder::new(directory.path().to_owned(), every_case);
            for result in &report.results {
                let event = Event::CaseEnded(std::borrow::Cow::Borrowed(result));
                recorder.take(&event).expect("it can be written");
            }
            let names = fs::read_dir(directory.path().join("area")).expect("it is there").count();
            assert_eq!(names, if every_case { count + 1 } else { count });
            assert!(directory.path().join("area/fail.cast").exists());
        }
    }
}
