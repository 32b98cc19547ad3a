//! A fixed run for the tests of the reporters: each verdict once, with hostile content.

use super::{CaseId, CaseResult, Event, Report, Reporter, Summary, Verdict};
use std::io::{self, Write};
use std::{borrow::Cow, cell::RefCell, path::Path, rc::Rc, time::Duration};

const TOOK: Duration = Duration::from_millis(1234);

/// The fixed run as a value: what a container may send to make a report lie is in it.
pub(super) fn report() -> Report {
    Report::from_json(include_str!("../tests/every-verdict.json")).expect("it is a report")
}

/// One result for each verdict, from good to bad.
pub(super) fn results() -> Vec<CaseResult> {
    report().results
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
    let Report { environment, target, results: all, .. } = report();
    let selected: Vec<CaseId> = all.iter().map(|result| result.id.clone()).collect();
    let mut ended = all[..count].to_vec();
    ended.reverse();
    let interrupted = count < all.len();
    reporter.take(&Event::Began {
        environment: Cow::Owned(environment),
        target: Cow::Owned(target),
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

/// What is written is what `tests/golden` holds; with BLESS set, it is put there.
#[track_caller]
pub(super) fn golden(name: &str, written: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, written).expect("it can be written");
    }
    let golden = std::fs::read_to_string(&path).expect("it is there");
    assert_eq!(written, golden, "{name}: run again with BLESS=1 where it is to be so");
}
