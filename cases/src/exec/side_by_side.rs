//! Several added processes at once.

use crate::prelude::*;
use std::collections::BTreeSet;

pub const CASES: &[Case] = &[
    Case {
        id: "exec/terminals-side-by-side",
        title: "exec four times with a terminal, and type and print on all of them in turn",
        requirement: "each has a terminal of its own: what is typed and printed appears at its own master only",
        why: "two people who debug the same container must not see or type into each other's shells",
        level: Level::Convention,
        references: &[DEVPTS, manual("pty(7)")],
        covers: &["J02"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("the answer of the process", &["exec-shares-init-terminal"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let mut execs = Vec::new();
            for _ in 0..MANY {
                execs.push(c.exec()?.start()?);
            }
            let mut numbers = BTreeSet::new();
            for exec in &mut execs {
                numbers.insert(exec.terminal()?.facts()?.number);
            }
            t.equal("different terminals", numbers.len(), MANY)?;
            for (index, exec) in execs.iter_mut().enumerate() {
                exec.terminal()?.types(format!("typed at {index}\n"))?;
            }
            c.probe.write(1, b"[printed by the first process]")?;
            for (index, exec) in execs.iter_mut().enumerate() {
                let line = format!("typed at {index}\n").into_bytes();
                t.equal_bytes("what the process reads", &exec.probe.read(0)?, &line)?;
                exec.probe.write(1, format!("[printed by {index}]").as_bytes())?;
            }
            for (index, exec) in execs.iter_mut().enumerate() {
                exec.probe.write(1, format!("[end of {index}]").as_bytes())?;
                let all = format!("typed at {index}\r\n[printed by {index}][end of {index}]");
                exec.terminal()?.receives(all)?;
            }
            c.receives("[printed by the first process]")?;
            c.has_nothing_left_over()?;
            Ok(())
        },
    },
    Case {
        id: "exec/terminals-started-at-once",
        title: "start exec with a terminal four times at once, from four callers' terminals",
        requirement: "all four run, on four different terminals of the container's devpts",
        why: "engines exec in parallel (health checks, shells, copies); a race gives two of them one terminal or none",
        level: Level::Convention,
        references: &[DEVPTS, manual("pty(7)")],
        covers: &["J02", "J01"],
        needs: &[Need::Terminal, Need::Foreground, Need::Exec],
        caught_by: &[
            ("different terminals, the first process's among them", &["exec-shares-init-terminal"]),
            ("devpts of the terminal", &["exec-in-host-devpts"]),
        ],
        body: |t| {
            let mut c = t.container()?.start()?;
            let own = c.probe.stat("/proc/self/fd/0")?;
            let mut begun: Vec<Foreground> = Vec::new();
            for _ in 0..MANY {
                begun.push(c.exec()?.foreground(Caller::at_a_terminal())?);
            }
            let mut probes = Vec::new();
            for exec in &mut begun {
                probes.push(exec.probe()?);
            }
            let mut nodes: Vec<DeviceNumber> = vec![own.node];
            for probe in &mut probes {
                let stdin = probe.stat("/proc/self/fd/0")?;
                t.equal("devpts of the terminal", stdin.device, own.device)?;
                nodes.push(stdin.node);
            }
            let different: BTreeSet<u64> = nodes.iter().map(|node| node.minor).collect();
            t.equal("different terminals, the first process's among them", different.len(), MANY + 1)
        },
    },
];

/// How many processes are added.
const MANY: usize = 4;
