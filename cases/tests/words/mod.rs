//! Evidence is in words: nothing that a user reads is Rust's Debug text.

use ptyproof_report::CaseResult;

/// What only Debug text has.
const MARKS: [&str; 5] = ["Some(", "Ok(", "Err(", " { ", "None"];

/// The first text of a result that is not in words, but for what was said on terminals.
pub fn debug_text(result: &CaseResult) -> Option<String> {
    let evidence = [&result.expected, &result.observed].into_iter().flatten().map(|evidence| evidence.as_words());
    let records = result.records.iter().map(|record| record.value.as_words());
    let shown = result.shown.iter().map(|shown| shown.value.as_words());
    let others = result.reason.iter().chain(&result.teardown).map(String::as_str);
    let mut texts = evidence.chain(records).chain(shown).chain(others);
    let text = texts.find(|text| MARKS.iter().any(|mark| text.contains(mark)))?;
    Some(format!("{}: this is not in words: {text}", result.id))
}
