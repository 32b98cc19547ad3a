//! Each step of the making of a terminal fails, once: the kernel answers it with an error that it has for such a call.

pub use every_call::EVERY_CALL;

use crate::prelude::*;
mod create;
mod every_call;
mod exec;
mod judge;
mod run;

pub const CASES: &[&[Case]] = &[create::CASES, run::CASES, exec::CASES];

/// What these cases have in common.
const STEP: Case = Case {
    requirement: "the runtime ends with a status other than 0 and a message, and nothing is left of what it began, the \
                  caller's terminal is as before; or the failure does no harm: the process has all that a terminal takes",
    why: "what fails half-way and goes on gives a shell without job control, the wrong terminal, or one of the host's, and \
          nobody is told; what fails and leaves something behind blocks the next start",
    needs: &[Need::Terminal, Need::Interventions],
    ..Case::TERMINAL
};
