//! Settings that cases start from. termios(3).

use crate::asking::{Ask, Probe};
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

impl<C: Ask> Probe<C> {
    /// tcgetattr(3), and tcsetattr(3) with `TCSANOW` and what `change` makes of the settings; what they are then.
    pub fn change_termios(
        &mut self,
        descriptor: i32,
        change: impl FnOnce(TermiosFacts) -> TermiosFacts,
    ) -> Result<TermiosFacts, C::Error> {
        let settings = change(self.termios(descriptor)?);
        self.set_termios(descriptor, settings)?;
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use crate::tty::termios;
    use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};

    #[test]
    fn raw_settings_are_those_of_cfmakeraw() {
        let pair = nix::pty::openpty(None, None).expect("a pty");
        let before = termios(&pair.slave).expect("a terminal");
        let mut wanted = tcgetattr(&pair.slave).expect("a terminal");
        cfmakeraw(&mut wanted);
        tcsetattr(&pair.slave, SetArg::TCSANOW, &wanted).expect("a terminal");
        assert_eq!(before.raw(), termios(&pair.slave).expect("a terminal"));
    }
}
