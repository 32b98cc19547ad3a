//! What is known: of runtimes, one file of expected failures per profile; of kernels, their baselines; of settings,
//! what they explain.

use ptyproof_report::Edition;
use ptyproof_report::baseline::{BaselineError, Baselines, RuntimeBaselines, RuntimeError};
use ptyproof_report::deviation::{self, Deviation};
use ptyproof_report::{comparison::Explanations, data::DataError};
use std::collections::BTreeMap;

const EXPECTATIONS: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/expectations.rs"));

/// What is known of the runtime of a profile, from the file of its name in `cases/expectations/`: its name and text.
pub fn expectations(profile: &str) -> Option<(&'static str, &'static str)> {
    EXPECTATIONS.iter().find(|(file, _)| file.strip_suffix(".toml") == Some(profile)).copied()
}

const FINDINGS: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/findings.rs"));

/// What runtimes were found to do that no tracker has: `cases/findings/`, by their ids.
pub fn findings() -> Result<BTreeMap<String, Deviation>, DataError> {
    let files = FINDINGS.iter().map(|(file, text)| deviation::parse(file, text));
    Ok(files.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

const BASELINES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/baselines.rs"));

/// What each kernel that was run was seen to do: `cases/baselines/`.
pub fn baselines() -> Result<Baselines, BaselineError> {
    Baselines::parse(BASELINES.iter().copied())
}

const RUNTIMES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/runtimes.rs"));

/// What each version of a runtime that was run was seen to do: `cases/baselines/runtimes/`.
pub fn runtime_baselines() -> Result<RuntimeBaselines, RuntimeError> {
    RuntimeBaselines::parse(RUNTIMES.iter().copied())
}

const EDITIONS: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/editions.rs"));

/// The editions of the suite, the newest last, and what has gone since: `cases/editions/`.
pub fn editions() -> Result<Vec<Edition>, DataError> {
    EDITIONS.iter().map(|(file, text)| Edition::parse(file, text)).collect()
}

/// Which settings of a machine explain which differences: `cases/explanations.toml`.
pub fn explanations() -> Result<Explanations, DataError> {
    Explanations::parse("cases/explanations.toml", include_str!("../explanations.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ptyproof_report::expectation::Expectations;
    use ptyproof_report::{CaseId, Environment};
    use std::path::Path;

    #[test]
    fn every_expectation_file_is_well_formed_and_names_cases_that_exist() {
        let findings = findings().unwrap_or_else(|error| panic!("{error}"));
        for (origin, text) in EXPECTATIONS {
            let all = Expectations::parse(origin, text, crate::exists).unwrap_or_else(|error| panic!("{error}"));
            for link in all.expect.iter().filter_map(|known| known.link.strip_prefix(deviation::PAGE)) {
                assert!(findings.contains_key(link), "cases/findings/ has no {link}");
            }
        }
    }

    #[test]
    fn the_page_of_findings_is_as_the_command_writes_it() {
        let page = deviation::page(&findings().unwrap_or_else(|error| panic!("{error}")));
        let found = include_str!("../FINDINGS.md");
        assert_eq!(found, page, "cases/FINDINGS.md is not what `ptyproof list --findings` writes");
    }

    #[test]
    fn what_an_edition_had_exists_or_is_said_to_be_gone() {
        let editions = editions().unwrap_or_else(|error| panic!("{error}"));
        for edition in &editions {
            let later = editions.iter().filter(|later| later.name > edition.name);
            let gone: Vec<&CaseId> = later.flat_map(|later| later.gone.keys()).collect();
            let lost = edition.cases.iter().find(|case| !crate::exists(case) && !gone.contains(case));
            assert_eq!(lost, None, "of edition {}: list it in [gone] of cases/editions/next.toml", edition.name);
            let instead = edition.gone.values().flatten().find(|case| !crate::exists(case));
            assert_eq!(instead, None, "[gone] of cases/editions/{}.toml: no case is called so", edition.name);
        }
    }

    #[test]
    fn the_baselines_and_their_page_are_as_the_command_writes_them() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("baselines");
        let baselines = match baselines() {
            Ok(baselines) => baselines,
            Err(error) => panic!("{error}"),
        };
        for (name, text) in baselines.files().expect("they can be written") {
            let found = std::fs::read_to_string(directory.join(&name)).expect("it is there");
            assert_eq!(found, text, "cases/baselines/{name} is not what `ptyproof compare --write-baselines` writes");
        }
    }

    #[test]
    fn the_baselines_of_runtimes_and_their_page_are_as_the_command_writes_them() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("baselines");
        let baselines = runtime_baselines().unwrap_or_else(|error| panic!("{error}"));
        assert!(baselines.iter().next().is_some(), "cases/baselines/runtimes/ is empty");
        for (name, text) in baselines.files().expect("they can be written") {
            let found = std::fs::read_to_string(directory.join(&name)).expect("it is there");
            assert_eq!(found, text, "cases/baselines/{name} is not what `ptyproof compare --write-baselines` writes");
        }
        for baseline in baselines.iter() {
            let unknown = baseline.cases.keys().find(|case| !crate::exists(case));
            assert_eq!(unknown, None, "{}", baseline.version);
        }
    }

    #[test]
    fn baselines_name_cases_that_exist() {
        let baselines = baselines().expect("they are well-formed");
        for baseline in baselines.iter() {
            for case in baseline.cases.keys() {
                assert!(crate::exists(case), "{}: {case}", baseline.release);
            }
        }
    }

    #[test]
    fn explanations_name_settings_and_behaviours_that_exist() {
        let explanations = match explanations() {
            Ok(explanations) => explanations,
            Err(error) => panic!("{error}"),
        };
        let groups = crate::catalogue().expect("it is well-formed");
        for known in &explanations.explains {
            let setting = known.setting.as_str();
            assert!(Environment::SYSCTLS.contains(&setting), "{setting}");
            let exists = |id: &String| groups.iter().flat_map(|group| &group.behaviours).any(|known| known.id == *id);
            let unknown: Vec<_> = known.covers.iter().filter(|id| !exists(id)).collect();
            assert!(unknown.is_empty(), "{setting}: {unknown:?}");
        }
    }
}
