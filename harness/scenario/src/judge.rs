//! Performing a vector and comparing what is seen with what must come of it.

use crate::modes::{Change, Character};
use crate::notation::{bytes_text, pattern_text};
use crate::scenario::Action;
use crate::stage::{Seen, Stage, StageError};
use crate::vector::{Expectation, Outcome, Profile, Vector};
use ntty::{Read, Termios};
use std::fmt;

/// What a comparison looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// How much was taken of what was typed or written.
    Taken,
    /// What reached the master.
    Echo,
    /// Statuses of packet mode.
    Status,
    /// Signals to the foreground process group.
    Signals,
    /// poll(2) for input of the slave.
    Readable,
    /// poll(2) for output of the slave.
    Writable,
    /// FIONREAD of the slave.
    Unread,
    /// A read of the slave, counted from 1.
    Read(usize),
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken => f.write_str("taken"),
            Self::Echo => f.write_str("echo"),
            Self::Status => f.write_str("status"),
            Self::Signals => f.write_str("signals"),
            Self::Readable => f.write_str("readable"),
            Self::Writable => f.write_str("writable"),
            Self::Unread => f.write_str("unread"),
            Self::Read(1) => f.write_str("read"),
            Self::Read(number) => write!(f, "read number {number}"),
        }
    }
}

/// What was seen in a step is not what must come of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{place}, {aspect}: expected {expected}, observed {observed}", Self::of(*profile))]
pub struct Difference {
    /// With which outcome it was compared, where there are several.
    pub profile: Option<Profile>,
    /// Where in the scenario.
    pub place: Place,
    /// What was looked at.
    pub aspect: Aspect,
    /// What must be, in the notation of vectors.
    pub expected: String,
    /// What is, in the notation of vectors.
    pub observed: String,
}

/// Where in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// After a step, counted from 1.
    Step(usize),
    /// After all of them.
    End,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(number) => write!(f, "step {number}"),
            Self::End => f.write_str("at the end"),
        }
    }
}

impl Difference {
    fn of(profile: Option<Profile>) -> String {
        profile.map_or(String::new(), |profile| format!("outcome {profile}, "))
    }
}

/// Why a vector does not hold.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// Something else came of it; one difference per outcome.
    #[error("{}", several(.0))]
    Differs(Vec<Difference>),
    /// It could not be performed.
    #[error("{0}")]
    Stage(#[from] StageError),
}

fn several(differences: &[Difference]) -> String {
    let lines: Vec<_> = differences.iter().map(ToString::to_string).collect();
    lines.join("; ")
}

/// Performs a vector; which of its outcomes came of it, where it has several.
pub fn judge(vector: &Vector, stage: &mut dyn Stage) -> Result<Option<Profile>, JudgeError> {
    let mut differences = Vec::new();
    for outcome in &vector.outcomes {
        match perform(&vector.termios, outcome, stage)? {
            None => return Ok(outcome.profile),
            Some(difference) => differences.push(difference),
        }
    }
    Err(JudgeError::Differs(differences))
}

fn perform(
    start: &Change,
    outcome: &Outcome,
    stage: &mut dyn Stage,
) -> Result<Option<Difference>, StageError> {
    stage.begin(start)?;
    let mut termios = start.of(&Termios::default());
    let different = |place, (aspect, expected, observed)| Difference {
        profile: outcome.profile,
        place,
        aspect,
        expected,
        observed,
    };
    for (index, step) in outcome.steps.iter().enumerate() {
        let expected = &step.expectation;
        let seen = stage.perform(step.action.as_ref(), &expected.look())?;
        if let Some(Action::Set { change, .. }) = &step.action {
            termios = change.of(&termios);
        }
        let written = match &step.action {
            Some(Action::Type(bytes) | Action::Write(bytes)) => Some(bytes.len()),
            _ => None,
        };
        if let Some(what) = compare(expected, written, &seen, &termios) {
            return Ok(Some(different(Place::Step(index + 1), what)));
        }
    }
    let last = Expectation {
        reads: outcome.left.iter().cloned().collect(),
        nothing: true,
        ..Expectation::default()
    };
    let seen = stage.perform(None, &last.look())?;
    Ok(compare(&last, None, &seen, &termios).map(|what| different(Place::End, what)))
}

/// The first aspect in which what was seen differs, what was expected and what was observed. `written` is how
/// much was typed or written, and `termios` are the settings of the moment.
pub(crate) fn compare(
    expected: &Expectation,
    written: Option<usize>,
    seen: &Seen,
    termios: &Termios,
) -> Option<(Aspect, String, String)> {
    let taken = expected.taken.or(written);
    if taken != seen.taken {
        return Some((Aspect::Taken, optional(taken), optional(seen.taken)));
    }
    if !expected.echo.covers(&seen.echo) {
        let (one, other) = (pattern_text(&expected.echo), pattern_text(&seen.echo));
        return Some((Aspect::Echo, one, other));
    }
    if expected.status != seen.status {
        let text = |status: &[u8]| format!("{status:?}");
        return Some((Aspect::Status, text(&expected.status), text(&seen.status)));
    }
    if expected.signals != seen.signals {
        let (one, other) = (&expected.signals, &seen.signals);
        return Some((Aspect::Signals, signals_text(one), signals_text(other)));
    }
    for (aspect, expected, seen) in [
        (Aspect::Readable, expected.readable, seen.readable),
        (Aspect::Writable, expected.writable, seen.writable),
    ] {
        if expected.is_some() && expected != seen {
            return Some((aspect, optional(expected), optional(seen)));
        }
    }
    if expected.unread.is_some() && expected.unread != seen.unread {
        return Some((
            Aspect::Unread,
            optional(expected.unread),
            optional(seen.unread),
        ));
    }
    compare_reads(expected, seen, termios)
}

fn compare_reads(
    expected: &Expectation,
    seen: &Seen,
    termios: &Termios,
) -> Option<(Aspect, String, String)> {
    let wanted = expected.reads.iter().cloned().map(Read::Bytes);
    let nothing = expected.nothing.then(|| finds_nothing(termios));
    for (index, wanted) in wanted.chain(nothing).enumerate() {
        // A stage stops reading where it would block.
        let got = seen.reads.get(index).unwrap_or(&Read::WouldBlock);
        if wanted != *got {
            return Some((Aspect::Read(index + 1), read_text(&wanted), read_text(got)));
        }
    }
    None
}

/// What a read that finds nothing comes to. termios(3), canonical and noncanonical mode.
fn finds_nothing(termios: &Termios) -> Read {
    let number = |character: Character| termios.cc[character.index()];
    let at_once = number(Character::VMIN) == 0 && number(Character::VTIME) == 0;
    match at_once && termios.lflag & nix::libc::ICANON == 0 {
        true => Read::Bytes(Vec::new()),
        false => Read::WouldBlock,
    }
}

fn optional<T: fmt::Display>(value: Option<T>) -> String {
    value.map_or("nothing".to_owned(), |value| value.to_string())
}

fn read_text(read: &Read) -> String {
    match read {
        Read::Bytes(bytes) => bytes_text(bytes),
        Read::WouldBlock => "nothing, it would block".to_owned(),
    }
}

fn signals_text(signals: &[ntty::Signal]) -> String {
    let names: Vec<_> = signals.iter().map(crate::notation::signal_name).collect();
    format!("[{}]", names.join(", "))
}
