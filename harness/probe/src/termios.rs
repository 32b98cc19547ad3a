//! Settings that cases start from. termios(3).

use crate::values::TermiosFacts;
use nix::libc;

impl TermiosFacts {
    /// As cfmakeraw(3) makes them: every byte passes as it is, one by one, and nothing is echoed.
    pub fn raw(mut self) -> Self {
        self.input &= !(libc::IGNBRK
            | libc::BRKINT
            | libc::PARMRK
            | libc::ISTRIP
            | libc::INLCR
            | libc::IGNCR
            | libc::ICRNL
            | libc::IXON);
        self.output &= !libc::OPOST;
        self.local &= !(libc::ECHO | libc::ECHONL | libc::ICANON | libc::ISIG | libc::IEXTEN);
        self.control &= !(libc::CSIZE | libc::PARENB);
        self.control |= libc::CS8;
        self.characters[libc::VMIN] = 1;
        self.characters[libc::VTIME] = 0;
        self
    }

    /// What a read without lines waits for: so many bytes (`VMIN`), and so many tenths of a second (`VTIME`).
    pub fn waiting_for(mut self, minimum: u8, tenths: u8) -> Self {
        self.characters[libc::VMIN] = minimum;
        self.characters[libc::VTIME] = tenths;
        self
    }

    /// Nothing is echoed.
    pub fn without_echo(mut self) -> Self {
        self.local &= !libc::ECHO;
        self
    }

    /// Output passes as it is.
    pub fn without_output_processing(mut self) -> Self {
        self.output &= !libc::OPOST;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_settings_are_those_of_cfmakeraw() {
        let pair = nix::pty::openpty(None, None).expect("a pty");
        let mut wanted = nix::sys::termios::tcgetattr(&pair.slave).expect("a terminal");
        let before = facts(&wanted.clone().into());
        nix::sys::termios::cfmakeraw(&mut wanted);
        assert_eq!(before.raw(), facts(&wanted.into()));
    }

    fn facts(raw: &libc::termios) -> TermiosFacts {
        let mut characters = [0; 19];
        characters.copy_from_slice(&raw.c_cc[..19]);
        TermiosFacts {
            input: raw.c_iflag,
            output: raw.c_oflag,
            control: raw.c_cflag,
            local: raw.c_lflag,
            line: raw.c_line,
            characters,
            speeds: (raw.c_ispeed, raw.c_ospeed),
        }
    }
}
