//! A line that lives while several runs last.

use super::{Event, progress::line};
use indicatif::{ProgressBar, ProgressDrawTarget};
use std::time::{Duration, Instant};

/// Shows on a terminal how far each of several runs is, in one line that is gone afterwards.
pub struct SideBySide {
    line: ProgressBar,
    runs: Vec<(String, State)>,
    began: Instant,
}

/// How far a run is.
enum State {
    Waits,
    Begins,
    Runs { ended: usize, selected: usize },
    Over,
}

impl SideBySide {
    /// Draws on standard error. `names` are those of the runs.
    pub fn new(names: Vec<String>) -> Self {
        let runs = names.into_iter().map(|name| (name, State::Waits)).collect();
        Self { line: line(ProgressDrawTarget::stderr()), runs, began: Instant::now() }
    }

    /// Takes an event of the run with that number.
    pub fn take(&mut self, run: usize, event: &Event<'_>) {
        let state = &mut self.runs[run].1;
        match (event, &mut *state) {
            (Event::Began { selected, .. }, _) => *state = State::Runs { ended: 0, selected: selected.len() },
            (Event::CaseEnded(_), State::Runs { ended, .. }) => *ended += 1,
            (Event::Tick { .. }, State::Waits) => *state = State::Begins,
            _ => {}
        }
        self.line.set_message(self.words(self.began.elapsed()));
    }

    /// A run is over, and something is printed about it while the line is gone.
    pub fn over<P>(&mut self, run: usize, print: impl FnOnce() -> P) -> P {
        self.runs[run].1 = State::Over;
        self.line.suspend(print)
    }

    fn words(&self, elapsed: Duration) -> String {
        let over = self.runs.iter().filter(|(_, state)| matches!(state, State::Over));
        let mut line = format!("{}/{} {:.1} s", over.count(), self.runs.len(), elapsed.as_secs_f64());
        for (name, state) in &self.runs {
            match state {
                State::Waits | State::Over => {}
                State::Begins => line.push_str(&format!(" | {name} begins")),
                State::Runs { ended, selected } => line.push_str(&format!(" | {name} {ended}/{selected}")),
            }
        }
        line
    }
}

impl Drop for SideBySide {
    fn drop(&mut self) {
        self.line.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_results;
    use super::*;

    #[test]
    fn each_run_is_shown_from_its_beginning_to_its_end() {
        let mut line = SideBySide::new(["a", "b", "c"].map(str::to_owned).to_vec());
        let told = |line: &SideBySide| line.words(Duration::from_secs(1));
        assert_eq!(told(&line), "0/3 1.0 s");
        line.take(0, &Event::Tick { elapsed: Duration::ZERO });
        assert_eq!(told(&line), "0/3 1.0 s | a begins");
        for event in &test_results::events_through_json().expect("well-formed")[..8] {
            line.take(1, event);
        }
        assert_eq!(told(&line), "0/3 1.0 s | a begins | b 2/10");
        assert_eq!(line.over(0, || 17), 17);
        assert_eq!(told(&line), "1/3 1.0 s | b 2/10");
    }
}
