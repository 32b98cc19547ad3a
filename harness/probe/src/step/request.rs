//! What goes over the wire: any step, alone, timed, or several in turn.

use super::{Directories, Files, Inotify, Ioctls, Looks, Mounts, Passing, Processes, Signals, Terminals};
use super::{End, Write};
use crate::answer::{Answer, Done};
use crate::asking::{Ask, Probe, Step, Told};
use crate::performer::{Ending, Next, Performed, Performer, said};
use crate::values::{Bytes, Errno};
use nix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};
use std::time::Duration;

/// Declares the subjects of steps.
macro_rules! subjects {
    ($($subject:ident)*) => {
        /// Any step, as it goes over the wire.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Request {
            $(#[allow(missing_docs, reason = "the subject explains itself")] $subject($subject),)*
            /// See [`InTurn`].
            InTurn(Vec<Request>),
            /// See [`InTime`].
            InTime(Box<Request>),
        }

        $(
            impl From<$subject> for Request {
                fn from(step: $subject) -> Self {
                    Self::$subject(step)
                }
            }
        )*

        impl Request {
            /// Performs it.
            pub fn perform(self, performer: &mut Performer) -> Performed {
                match self {
                    $(Self::$subject(step) => step.perform(performer),)*
                    Self::InTurn(steps) => in_turn(steps, performer),
                    Self::InTime(step) => timed(*step, performer),
                }
            }
        }

        impl Display for Request {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$subject(step) => step.fmt(f),)*
                    Self::InTurn(steps) => match &steps[..] {
                        [] => f.write_str("nothing"),
                        [one] => one.fmt(f),
                        [first, .., last] => write!(f, "{} steps, from {first} to {last}", steps.len()),
                    },
                    Self::InTime(step) => write!(f, "{step}, with its time"),
                }
            }
        }
    };
}

subjects! { Directories Files Inotify Ioctls Looks Mounts Passing Processes Signals Terminals }

impl<S: Step> From<S> for Request
where
    Self: From<S::Subject>,
{
    fn from(step: S) -> Self {
        S::Subject::from(step).into()
    }
}

impl Request {
    fn line(&self) -> String {
        serde_json::to_string(self).expect("a step has nothing that JSON cannot say")
    }
}

/// Any step, which answers only that it is done.
#[derive(Clone, Debug)]
pub struct Any(pub Request);

/// Steps one after another, without the harness in between, and a last one, whose answer is that of all; the first that
/// is refused ends it.
#[derive(Clone, Debug)]
pub struct InTurn<S>(pub Vec<Request>, pub S);

/// A step with its times.
#[derive(Clone, Debug)]
pub struct InTime<S>(pub S);

impl Display for Any {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<S: Step> Display for InTurn<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.first() {
            Some(first) => write!(f, "{first}, and in the end {}", self.1),
            None => self.1.fmt(f),
        }
    }
}

impl<S: Step> Display for InTime<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, with its time", self.0)
    }
}

impl Step for Any {
    type Answer = Done;
    type Subject = Self;
    const NAME: &'static str = "Any";

    fn line(self) -> String {
        self.0.line()
    }
}

impl<S: Step> Step for InTurn<S> {
    type Answer = S::Answer;
    type Subject = Self;
    const NAME: &'static str = S::NAME;

    fn line(self) -> String {
        let mut steps: Vec<String> = self.0.iter().map(Request::line).collect();
        steps.push(self.1.line());
        format!("{{\"InTurn\":[{}]}}", steps.join(","))
    }
}

impl<S: Step> Step for InTime<S> {
    type Answer = Timed<S::Answer>;
    type Subject = Self;
    const NAME: &'static str = "InTime";

    fn line(self) -> String {
        format!("{{\"InTime\":{}}}", self.0.line())
    }
}

fn in_turn(steps: Vec<Request>, performer: &mut Performer) -> Performed {
    let mut last = said(Ok(()));
    for step in steps {
        last = Ok(step.perform(performer)?);
        if !matches!(performer.next, Next::Step) {
            break;
        }
    }
    last
}

/// What came of a step, with times of `CLOCK_MONOTONIC`, which all processes share. clock_gettime(2)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timed<A> {
    /// Just before the step.
    pub began: Duration,
    /// Just after it.
    pub ended: Duration,
    /// What came of it, a refusal of the kernel, too.
    pub answer: Result<A, Errno>,
}

impl<A> Timed<A> {
    /// How long the step took, and a little more: what the process spent around it.
    pub fn took(&self) -> Duration {
        self.ended.saturating_sub(self.began)
    }
}

impl<A: Answer> Answer for Timed<A> {
    type Told = Timed<A::Told>;

    fn told(self) -> Self::Told {
        Timed { began: self.began, ended: self.ended, answer: self.answer.map(A::told) }
    }

    fn falsified(&self) -> Option<Result<Self, Errno>> {
        let answer = match &self.answer {
            Ok(answer) => answer.falsified()?,
            Err(errno) => Err(crate::answer::other_refusal(*errno)),
        };
        Some(Ok(Self { began: self.began, ended: self.began, answer }))
    }
}

fn timed(step: Request, performer: &mut Performer) -> Performed {
    let now = || clock_gettime(ClockId::CLOCK_MONOTONIC).map(Duration::from);
    let began = now()?;
    let answer = step.perform(performer);
    said(Ok(Timed { began, ended: now()?, answer }))
}

impl<C: Ask> Probe<C> {
    /// A step with its times.
    pub fn timed<S: Step>(&mut self, step: S) -> Result<Timed<Told<S>>, C::Error> {
        self.ask(InTime(step))
    }

    /// Writes, and ends at once.
    pub fn write_and_end(&mut self, descriptor: i32, bytes: &[u8], ending: Ending) -> Result<(), C::Error> {
        let write = Write { descriptor, bytes: Bytes::from(bytes) };
        self.ask(InTurn(vec![write.into()], End { ending }))
    }
}
