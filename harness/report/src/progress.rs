//! A line that lives while the run lasts.

use super::{CaseId, Event, Reporter, Verdict};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{collections::BTreeMap, io};

/// A line on standard error that says what goes on, and is gone afterwards.
///
/// In the last column some terminals go to the next line, and where somebody types the interrupt character, its echo has
/// to fit, too: the last three columns stay free.
pub(super) fn line(target: ProgressDrawTarget) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_msg}   ").unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::with_draw_target(None, target).with_style(style)
}

/// Shows on a terminal what runs now, and what has come so far.
pub struct Progress {
    line: ProgressBar,
    selected: usize,
    running: Vec<CaseId>,
    counts: BTreeMap<Verdict, usize>,
}

impl Default for Progress {
    /// On standard error.
    fn default() -> Self {
        Self::on(ProgressDrawTarget::stderr())
    }
}

impl Progress {
    fn on(target: ProgressDrawTarget) -> Self {
        Self { line: line(target), selected: 0, running: Vec::new(), counts: BTreeMap::new() }
    }
}

impl Reporter for Progress {
    fn take(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Began { selected, .. } => self.selected = selected.len(),
            Event::CaseBegan { id } => self.running.push(id.clone().into_owned()),
            Event::CaseEnded(result) => {
                self.running.retain(|id| *id != result.id);
                *self.counts.entry(result.verdict).or_default() += 1;
            }
            Event::Tick { elapsed } => {
                let ended: usize = self.counts.values().sum();
                let counts = self.counts.iter().map(|(verdict, count)| format!(" | {count} {verdict}"));
                let running = self.running.iter().map(|id| format!(" | {id}"));
                let [counts, running] = [counts.collect::<String>(), running.collect()];
                let elapsed = elapsed.as_secs_f64();
                self.line.set_message(format!("{ended}/{} {elapsed:.1} s{counts}{running}", self.selected));
            }
            Event::Ended { .. } => self.line.finish_and_clear(),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_results::events_through_json;
    use super::*;
    use indicatif::InMemoryTerm;

    #[test]
    fn what_runs_and_what_has_come_is_shown_and_gone_in_the_end() {
        let terminal = InMemoryTerm::new(4, 36);
        let mut progress = Progress::on(ProgressDrawTarget::term_like_with_hz(Box::new(terminal.clone()), 255));
        let events = events_through_json().expect("well-formed");
        let mut shown = Vec::new();
        for event in &events {
            progress.take(event).expect("memory");
            if let Event::Tick { .. } = event {
                progress.line.force_draw();
                shown.push(terminal.contents());
            }
        }
        assert_eq!(shown[..2], ["0/10 0.0 s | area/error", "1/10 1.0 s | 1 error | area/timeo"]);
        assert_eq!(terminal.contents(), "");
    }
}
