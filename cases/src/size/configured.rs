//! The size that config.json asks for.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "size/the-configured-size-is-applied",
        title: "start a container with process.consoleSize of 37 rows and 112 columns",
        requirement: "the window has 37 rows and 112 columns and no pixels, seen from both sides",
        why: "full-screen programs draw for the size that they find at their start; with rows and columns swapped or \
              ignored, the first screen of every editor and pager is garbled",
        references: &[SPEC_CONFIG.at("#process"), manual("TIOCGWINSZ(2const)")],
        covers: &["G01", "G16", "G19"],
        caught_by: &[(
            "size seen by the process",
            &["console-size-ignored", "console-size-swapped", "winsize-pixels-garbage"],
        )],
        body: |t| {
            let mut container = t.container()?.console_size(ASKED).start()?;
            t.equal("size seen by the process", container.probe.size(0)?, ASKED)?;
            t.equal("size seen at the master", container.terminal()?.size()?, ASKED)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "size/ignored-without-a-terminal",
        title: "start a container with process.consoleSize and terminal false",
        requirement: "the size is ignored: the container starts, and its standard streams are no terminals",
        why: "engines fill in a size whether or not there is a terminal; a runtime that stumbles over it breaks every \
              container without one",
        level: Level::Must,
        references: &[SPEC_CONFIG.at("#process")],
        covers: &["G03"],
        needs: &[],
        caught_by: &[("create of the runtime", &["console-size-without-terminal-refused"])],
        body: |t| {
            let plan = t.container()?.without_terminal().console_size(ASKED);
            let mut container = plan.start()?;
            for descriptor in 0..3 {
                let size = container.probe.try_size(descriptor)?;
                let size = size.map_err(|errno| errno.to_string());
                let what = format!("size of the terminal behind descriptor {descriptor}");
                t.equal(&what, size, Err("ENOTTY".to_owned()))?;
            }
            Ok(())
        },
    },
    Case {
        id: "size/a-detached-terminal-starts-without-a-size",
        title: "start a container with a terminal, a console socket and no process.consoleSize",
        requirement: "the window has 0 rows and 0 columns, as every new terminal, until the master's holder sets one",
        why: "0 by 0 tells programs that nobody knows the size, and they fall back to LINES and COLUMNS; an invented \
              size is believed",
        level: Level::Kernel,
        references: &[manual("TIOCGWINSZ(2const)"), SPEC_CONFIG.at("#process")],
        covers: &["G07"],
        needs: &[Need::Terminal],
        caught_by: &[("size seen by the process", &["size-default-invented"])],
        body: |t| {
            let mut container = t.container()?.start()?;
            t.equal("size seen by the process", container.probe.size(0)?, Size::default())?;
            t.equal("size seen at the master", container.terminal()?.size()?, Size::default())
        },
    },
    Case {
        id: "size/one-dimension-is-zero",
        title: "start a container with process.consoleSize of 37 rows and 0 columns, and one of 0 rows and 112 columns",
        requirement: "the container starts; what size it has is recorded and not judged, because no document says so",
        why: "who reads the records knows whether a runtime takes half a size as it is or as none",
        level: Level::Info,
        references: &[SPEC_CONFIG.at("#process"), CRUN_TERMINAL],
        covers: &["G04"],
        needs: &[Need::Terminal],
        caught_by: &[],
        body: |t| {
            for asked in [Size::new(37, 0), Size::new(0, 112)] {
                let mut container = t.container()?.console_size(asked).start()?;
                t.records(&format!("size where {asked} was asked for"), container.probe.size(0)?);
            }
            Ok(())
        },
    },
    Case {
        id: "size/larger-than-a-window-can-be",
        title: "create a container with a process.consoleSize of 65546 rows",
        requirement: "an error, or 65535 rows, or what is left of the number in 16 bits: which one is reported",
        why: "the schema allows 64 bits where a window has 16: whoever passes on such a number should hear of it",
        level: Level::Info,
        references: &[SPEC_CONFIG.at("#process"), manual("TIOCSWINSZ(2const)")],
        covers: &["G05"],
        caught_by: &[],
        body: |t| {
            let plan = t.container()?.configured(|config| {
                config["process"]["consoleSize"] = serde_json::json!({ "height": 65546, "width": 112 });
            });
            let attempt = t.attempt(plan)?;
            let size = match attempt.finished.status.success() {
                true => Some(attempt.created.start()?.probe.size(0)?),
                false => None,
            };
            let (cut, clamped) = (Size::new(10, 112), Size::new(u16::MAX, 112));
            t.shows("rows and columns", size, &[("refused", None), ("cut off", Some(cut)), ("clamped", Some(clamped))])
        },
        ..Case::TERMINAL
    },
];

/// Odd rows and even columns: swapped, they could not be mistaken for each other.
const ASKED: Size = Size::new(37, 112);
