//! `/dev/console` is the container's terminal.

use crate::references::SPEC_LINUX;
use ptyproof_harness::case::{Case, Level, Need};

/// The cases of this area.
pub const CASES: &[Case] = &[IS_THE_TERMINAL];

/// A program that reopens its console must meet its own terminal, not the host's.
const IS_THE_TERMINAL: Case = Case {
    id: "console/is-the-terminal",
    title: "stat /dev/console and descriptor 0 in a container with a terminal",
    requirement: "/dev/console is the container's terminal, bind-mounted",
    why: "init systems, getty and logging daemons open /dev/console; if it is another terminal, their output \
          is lost or lands on the host's",
    level: Level::Must,
    references: &[SPEC_LINUX.at("#default-devices")],
    covers: &["B01", "B02", "B04"],
    needs: &[Need::Terminal],
    body: |t| {
        let seen = t.standard_terminal()?.inside;
        let console = seen.dev_entry("console").map(|entry| entry.status.node);
        t.equal(
            "device of /dev/console",
            console,
            seen.descriptor(0).map(|fd| fd.status.node),
        )?;
        let mount = seen.mount_at("/dev/console");
        t.equal(
            "filesystem mounted on /dev/console",
            mount.map(|mount| mount.filesystem.as_str()),
            Some("devpts"),
        )
    },
};
