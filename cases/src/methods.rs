//! How a runtime makes a terminal, as its system calls tell: recorded, and not judged.

use crate::prelude::*;
use nix::fcntl::OFlag;
use nix::libc;
use ptyproof_harness::intervention::Call;
use std::path::Path;

/// What these cases have in common.
const METHOD: Case = Case {
    requirement: "recorded and not judged",
    level: Level::Info,
    needs: &[Need::Terminal, Need::Interventions],
    ..Case::TERMINAL
};

pub const CASES: &[Case] = &[
    Case {
        id: "methods/how-the-slave-is-opened",
        title: "look at the system call by which the runtime opens the slave",
        why: "by its path it may be another file by then; through the master it is the slave",
        references: &[manual("TIOCGPTPEER(2const)"), TERMINALS],
        covers: &["L08"],
        body: |t| {
            let plan = t.container()?.when(Call::OpenSlave).is_seen();
            let hits = plan.hits();
            plan.start()?;
            let by_master = hits.taken(Call::OpenSlave, 0)?.number == libc::SYS_ioctl;
            t.shows(
                "opens the slave through its master",
                by_master,
                &[("through the master", true), ("by its path", false)],
            )
        },
        ..METHOD
    },
    Case {
        id: "methods/which-devices-of-the-image-are-opened",
        title: "look at the files of /dev that the runtime opens, and whether without O_NOFOLLOW or, of terminals, O_NOCTTY",
        why: "a link at such a path leads the runtime to another file, and a terminal may become the runtime's own",
        references: &[manual("open(2)"), manual("path_resolution(7)")],
        body: |t| {
            const DEVICES: [&str; 4] = ["dev/ptmx", "pts/ptmx", "dev/console", "dev/null"];
            let plan = DEVICES.iter().fold(t.container()?, |plan, path| plan.when(Call::Open(path)).is_seen());
            let plan = plan.when(Call::OpenSlave).is_seen();
            let (hits, rootfs) = (plan.hits(), plan.directory().join("rootfs"));
            plan.start()?;
            for call in DEVICES.map(Call::Open).into_iter().chain([Call::OpenSlave]) {
                for hit in hits.of(call)? {
                    let Some(flags) = hit.flags else { continue };
                    let flags = OFlag::from_bits_retain(flags as i32);
                    // Before it enters the root it names the file as the host does.
                    let path =
                        hit.path.strip_prefix(&rootfs).map_or(hit.path.clone(), |path| Path::new("/").join(path));
                    t.records(&format!("{} is opened with", path.display()), flags);
                }
            }
            Ok(())
        },
        ..METHOD
    },
];
