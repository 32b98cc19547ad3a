//! Names of versions of runtimes, by which their baselines are found.

use super::RuntimeError;
use crate::printable;
use std::cmp::Ordering;
use std::fmt;

/// A runtime and its version, as its `--version` says. Names are ordered by runtime, then by version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RuntimeName {
    /// `runc`.
    pub runtime: String,
    /// `1.1.5+ds1`.
    pub version: String,
}

impl RuntimeName {
    /// From what `--version` printed: `runc version 1.1.5+ds1`, `youki version: 0.7.0`, and more lines.
    pub fn of(printed: &str) -> Result<Self, RuntimeError> {
        let parse = || {
            let mut words = printed.lines().next()?.split_whitespace();
            let runtime = words.next().filter(|word| is_plain(word))?;
            let version = words.find(|word| word.starts_with(|c: char| c.is_ascii_digit()) && is_plain(word))?;
            Some(Self { runtime: runtime.to_owned(), version: version.to_owned() })
        };
        parse().ok_or_else(|| RuntimeError::Version(printable(printed)))
    }

    /// Name of the baseline's file.
    pub fn file(&self) -> String {
        format!("{}-{}.toml", self.runtime, self.version)
    }
}

/// Whether a word may be part of a file's name.
fn is_plain(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._+~-".contains(&byte);
    word.bytes().all(plain) && !word.starts_with('.')
}

impl fmt::Display for RuntimeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.version)
    }
}

impl Ord for RuntimeName {
    fn cmp(&self, other: &Self) -> Ordering {
        let versions = || pieces(&self.version).cmp(&pieces(&other.version));
        self.runtime.cmp(&other.runtime).then_with(versions).then_with(|| self.version.cmp(&other.version))
    }
}

impl PartialOrd for RuntimeName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What a version is made of. A candidate (`~rc93`, `-rc.1`) comes before its release, and what follows that after it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Before,
    End,
    Text(String),
    Number(u64),
}

fn pieces(version: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = version;
    while let Some(first) = rest.chars().next() {
        let is_digit = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != is_digit).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        match piece.parse() {
            Ok(number) => pieces.push(Piece::Number(number)),
            Err(_) if piece.starts_with('~') || piece.starts_with("-rc") => {
                pieces.extend([Piece::Before, Piece::Text(piece.to_owned())]);
            }
            Err(_) => pieces.push(Piece::Text(piece.to_owned())),
        }
    }
    pieces.push(Piece::End);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(printed: &str) -> RuntimeName {
        RuntimeName::of(printed).expect("it is a version")
    }

    #[test]
    fn what_runtimes_print_is_understood() {
        for (printed, file) in [
            ("runc version 1.1.5+ds1\ncommit: x\nspec: 1.0.2", "runc-1.1.5+ds1.toml"),
            ("crun version 1.8.1\n", "crun-1.8.1.toml"),
            ("youki version: 0.7.0", "youki-0.7.0.toml"),
            ("ptyrun version 0.1.0", "ptyrun-0.1.0.toml"),
        ] {
            assert_eq!(named(printed).file(), file);
        }
        for none in ["", "runc", "runc version ../../1", "../x version 1", "runc version 1/2", ".. 1"] {
            assert!(RuntimeName::of(none).is_err(), "{none}");
        }
    }

    #[test]
    fn versions_are_ordered_by_number_and_candidates_come_first() {
        let versions =
            ["1.0.0~rc93+ds1", "1.0.0", "1.0.0+ds1", "1.1.5+ds1", "1.1.15+ds1", "1.3.0-rc.1", "1.3.0", "1.3.6"];
        let names: Vec<_> = versions.iter().map(|version| named(&format!("runc version {version}"))).collect();
        assert!(names.is_sorted(), "{names:?}");
        assert!(named("crun version 2") < named("runc version 1"));
    }
}
