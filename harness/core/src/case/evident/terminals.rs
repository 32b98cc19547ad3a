//! Terminals in words.

use super::{Evidence, Evident, flags, names_of};
use nix::sys::termios::{BaudRate, ControlFlags, InputFlags, LocalFlags, OutputFlags};
use ptyproof_probe::{Size, Speeds, TerminalFacts, TermiosFacts};

impl Evident for Size {
    fn evidence(&self) -> Evidence {
        let value = [self.rows, self.columns, self.x_pixels, self.y_pixels];
        Evidence::of(self.to_string(), value.map(u64::from).to_vec())
    }
}

/// What the kernel uses of `c_cc`, in its order. termios(3).
const CHARACTERS: [&str; 19] = [
    "VINTR", "VQUIT", "VERASE", "VKILL", "VEOF", "VTIME", "VMIN", "VSWTC", "VSTART", "VSTOP", "VSUSP", "VEOL",
    "VREPRINT", "VDISCARD", "VWERASE", "VLNEXT", "VEOL2", "17", "18",
];

impl Evident for TermiosFacts {
    fn evidence(&self) -> Evidence {
        let bits = |bits| ControlFlags::from_bits_retain(bits);
        let size = bits(self.control) & ControlFlags::CSIZE;
        let size = ["CS5", "CS6", "CS7", "CS8"][size.bits() as usize >> 4];
        let control = names_of!(bits(self.control) - ControlFlags::CSIZE);
        let characters = CHARACTERS.iter().zip(self.characters);
        let characters = characters.map(|(&name, byte)| (name, Evidence::words(format!("\\x{byte:02x}"))));
        let speed = |code| match BaudRate::try_from(code) {
            Ok(speed) => format!("{speed:?}"),
            Err(_) => format!("{code:#o}"),
        };
        let (input, output) = self.speeds;
        Evidence::fields([
            ("iflag", flags(names_of!(InputFlags::from_bits_retain(self.input)))),
            ("oflag", flags(names_of!(OutputFlags::from_bits_retain(self.output)))),
            ("cflag", flags([size.to_owned()].into_iter().chain(control).collect())),
            ("lflag", flags(names_of!(LocalFlags::from_bits_retain(self.local)))),
            ("line", self.line.evidence()),
            ("ispeed", Evidence::words(speed(input))),
            ("ospeed", Evidence::words(speed(output))),
            ("cc", Evidence::fields(characters)),
        ])
    }
}

impl Evident for Speeds {
    fn evidence(&self) -> Evidence {
        let fields = [("code", self.code), ("input", self.input), ("output", self.output)];
        Evidence::fields(fields.map(|(name, number)| (name, number.evidence())))
    }
}

impl Evident for TerminalFacts {
    fn evidence(&self) -> Evidence {
        Evidence::fields([
            ("name", self.name.evidence()),
            ("size", self.size.evidence()),
            ("session", self.session.evidence()),
            ("foreground group", self.foreground_group.evidence()),
            ("settings", self.termios.evidence()),
        ])
    }
}
