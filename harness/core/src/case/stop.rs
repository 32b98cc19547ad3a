use crate::container::ContainerError;
use crate::intervention::InterventionError;
use crate::{probe::ProbeError, target::CommandError, terminal::TerminalError};
use humantime::format_duration;
use ptyproof_probe::Errno;
use ptyproof_report::{Evidence, Finding, excerpt, first_difference};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a body returns: nothing to say, or why it stopped.
pub type Judgement = Result<(), Stop>;

/// Why a body ended before its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// The target does not do what it must.
    Fail(Box<Finding>),
    /// The case asks for what targets of this kind do not do.
    NotApplicable(String),
    /// The case cannot be judged here, for a reason that only showed while it ran.
    Skip(String),
    /// The target did not come to an end in time.
    Timeout(String),
    /// The harness or the machine is at fault.
    Error(String),
}

impl Stop {
    /// What is looked at where a step is refused of which a case takes for granted that it is not. It says that
    /// something is wrong, but nothing of what the case is about.
    pub const PRESUPPOSED: &str = "a step that the case presupposes";
    /// What is looked at where a process must answer.
    pub const ANSWER: &str = "the answer of the process";

    /// A difference.
    pub fn fail(what: impl Into<String>, expected: impl Into<Evidence>, observed: impl Into<Evidence>) -> Self {
        let (what, expected, observed) = (what.into(), expected.into(), observed.into());
        Self::Fail(Box::new(Finding { what, expected, observed, lacks: None }))
    }

    /// Where a terminal lacks a call that the case presupposes and another one judges, nothing is said by this one.
    pub(crate) fn unless_judged_by<'c>(self, judging: impl Fn(&str) -> Option<&'c str>) -> Self {
        let Self::Fail(finding) = &self else { return self };
        match finding.lacks.as_ref().and_then(|call| Some((call, judging(call)?))) {
            Some((call, id)) => Self::Skip(format!("the terminal refuses {call} with {}: see {id}", finding.observed)),
            None => self,
        }
    }

    /// The same of a kernel, where it does not know the call at all: `ENOTTY`. Any other refusal is a failure.
    pub(crate) fn unless_unknown_and_judged_by<'c>(self, judging: impl Fn(&str) -> Option<&'c str>) -> Self {
        match &self {
            Self::Fail(finding) if finding.observed.as_words() == Errno::ENOTTY.to_string() => {
                self.unless_judged_by(judging)
            }
            _ => self,
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fail(finding) => {
                write!(f, "{}: expected {}, observed {}", finding.what, finding.expected, finding.observed)
            }
            Self::NotApplicable(why) | Self::Skip(why) | Self::Timeout(why) | Self::Error(why) => f.write_str(why),
        }
    }
}

impl From<TerminalError> for Stop {
    fn from(error: TerminalError) -> Self {
        let what = "bytes on the terminal";
        match error {
            TerminalError::Other { expected, received } => {
                let position = first_difference(&expected, &received);
                Self::fail(
                    what,
                    Evidence::bytes_around(&expected, position),
                    Evidence::bytes_around(&received, position),
                )
            }
            TerminalError::TooLittle { expected, received, waited } => Self::fail(
                what,
                expected,
                format!("{}, and nothing more for {}", excerpt(&received, received.len()), format_duration(waited)),
            ),
            TerminalError::HungUp { expected, received } => {
                Self::fail(what, expected, format!("{}, and then a hang-up", excerpt(&received, received.len())))
            }
            TerminalError::NotTaken { typed, taken, waited } => Self::fail(
                "typing on the terminal",
                format!("{typed} bytes are taken"),
                format!("{taken} bytes were taken within {}", format_duration(waited)),
            ),
            TerminalError::Refused { .. } => Self::Error(error.to_string()),
        }
    }
}

impl From<ProbeError> for Stop {
    fn from(error: ProbeError) -> Self {
        match error {
            ProbeError::Refused { step, call, errno } => {
                // An emulated terminal says one of these to a call that it does not know.
                let is_unknown = matches!(errno, Errno::ENOTTY | Errno::EINVAL | Errno::EPERM | Errno::ENOSYS);
                Self::Fail(Box::new(Finding {
                    what: Self::PRESUPPOSED.to_owned(),
                    expected: format!("{step}: success").into(),
                    observed: errno.to_string().into(),
                    lacks: call.filter(|_| is_unknown).map(|call| call.to_string()),
                }))
            }
            ProbeError::Gone { step } => Self::fail(Self::ANSWER, format!("one to: {step}"), "the process has ended"),
            ProbeError::Silent { step, waited } => {
                Self::fail(Self::ANSWER, format!("one to: {step}"), format!("none within {}", format_duration(waited)))
            }
            ProbeError::Unseen => Self::NotApplicable(error.to_string()),
            ProbeError::NotConnected { .. } => Self::fail(Self::ANSWER, "that it runs", error.to_string()),
            ProbeError::Protocol(_) | ProbeError::Unread(_) | ProbeError::Deviates | ProbeError::Setup { .. } => {
                Self::Error(error.to_string())
            }
        }
    }
}

impl From<CommandError> for Stop {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Unfinished { .. } => Self::Timeout(error.to_string()),
            CommandError::NotStarted { .. } | CommandError::Interrupted { .. } | CommandError::Wait { .. } => {
                Self::Error(error.to_string())
            }
        }
    }
}

impl From<InterventionError> for Stop {
    fn from(error: InterventionError) -> Self {
        match error {
            InterventionError::NotTaken(_) => Self::Skip(error.to_string()),
            InterventionError::Broken(_) | InterventionError::Setup { .. } => Self::Error(error.to_string()),
        }
    }
}

impl From<ContainerError> for Stop {
    fn from(error: ContainerError) -> Self {
        match error {
            ContainerError::Command(error) => error.into(),
            ContainerError::Probe(error) => error.into(),
            ContainerError::Terminal(error) => error.into(),
            ContainerError::Intervention(error) => error.into(),
            ContainerError::Status { verb, finished } => {
                Self::fail(format!("{verb} of the runtime"), "exit status 0", finished.describe())
            }
            ContainerError::Wrong { what, expected, observed } => Self::fail(what, expected, observed),
            ContainerError::Ended { pid } => Self::fail(
                "the container's process",
                "it lives until it is told to end",
                format!("process {pid} has ended"),
            ),
            ContainerError::Stopped(stop) => stop,
            ContainerError::NotOffered { .. } => Self::NotApplicable(error.to_string()),
            ContainerError::NoFreezer | ContainerError::NoCriu { .. } => Self::Skip(error.to_string()),
            ContainerError::Setup { .. }
            | ContainerError::NoTerminal
            | ContainerError::NoStreams
            | ContainerError::NoRuntime => Self::Error(error.to_string()),
        }
    }
}
