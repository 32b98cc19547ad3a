//! Which defect of the reference runtime turns which cases red.

use ptyproof_harness::case::CaseId;
use serde::Deserialize;
use std::collections::BTreeMap;

/// `defects.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    cases: BTreeMap<CaseId, Vec<String>>,
}

const ORIGIN: &str = "cases/defects.toml";
const TEXT: &str = include_str!("../defects.toml");

/// Why `defects.toml` cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{ORIGIN}: {0}")]
pub struct DefectsError(toml::de::Error);

/// For each case, the defects that turn it red.
pub fn defects() -> Result<BTreeMap<CaseId, Vec<String>>, DefectsError> {
    toml::from_str::<File>(TEXT)
        .map(|file| file.cases)
        .map_err(DefectsError)
}

/// The defects that turn one case red.
pub fn defects_for(case: &CaseId) -> Result<Vec<String>, DefectsError> {
    Ok(defects()?.remove(case).unwrap_or_default())
}
