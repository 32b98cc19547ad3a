//! The report for people.

use super::document::sort;
use super::failure::details;
use super::width::wrap;
use super::{CaseId, CaseResult, Event, Reporter, Summary, Verdict, printable};
use std::io::{self, Write};
use std::time::Duration;

/// How the report looks.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A line for each case as it ends, and no escape sequence: for files, pipes and build logs.
    Plain,
    /// Like [`Plain`](Self::Plain), but cases that are as expected are only counted.
    Brief,
    /// For a terminal of so many columns, in colour. Cases that are as expected are only counted, for
    /// [`Progress`](super::Progress) shows them while they run.
    Terminal {
        /// Asks the terminal for its width, which may change.
        width: fn() -> usize,
    },
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

/// Tells people what happened.
pub struct Screen {
    output: Box<dyn Write>,
    form: Form,
    again: Again,
    selected: Vec<CaseId>,
    strict: bool,
    noteworthy: Vec<CaseResult>,
    ended: usize,
}

impl Screen {
    /// Writes to `output`.
    pub fn new(output: Box<dyn Write>, form: Form, again: Again) -> Self {
        Self { output, form, again, selected: Vec::new(), strict: false, noteworthy: Vec::new(), ended: 0 }
    }

    fn paint(&self, verdict: Verdict, text: &str) -> String {
        let colour = match (self.form, verdict) {
            (Form::Plain | Form::Brief, _) => return text.to_owned(),
            (_, Verdict::Pass | Verdict::Info) => 32,
            (_, Verdict::Warn | Verdict::Skip | Verdict::Xfail) => 33,
            (_, Verdict::Fail | Verdict::Xpass | Verdict::Timeout | Verdict::Error) => 31,
        };
        format!("\x1b[{colour}m{text}\x1b[0m")
    }

    fn case(&mut self, result: &CaseResult) -> io::Result<()> {
        self.ended += 1;
        if matches!(self.form, Form::Plain) {
            let word = format!("{:<7}", result.verdict);
            write!(self.output, "{word} {} ({} ms)", result.id, result.duration_ms)?;
            if let Some(reason) = &result.reason {
                write!(self.output, ": {}", printable(reason))?;
            }
            if let Some(known) = &result.known {
                write!(self.output, " (known: {} <{}>)", printable(&known.because), printable(&known.link))?;
            }
            for shown in &result.shown {
                write!(self.output, "; shows {}", printable(&shown.profile))?;
            }
            if !result.teardown.is_empty() {
                write!(self.output, "; left something behind")?;
            }
            writeln!(self.output)?;
        }
        if result.verdict == Verdict::Warn || !result.is_as_expected(self.strict) {
            self.noteworthy.push(result.clone());
        }
        Ok(())
    }

    fn block(&mut self, result: &CaseResult) -> io::Result<()> {
        let word = self.paint(result.verdict, result.verdict.word());
        writeln!(self.output, "\n{word} {}", result.id)?;
        let mut lines = details(result);
        if let Form::Terminal { width } = self.form {
            let width = width().saturating_sub(2);
            lines = lines.iter().flat_map(|line| wrap(line, width, 13)).collect();
        }
        // Never wrapped, so that it can be copied.
        lines.push(format!("{:<12} {}", "again", self.again.line(&result.id)));
        lines.iter().try_for_each(|line| writeln!(self.output, "  {line}"))
    }

    fn last_line(&mut self, summary: &Summary, took: Duration, interrupted: bool) -> io::Result<()> {
        if !self.noteworthy.is_empty() || matches!(self.form, Form::Plain) {
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
        writeln!(self.output, "{}; {:.1} s", counts.join(", "), took.as_secs_f64())
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
                writeln!(
                    self.output,
                    "{} case{} for {subject} on Linux {}",
                    selected.len(),
                    if selected.len() == 1 { "" } else { "s" },
                    printable(&environment.kernel),
                )
            }
            Event::CaseBegan { .. } | Event::Tick { .. } => Ok(()),
            Event::CaseEnded(result) => self.case(result),
            Event::Ended { summary, took, interrupted } => {
                let mut noteworthy = std::mem::take(&mut self.noteworthy);
                sort(&mut noteworthy, &self.selected);
                let blocks = noteworthy.iter().try_for_each(|result| self.block(result));
                self.noteworthy = noteworthy;
                blocks.and_then(|()| self.last_line(summary, *took, *interrupted))
            }
        };
        told.and_then(|()| self.output.flush())
            .map_err(|error| io::Error::new(error.kind(), format!("writing to the screen: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_results::{Paper, golden, tell, tell_first};
    use super::*;

    fn shown(form: Form) -> String {
        let paper = Paper::default();
        let again = Again { before: "ptyproof run".to_owned(), after: "--runtime '/bin/some runtime'".to_owned() };
        let mut screen = Screen::new(paper.writer(), form, again);
        tell(&mut screen).expect("it can be written");
        paper.text()
    }

    #[test]
    fn golden_in_plain() {
        golden("screen-plain.txt", &shown(Form::Plain));
    }

    #[test]
    fn golden_on_a_terminal() {
        golden("screen-terminal.txt", &shown(Form::Terminal { width: || 72 }));
    }

    #[test]
    fn an_interruption_is_told_in_the_last_line() {
        let paper = Paper::default();
        let mut screen = Screen::new(paper.writer(), Form::Plain, Again::default());
        tell_first(&mut screen, 1).expect("it can be written");
        let text = paper.text();
        assert!(text.ends_with("\n\ncut short after 1 of 9 cases: 1 pass; 1.2 s\n"), "{text}");
    }
}
