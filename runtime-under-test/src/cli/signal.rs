use nix::sys::signal::Signal;
use std::str::FromStr;

/// A signal as `kill` takes it, or 0, which only asks whether the process could be sent one: `TERM`, `SIGTERM`, `term`, `15`, or a real-time one such as `RTMIN+3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SignalNumber(pub(super) i32);

impl FromStr for SignalNumber {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown =
            || format!("signal {text:?} is unknown, expected a name such as TERM, a number from 1 to 64, or 0");
        if let Ok(number) = text.parse::<i32>() {
            return if (0..=64).contains(&number) { Ok(Self(number)) } else { Err(unknown()) };
        }
        let name = text.to_ascii_uppercase();
        let name = name.strip_prefix("SIG").unwrap_or(&name);
        if let Some(offset) = name.strip_prefix("RTMIN") {
            return real_time(offset, 34).ok_or_else(unknown);
        }
        if let Some(offset) = name.strip_prefix("RTMAX") {
            return real_time(offset, 64).ok_or_else(unknown);
        }
        format!("SIG{name}").parse::<Signal>().map(|signal| Self(signal as i32)).map_err(|_| unknown())
    }
}

/// glibc keeps 32 and 33 to itself, so the first real-time signal is 34 (signal(7)).
fn real_time(offset: &str, base: i32) -> Option<SignalNumber> {
    let offset: i32 = if offset.is_empty() { 0 } else { offset.parse().ok()? };
    let number = base.checked_add(offset)?;
    (34..=64).contains(&number).then_some(SignalNumber(number))
}

#[cfg(test)]
mod tests {
    use super::SignalNumber;

    #[test]
    fn names_and_numbers() {
        for (text, number) in [
            ("TERM", 15),
            ("SIGTERM", 15),
            ("sigwinch", 28),
            ("9", 9),
            ("64", 64),
            ("0", 0),
            ("RTMIN", 34),
            ("SIGRTMIN+3", 37),
            ("RTMAX-2", 62),
        ] {
            assert_eq!(text.parse(), Ok(SignalNumber(number)), "{text}");
        }
        for bad in ["", "65", "-1", "SIG", "TERMINATE", "RTMIN-1", "RTMAX+1"] {
            assert!(bad.parse::<SignalNumber>().is_err(), "{bad}");
        }
    }
}
