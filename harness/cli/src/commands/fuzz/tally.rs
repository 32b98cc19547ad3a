//! How far a fuzz run is.

use ptyproof_scenario::tasks::scripts::ScriptsResult;
use std::time::{Duration, Instant};

/// Counts scripts and differences, and tells it on standard error: on a terminal in one line that lives, else now and then.
pub struct Tally {
    wanted: u64,
    on_a_terminal: bool,
    began: Instant,
    told: Duration,
    scripts: u64,
    steps: u64,
    found: usize,
    unconfirmed: usize,
}

/// A build log is told this often.
const PAUSE: Duration = Duration::from_secs(10);

impl Tally {
    /// Of so many scripts that are wanted.
    pub fn new(wanted: u64, on_a_terminal: bool) -> Self {
        Self {
            wanted,
            on_a_terminal,
            began: Instant::now(),
            told: Duration::ZERO,
            scripts: 0,
            steps: 0,
            found: 0,
            unconfirmed: 0,
        }
    }

    /// Adds the result of a part.
    pub fn add(&mut self, result: &ScriptsResult) {
        self.scripts += result.scripts;
        self.steps += result.steps;
        self.found += result.found.len();
        self.unconfirmed += result.unconfirmed.len();
        self.tick();
    }

    /// Whether there was a difference.
    pub fn found(&self) -> bool {
        self.found > 0
    }

    /// Tells how far it is.
    pub fn tick(&mut self) {
        let elapsed = self.began.elapsed();
        if self.on_a_terminal {
            eprint!("\r\x1b[K{}", self.line(elapsed));
        } else if elapsed >= self.told + PAUSE {
            self.told = elapsed;
            eprintln!("{}", self.line(elapsed));
        }
    }

    /// Tells the totals.
    pub fn finish(&self) {
        let elapsed = self.began.elapsed();
        let clear = if self.on_a_terminal { "\r\x1b[K" } else { "" };
        let scripts = if self.scripts == 1 { "script" } else { "scripts" };
        eprintln!(
            "{clear}{} {scripts}, {} steps in {:.1} s ({:.0} scripts/s): {}",
            self.scripts,
            self.steps,
            elapsed.as_secs_f64(),
            self.rate(elapsed),
            self.differences(),
        );
    }

    fn line(&self, elapsed: Duration) -> String {
        let rate = self.rate(elapsed);
        let left = self.wanted.saturating_sub(self.scripts) as f64 / rate;
        let left = match Duration::try_from_secs_f64(left) {
            Ok(left) if self.scripts > 0 => format!("{} left", minutes(left)),
            _ => "starting".to_owned(),
        };
        format!("{} of {} scripts, {rate:.0} scripts/s, {left}, {}", self.scripts, self.wanted, self.differences())
    }

    fn rate(&self, elapsed: Duration) -> f64 {
        self.scripts as f64 / elapsed.as_secs_f64().max(0.001)
    }

    fn differences(&self) -> String {
        let mut text = match self.found {
            0 => "no difference".to_owned(),
            1 => "1 difference".to_owned(),
            more => format!("{more} differences"),
        };
        if self.unconfirmed > 0 {
            text.push_str(&format!(", {} seen once and not again", self.unconfirmed));
        }
        text
    }
}

fn minutes(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02} min", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_it_is_and_how_long_it_takes() {
        let mut tally = Tally::new(10_000, true);
        tally.scripts = 4_000;
        tally.unconfirmed = 1;
        assert_eq!(
            tally.line(Duration::from_secs(40)),
            "4000 of 10000 scripts, 100 scripts/s, 1:00 min left, no difference, 1 seen once and not again"
        );
    }

    #[test]
    fn before_the_first_part_nothing_is_guessed() {
        let line = Tally::new(5, true).line(Duration::from_secs(1));
        assert_eq!(line, "0 of 5 scripts, 0 scripts/s, starting, no difference");
    }
}
