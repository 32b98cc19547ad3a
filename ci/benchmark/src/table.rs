//! The table that is printed.

use crate::{measure::Subject, sample::Sample};
use std::fmt::Write;

struct Row {
    what: &'static str,
    unit: &'static str,
    value: fn(&Subject) -> Option<f64>,
}

const ROWS: &[Row] = &[
    Row { what: "start and end of a program with a terminal, median", unit: "ms", value: |s| s.start_ms.median() },
    Row { what: "the same, 90th percentile", unit: "ms", value: |s| s.start_ms.quantile(0.9) },
    Row { what: "relay of 64 MiB to a pipe, median", unit: "MiB/s", value: |s| s.pipe_rate.median() },
    Row { what: "relay of 64 MiB to a terminal, median", unit: "MiB/s", value: |s| s.terminal_rate.median() },
    Row { what: "a key and its echo, p50", unit: "us", value: |s| s.echo_us.median() },
    Row { what: "a key and its echo, p99", unit: "us", value: |s| s.echo_us.quantile(0.99) },
    Row { what: "resident memory of the foreground process", unit: "KiB", value: |s| s.resident_kib.largest() },
];

/// All values side by side, and the ratio of ptyrun, the first subject, to each other one.
pub fn render(subjects: &[Subject], bare: &Sample) -> String {
    let mut text = String::new();
    for subject in subjects {
        let _ = writeln!(text, "{}: {}", subject.name, subject.version);
    }
    let _ = write!(text, "\n{:52}", "");
    for subject in subjects {
        let _ = write!(text, "{:>10}", subject.name);
    }
    for subject in &subjects[1..] {
        let _ = write!(text, "{:>14}", format!("/ {}", subject.name));
    }
    let _ = writeln!(text);
    for row in ROWS {
        let _ = write!(text, "{:<52}", format!("{} ({})", row.what, row.unit));
        let values: Vec<Option<f64>> = subjects.iter().map(row.value).collect();
        for value in &values {
            let _ = write!(text, "{:>10}", value.map_or("-".to_owned(), |v| format!("{v:.2}")));
        }
        for other in &values[1..] {
            let ratio = values[0].zip(*other).map(|(own, other)| own / other);
            let _ = write!(text, "{:>14}", ratio.map_or("-".to_owned(), |r| format!("{r:.2}")));
        }
        let _ = writeln!(text);
    }
    let rate = bare.median();
    let own = subjects[0].pipe_rate.median();
    if let Some((bare, own)) = rate.zip(own) {
        let ratio = own / bare;
        let _ = writeln!(
            text,
            "a bare pty pair read the same way: {bare:.2} MiB/s; ptyrun's relay to a pipe is {ratio:.2} of it"
        );
    }
    text
}
