//! That raw mode translates no byte.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "line-discipline/raw-input-passes-every-byte",
        title: "in raw mode, type all 256 bytes",
        requirement: "the process reads exactly these bytes in this order, and nothing is echoed",
        why: "pasted text in any encoding, function keys and file transfers depend on it",
        level: Level::Kernel,
        references: &[manual("termios(3)")],
        covers: &["H11"],
        needs: &[Need::Terminal],
        caught_by: &[("the answer of the process", &["socket-sends-another-master"])],
        body: |t| {
            let mut container = t.container()?.start()?;
            container.probe.change_termios(0, TermiosFacts::raw)?;
            let bytes = every_byte();
            container.types(&bytes)?;
            t.equal("bytes read", container.probe.read_count(0, bytes.len())?, bytes)?;
            Ok(container.has_nothing_left_over()?)
        },
    },
    Case {
        id: "line-discipline/raw-output-passes-every-byte",
        title: "in raw mode, write all 256 bytes",
        requirement: "exactly these bytes come at the master in this order",
        why: "images, file transfers and text in any encoding depend on it",
        level: Level::Kernel,
        references: &[manual("termios(3)")],
        covers: &["H11"],
        needs: &[Need::Terminal],
        caught_by: &[("bytes on the terminal", &["socket-sends-another-master"])],
        body: |t| {
            let mut container = t.container()?.start()?;
            container.probe.change_termios(0, TermiosFacts::raw)?;
            let bytes = every_byte();
            container.probe.write(1, &bytes)?;
            container.receives(&bytes)?;
            Ok(container.has_nothing_left_over()?)
        },
    },
];

fn every_byte() -> Vec<u8> {
    (0..=u8::MAX).collect()
}
