//! Deviations of released runtimes that no tracker has yet, and the page that shows them.

use super::data::{self, DataError};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Where an expectation finds the page, with the id of a deviation behind it.
pub const PAGE: &str = "cases/FINDINGS.md#";

/// One deviation, in the words of whoever found it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the page says what each is")]
pub struct Deviation {
    pub runtimes: String,
    pub says: String,
    pub does: String,
    pub reproduction: String,
    pub issue: String,
}

/// Reads a file: deviations by their ids.
pub fn parse(origin: &str, text: &str) -> Result<BTreeMap<String, Deviation>, DataError> {
    data::parse(origin, text)
}

/// The page.
pub fn page(deviations: &BTreeMap<String, Deviation>) -> String {
    let mut page = "# Findings\n\nWhat released runtimes do otherwise, and no tracker has. Each was seen by a case, and then without \
                    the harness, by the shell lines\nthat stand here. The last paragraph of each is for its maintainers. \
                    `ptyproof list --findings` writes this page from `cases/findings/`.\n"
        .to_owned();
    for (id, Deviation { runtimes, says, does, reproduction, issue }) in deviations {
        let [says, does, reproduction, issue] = [says, does, reproduction, issue].map(|text| text.trim());
        page.push_str(&format!(
            "\n## {id}\n\n**Runtimes**: {runtimes}\n\n**What is written**: {says}\n\n**What happens**: {does}\n\n\
             ```sh\n{reproduction}\n```\n\n> {}\n",
            issue.replace('\n', "\n> ")
        ));
    }
    page
}
