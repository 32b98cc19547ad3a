//! What a guest says, as the events of a run; and a verdict on the guest itself.

use super::boot::{Ended, Ending};
use super::taint::taints;
use crate::message::{LogLine, Message};
use ptyproof_harness::case::{Case, CaseId};
use ptyproof_report::{CaseResult, Direction, Entry, Environment, Event, Evidence, Summary, Target, Verdict};
use std::{borrow::Cow, time::Instant};

/// The suite could not be run in a kernel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct CannotRun {
    /// What kept the suite from running in it.
    pub why: String,
    /// The last lines of its console.
    pub console: String,
}

/// Turns what one guest says into the events of a run. To the cases that the guest runs comes one more: the kernel
/// itself, which must survive them.
pub struct Relay<'c> {
    survival: &'c Case,
    cases: Vec<&'c Case>,
    target: Target,
    strict: bool,
    started: Instant,
    taint: u64,
    tainted_by: Option<(u64, String)>,
    refusal: Option<String>,
    log: Vec<LogLine>,
    selected: Vec<CaseId>,
    running: Vec<CaseId>,
    results: Vec<CaseResult>,
    whole: bool,
}

impl<'c> Relay<'c> {
    /// For a guest that starts now. `survival` is the case that the verdict on the guest itself is about.
    pub fn begin(survival: &'c Case, cases: Vec<&'c Case>, target: Target, strict: bool) -> Self {
        Self {
            survival,
            cases,
            target,
            strict,
            started: Instant::now(),
            taint: 0,
            tainted_by: None,
            refusal: None,
            log: Vec::new(),
            selected: Vec::new(),
            running: Vec::new(),
            results: Vec::new(),
            whole: false,
        }
    }

    /// Takes a message; what reporters are to be told.
    pub fn take(&mut self, message: Message<'static>) -> Option<Event<'static>> {
        match message {
            Message::Hello { taint } => self.taint = taint,
            Message::Log(line) => self.log.push(line),
            Message::Tainted { taint } => {
                let by = self.now_running();
                self.tainted_by.get_or_insert((taint & !self.taint, by));
            }
            Message::Refused { why } => self.refusal = Some(why),
            Message::Event(event) => return self.event(*event),
        }
        None
    }

    fn event(&mut self, event: Event<'static>) -> Option<Event<'static>> {
        match event {
            Event::Began { environment, selected, target, .. } => {
                self.target = target.into_owned();
                self.selected = selected.into_owned();
                Some(self.began(environment.into_owned()))
            }
            Event::CaseBegan { id } => {
                self.running.push((*id).clone());
                Some(Event::CaseBegan { id })
            }
            Event::CaseEnded(result) => {
                self.running.retain(|id| *id != result.id);
                self.results.push(without_transcript(&result));
                Some(Event::CaseEnded(result))
            }
            // Time is told here by another clock.
            Event::Tick { .. } => None,
            // The guest itself is not done with yet.
            Event::Ended { .. } => {
                self.whole = true;
                None
            }
        }
    }

    fn began(&mut self, environment: Environment) -> Event<'static> {
        self.selected.push(self.survival.id());
        Event::Began {
            environment: Cow::Owned(environment),
            target: Cow::Owned(self.target.clone()),
            selected: Cow::Owned(self.selected.clone()),
            strict: self.strict,
        }
    }

    /// In words, what the guest was at.
    fn now_running(&self) -> String {
        match (self.running.first(), self.selected.is_empty(), self.whole) {
            (Some(id), ..) => format!("while {id} ran"),
            (None, true, _) => "before the first case".to_owned(),
            (None, false, true) => "after the last case".to_owned(),
            (None, false, false) => "between two cases".to_owned(),
        }
    }

    /// Takes the end; the last events, or why the suite could not be run at all.
    pub fn end(mut self, ended: &Ended) -> Result<Vec<Event<'static>>, CannotRun> {
        let interrupted = ended.ending == Ending::Interrupted;
        let (verdict, reason, observed) = self.judge(&ended.ending, ended);
        if self.selected.is_empty() && verdict == Verdict::Error {
            return Err(CannotRun { why: reason.unwrap_or_default(), console: ended.console.clone() });
        }
        let mut events = Vec::new();
        if self.selected.is_empty() {
            self.selected = self.cases.iter().map(|case| case.id()).collect();
            let environment = Environment::of_kernel(&self.target.version);
            events.push(self.began(environment));
        }
        if !interrupted {
            for id in std::mem::take(&mut self.running) {
                if let Some(case) = self.cases.iter().find(|case| case.id == id.as_str()) {
                    let mut result = CaseResult::from(*case);
                    (result.verdict, result.reason) = (verdict, reason.clone());
                    result.observed = observed.clone().map(Evidence::words);
                    self.results.push(result.clone());
                    events.push(Event::CaseEnded(Cow::Owned(result)));
                }
            }
            let own = self.own_result(verdict, reason, observed, &ended.console);
            self.results.push(without_transcript(&own));
            events.push(Event::CaseEnded(Cow::Owned(own)));
        }
        let cut_short = self.results.len() < self.selected.len();
        events.push(Event::Ended {
            summary: Cow::Owned(Summary::of(&self.results, self.strict, cut_short)),
            took: self.started.elapsed(),
            interrupted: cut_short,
        });
        Ok(events)
    }

    fn own_result(
        &self,
        verdict: Verdict,
        reason: Option<String>,
        observed: Option<String>,
        console: &str,
    ) -> CaseResult {
        let mut own = CaseResult::from(self.survival);
        own.verdict = verdict;
        own.expected = observed.as_ref().map(|_| self.survival.requirement.into());
        own.reason = reason;
        own.observed = observed.map(Evidence::words);
        own.duration_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if !self.log.is_empty() {
            let lines = self.log.iter().map(|LogLine { at_us, text, .. }| {
                let at_ms = *at_us as f64 / 1000.0;
                Entry { at_ms, direction: Direction::Remark, bytes: text.as_bytes().into() }
            });
            own.transcript.push(("the kernel's log".to_owned(), lines.collect()));
        }
        if verdict != Verdict::Pass && !console.is_empty() {
            let lines = console.lines().map(|line| Entry {
                at_ms: 0.0,
                direction: Direction::Received,
                bytes: line.as_bytes().into(),
            });
            own.transcript.push(("the console".to_owned(), lines.collect()));
        }
        own
    }

    /// Verdict, reason, and what was observed.
    fn judge(&self, ending: &Ending, ended: &Ended) -> (Verdict, Option<String>, Option<String>) {
        let when = self.now_running();
        let error = |why: String| (Verdict::Error, Some(why), None);
        let fail = |why: String, observed: &str| (Verdict::Fail, Some(why), Some(observed.to_owned()));
        if let Some(why) = &self.refusal {
            return error(why.clone());
        }
        match ending {
            Ending::TurnedOff if !self.whole => {
                fail(format!("the machine was turned off {when}"), "no end of the suite")
            }
            Ending::TurnedOff => match &self.tainted_by {
                None => (Verdict::Pass, None, None),
                Some((taint, when)) => fail(format!("the kernel became tainted {when}"), &taints(*taint)),
            },
            Ending::Panic { said } => fail(format!("the kernel panicked {when}"), said),
            Ending::Reset => fail(format!("the machine was reset {when}"), "a reset"),
            Ending::Silent { waited } => {
                let waited = humantime::format_duration(*waited);
                (Verdict::Timeout, Some(format!("nothing was heard of the guest for {waited}, {when}")), None)
            }
            Ending::Unable { why } | Ending::Failed { why } => error(why.clone()),
            Ending::Stopped => error(format!("qemu has stopped the machine {when}: {}", ended.qemu)),
            Ending::Interrupted => error("the run was interrupted".to_owned()),
        }
    }
}

/// What a summary needs of a result.
fn without_transcript(result: &CaseResult) -> CaseResult {
    CaseResult { transcript: Vec::new(), ..result.clone() }
}

#[cfg(test)]
mod tests;
