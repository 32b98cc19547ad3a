//! The table that is printed.

use crate::measure::{Role, Subject};
use crate::sample::Sample;
use std::fmt::Write;

/// Width of the column that says what was measured.
const LABEL: usize = 56;

struct Row {
    what: &'static str,
    unit: &'static str,
    value: fn(&Subject) -> Option<f64>,
}

impl Row {
    fn label(&self) -> String {
        match self.unit {
            "" => self.what.to_owned(),
            unit => format!("{} ({unit})", self.what),
        }
    }
}

const ROWS: &[Row] = &[
    Row { what: "start and end of a program with a terminal, median", unit: "ms", value: |s| s.start_ms.median() },
    Row { what: "the same, 90th percentile", unit: "ms", value: |s| s.start_ms.quantile(0.9) },
    Row { what: "without a cgroupsPath, median", unit: "ms", value: |s| s.start_without_cgroup_ms.median() },
    Row { what: "the same, 90th percentile", unit: "ms", value: |s| s.start_without_cgroup_ms.quantile(0.9) },
    Row { what: "relay of 64 MiB to a pipe, median", unit: "MiB/s", value: |s| s.pipe_rate.median() },
    Row { what: "relay of 64 MiB to a terminal, median", unit: "MiB/s", value: |s| s.terminal_rate.median() },
    Row {
        what: "bytes that got lost in all relays",
        unit: "",
        value: |s| (s.role == Role::Runtime).then_some(s.lost as f64),
    },
    Row { what: "a key and its echo, p50", unit: "us", value: |s| s.echo_us.median() },
    Row { what: "a key and its echo, p99", unit: "us", value: |s| s.echo_us.quantile(0.99) },
    Row { what: "resident memory of the foreground process", unit: "KiB", value: |s| s.resident_kib.largest() },
    Row { what: "a crowd: started in", unit: "s", value: |s| s.crowd.map(|crowd| crowd.started_in) },
    Row {
        what: "a crowd: runtime and program, each, PSS",
        unit: "KiB",
        value: |s| s.crowd.map(|c| c.proportional_kib),
    },
    Row {
        what: "a crowd: memory of the machine, each",
        unit: "KiB",
        value: |s| s.crowd.map(|crowd| crowd.machine_kib),
    },
    Row { what: "a crowd: terminals that saw others' bytes", unit: "", value: |s| s.crowd.map(|c| c.crossed as f64) },
];

/// All values side by side, and the ratio of ptyrun, the first subject, to each other one.
pub fn render(subjects: &[Subject], bare: &Sample) -> String {
    let mut text = String::new();
    for subject in subjects {
        let _ = writeln!(text, "{}: {}", subject.name, subject.version);
    }
    let names = subjects.iter().map(|subject| subject.name.clone());
    let ratios = subjects.iter().skip(1).map(|subject| format!("/ {}", subject.name));
    let heads: Vec<String> = names.chain(ratios).collect();
    let _ = write!(text, "\n{:LABEL$}", "");
    for head in &heads {
        let _ = write!(text, "{head:>0$}", width(head));
    }
    let _ = writeln!(text);
    for row in ROWS {
        let _ = write!(text, "{:<LABEL$}", row.label());
        let values: Vec<Option<f64>> = subjects.iter().map(row.value).collect();
        let ratios = values.iter().skip(1).map(|other| {
            let (own, other) = values[0].zip(*other)?;
            (other > 0.0).then(|| own / other)
        });
        for (head, value) in heads.iter().zip(values.iter().copied().chain(ratios)) {
            let value = value.map_or("-".to_owned(), |value| format!("{value:.2}"));
            let _ = write!(text, "{value:>0$}", width(head));
        }
        let _ = writeln!(text);
    }
    if let Some(crowd) = subjects[0].crowd {
        let _ = writeln!(
            text,
            "a crowd is {} containers at once, each with a terminal and a runtime that relays",
            crowd.count
        );
    }
    let own = subjects[0].pipe_rate.median();
    if let Some((bare, own)) = bare.median().zip(own) {
        let ratio = own / bare;
        let _ = writeln!(
            text,
            "a bare pty pair read the same way: {bare:.2} MiB/s; ptyrun's relay to a pipe is {ratio:.2} of it"
        );
    }
    text
}

/// Of the column with this head.
fn width(head: &str) -> usize {
    head.len().max(10) + 2
}
