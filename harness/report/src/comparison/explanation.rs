//! Which settings of a machine are known to explain which differences. Data, one TOML file.

use crate::data::{self, DataError};
use crate::printable;
use serde::{Deserialize, Serialize};

/// What is known of settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanations {
    /// Each setting that explains something.
    #[serde(default)]
    pub explains: Vec<Explanation>,
}

/// What one setting explains.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// The name of the setting, as a comparison names it: `dev.tty.legacy_tiocsti`.
    pub setting: String,
    /// Ids of the behaviour catalogue. A difference in a case that covers one of them is explained.
    pub covers: Vec<String>,
    /// How the setting bears on it, in a sentence.
    pub because: String,
}

impl Explanations {
    /// Parses text that comes from `origin`.
    pub fn parse(origin: &str, text: &str) -> Result<Self, DataError> {
        data::parse(origin, text)
    }
}

/// A setting of the machines that is not the same everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value in each report, in their order; nothing where it does not exist.
    pub values: Vec<Option<String>>,
}

/// A setting that explains a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The setting.
    #[serde(flatten)]
    pub by: Setting,
    /// How it bears on the case.
    pub because: String,
}

impl Explanations {
    /// Those of `settings` that explain a difference in a case that covers these behaviours.
    pub(crate) fn of(&self, covers: &[String], settings: &[Setting]) -> Vec<Explained> {
        let fitting = self.explains.iter().filter(|known| known.covers.iter().any(|id| covers.contains(id)));
        let explained = fitting.filter_map(|known| {
            let setting = settings.iter().find(|setting| setting.name == known.setting)?;
            Some(Explained { by: setting.clone(), because: printable(&known.because) })
        });
        explained.collect()
    }
}
