//! `--partition K/N`.

use ptyproof_harness::case::CaseId;
use ptyproof_harness::runner::slice;
use std::fmt;
use std::str::FromStr;

/// One of several slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    number: u64,
    of: u64,
}

impl FromStr for Partition {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "expected K/N, such as 2/4: the second of four slices";
        let (number, of) = text.split_once('/').ok_or(expected)?;
        let [number, of] = [number, of].map(|text| text.parse().map_err(|_| expected));
        let (number, of) = (number?, of?);
        if (1..=of).contains(&number) { Ok(Self { number, of }) } else { Err(expected) }
    }
}

impl Partition {
    /// Whether a case is in it.
    pub fn has(self, id: &CaseId) -> bool {
        slice(id, self.of) + 1 == self.number
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_is_in_one_slice() {
        let slices: Vec<Partition> = (1..=3).map(|number| Partition { number, of: 3 }).collect();
        for case in ptyproof_cases::all() {
            assert_eq!(slices.iter().filter(|slice| slice.has(&case.id())).count(), 1, "{}", case.id);
        }
    }

    #[test]
    fn there_is_a_first_and_a_last() {
        assert_eq!("3/4".parse(), Ok(Partition { number: 3, of: 4 }));
        for wrong in ["0/4", "5/4", "1/0", "1", "/", "a/b", "-1/4", ""] {
            assert!(wrong.parse::<Partition>().is_err(), "{wrong}");
        }
    }
}
