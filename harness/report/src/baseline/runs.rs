//! Versions in their order, and for which of them something holds.

use std::fmt::Display;

/// The runs of those for which it does: `until 5.10`, `5.18`, `6.1 ... 6.12`, `since 6.16`; `all` where it does for each.
pub(super) fn runs_of<N: Display + PartialEq, V>(
    seen: &[(&N, V)],
    holds: impl Fn(&V) -> bool,
    all: &str,
) -> Vec<String> {
    let mut runs = Vec::new();
    let mut at = 0;
    for run in seen.chunk_by(|(_, one), (_, other)| holds(one) == holds(other)) {
        let (first, last) = (at == 0, at + run.len() == seen.len());
        at += run.len();
        if !holds(&run[0].1) {
            continue;
        }
        let (begin, end) = (run[0].0, run[run.len() - 1].0);
        runs.push(match (first, last) {
            (true, true) => all.to_owned(),
            (true, false) => format!("until {end}"),
            (false, true) => format!("since {begin}"),
            (false, false) if begin == end => begin.to_string(),
            (false, false) => format!("{begin} ... {end}"),
        });
    }
    runs
}
