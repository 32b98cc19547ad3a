//! A line that lives while the run lasts.

use super::width::fit;
use super::{CaseId, Event, Reporter, Verdict};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

/// Shows on a terminal what runs now, and what has come so far, in one line that is gone afterwards.
pub struct Progress {
    output: Box<dyn Write>,
    width: fn() -> usize,
    selected: usize,
    running: Vec<CaseId>,
    counts: BTreeMap<Verdict, usize>,
    drawn: Option<Duration>,
}

/// More often than this nobody can read.
pub(super) const PAUSE: Duration = Duration::from_millis(90);

/// Goes to the beginning of the line, and empties it.
pub(super) const CLEAR: &str = "\r\x1b[K";

impl Progress {
    /// Draws on `output`, a terminal that `width` asks for its width.
    pub fn new(output: Box<dyn Write>, width: fn() -> usize) -> Self {
        Self { output, width, selected: 0, running: Vec::new(), counts: BTreeMap::new(), drawn: None }
    }

    fn line(&self, elapsed: Duration) -> String {
        let ended: usize = self.counts.values().sum();
        let counts = self.counts.iter();
        let counts: Vec<String> = counts.map(|(verdict, count)| format!("{count} {verdict}")).collect();
        let running: Vec<&str> = self.running.iter().map(CaseId::as_str).collect();
        let mut line = format!("{ended}/{} {:.1} s", self.selected, elapsed.as_secs_f64());
        for part in [counts.join(", "), running.join(", ")] {
            if !part.is_empty() {
                line = format!("{line} | {part}");
            }
        }
        // In the last column some terminals go to the next line, and where somebody types the interrupt
        // character, its echo has to fit, too.
        fit(&line, (self.width)().saturating_sub(3))
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
                if self.drawn.is_none_or(|drawn| *elapsed >= drawn + PAUSE) {
                    let line = self.line(*elapsed);
                    write!(self.output, "{CLEAR}{line}")?;
                    self.output.flush()?;
                    self.drawn = Some(*elapsed);
                }
            }
            Event::Ended { .. } => {
                write!(self.output, "{CLEAR}")?;
                self.output.flush()?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_results::{Paper, tell_first};
    use super::*;

    #[test]
    fn golden() {
        let paper = Paper::default();
        let mut progress = Progress::new(paper.writer(), || 32);
        tell_first(&mut progress, 2).expect("it can be written");
        assert_eq!(paper.text(), "\r\x1b[K0/9 0.0 s | area/warn\r\x1b[K1/9 1.0 s | 1 warn | area/...\r\x1b[K");
    }

    #[test]
    fn it_is_drawn_no_more_often_than_it_can_be_read() {
        let paper = Paper::default();
        let mut progress = Progress::new(paper.writer(), || 80);
        for milliseconds in [0, 10, 50, 120] {
            let elapsed = Duration::from_millis(milliseconds);
            progress.take(&Event::Tick { elapsed }).expect("it can be written");
        }
        assert_eq!(paper.text(), "\r\x1b[K0/0 0.0 s\r\x1b[K0/0 0.1 s");
    }
}
