//! When the next piece is shown: after the time that it took, or at a key.

use crate::commands::task::watched;
use crate::exit::Refusal;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr};
use ptyproof_harness::runner::Interrupt;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::time::Duration;

/// The longest pause, in milliseconds.
const LONGEST: f64 = 2000.0;

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// The next piece is to be shown.
    On,
    /// Whoever watches has seen enough.
    No,
}

/// Gives each piece its time.
pub struct Pace {
    speed: f64,
    step: bool,
    last_ms: f64,
    /// Where somebody watches: what ends it, and the keys, where there are any.
    watch: Option<(Interrupt, Option<Keys>)>,
}

impl Pace {
    /// Waits only where standard output is a terminal.
    pub fn new(speed: f64, step: bool) -> Result<Self, Refusal> {
        let there = io::stdout().is_terminal();
        let keys = there && io::stdin().is_terminal();
        if step && !keys {
            return Err(Refusal::usage(
                "--step: there is nobody to press a key: standard input and output are no terminal",
            ));
        }
        let watch = if there { Some((watched()?, keys.then(Keys::take).transpose()?)) } else { None };
        Ok(Self { speed, step, last_ms: 0.0, watch })
    }

    /// Another terminal, whose times begin anew.
    pub fn starts_over(&mut self) {
        self.last_ms = 0.0;
    }

    /// Waits until a piece of that time is to be shown.
    pub fn wait_for(&mut self, at_ms: f64) -> Result<Go, Refusal> {
        let pause = (at_ms - self.last_ms).clamp(0.0, LONGEST) / self.speed;
        self.last_ms = at_ms;
        let Some((interrupt, keys)) = &self.watch else { return Ok(Go::On) };
        let mut rest = (!self.step).then(|| Duration::from_secs_f64(pause / 1e3));
        loop {
            let began = std::time::Instant::now();
            let timeout = rest.map(|rest| PollTimeout::try_from(rest).unwrap_or(PollTimeout::MAX));
            let input = io::stdin();
            let mut all = vec![PollFd::new(interrupt.as_fd(), PollFlags::POLLIN)];
            all.extend(keys.as_ref().map(|_| PollFd::new(input.as_fd(), PollFlags::POLLIN)));
            match poll(&mut all, timeout.unwrap_or(PollTimeout::NONE)) {
                Ok(0) => return Ok(Go::On),
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(Refusal::machine(format!("waiting for a key: {errno}"))),
                Ok(_) if all[0].any().unwrap_or(false) => return Ok(Go::No),
                Ok(_) => match (key(), self.step) {
                    (None | Some(b'q' | b'Q' | 0x03 | 0x04), _) => return Ok(Go::No),
                    (Some(_), true) => return Ok(Go::On),
                    // Paused: until the next key.
                    (Some(b' '), false) if rest.is_some() => {
                        rest = None;
                        continue;
                    }
                    (Some(_), false) if rest.is_none() => return Ok(Go::On),
                    (Some(_), false) => {}
                },
            }
            rest = rest.map(|rest| rest.saturating_sub(began.elapsed()));
        }
    }
}

/// The next key; none at the end of the input.
fn key() -> Option<u8> {
    let mut byte = [0];
    match nix::unistd::read(io::stdin(), &mut byte) {
        Ok(1) => Some(byte[0]),
        _ => None,
    }
}

/// Keys come one by one and are not echoed; dropped, the terminal is as before.
struct Keys(Termios);

impl Keys {
    fn take() -> Result<Self, Refusal> {
        let refused = |errno: Errno| Refusal::machine(format!("setting the terminal: {errno}"));
        let before = tcgetattr(io::stdin()).map_err(refused)?;
        let mut settings = before.clone();
        settings.local_flags &= !(LocalFlags::ICANON | LocalFlags::ECHO | LocalFlags::ISIG);
        settings.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
        settings.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
        tcsetattr(io::stdin(), SetArg::TCSANOW, &settings).map_err(refused)?;
        Ok(Self(before))
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // It fails where the terminal is gone.
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &self.0);
    }
}
