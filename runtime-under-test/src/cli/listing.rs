use crate::container::store::Entry;
use std::fmt::Write;

const HEADINGS: [&str; 6] = ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"];

/// The containers as a table, one line each under the headings, columns as wide as they need to be.
pub(super) fn table(entries: &[Entry]) -> String {
    let rows = entries.iter().map(|entry| {
        let record = &entry.record;
        let status = entry.status().to_string();
        let pid = if status == "stopped" { 0 } else { record.init.pid };
        let bundle = record.bundle.display().to_string();
        [record.id.clone(), pid.to_string(), status, bundle, record.created.clone(), record.owner()]
    });
    let rows: Vec<[String; 6]> = std::iter::once(HEADINGS.map(String::from)).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}
