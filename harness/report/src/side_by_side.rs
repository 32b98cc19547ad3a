//! A line that lives while several runs last.

use super::Event;
use super::progress::{CLEAR, PAUSE};
use super::width::fit;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// Shows on a terminal how far each of several runs is, in one line that is gone afterwards.
pub struct SideBySide {
    output: Box<dyn Write>,
    width: fn() -> usize,
    runs: Vec<(String, Stage)>,
    began: Instant,
    drawn: Option<Duration>,
}

/// How far a run is.
enum Stage {
    Waits,
    Begins,
    Runs { ended: usize, selected: usize },
    Over,
}

impl SideBySide {
    /// Draws on `output`, a terminal that `width` asks for its width. `names` are those of the runs.
    pub fn new(output: Box<dyn Write>, width: fn() -> usize, names: Vec<String>) -> Self {
        Self {
            output,
            width,
            runs: names.into_iter().map(|name| (name, Stage::Waits)).collect(),
            began: Instant::now(),
            drawn: None,
        }
    }

    /// Takes an event of the run with that number.
    pub fn take(&mut self, run: usize, event: &Event<'_>) -> io::Result<()> {
        let stage = &mut self.runs[run].1;
        match (event, &mut *stage) {
            (Event::Began { selected, .. }, _) => {
                *stage = Stage::Runs { ended: 0, selected: selected.len() };
            }
            (Event::CaseEnded(_), Stage::Runs { ended, .. }) => *ended += 1,
            (Event::Tick { .. }, Stage::Waits) => *stage = Stage::Begins,
            _ => {}
        }
        let elapsed = self.began.elapsed();
        if self.drawn.is_some_and(|drawn| elapsed < drawn + PAUSE) {
            return Ok(());
        }
        self.drawn = Some(elapsed);
        let line = fit(&self.line(elapsed), (self.width)().saturating_sub(3));
        write!(self.output, "{CLEAR}{line}")?;
        self.output.flush()
    }

    /// A run is over, and something may be printed about it: the line is gone until the next event.
    pub fn over(&mut self, run: usize) -> io::Result<()> {
        self.runs[run].1 = Stage::Over;
        self.drawn = None;
        write!(self.output, "{CLEAR}")?;
        self.output.flush()
    }

    fn line(&self, elapsed: Duration) -> String {
        let over = self.runs.iter().filter(|(_, stage)| matches!(stage, Stage::Over));
        let mut line = format!("{}/{} {:.1} s", over.count(), self.runs.len(), elapsed.as_secs_f64());
        for (name, stage) in &self.runs {
            match stage {
                Stage::Waits | Stage::Over => {}
                Stage::Begins => line.push_str(&format!(" | {name} begins")),
                Stage::Runs { ended, selected } => {
                    line.push_str(&format!(" | {name} {ended}/{selected}"));
                }
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_results::{self, Paper};
    use super::*;

    #[test]
    fn each_run_is_shown_from_its_beginning_to_its_end() {
        let paper = Paper::default();
        let names = ["a", "b", "c"].map(str::to_owned).to_vec();
        let mut line = SideBySide::new(paper.writer(), || 80, names);
        let elapsed = Duration::ZERO;
        let told = |line: &SideBySide| line.line(Duration::from_secs(1));
        assert_eq!(told(&line), "0/3 1.0 s");
        line.take(0, &Event::Tick { elapsed }).expect("memory");
        assert_eq!(told(&line), "0/3 1.0 s | a begins");
        for event in &test_results::events_through_json().expect("well-formed")[..8] {
            line.take(1, event).expect("memory");
        }
        assert_eq!(told(&line), "0/3 1.0 s | a begins | b 2/9");
        line.over(0).expect("memory");
        assert_eq!(told(&line), "1/3 1.0 s | b 2/9");
        assert!(paper.text().ends_with(CLEAR), "{:?}", paper.text());
    }
}
