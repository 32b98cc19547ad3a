//! `ptyproof list --coverage`.

use crate::exit::Refusal;
use ptyproof_cases::{CATALOGUE, Coverage};

/// Every behaviour of the kernel's catalogue, with its cases or the reason why it has none, and the totals.
pub fn list(json: bool) -> Result<String, Refusal> {
    let rows = ptyproof_cases::coverage().map_err(Refusal::machine)?;
    if json {
        let text = serde_json::to_string_pretty(&rows).map_err(Refusal::machine)?;
        return Ok(text + "\n");
    }
    Ok(page(&rows))
}

fn page(rows: &[Coverage]) -> String {
    let mut text = String::new();
    for group in CATALOGUE {
        text.push_str(&format!("{}  {}\n", group.letters, group.about));
        let own = |row: &&Coverage| row.id.split('-').next() == Some(group.letters);
        for row in rows.iter().filter(own) {
            text.push_str(&line(row));
        }
        text.push('\n');
    }
    let covered = rows.iter().filter(|row| !row.cases.is_empty()).count();
    let reasons = rows.iter().filter(|row| row.reason.is_some()).count();
    text.push_str(&format!("{} ids: {covered} covered by cases, {reasons} not, for the reason given\n", rows.len()));
    text
}

fn line(row: &Coverage) -> String {
    let what = match (&row.reason, row.cases.as_slice()) {
        (Some(reason), _) => format!("not covered: {reason}"),
        (None, []) => "neither a case nor a reason".to_owned(),
        (None, cases) => cases.join(", "),
    };
    format!("  {}  {what}\n", row.id)
}
