//! Differences and settings for people: beneath each thing what was seen, and by whom.

use super::{Aspect, Difference, Ended, Point, Seen, Setting, Shows};
use crate::{failure::shortened, width::wrap};
use indexmap::IndexMap;

/// Columns. A value without any space may be longer.
pub(crate) const WIDTH: usize = 80;

/// So many characters of one value are shown.
const LONGEST: usize = 400;

/// The widest names that values are put beside; beneath longer ones.
const BESIDE: usize = 30;

/// `1 case`, `2 cases`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// One difference: what is done, what must be, and beneath each thing that differs what was seen by whom.
pub(crate) fn difference_lines(difference: &Difference, names: &[&str]) -> Vec<String> {
    let mut lines = vec![difference.case.to_string()];
    let requirement = format!("{} ({})", difference.requirement, difference.level);
    for (name, value) in [("title", &difference.title), ("requirement", &requirement)] {
        let line = format!("  {name:<12} {}", shortened(value, LONGEST));
        lines.extend(wrap(&line, WIDTH, 15));
    }
    for point in &difference.points {
        let head = match &point.aspect {
            Aspect::Verdict => "verdict".to_owned(),
            Aspect::Shows(what) => format!("shows: {what}"),
            Aspect::Records(what) => format!("records: {what}"),
            Aspect::LeftBehind => "left behind".to_owned(),
        };
        lines.extend(wrap(&format!("  {head}"), WIDTH, 4));
        lines.extend(seen(point, names));
    }
    for explained in &difference.explained {
        let head = format!("  explained by {}: {}", explained.by.name, explained.because);
        lines.extend(wrap(&head, WIDTH, 4));
        lines.extend(values(&explained.by, names));
    }
    lines
}

/// The settings that explain nothing, after an empty line; nothing where there are none.
pub(crate) fn setting_lines(settings: &[Setting], names: &[&str]) -> Vec<String> {
    if settings.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), "settings that differ, and are not known to explain a difference".to_owned()];
    for setting in settings {
        lines.push(format!("  {}", setting.name));
        lines.extend(values(setting, names));
    }
    lines
}

fn seen(point: &Point, names: &[&str]) -> Vec<String> {
    let sides = point.seen.iter().zip(names);
    let told = sides.filter_map(|(seen, name)| Some((*name, told(seen.as_ref()?, &point.aspect))));
    grouped(told)
}

fn told(seen: &Seen, aspect: &Aspect) -> Vec<String> {
    match (seen, aspect) {
        (Seen::Ended(ended), _) => ended_lines(ended),
        (Seen::Shows(Shows { behaviour, value }), _) => {
            let value = value.as_ref().map(|value| format!(": {value}"));
            vec![format!("{behaviour}{}", value.unwrap_or_default())]
        }
        (Seen::Recorded(value), _) => vec![value.clone()],
        (Seen::LeftBehind(left), _) if left.is_empty() => vec!["nothing".to_owned()],
        (Seen::LeftBehind(left), _) => left.clone(),
        (Seen::Nothing, Aspect::Verdict) => vec!["no result".to_owned()],
        (Seen::Nothing, Aspect::Shows(_)) => vec!["not seen".to_owned()],
        (Seen::Nothing, Aspect::Records(_) | Aspect::LeftBehind) => vec!["not recorded".to_owned()],
    }
}

fn ended_lines(ended: &Ended) -> Vec<String> {
    let reason = ended.reason.as_ref().map(|reason| format!(": {reason}"));
    let mut lines = vec![format!("{}{}", ended.verdict, reason.unwrap_or_default())];
    let values = [("expected", &ended.expected), ("observed", &ended.observed)];
    lines.extend(values.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value.as_ref()?))));
    lines
}

fn values(setting: &Setting, names: &[&str]) -> Vec<String> {
    let told = setting.values.iter().map(|value| vec![value.clone().unwrap_or_else(|| "none".to_owned())]);
    grouped(names.iter().copied().zip(told))
}

/// Names that say the same share a line: `name, name  value`.
fn grouped<'n>(told: impl Iterator<Item = (&'n str, Vec<String>)>) -> Vec<String> {
    let mut groups: IndexMap<Vec<String>, Vec<&str>> = IndexMap::new();
    for (name, value) in told {
        groups.entry(value).or_default().push(name);
    }
    let groups: Vec<_> = groups.into_iter().map(|(value, names)| (names.join(", "), value)).collect();
    let widths = groups.iter().map(|(names, _)| names.len());
    let widest = widths.filter(|width| *width <= BESIDE).max().unwrap_or(0);
    let indent = widest + 6;
    let mut lines = Vec::new();
    for (names, value) in groups {
        let mut label = format!("    {names:widest$}  ");
        if names.len() > widest {
            lines.extend(wrap(&format!("    {names}"), WIDTH, 4));
            label = " ".repeat(indent);
        }
        for part in value {
            lines.extend(wrap(&format!("{label}{}", shortened(&part, LONGEST)), WIDTH, indent));
            label = " ".repeat(indent);
        }
    }
    lines
}
