//! Settings of a terminal's line beyond tcgetattr(3) and tcsetattr(3).

use crate::values::TermiosFacts;
use serde::{Deserialize, Serialize};

/// A call on the settings of a terminal's line. ioctl_tty(2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineCall {
    /// TCGETS2. Answer: [`Reply::Speeds`](crate::Reply::Speeds).
    Speeds,
    /// TCSETS2 with nothing but the speeds changed. Answer: [`Reply::Done`](crate::Reply::Done).
    SetSpeeds(Speeds),
    /// TIOCGLCKTRMIOS. Answer: [`Reply::Termios`](crate::Reply::Termios), with bits where settings are locked.
    Locked,
    /// TIOCSLCKTRMIOS. Answer: [`Reply::Done`](crate::Reply::Done).
    Lock(TermiosFacts),
}

/// The speeds of a terminal's line as the kernel keeps them. termios(3), TCSETS2 in ioctl_tty(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speeds {
    /// The `B...` code in `c_cflag`; `BOTHER` where only the numbers tell.
    pub code: u32,
    /// Input speed in bits per second.
    pub input: u32,
    /// Output speed in bits per second.
    pub output: u32,
}
