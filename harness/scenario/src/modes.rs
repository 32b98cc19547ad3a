//! Flags of a terminal by their names. termios(3).

use ntty::Termios;
use std::ops::BitOr;

/// Bits of the four sets of flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modes {
    /// Bits of `c_iflag`.
    pub iflag: u32,
    /// Bits of `c_oflag`.
    pub oflag: u32,
    /// Bits of `c_cflag`.
    pub cflag: u32,
    /// Bits of `c_lflag`.
    pub lflag: u32,
}

impl Modes {
    const fn input(iflag: u32) -> Self {
        Self { iflag, oflag: 0, cflag: 0, lflag: 0 }
    }

    const fn output(oflag: u32) -> Self {
        Self { iflag: 0, oflag, cflag: 0, lflag: 0 }
    }

    const fn control(cflag: u32) -> Self {
        Self { iflag: 0, oflag: 0, cflag, lflag: 0 }
    }

    const fn local(lflag: u32) -> Self {
        Self { iflag: 0, oflag: 0, cflag: 0, lflag }
    }

    /// The flags that a terminal has.
    pub fn of(termios: &Termios) -> Self {
        Self { iflag: termios.iflag, oflag: termios.oflag, cflag: termios.cflag, lflag: termios.lflag }
    }

    /// The flag or the value of a field that bears this name in termios(3).
    pub fn named(name: &str) -> Option<Self> {
        let mut all = NAMED.iter();
        all.find(|(known, _)| *known == name).map(|(_, bits)| *bits)
    }

    /// All bits that have a name.
    pub fn all() -> Self {
        NAMED.iter().fold(Self::default(), |all, (_, bits)| all | *bits)
    }

    /// The names that together are these bits; of a field with several bits, its value's name. Bits without a
    /// name are left out.
    pub fn names(self) -> Vec<&'static str> {
        let mut rest = self;
        let mut names = Vec::new();
        for (name, bits) in NAMED {
            if rest.contains(*bits) {
                names.push(*name);
                rest = rest.without(*bits);
            }
        }
        names
    }

    /// Whether all these bits are among them.
    pub fn contains(self, bits: Self) -> bool {
        self.without(bits) | bits == self
    }

    /// Whether there is no bit.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// The bits that are not among `others`.
    pub fn without(self, others: Self) -> Self {
        Self {
            iflag: self.iflag & !others.iflag,
            oflag: self.oflag & !others.oflag,
            cflag: self.cflag & !others.cflag,
            lflag: self.lflag & !others.lflag,
        }
    }
}

impl BitOr for Modes {
    type Output = Self;

    fn bitor(self, others: Self) -> Self {
        Self {
            iflag: self.iflag | others.iflag,
            oflag: self.oflag | others.oflag,
            cflag: self.cflag | others.cflag,
            lflag: self.lflag | others.lflag,
        }
    }
}

/// Values of a field that need several bits stand before those that need one of them.
pub(crate) const NAMED: &[(&str, Modes)] = &[
    ("IGNBRK", Modes::input(0o1)),
    ("BRKINT", Modes::input(0o2)),
    ("IGNPAR", Modes::input(0o4)),
    ("PARMRK", Modes::input(0o10)),
    ("INPCK", Modes::input(0o20)),
    ("ISTRIP", Modes::input(0o40)),
    ("INLCR", Modes::input(0o100)),
    ("IGNCR", Modes::input(0o200)),
    ("ICRNL", Modes::input(0o400)),
    ("IUCLC", Modes::input(0o1000)),
    ("IXON", Modes::input(0o2000)),
    ("IXANY", Modes::input(0o4000)),
    ("IXOFF", Modes::input(0o10000)),
    ("IMAXBEL", Modes::input(0o20000)),
    ("IUTF8", Modes::input(0o40000)),
    ("OPOST", Modes::output(0o1)),
    ("OLCUC", Modes::output(0o2)),
    ("ONLCR", Modes::output(0o4)),
    ("OCRNL", Modes::output(0o10)),
    ("ONOCR", Modes::output(0o20)),
    ("ONLRET", Modes::output(0o40)),
    ("OFILL", Modes::output(0o100)),
    ("OFDEL", Modes::output(0o200)),
    ("NL1", Modes::output(0o400)),
    ("CR3", Modes::output(0o3000)),
    ("CR1", Modes::output(0o1000)),
    ("CR2", Modes::output(0o2000)),
    ("XTABS", Modes::output(0o14000)),
    ("TAB3", Modes::output(0o14000)),
    ("TAB1", Modes::output(0o4000)),
    ("TAB2", Modes::output(0o10000)),
    ("BS1", Modes::output(0o20000)),
    ("VT1", Modes::output(0o40000)),
    ("FF1", Modes::output(0o100_000)),
    ("CSTOPB", Modes::control(0o100)),
    ("PARODD", Modes::control(0o1000)),
    ("HUPCL", Modes::control(0o2000)),
    ("CLOCAL", Modes::control(0o4000)),
    ("ISIG", Modes::local(0o1)),
    ("ICANON", Modes::local(0o2)),
    ("XCASE", Modes::local(0o4)),
    ("ECHO", Modes::local(0o10)),
    ("ECHOE", Modes::local(0o20)),
    ("ECHOK", Modes::local(0o40)),
    ("ECHONL", Modes::local(0o100)),
    ("NOFLSH", Modes::local(0o200)),
    ("TOSTOP", Modes::local(0o400)),
    ("ECHOCTL", Modes::local(0o1000)),
    ("ECHOPRT", Modes::local(0o2000)),
    ("ECHOKE", Modes::local(0o4000)),
    ("FLUSHO", Modes::local(0o10000)),
    ("PENDIN", Modes::local(0o40000)),
    ("IEXTEN", Modes::local(0o100_000)),
    ("EXTPROC", Modes::local(0o200_000)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use nix::libc;

    #[test]
    fn names_are_those_of_the_c_library() {
        let bits = |name| Modes::named(name).expect("a flag");
        assert_eq!(bits("IUTF8").iflag, libc::IUTF8);
        assert_eq!(bits("IMAXBEL").iflag, libc::IMAXBEL);
        assert_eq!(bits("XTABS").oflag, libc::XTABS);
        assert_eq!(bits("FF1").oflag, libc::FF1);
        assert_eq!(bits("HUPCL").cflag, libc::HUPCL);
        assert_eq!(bits("EXTPROC").lflag, libc::EXTPROC);
        assert_eq!(bits("ECHOPRT").lflag, libc::ECHOPRT);
        assert_eq!(bits("PENDIN").lflag, libc::PENDIN);
    }

    #[test]
    fn a_field_is_called_by_its_value() {
        let names = |name| Modes::named(name).expect("a value").names();
        assert_eq!(names("TAB3"), ["XTABS"]);
        assert_eq!(names("TAB1"), ["TAB1"]);
        assert_eq!(names("CR3"), ["CR3"]);
        let every: Vec<_> = Modes::all().names();
        assert!(every.contains(&"EXTPROC") && !every.contains(&"CR1"));
    }
}
