//! What somebody may have meant.

/// `; did you mean X?`, or nothing where nothing is like `typed`.
pub fn suggestion<'c>(typed: &str, candidates: impl Iterator<Item = &'c str>) -> String {
    /// Below this, people see no likeness.
    const LIKE: f64 = 0.8;
    let likeness = |candidate: &str| {
        let name = candidate.rsplit_once('/').map_or("", |(_, name)| name);
        // People remember the name better than the area.
        strsim::jaro_winkler(typed, candidate).max(strsim::jaro_winkler(typed, name))
    };
    candidates
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness > LIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, candidate)| format!("; did you mean {candidate}?"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likest_is_suggested_and_the_unlike_is_not() {
        let candidates = || ["console/", "console/is-the-terminal", "devpts/"].into_iter();
        let meant = "; did you mean console/is-the-terminal?";
        assert_eq!(suggestion("console/is-the-terminl", candidates()), meant);
        assert_eq!(suggestion("is-the-terminal", candidates()), meant);
        assert_eq!(suggestion("console", candidates()), "; did you mean console/?");
        assert_eq!(suggestion("zzz", candidates()), "");
    }
}
