//! Times on the command line: `500ms`, `10s`, `2m`.

use std::time::Duration;

const EXPECTED: &str = "expected a time above 0 with a unit, up to an hour: 500ms, 10s or 2m";

/// A case that takes longer than an hour does not end.
const LONGEST: Duration = Duration::from_secs(3600);

/// Parses a time.
pub fn parse(text: &str) -> Result<Duration, &'static str> {
    let time = humantime::parse_duration(text).ok();
    time.filter(|time| !time.is_zero() && *time <= LONGEST).ok_or(EXPECTED)
}

/// A time as it would be typed.
pub fn show(time: Duration) -> String {
    humantime::format_duration(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit_and_end() {
        for (text, milliseconds) in [("500ms", 500), ("10s", 10_000), ("2m", 120_000), ("1h", 3_600_000)] {
            let time = Duration::from_millis(milliseconds);
            assert_eq!(parse(text), Ok(time));
            assert_eq!(show(time), text);
        }
        for nonsense in ["", "0s", "0ms", "10", "s", "-1s", "61m", "99999999999999999999s", "18446744073709551615m"] {
            assert_eq!(parse(nonsense), Err(EXPECTED), "{nonsense:?}");
        }
    }
}
