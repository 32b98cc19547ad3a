//! A fixed run for the tests of the reporters: each verdict once, with hostile content.

use super::{
    CaseId, CaseResult, Direction, Entry, Environment, Event, Level, Record, Report, Reporter, SCHEMA, Summary, Target,
    Verdict,
};
use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

const TOOK: Duration = Duration::from_millis(1234);

/// What a container may send to make a report lie.
const HOSTILE: &str = "\u{1b}[31mred\0 \u{9b}1m ]]> \u{fffd} \u{202e}\nnext";

fn entry(at_ms: f64, direction: Direction, bytes: &[u8]) -> Entry {
    Entry { at_ms, direction, bytes: bytes.into() }
}

fn result(verdict: Verdict) -> CaseResult {
    let mut result = CaseResult {
        id: CaseId::from(format!("area/{verdict}").as_str()),
        title: format!("what {verdict} does"),
        requirement: "it holds".to_owned(),
        level: Level::Must,
        references: vec!["doc, #place <https://example.org/doc#place>".to_owned()],
        covers: vec!["A01".to_owned()],
        verdict,
        reason: None,
        expected: None,
        observed: None,
        link: None,
        records: Vec::new(),
        shown: Vec::new(),
        observations: 0,
        teardown: Vec::new(),
        duration_ms: 10,
        transcript: Vec::new(),
    };
    let text = |text: &str| Some(text.to_owned());
    match verdict {
        Verdict::Pass => {}
        Verdict::Warn => {
            result.level = Level::Should;
            (result.expected, result.observed) = (Some("1".into()), Some("2".into()));
            result.reason = text("number of things");
        }
        Verdict::Info => {
            result.level = Level::Info;
            result.records.push(Record { what: "umask".to_owned(), value: "\"022\u{1b}c\"".into() });
        }
        Verdict::Skip => result.reason = text("needs root # of the machine"),
        Verdict::Xfail => {
            result.reason = text("known thing");
            result.link = text("https://example.org/1");
            (result.expected, result.observed) = (Some("a".into()), Some("b".into()));
        }
        Verdict::Fail => {
            result.reason = text("bytes on the terminal");
            result.expected = Some("x".repeat(120).into());
            result.observed = Some(HOSTILE.into());
            result.teardown.push("process 7 (x) still runs".to_owned());
            result.transcript.push((
                "terminal of c1".to_owned(),
                vec![
                    entry(0.5, Direction::Typed, b"ab\n"),
                    entry(1.25, Direction::Received, b"\x1b]0;t\x07\xff\r\n"),
                    entry(9.0, Direction::Remark, b"hang-up"),
                ],
            ));
        }
        Verdict::Xpass => result.reason = text("remove the expectation"),
        Verdict::Timeout => result.reason = text("the case did not end within 10s"),
        Verdict::Error => result.reason = text("worker: exit status 101 \u{1b}c"),
    }
    result
}

/// One result for each verdict, from good to bad.
pub(super) fn results() -> Vec<CaseResult> {
    Verdict::ALL.iter().map(|&verdict| result(verdict)).collect()
}

fn environment() -> Environment {
    Environment {
        ptyproof: "0.1.0".to_owned(),
        kernel: "6.18.0".to_owned(),
        architecture: "x86_64".to_owned(),
        cmdline: "quiet".to_owned(),
        distribution: "Some \u{1b}cLinux".to_owned(),
        cgroup_mode: "v2".to_owned(),
        sysctls: [("kernel.pty.max".to_owned(), "4096".to_owned())].into(),
        user: 0,
    }
}

fn target() -> Target {
    Target {
        path: "/bin/some runtime".to_owned(),
        sha256: "00".repeat(32),
        version: "some 1.0 \u{9b}31m\nspec: 1.2".to_owned(),
        profile: "some".to_owned(),
        with: None,
    }
}

/// The fixed run as a value.
pub(super) fn report() -> Report {
    let results = results();
    Report {
        schema: SCHEMA,
        environment: environment(),
        target: target(),
        strict: false,
        selected: results.iter().map(|result| result.id.clone()).collect(),
        summary: Summary::of(&results, false, false),
        results,
        duration_ms: 1234,
        interrupted: false,
    }
}

/// Keeps what it is told, as it reads back from JSON.
#[derive(Default)]
struct Recorder(Vec<Event<'static>>);

impl Reporter for Recorder {
    fn take(&mut self, event: &Event<'_>) -> io::Result<()> {
        let line = serde_json::to_string(event)?;
        self.0.push(serde_json::from_str(&line)?);
        Ok(())
    }
}

/// The events of the fixed run, after a way through JSON.
pub(super) fn events_through_json() -> io::Result<Vec<Event<'static>>> {
    let mut recorder = Recorder::default();
    tell(&mut recorder)?;
    Ok(recorder.0)
}

/// Tells a reporter the fixed run; the cases end in another order than they were selected in.
pub(super) fn tell(reporter: &mut dyn Reporter) -> io::Result<()> {
    tell_first(reporter, Verdict::ALL.len())
}

/// Like [`tell`], interrupted when `count` cases have ended.
pub(super) fn tell_first(reporter: &mut dyn Reporter, count: usize) -> io::Result<()> {
    let all = results();
    let selected: Vec<CaseId> = all.iter().map(|result| result.id.clone()).collect();
    let mut ended = all[..count].to_vec();
    ended.reverse();
    let interrupted = count < all.len();
    reporter.take(&Event::Began {
        environment: Cow::Owned(environment()),
        target: Cow::Owned(target()),
        selected: Cow::Borrowed(&selected),
        strict: false,
    })?;
    for (second, result) in (0..).zip(&ended) {
        reporter.take(&Event::CaseBegan { id: Cow::Borrowed(&result.id) })?;
        let elapsed = Duration::from_secs(second);
        reporter.take(&Event::Tick { elapsed })?;
        reporter.take(&Event::CaseEnded(Cow::Borrowed(result)))?;
    }
    reporter.take(&Event::Ended {
        summary: Cow::Owned(Summary::of(&ended, false, interrupted)),
        took: TOOK,
        interrupted,
    })
}

/// Somewhere to write that can be looked at afterwards.
#[derive(Clone, Default)]
pub(super) struct Paper(Rc<RefCell<Vec<u8>>>);

impl Paper {
    /// For a reporter.
    pub(super) fn writer(&self) -> Box<dyn Write> {
        Box::new(self.clone())
    }

    /// What was written.
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).expect("reports are UTF-8")
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
