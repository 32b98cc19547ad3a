//! Two containers side by side and the host beside them: their terminals have equal numbers and nothing in common.

mod crossing;
mod neighbourhood;

pub use crossing::CASES as CROSSING;

use super::names;
use crate::prelude::*;
use neighbourhood::Neighbourhood;

/// A terminal of the host inside a container.
const MOBY_21766: Reference = issue("moby issue 21766", "https://github.com/moby/moby/issues/21766");

/// The cases of names and numbers.
pub const CASES: &[Case] = &[
    Case {
        id: "devpts/equal-numbers-are-different-terminals",
        title: "stat the terminals of two containers that run side by side, and one of the host",
        requirement: "both containers have /dev/pts/0, 136:0, and the three are on three different devpts devices",
        why: "the number of a terminal is unique within an instance only; with one instance for two, each container \
              reaches the other's terminal",
        references: &[DEVPTS, manual("pts(4)")],
        covers: &["A06", "A03", "A04"],
        caught_by: &[("name and device of a container's terminal", &["host-devpts-shared", "pty-from-host"])],
        body: |t| {
            let mut all = Neighbourhood::settle(t)?;
            let zero = DeviceNumber { major: 136, minor: 0 };
            for side in [&mut all.left, &mut all.right] {
                let terminal = side.container.probe.stat("/proc/self/fd/0")?;
                let seen = (side.name.as_str(), terminal.node);
                t.equal("name and device of a container's terminal", seen, ("/dev/pts/0", zero))?;
            }
            let devices = [all.left.device(), all.right.device(), all.host.device()];
            t.holds(
                "devices that hold the terminals of left container, right container and host",
                "three different devices",
                &devices,
                |[left, right, host]| left != right && right != host && host != left,
            )
        },
        ..Case::TERMINAL
    },
    Case {
        id: "devpts/neighbours-are-not-listed",
        title: "allocate two more ptys in one of two containers, and list /dev/pts in both",
        requirement: "the one lists 0, 1, 2 and ptmx; the other lists 0 and ptmx, and opening 1 there gives ENOENT",
        why: "what is listed can be opened: a neighbour's terminal can then be read, written to and resized",
        references: &[DEVPTS, MOBY_21766, SPEC_LINUX.at("#default-filesystems")],
        covers: &["A05", "A06"],
        caught_by: &[("entries where two ptys were allocated", &["host-devpts-shared"])],
        body: |t| {
            let mut all = Neighbourhood::settle(t)?;
            let further = [all.left.container.probe.open_pty()?.name, all.left.container.probe.open_pty()?.name];
            let listed = all.left.container.probe.list("/dev/pts")?;
            t.equal("entries where two ptys were allocated", names(&listed), vec!["0", "1", "2", "ptmx"])?;
            let listed = all.right.container.probe.list("/dev/pts")?;
            t.equal("entries in the neighbour", names(&listed), vec!["0", "ptmx"])?;
            for name in further {
                t.equal(&format!("opening {name} in the neighbour"), all.right.open(&name)?, None)?;
            }
            Ok(())
        },
        ..Case::TERMINAL
    },
];
