//! Which cases a command is about.

use crate::{exit::Refusal, suggestion::suggestion};
use clap::ValueEnum;
use glob::Pattern;
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
    let mut patterns = Vec::new();
    for filter in filters {
        let pattern = pattern(filter)?;
        if !cases.iter().any(|case| pattern.matches(case.id)) {
            let ids = cases.iter().map(|case| case.id);
            let hint = suggestion(filter, ids.flat_map(|id| [id, area(id)]));
            return Err(Refusal::nothing_selected(format!(
                "no case matches {filter:?}{hint}; `ptyproof list` names them all"
            )));
        }
        patterns.push(pattern);
    }
    let wanted = |case: &&Case| patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(case.id));
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

/// An id, a prefix that ends in a slash, or a glob.
fn pattern(filter: &str) -> Result<Pattern, Refusal> {
    let all = if filter.ends_with('/') { "*" } else { "" };
    Pattern::new(&format!("{filter}{all}"))
        .map_err(|error| Refusal::usage(format!("{filter:?} is no filter: {}", error.msg)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_an_id_a_prefix_or_a_glob_of_the_whole_id() {
        let matches = |filter, id| pattern(filter).expect("it is one").matches(id);
        for (filter, id) in [("a/b", "a/b"), ("a/", "a/b"), ("*", "a/b"), ("*b", "a/bcb"), ("?/?", "a/b")] {
            assert!(matches(filter, id), "{filter} {id}");
        }
        for (filter, id) in [("a/b", "a/bc"), ("a", "a/b"), ("a/", "ab/c"), ("a/?", "a/bc"), ("a*", "b/a"), ("", "a/b")]
        {
            assert!(!matches(filter, id), "{filter} {id}");
        }
        assert_eq!(pattern("a[").expect_err("it is none").message, "\"a[\" is no filter: invalid range pattern");
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
