//! Every byte on a terminal, with direction and time.

use ptyproof_report::{Direction, Entry};
use std::time::Instant;

/// Every byte on one terminal.
#[derive(Clone, Debug)]
pub struct Transcript {
    began: Instant,
    entries: Vec<Entry>,
    kept: usize,
    left_out: usize,
}

/// More than this many bytes of one terminal are counted, not kept: a container may print for ever.
const MOST_KEPT: usize = 256 * 1024;

impl Default for Transcript {
    fn default() -> Self {
        Self { began: Instant::now(), entries: Vec::new(), kept: 0, left_out: 0 }
    }
}

impl Transcript {
    /// Adds bytes; those that follow others of the same direction at once join them.
    pub fn add(&mut self, direction: Direction, bytes: &[u8]) {
        if self.kept + bytes.len() > MOST_KEPT {
            self.left_out += bytes.len();
            return;
        }
        self.kept += bytes.len();
        let at_ms = (self.began.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        match self.entries.last_mut() {
            Some(last) if joins(last, direction, at_ms) => {
                last.bytes.extend_from_slice(bytes);
            }
            _ => self.entries.push(Entry { at_ms, direction, bytes: bytes.into() }),
        }
    }

    /// What was said, in order, with a closing remark where something was left out.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries = self.entries.clone();
        if self.left_out > 0 {
            let remark = format!("{} bytes more were not kept", self.left_out);
            let at_ms = entries.last().map_or(0.0, |entry| entry.at_ms);
            entries.push(Entry { at_ms, direction: Direction::Remark, bytes: remark.as_bytes().into() });
        }
        entries
    }
}

/// Whether bytes belong to those before them. Each remark stays one of its own.
fn joins(last: &Entry, direction: Direction, at_ms: f64) -> bool {
    direction != Direction::Remark && last.direction == direction && at_ms - last.at_ms < 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_that_follow_each_other_stay_apart() {
        let mut transcript = Transcript::default();
        for remark in ["size set to 2 rows x 3 columns", "raw mode"] {
            transcript.add(Direction::Remark, remark.as_bytes());
        }
        assert_eq!(transcript.entries().len(), 2);
    }
}
