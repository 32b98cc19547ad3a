//! What a vector needs, in words to select it by: a terminal that has no signals does not perform those with the tag `signals`.

use crate::vector::{Expected, Vector};
use crate::{modes::Modes, scenario::Action};
use ntty::Side;

/// The tags of a vector: the name of its file, and what it needs of a terminal.
pub fn tags(file: &str, vector: &Vector) -> Vec<String> {
    let actions = || vector.outcomes.iter().flat_map(|outcome| &outcome.steps).filter_map(|step| step.action.as_ref());
    let changes = || {
        let later = actions().filter_map(|action| match action {
            Action::Set { change, .. } => Some(change),
            _ => None,
        });
        later.chain([&vector.termios])
    };
    let flag = |name| Modes::named(name).unwrap_or_default();
    let sets = |name| changes().any(|change| change.set.contains(flag(name)));
    let does = |wanted: fn(&Action) -> bool| actions().any(wanted);
    let expects = |wanted: fn(&Expected) -> bool| vector.outcomes.iter().flat_map(|outcome| &outcome.steps).any(wanted);
    let needs = [
        ("raw", changes().any(|change| change.clear.contains(flag("ICANON")))),
        ("utf8", sets("IUTF8")),
        ("extproc", sets("EXTPROC")),
        ("signals", expects(|step| !step.expectation.signals.is_empty())),
        ("packet", does(|action| matches!(action, Action::PacketMode(_)))),
        ("size", does(|action| matches!(action, Action::Resize(_)))),
        ("flush", does(|action| matches!(action, Action::Flush { .. }))),
        ("flow", does(|action| matches!(action, Action::Flow { .. }))),
        ("hold", expects(|step| step.expectation.hold)),
        ("differs", vector.outcomes.len() > 1),
        ("long", does(|action| matches!(action, Action::Type(bytes) | Action::Write(bytes) if bytes.len() > 255))),
        (
            "master",
            does(|action| {
                let (Action::Set { on, .. } | Action::Flush { on, .. } | Action::Flow { on, .. }) = action else {
                    return false;
                };
                *on == Side::Master
            }),
        ),
    ];
    let needed = needs.into_iter().filter(|(_, needed)| *needed).map(|(tag, _)| tag);
    let mut tags: Vec<String> = needed.chain([file.trim_end_matches(".toml")]).map(str::to_owned).collect();
    tags.sort();
    tags.dedup();
    tags
}
