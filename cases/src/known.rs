//! What is known of runtimes: one file of expected failures per profile.

const FILES: &[(&str, &str, &str)] = &[
    (
        "runc",
        "cases/expectations/runc.toml",
        include_str!("../expectations/runc.toml"),
    ),
    (
        "crun",
        "cases/expectations/crun.toml",
        include_str!("../expectations/crun.toml"),
    ),
];

/// The expectations of a profile: where they come from, and their text.
pub fn expectations(profile: &str) -> Option<(&'static str, &'static str)> {
    FILES
        .iter()
        .find(|(name, ..)| *name == profile)
        .map(|&(_, origin, text)| (origin, text))
}

#[cfg(test)]
mod tests {
    use super::FILES;
    use ptyproof_harness::expectation::Expectations;

    #[test]
    fn every_expectation_file_is_well_formed_and_names_cases_that_exist() {
        for (_, origin, text) in FILES {
            if let Err(error) = Expectations::parse(origin, text, crate::exists) {
                panic!("{error}");
            }
        }
    }
}
