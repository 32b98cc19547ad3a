//! A run of the suite in another kernel, by a command that starts a program there: as the events of a run here.

use super::boot::{Heard, Patience};
use super::carrier::{Carrier, CarrierError, More, Parted, Parting};
use crate::message::Message;
use ptyproof_harness::case::{Case, CaseId};
use ptyproof_harness::runner::{Interrupt, Outcome};
use ptyproof_report::expectation::Expectations;
use ptyproof_report::{CaseResult, Edition, Environment, Event, Reporter, Summary, Target, Verdict, printable};
use std::borrow::Cow;
use std::time::{Duration, Instant};

/// Why nothing came of a run elsewhere.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum ElsewhereError {
    /// The command is of no use.
    #[error("--via: {0}")]
    Carrier(#[from] CarrierError),
    /// The program there did not begin.
    #[error("--via {line}: the suite did not begin there: {why}{words}")]
    NotBegun { line: String, why: String, words: String },
    /// Whether it began is unknown.
    #[error("--via {line}: {why}{words}")]
    Unheard { line: String, why: String, words: String },
    /// It cannot run the suite there.
    #[error("--via {line}: the suite cannot be run there: {why}")]
    Refused { line: String, why: String },
    /// It is not the same program.
    #[error(
        "--via {line}: the ptyproof there is another one than this ({there}, and here {here}): take this one there, and name it \
         with --via-path"
    )]
    AnotherProgram { line: String, there: String, here: String },
}

/// A run of the suite elsewhere.
pub struct Elsewhere<'e> {
    /// What starts programs there.
    pub carrier: &'e Carrier,
    /// Its command line, for people.
    pub line: &'e str,
    /// What the kernel there is called, where its release does not say it.
    pub called: Option<&'e str>,
    /// The program to start there, and its arguments.
    pub program: &'e [String],
    /// The cases that it runs.
    pub cases: &'e [&'e Case],
    /// How long silence may last.
    pub silence: Duration,
    /// Whether a skip is a failure.
    pub strict: bool,
    /// Whether the first result that is not as expected ends the run.
    pub fail_fast: bool,
    /// What is known of the cases.
    pub expectations: &'e Expectations,
    /// What cases that came later than this fail is a warning.
    pub edition: Option<&'e Edition>,
}

impl Elsewhere<'_> {
    /// Runs it, and tells every reporter every event. What was not whole is said in words beside the outcome.
    pub fn run(
        &self,
        interrupt: &Interrupt,
        reporters: &mut [Box<dyn Reporter + '_>],
    ) -> Result<(Outcome, Option<String>), ElsewhereError> {
        let mut relay = Relay::begin(self, reporters);
        let patience = Patience { greeting: self.silence, silence: self.silence };
        let parted = self.carrier.run(self.program, patience, Some(interrupt), &mut |heard| match heard {
            Heard::Message(message) => relay.take(message),
            Heard::Nothing => relay.tick(),
        })?;
        relay.end(&parted)
    }

    fn line(&self) -> String {
        printable(self.line)
    }
}

/// Turns what comes back into the events of a run.
struct Relay<'r, 'l> {
    run: &'r Elsewhere<'r>,
    audience: Vec<&'r mut Box<dyn Reporter + 'l>>,
    errors: Vec<std::io::Error>,
    began: Instant,
    selected: Vec<CaseId>,
    running: Vec<CaseId>,
    results: Vec<CaseResult>,
    /// Why nothing comes of it.
    failure: Option<ElsewhereError>,
    /// Why what has not begun yet is not tried any more.
    pointless: Option<String>,
    /// Whether the run there has come to its end.
    whole: bool,
}

impl<'r, 'l> Relay<'r, 'l> {
    fn begin(run: &'r Elsewhere<'r>, reporters: &'r mut [Box<dyn Reporter + 'l>]) -> Self {
        Self {
            run,
            audience: reporters.iter_mut().collect(),
            errors: Vec::new(),
            began: Instant::now(),
            selected: Vec::new(),
            running: Vec::new(),
            results: Vec::new(),
            failure: None,
            pointless: None,
            whole: false,
        }
    }

    fn tell(&mut self, event: &Event<'_>) {
        self.audience.retain_mut(|reporter| match reporter.take(event) {
            Ok(()) => true,
            Err(error) => {
                self.errors.push(error);
                false
            }
        });
    }

    fn tick(&mut self) -> More {
        if !self.selected.is_empty() {
            let elapsed = self.began.elapsed();
            self.tell(&Event::Tick { elapsed });
        }
        self.more()
    }

    fn more(&self) -> More {
        match (self.failure.is_some() || self.pointless.is_some(), self.whole) {
            (true, _) => More::No,
            (false, true) => More::Said,
            (false, false) => More::Yes,
        }
    }

    fn take(&mut self, message: Message<'static>) -> More {
        match message {
            Message::Event(event) if self.failure.is_none() && self.pointless.is_none() => self.event(*event),
            Message::Refused { why } => {
                self.failure = Some(ElsewhereError::Refused { line: self.run.line(), why: printable(&why) });
            }
            // Whether its kernel has a log, and is sound, is not asked of a machine that others use.
            _ => {}
        }
        self.more()
    }

    fn event(&mut self, event: Event<'static>) {
        match event {
            Event::Began { environment, selected, .. } if self.selected.is_empty() => {
                self.begins(&environment, selected.into_owned());
            }
            Event::CaseBegan { id } if self.selected.contains(&id) => {
                self.running.push((*id).clone());
                self.tell(&Event::CaseBegan { id });
            }
            Event::CaseEnded(result) if self.is_awaited(&result.id) => self.ended(result.into_owned()),
            Event::Ended { .. } => self.whole = !self.selected.is_empty(),
            // Time is told here by another clock.
            _ => {}
        }
    }

    fn begins(&mut self, environment: &Environment, selected: Vec<CaseId>) {
        let here = Environment::of_kernel("").ptyproof;
        let known: Vec<CaseId> = self.run.cases.iter().map(|case| case.id()).collect();
        if environment.ptyproof != here || selected != known {
            let version = |version: &str, cases: usize| format!("version {}, {cases} cases", printable(version));
            self.failure = Some(ElsewhereError::AnotherProgram {
                line: self.run.line(),
                there: version(&environment.ptyproof, selected.len()),
                here: version(&here, known.len()),
            });
            return;
        }
        self.selected = selected;
        let path = self.run.line.to_owned();
        let mut target = Target::booted(path, String::new(), environment.kernel.clone(), None);
        target.called = self.run.called.map(str::to_owned);
        self.tell(&Event::Began {
            environment: Cow::Borrowed(environment),
            target: Cow::Owned(target),
            selected: Cow::Owned(known),
            strict: self.run.strict,
        });
    }

    fn is_awaited(&self, id: &CaseId) -> bool {
        self.selected.contains(id) && !self.results.iter().any(|result| result.id == *id)
    }

    /// What is known of the cases is known here.
    fn ended(&mut self, mut result: CaseResult) {
        self.running.retain(|id| *id != result.id);
        self.run.expectations.turn(&mut result);
        if let Some(edition) = self.run.edition {
            edition.turn(&mut result);
        }
        self.tell(&Event::CaseEnded(Cow::Borrowed(&result)));
        if self.run.fail_fast && !result.is_as_expected(self.run.strict) {
            self.pointless = Some(format!("{}: {}, and --fail-fast ended the run", result.id, result.verdict.word()));
        }
        self.results.push(result);
    }

    /// What came of it, when the command has ended.
    fn end(mut self, parted: &Parted) -> Result<(Outcome, Option<String>), ElsewhereError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let why = why(&parted.parting);
        if self.selected.is_empty() {
            let (line, words) = (self.run.line(), quoted(&parted.words));
            return Err(match parted.parting {
                Parting::Silent { .. } => ElsewhereError::Unheard { line, why, words },
                _ => ElsewhereError::NotBegun { line, why, words },
            });
        }
        let interrupted = parted.parting == Parting::Interrupted;
        let mut broken = None;
        if let Some(why) = self.pointless.take() {
            self.rest(Verdict::Skip, &why, |_| true);
        } else if !self.whole && !interrupted {
            let running = std::mem::take(&mut self.running);
            self.rest(Verdict::Error, &format!("while this case ran: {why}"), |id| running.contains(id));
            let words = quoted(&parted.words);
            broken = Some(format!("--via {}: before the suite had ended: {why}{words}", self.run.line()));
        }
        let cut_short = self.results.len() < self.selected.len();
        let summary = Summary::of(&self.results, self.run.strict, cut_short);
        let took = self.began.elapsed();
        self.tell(&Event::Ended { summary: Cow::Borrowed(&summary), took, interrupted: cut_short });
        let (results, reporter_errors) = (self.results, self.errors);
        Ok((Outcome { summary, results, interrupted: cut_short, reporter_errors }, broken))
    }

    /// Gives this verdict to those that have none.
    fn rest(&mut self, verdict: Verdict, why: &str, is_meant: impl Fn(&CaseId) -> bool) {
        for case in self.run.cases {
            if self.is_awaited(&case.id()) && is_meant(&case.id()) {
                let result = CaseResult { verdict, reason: Some(why.to_owned()), ..CaseResult::from(*case) };
                self.tell(&Event::CaseEnded(Cow::Borrowed(&result)));
                self.results.push(result);
            }
        }
    }
}

/// For a command that cannot be kept from buffering.
const REMEDY: &str = "for such a command, --timeout gives more time, and --partition takes fewer cases at once";

/// How a command came to its end, with what may help.
fn why(parting: &Parting) -> String {
    match parting {
        Parting::Ended { how } => {
            format!("the command ended, {how} (it gets neither a terminal nor input, so it can ask for nothing)")
        }
        Parting::Silent { waited } => format!(
            "nothing came back for {}: the command hangs, or keeps back what the program there says until it ends; {REMEDY}",
            humantime::format_duration(*waited)
        ),
        Parting::KeptBack { waited } => format!(
            "nothing came back for {}, and all at once when the command was asked to end: it keeps back what the program there \
             says; {REMEDY}",
            humantime::format_duration(*waited)
        ),
        Parting::Broken { why } => format!("{why}: something else writes into the command's standard output"),
        Parting::Enough => "it was ended".to_owned(),
        Parting::Interrupted => "interrupted".to_owned(),
    }
}

/// What else came back.
fn quoted(words: &str) -> String {
    let lines: String = words.lines().map(|line| format!("\n  {line}")).collect();
    if lines.is_empty() { lines } else { format!("; what came back is{lines}\n") }
}
