//! Terminals in words.

use super::{Evidence, Evident, flags, names_of};
use nix::sys::termios::{BaudRate, ControlFlags, InputFlags, LocalFlags, OutputFlags};
use ptyproof_probe::{Size, Speeds, TerminalFacts, TermiosFacts};

/// What the kernel uses of `c_cc`, in its order. termios(3).
const CHARACTERS: [&str; 19] = [
    "VINTR", "VQUIT", "VERASE", "VKILL", "VEOF", "VTIME", "VMIN", "VSWTC", "VSTART", "VSTOP", "VSUSP", "VEOL",
    "VREPRINT", "VDISCARD", "VWERASE", "VLNEXT", "VEOL2", "17", "18",
];

evident! {
    Size: |it| {
        let value = [it.rows, it.columns, it.x_pixels, it.y_pixels];
        Evidence::of(it.to_string(), value.map(u64::from).to_vec())
    };
    TermiosFacts: |it| {
        let bits = |bits| ControlFlags::from_bits_retain(bits);
        let size = bits(it.control) & ControlFlags::CSIZE;
        let size = ["CS5", "CS6", "CS7", "CS8"][size.bits() as usize >> 4];
        let control = names_of!(bits(it.control) - ControlFlags::CSIZE);
        let characters = CHARACTERS.iter().zip(it.characters);
        let characters = characters.map(|(&name, byte)| (name, Evidence::words(format!("\\x{byte:02x}"))));
        let speed = |code| match BaudRate::try_from(code) {
            Ok(speed) => format!("{speed:?}"),
            Err(_) => format!("{code:#o}"),
        };
        let (input, output) = it.speeds;
        Evidence::fields([
            ("iflag", flags(names_of!(InputFlags::from_bits_retain(it.input)))),
            ("oflag", flags(names_of!(OutputFlags::from_bits_retain(it.output)))),
            ("cflag", flags([size.to_owned()].into_iter().chain(control).collect())),
            ("lflag", flags(names_of!(LocalFlags::from_bits_retain(it.local)))),
            ("line", it.line.evidence()),
            ("ispeed", Evidence::words(speed(input))),
            ("ospeed", Evidence::words(speed(output))),
            ("cc", Evidence::fields(characters)),
        ])
    };
    Speeds: |it| {
        let fields = [("code", it.code), ("input", it.input), ("output", it.output)];
        Evidence::fields(fields.map(|(name, number)| (name, number.evidence())))
    };
    TerminalFacts: |it| Evidence::fields([
        ("name", it.name.evidence()),
        ("size", it.size.evidence()),
        ("session", it.session.evidence()),
        ("foreground group", it.foreground_group.evidence()),
        ("settings", it.termios.evidence()),
    ]);
}
