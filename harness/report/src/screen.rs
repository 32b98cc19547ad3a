//! The report for people.

use super::comparison::{count, stable};
use super::{Call, CaseId, CaseResult, Event, Evidence, Reporter, Summary, Verdict, printable};
use super::{document::sort, failure::details, width::wrap};
use anstyle::{AnsiColor, Style};
use indexmap::IndexMap;
use std::io::{self, Write};
use std::{collections::BTreeMap, time::Duration};

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Only what is not as expected; nothing where everything is.
    Quiet,
    /// Cases that are as expected are only counted; areas are, too, where something is not.
    Brief,
    /// The same, and areas are counted in any case.
    Areas,
    /// A line for each case as it ends.
    Cases,
    /// Below it, a line for each call of the target.
    Calls,
}

/// How the report looks.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// How much is told.
    pub detail: Detail,
    /// Whether verdicts are coloured.
    pub colour: bool,
    /// Asks the terminal for its width, which may change; without one, lines are as long as they are.
    pub width: Option<fn() -> usize>,
}

impl Form {
    /// A line for each case, and no escape sequence: for files, pipes and build logs.
    pub const PLAIN: Self = Self { detail: Detail::Cases, colour: false, width: None };
    /// The same for one of several runs, of which each is told in few lines.
    pub const BRIEF: Self = Self { detail: Detail::Brief, ..Self::PLAIN };

    /// For a terminal. Cases that are as expected are only counted, for [`Progress`](super::Progress) shows them while
    /// they run.
    pub fn terminal(width: fn() -> usize) -> Self {
        Self { detail: Detail::Areas, colour: true, width: Some(width) }
    }
}

/// How one case is run again: `before`, its id, and `after` make the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Again {
    /// The command, and what has to stand before the id.
    pub before: String,
    /// What has to follow the id.
    pub after: String,
}

impl Again {
    fn line(&self, id: &CaseId) -> String {
        let line = format!("{} {id} {}", self.before, self.after);
        line.trim_end().to_owned()
    }
}

/// So many cases that ended like another one are named.
const NAMED: usize = 8;

/// Results that differ in nothing but the case, put together at the place of the first.
fn folded(all: &[CaseResult]) -> Vec<Vec<&CaseResult>> {
    let seen = |result: &CaseResult| {
        let words = [&result.expected, &result.observed].map(|value| value.as_ref().map(Evidence::as_words));
        let texts = [words[0], words[1], result.reason.as_deref()].into_iter().flatten();
        let texts = texts.chain(result.teardown.iter().map(String::as_str)).map(stable);
        (result.verdict, texts.collect::<Vec<_>>(), result.known.clone())
    };
    let mut folded: IndexMap<_, Vec<&CaseResult>> = IndexMap::new();
    for result in all {
        folded.entry(seen(result)).or_default().push(result);
    }
    folded.into_values().collect()
}

/// Tells people what happened.
pub struct Screen {
    output: Box<dyn Write>,
    form: Form,
    again: Again,
    headline: String,
    selected: Vec<CaseId>,
    strict: bool,
    noteworthy: Vec<CaseResult>,
    ended: usize,
    areas: BTreeMap<String, BTreeMap<Verdict, usize>>,
    working: Duration,
    starting: Duration,
}

impl Screen {
    /// Writes to `output`.
    pub fn new(output: Box<dyn Write>, form: Form, again: Again) -> Self {
        Self {
            output,
            form,
            again,
            headline: String::new(),
            selected: Vec::new(),
            strict: false,
            noteworthy: Vec::new(),
            ended: 0,
            areas: BTreeMap::new(),
            working: Duration::ZERO,
            starting: Duration::ZERO,
        }
    }

    fn paint(&self, verdict: Verdict, text: &str) -> String {
        let colour = match verdict {
            Verdict::Pass | Verdict::Info => AnsiColor::Green,
            Verdict::NotApplicable => AnsiColor::Cyan,
            Verdict::Warn | Verdict::Skip | Verdict::Xfail => AnsiColor::Yellow,
            Verdict::Fail | Verdict::Xpass | Verdict::Timeout | Verdict::Error => AnsiColor::Red,
        };
        let style = if self.form.colour { colour.on_default() } else { Style::new() };
        format!("{style}{text}{style:#}")
    }

    fn case(&mut self, result: &CaseResult) -> io::Result<()> {
        self.ended += 1;
        self.working += Duration::from_millis(result.duration_ms);
        self.starting += Duration::from_micros(result.starting_us);
        *self.areas.entry(result.area().to_owned()).or_default().entry(result.verdict).or_default() += 1;
        // What nobody asked of such a target is only counted.
        if self.form.detail >= Detail::Cases && result.verdict != Verdict::NotApplicable {
            let word = self.paint(result.verdict, &format!("{:<7}", result.verdict));
            write!(self.output, "{word} {} ({} ms)", result.id, result.duration_ms)?;
            if let Some(reason) = &result.reason {
                write!(self.output, ": {}", printable(reason))?;
            }
            if let Some(known) = &result.known {
                write!(self.output, " (known: {} <{}>)", printable(&known.because), printable(&known.link))?;
            }
            for shown in &result.shown {
                write!(self.output, "; shows {}", printable(&shown.behaviour))?;
            }
            if !result.teardown.is_empty() {
                write!(self.output, "; left something behind")?;
            }
            writeln!(self.output)?;
        }
        if self.form.detail == Detail::Calls {
            for Call { line, ended, took_ms, .. } in &result.calls {
                writeln!(self.output, "        {took_ms:>8.1} ms  {:<16} {}", printable(ended), printable(line))?;
            }
        }
        let worth_a_look = matches!(result.verdict, Verdict::Warn | Verdict::Xfail) && self.form.detail > Detail::Quiet;
        if worth_a_look || !result.is_as_expected(self.strict) {
            self.noteworthy.push(result.clone());
        }
        Ok(())
    }

    /// All that came of some cases, as of the first: the others differ in nothing but their name.
    fn block(&mut self, all: &[&CaseResult]) -> io::Result<()> {
        let Some((first, others)) = all.split_first() else {
            return Ok(());
        };
        let word = self.paint(first.verdict, first.verdict.word());
        if let (Verdict::Xfail, Some(known)) = (first.verdict, &first.known) {
            // In plain form, the line of the case says it.
            if self.form.detail >= Detail::Cases {
                return Ok(());
            }
            let known = printable(&format!("{} <{}>", known.because, known.link));
            return all.iter().try_for_each(|result| writeln!(self.output, "\n{word} {}: {known}", result.id));
        }
        writeln!(self.output, "\n{word} {}", first.id)?;
        let mut lines = details(first);
        if !others.is_empty() {
            let named: Vec<&str> = others.iter().take(NAMED).map(|result| result.id.as_str()).collect();
            let more = others.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            lines.push(format!("{:<12} {}: {}{more}", "likewise", count(others.len(), "case"), named.join(", ")));
        }
        if let Some(width) = self.form.width {
            let width = width().saturating_sub(2);
            lines = lines.iter().flat_map(|line| wrap(line, width, 13)).collect();
        }
        // Never wrapped, so that it can be copied.
        lines.push(format!("{:<12} {}", "again", self.again.line(&first.id)));
        lines.iter().try_for_each(|line| writeln!(self.output, "  {line}"))
    }

    /// The verdicts of each area, counted, where there are several.
    fn totals(&mut self) -> io::Result<()> {
        let all_well = self.noteworthy.iter().all(|result| result.is_as_expected(self.strict));
        if self.areas.len() < 2 || all_well && self.form.detail < Detail::Areas {
            return Ok(());
        }
        let widest = self.areas.keys().map(String::len).max().unwrap_or_default();
        writeln!(self.output)?;
        for (area, counts) in std::mem::take(&mut self.areas) {
            let counts = counts.iter().map(|(verdict, count)| self.paint(*verdict, &format!("{count} {verdict}")));
            let counts: Vec<String> = counts.collect();
            writeln!(self.output, "{:widest$}  {}", printable(&area), counts.join(", "))?;
        }
        Ok(())
    }

    fn last_line(&mut self, summary: &Summary, took: Duration, interrupted: bool) -> io::Result<()> {
        if !self.noteworthy.is_empty() || self.form.detail >= Detail::Cases {
            writeln!(self.output)?;
        }
        if interrupted {
            let (ended, all) = (self.ended, self.selected.len());
            write!(self.output, "cut short after {ended} of {all} cases: ")?;
        }
        let words = summary.in_words();
        let mut counts: Vec<String> = words.map(|(verdict, count)| self.paint(verdict, &count)).collect();
        if counts.is_empty() {
            counts.push("no result".to_owned());
        }
        if summary.left_behind > 0 {
            let left = format!("{} left something behind", summary.left_behind);
            counts.push(self.paint(Verdict::Fail, &left));
        }
        write!(self.output, "{}; {:.1} s", counts.join(", "), took.as_secs_f64())?;
        // Cases run side by side: of the whole, it is the part that it is of theirs.
        let part = self.starting.as_secs_f64() / self.working.as_secs_f64();
        if self.starting.is_zero() {
            writeln!(self.output)
        } else {
            writeln!(self.output, ", {:.1} s of it container starts", took.as_secs_f64() * part.min(1.0))
        }
    }
}

impl Reporter for Screen {
    fn take(&mut self, event: &Event<'_>) -> io::Result<()> {
        let told = match event {
            Event::Began { environment, target, selected, strict } => {
                self.selected = selected.to_vec();
                self.strict = *strict;
                let version = target.version.lines().next().unwrap_or_default();
                let version = if version.is_empty() { "no version" } else { version };
                let path = target.place();
                let subject = match (&target.with, target.is_kernel()) {
                    (_, true) if path.is_empty() => "the bare kernel".to_owned(),
                    (None, true) => path,
                    (Some(runtime), true) => format!("{path} with {}", printable(runtime)),
                    (_, false) => {
                        let profile = printable(&target.profile);
                        format!("{path} ({}, profile {profile})", printable(version))
                    }
                };
                let (cases, kernel) = (count(selected.len(), "case"), printable(&environment.kernel));
                let called = printable(target.called.as_deref().unwrap_or("Linux"));
                self.headline = format!("{cases} for {subject} on {called} {kernel}");
                if self.form.detail == Detail::Quiet { Ok(()) } else { writeln!(self.output, "{}", self.headline) }
            }
            Event::CaseBegan { .. } | Event::Tick { .. } => Ok(()),
            Event::CaseEnded(result) => self.case(result),
            Event::Ended { summary, .. } if self.form.detail == Detail::Quiet && summary.as_expected => Ok(()),
            Event::Ended { summary, took, interrupted } => {
                if self.form.detail == Detail::Quiet {
                    writeln!(self.output, "{}", self.headline)?;
                }
                let mut noteworthy = std::mem::take(&mut self.noteworthy);
                sort(&mut noteworthy, &self.selected);
                let blocks = folded(&noteworthy).iter().try_for_each(|all| self.block(all));
                self.noteworthy = noteworthy;
                blocks.and_then(|()| self.totals()).and_then(|()| self.last_line(summary, *took, *interrupted))
            }
        };
        told.and_then(|()| self.output.flush())
            .map_err(|error| io::Error::new(error.kind(), format!("writing to the screen: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_results::{self, Paper, golden, tell, tell_first};
    use super::*;
    use std::borrow::Cow;

    fn shown(form: Form) -> String {
        let paper = Paper::default();
        let again = Again { before: "ptyproof run".to_owned(), after: "--runtime '/bin/some runtime'".to_owned() };
        let mut screen = Screen::new(paper.writer(), form, again);
        tell(&mut screen).expect("it can be written");
        paper.text()
    }

    #[test]
    fn golden_in_plain() {
        golden("screen-plain.txt", &shown(Form::PLAIN));
    }

    #[test]
    fn golden_on_a_terminal() {
        golden("screen-terminal.txt", &shown(Form::terminal(|| 72)));
    }

    #[test]
    fn equal_failures_are_told_once_and_areas_are_counted() {
        let paper = Paper::default();
        let mut screen = Screen::new(paper.writer(), Form::BRIEF, Again::default());
        let failed = test_results::results().remove(6);
        for number in 0..12 {
            let id = format!("{}/{number}", if number < 9 { "one" } else { "two" }).as_str().into();
            let teardown = vec![format!("process {} still runs", 100 + number)];
            let result = CaseResult { id, teardown, transcript: Vec::new(), ..failed.clone() };
            screen.take(&Event::CaseEnded(Cow::Borrowed(&result))).expect("memory");
        }
        let summary = Cow::Owned(Summary::default());
        screen.take(&Event::Ended { summary, took: Duration::ZERO, interrupted: false }).expect("memory");
        let text = paper.text();
        let ids = "one/1, one/2, one/3, one/4, one/5, one/6, one/7, one/8 and 3 more";
        assert_eq!(text.matches("\nfail ").count(), 1, "{text}");
        assert!(text.contains(&format!("  likewise     11 cases: {ids}\n")), "{text}");
        assert!(text.contains("\n\none  9 fail\ntwo  3 fail\n"), "{text}");
    }

    #[test]
    fn an_interruption_is_told_in_the_last_line() {
        let paper = Paper::default();
        let mut screen = Screen::new(paper.writer(), Form::PLAIN, Again::default());
        tell_first(&mut screen, 1).expect("it can be written");
        let text = paper.text();
        assert!(text.ends_with("\n\ncut short after 1 of 10 cases: 1 pass; 1.2 s\n"), "{text}");
    }
}
