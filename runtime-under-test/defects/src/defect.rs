//! What a defect is, and how it is written down.

use nix::errno::Errno;
use ptyrun::{steps::Steps, terminal::TerminalError};

/// One precise way to be wrong.
pub(crate) struct Defect {
    pub(crate) name: &'static str,
    /// In one sentence, what it does.
    pub(crate) what: &'static str,
    /// Whether the kernel lets only root of the machine be wrong in this way.
    pub(crate) root_only: bool,
    /// The design but for what goes wrong.
    pub(crate) steps: Steps,
}

/// A list of defects: the name, the sentence, and the steps that are not those of the design.
macro_rules! defects {
    ($($name:literal $([$mark:ident])?, $what:literal => { $($steps:tt)* })*) => {
        pub(crate) const DEFECTS: &[$crate::defect::Defect] = &[$($crate::defect::Defect {
            name: $name,
            what: $what,
            root_only: {
                const MARKS: &[&str] = &[$(stringify!($mark))?];
                !MARKS.is_empty()
            },
            steps: ptyrun::steps::Steps { $($steps)*, ..ptyrun::DESIGN },
        }),*];
    };
}

/// A defect that cannot be had here.
pub(crate) fn failed(errno: Errno) -> TerminalError {
    TerminalError::ioctl("being defective")(errno)
}
