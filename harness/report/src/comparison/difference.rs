//! In what the behaviours of several targets in one case differ.

use super::behaviour::{Behaviour, Ended, Outcome, Shows};
use crate::Verdict;
use serde::Serialize;
use std::collections::BTreeSet;

/// One thing about a case that is not the same everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// What is compared.
    pub aspect: Aspect,
    /// What each report says, in the order of the reports. Nothing where the report has no say in it: it lacks the
    /// case, or the case ended there before it came that far.
    pub seen: Vec<Option<Seen>>,
}

/// What is compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// How the case ended.
    Verdict,
    /// Which of several accepted behaviours was seen, and where it was looked for.
    Shows(String),
    /// A value that was recorded and not judged, and what it is of.
    Records(String),
    /// Whether something was left behind.
    LeftBehind,
}

/// What one report says about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// How the case ended.
    Ended(Ended),
    /// Which behaviour was seen.
    Shows(Shows),
    /// The value that was recorded.
    Recorded(String),
    /// What was left behind; empty if nothing was.
    LeftBehind(Vec<String>),
    /// There is nothing: the case was not done with, or came to its end without seeing it.
    Nothing,
}

/// All that differs between those that have the case.
pub(crate) fn points(sides: &[Option<Behaviour>]) -> Vec<Point> {
    let mut points = Vec::new();
    points.extend(verdict(sides));
    for what in keys(sides, |side| side.shown.keys()) {
        points.extend(part(sides, Aspect::Shows(what.clone()), |side| side.shown.get(what).cloned().map(Seen::Shows)));
    }
    for what in keys(sides, |side| side.records.keys()) {
        points.extend(part(sides, Aspect::Records(what.clone()), |side| {
            side.records.get(what).cloned().map(Seen::Recorded)
        }));
    }
    points.extend(left_behind(sides));
    points
}

fn keys<'s, I: Iterator<Item = &'s String>>(
    sides: &'s [Option<Behaviour>],
    of: impl Fn(&'s Behaviour) -> I,
) -> BTreeSet<&'s String> {
    sides.iter().flatten().flat_map(of).collect()
}

fn verdict(sides: &[Option<Behaviour>]) -> Option<Point> {
    let ended = sides.iter().flatten().filter_map(|side| side.ended.as_ref());
    // Of a failure that is known it is known how it looks, too; many look different each time.
    let is_known = ended.clone().any(|ended| ended.verdict == Verdict::Xfail);
    let compared = |ended: &Ended| {
        let outcome = Outcome::from(ended.verdict);
        let evidence = match outcome {
            Outcome::NotMet if !is_known => Some((ended.reason.clone(), ended.observed.clone())),
            Outcome::Skipped => Some((ended.reason.clone(), None)),
            Outcome::NotMet | Outcome::Met | Outcome::Inapplicable | Outcome::TimedOut | Outcome::Broken => None,
        };
        (outcome, evidence)
    };
    let of = |side: &Behaviour| side.ended.as_ref().map(compared);
    let seen = |side: &Behaviour| side.ended.clone().map_or(Seen::Nothing, Seen::Ended);
    // A race that is known says nothing of what differs between two runs.
    let told = sides.iter().flatten().filter(|side| !side.by_luck);
    differ(told.map(of)).then(|| point(Aspect::Verdict, sides, seen))
}

fn left_behind(sides: &[Option<Behaviour>]) -> Option<Point> {
    // Which process or mount it was is told by numbers that differ each time.
    let something = |side: &Behaviour| !side.left_behind.is_empty();
    let seen = |side: &Behaviour| Seen::LeftBehind(side.left_behind.clone());
    differ(sides.iter().flatten().map(something)).then(|| point(Aspect::LeftBehind, sides, seen))
}

fn point(aspect: Aspect, sides: &[Option<Behaviour>], seen: impl Fn(&Behaviour) -> Seen) -> Point {
    let seen = sides.iter().map(|side| side.as_ref().map(&seen)).collect();
    Point { aspect, seen }
}

/// One value of the case. Who ended early has no say in what it did not come to.
fn part(sides: &[Option<Behaviour>], aspect: Aspect, of: impl Fn(&Behaviour) -> Option<Seen>) -> Option<Point> {
    let say = |side: &Behaviour| of(side).or(side.is_whole().then_some(Seen::Nothing));
    let seen: Vec<Option<Seen>> = sides.iter().map(|side| say(side.as_ref()?)).collect();
    let compared = seen.iter().flatten().map(|seen| match seen {
        Seen::Shows(shows) => Seen::Shows(Shows { value: None, ..shows.clone() }),
        other => other.clone(),
    });
    differ(compared).then_some(Point { aspect, seen })
}

/// Whether not all are the same.
pub(super) fn differ<T: PartialEq>(mut all: impl Iterator<Item = T>) -> bool {
    let Some(first) = all.next() else {
        return false;
    };
    all.any(|other| other != first)
}
