//! Times on the command line: `500ms`, `10s`, `2m`.

use std::time::Duration;

const EXPECTED: &str = "expected a whole number above 0 with a unit, up to an hour: 500ms, 10s or 2m";

/// A case that takes longer than an hour does not end.
const LONGEST: Duration = Duration::from_secs(3600);

/// Parses a time.
pub fn parse(text: &str) -> Result<Duration, &'static str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| EXPECTED)?;
    let time = match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => number.checked_mul(60).map(Duration::from_secs),
        _ => None,
    };
    time.filter(|time| !time.is_zero() && *time <= LONGEST).ok_or(EXPECTED)
}

/// A time as it would be typed.
pub fn show(time: Duration) -> String {
    let milliseconds = time.as_millis();
    if milliseconds.is_multiple_of(1000) { format!("{}s", milliseconds / 1000) } else { format!("{milliseconds}ms") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(parse("2m"), Ok(Duration::from_secs(120)));
    }

    #[test]
    fn nonsense_is_refused() {
        for nonsense in [
            "",
            "0s",
            "0ms",
            "10",
            "s",
            "-1s",
            "1.5s",
            "1h",
            "61m",
            "10 s",
            "3s ",
            "99999999999999999999s",
            "18446744073709551615m",
        ] {
            assert_eq!(parse(nonsense), Err(EXPECTED), "{nonsense:?}");
        }
    }

    #[test]
    fn what_is_shown_can_be_typed() {
        for text in ["500ms", "10s", "120s"] {
            assert_eq!(parse(text).map(show), Ok(text.to_owned()));
        }
    }
}
