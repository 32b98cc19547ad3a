//! Which defect of the reference runtime turns which cases red.

use ptyproof_harness::case::CaseId;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What `defects.toml` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Defects {
    /// Defects that only root of the machine can have: the kernel refuses them to anybody else.
    pub root_only: Vec<String>,
    /// For each case, the defects that turn it red.
    pub cases: BTreeMap<CaseId, Vec<String>>,
}

const ORIGIN: &str = "cases/defects.toml";
const TEXT: &str = include_str!("../defects.toml");

/// Why `defects.toml` cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{ORIGIN}: {0}")]
pub struct DefectsError(toml::de::Error);

/// The defects and the cases that catch them.
pub fn defects() -> Result<Defects, DefectsError> {
    toml::from_str(TEXT).map_err(DefectsError)
}

/// The defects that turn one case red.
pub fn defects_for(case: &CaseId) -> Result<Vec<String>, DefectsError> {
    Ok(defects()?.cases.remove(case).unwrap_or_default())
}
