//! Which cases a command is about.

use crate::exit::Refusal;
use crate::suggestion::suggestion;
use clap::ValueEnum;
use ptyproof_harness::case::{Case, Level};

/// How much of the suite is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Breadth {
    /// What must hold: specifications' MUST, the kernel's guarantees, security
    Must,
    /// Also what should hold: specifications' SHOULD, conventions of runtimes
    Should,
    /// Also what is only recorded
    All,
}

impl Breadth {
    fn includes(self, level: Level) -> bool {
        match level {
            Level::Must | Level::Kernel | Level::Security => true,
            Level::Should | Level::Convention => self != Self::Must,
            Level::Info => self == Self::All,
        }
    }
}

/// The cases that at least one filter matches, in the order of the suite; without a filter, all. A filter that
/// matches nothing is most likely a mistake, so it is refused.
pub fn select(cases: Vec<&'static Case>, filters: &[String], breadth: Breadth) -> Result<Vec<&'static Case>, Refusal> {
    for filter in filters {
        if !cases.iter().any(|case| matches(filter, case.id)) {
            let ids = cases.iter().map(|case| case.id);
            let hint = suggestion(filter, ids.flat_map(|id| [id, area(id)]));
            return Err(Refusal::nothing_selected(format!(
                "no case matches {filter:?}{hint}; `ptyproof list` names them all"
            )));
        }
    }
    let wanted = |case: &&Case| filters.is_empty() || filters.iter().any(|filter| matches(filter, case.id));
    let (selected, other): (Vec<_>, Vec<_>) =
        cases.into_iter().filter(wanted).partition(|case| breadth.includes(case.level));
    if selected.is_empty() {
        let levels: Vec<String> = other.iter().map(|case| case.level.to_string()).collect();
        return Err(Refusal::nothing_selected(format!(
            "--level leaves out all that the filters match ({} of level {})",
            other.len(),
            levels.first().map_or("none", String::as_str)
        )));
    }
    Ok(selected)
}

/// `console/` of `console/is-the-terminal`.
fn area(id: &str) -> &str {
    id.find('/').map_or(id, |slash| &id[..=slash])
}

/// An id, a prefix that ends in a slash, or a glob of `*` and `?`.
fn matches(filter: &str, id: &str) -> bool {
    if filter.contains(['*', '?']) {
        glob(filter.as_bytes(), id.as_bytes())
    } else if filter.ends_with('/') {
        id.starts_with(filter)
    } else {
        id == filter
    }
}

fn glob(pattern: &[u8], text: &[u8]) -> bool {
    // Where the last star was, and up to where it reaches so far. Only the last one ever needs to reach further.
    let mut star: Option<(usize, usize)> = None;
    let (mut at, mut read) = (0, 0);
    while read < text.len() {
        match (pattern.get(at), star) {
            (Some(b'*'), _) => {
                star = Some((at, read));
                at += 1;
            }
            (Some(&byte), _) if byte == b'?' || byte == text[read] => {
                at += 1;
                read += 1;
            }
            (_, Some((begin, reach))) => {
                star = Some((begin, reach + 1));
                (at, read) = (begin + 1, reach + 1);
            }
            (_, None) => return false,
        }
    }
    pattern[at..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_matches_itself_only() {
        assert!(matches("a/b", "a/b"));
        assert!(!matches("a/b", "a/bc"));
        assert!(!matches("a", "a/b"));
    }

    #[test]
    fn a_prefix_ends_in_a_slash() {
        assert!(matches("a/", "a/b"));
        assert!(!matches("a/", "ab/c"));
    }

    #[test]
    fn a_glob_matches_the_whole_id() {
        for (pattern, id) in [("*", "a/b"), ("a/*", "a/b"), ("*b", "a/bcb"), ("?/?", "a/b"), ("*/*a*b", "x/ab-ab")] {
            assert!(matches(pattern, id), "{pattern} {id}");
        }
        for (pattern, id) in [("a/?", "a/bc"), ("*c", "a/b"), ("?", "a/b"), ("a*", "b/a"), ("", "a/b")] {
            assert!(!matches(pattern, id), "{pattern} {id}");
        }
    }

    #[test]
    fn breadth_grows() {
        assert!(!Breadth::Must.includes(Level::Should));
        assert!(Breadth::Must.includes(Level::Security));
        assert!(Breadth::Should.includes(Level::Convention));
        assert!(!Breadth::Should.includes(Level::Info));
        assert!(Breadth::All.includes(Level::Info));
    }
}
