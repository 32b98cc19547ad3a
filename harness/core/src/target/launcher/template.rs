//! Command lines with gaps, and what fills them.

use crate::target::quoted as quoted_word;
use std::path::Path;

/// What fills the gaps of a profile's command lines.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'l> {
    /// `{id}`: what a container is called within its case.
    pub id: &'l str,
    /// `{name}`: what nothing else on the machine is called.
    pub name: &'l str,
    /// `{rootfs}`: the program's root, where it has one of its own.
    pub rootfs: &'l Path,
    /// `{control}`: the directory through which the program is talked with. It lies in the root, too.
    pub control: &'l Path,
    /// `{state}`: where the launcher may keep files.
    pub state: &'l Path,
    /// `{program}`, a word for each, and `{line}`, all of it as one word for a shell.
    pub argv: &'l [String],
    /// `{streams}`: the words that ask for a terminal, or for the streams of the caller.
    pub streams: &'l [String],
}

impl Launch<'_> {
    /// Gaps that are one value each.
    fn values(&self) -> [(&'static str, String); 6] {
        let path = |path: &Path| path.to_string_lossy().into_owned();
        [
            ("{id}", self.id.to_owned()),
            ("{name}", self.name.to_owned()),
            ("{rootfs}", path(self.rootfs)),
            ("{control}", path(self.control)),
            ("{state}", path(self.state)),
            ("{line}", line(self.argv.iter().cloned())),
        ]
    }
}

/// Gaps that are a word of their own, and stand for any number of words.
const SPREAD: [&str; 2] = ["{program}", "{streams}"];

/// The words of a command line without gaps.
pub(super) fn filled(words: &[String], launch: &Launch<'_>) -> Vec<String> {
    let values = launch.values();
    let fill = |word: &String| match word.as_str() {
        "{program}" => launch.argv.to_vec(),
        "{streams}" => launch.streams.to_vec(),
        _ => vec![values.iter().fold(word.clone(), |word, (gap, value)| word.replace(gap, value))],
    };
    words.iter().flat_map(fill).collect()
}

/// A line of a shell in which each value is one word.
pub(super) fn quoted(line: &str, launch: &Launch<'_>) -> String {
    launch.values().iter().fold(line.to_owned(), |line, (gap, value)| line.replace(gap, &quoted_word(value)))
}

/// Words as a shell takes them.
pub(super) fn line(words: impl Iterator<Item = String>) -> String {
    words.map(|word| quoted_word(&word)).collect::<Vec<_>>().join(" ")
}

/// A gap that nothing fills, if there is one: braces around a lower-case word.
pub(super) fn unknown_gap(word: &str, further: &[&str]) -> Option<String> {
    const NAMES: [&str; 6] = ["{id}", "{name}", "{rootfs}", "{control}", "{state}", "{line}"];
    let mut rest = word;
    while let Some(start) = rest.find('{') {
        let gap = rest[start..].split_inclusive('}').next().unwrap_or_default();
        let inner = gap.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or_default();
        let is_gap = !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_lowercase());
        let is_known = NAMES.contains(&gap) || further.contains(&gap) || (SPREAD.contains(&gap) && gap == word);
        if is_gap && !is_known {
            return Some(gap.to_owned());
        }
        rest = &rest[start + 1..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_and_words_stay_words() {
        let argv = ["/probe".to_owned(), "it's one".to_owned()];
        let streams = ["-t".to_owned()];
        let launch = Launch {
            id: "c1",
            name: "run-c1",
            rootfs: Path::new("/a b"),
            control: Path::new("/c"),
            state: Path::new("/s"),
            argv: &argv,
            streams: &streams,
        };
        let words = ["--bind={rootfs}", "{streams}", "{program}", "-c{line}"].map(str::to_owned);
        let expected = ["--bind=/a b", "-t", "/probe", "it's one", "-c/probe \"it's one\""];
        assert_eq!(filled(&words, &launch), expected);
        assert_eq!(quoted("tar -C {rootfs} c", &launch), "tar -C '/a b' c");
    }

    #[test]
    fn a_gap_that_nothing_fills_is_found() {
        assert_eq!(unknown_gap("--x={rotfs}", &[]).as_deref(), Some("{rotfs}"));
        assert_eq!(unknown_gap("--x={program}", &[]).as_deref(), Some("{program}"));
        assert_eq!(unknown_gap("{program}", &[]), None);
        assert_eq!(unknown_gap("{call} x {name}", &["{call}"]), None);
        assert_eq!(unknown_gap("awk '{print $1} {' ${A}", &[]), None);
    }
}
