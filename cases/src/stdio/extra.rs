//! Nothing but the standard streams is open, whatever the runtime and its caller hold.

use crate::prelude::*;
use ptyproof_harness::terminal::Pair;
use std::{fs::File, io::Read, os::fd::OwnedFd};

pub const CASES: &[Case] = &[
    Case {
        id: "stdio/nothing-else-is-open",
        title: "list the open descriptors of the first process of a container with a terminal",
        requirement: "none is open but 0, 1 and 2: no master, no console socket, no pipe or directory of the runtime's",
        why: "a directory of the host's leads out of the container (CVE-2024-21626), and a leaked master lets it type \
              to itself and keeps the terminal from hanging up",
        level: Level::Must,
        references: &[SPEC_RUNTIME_LINUX.at("#file-descriptors")],
        covers: &["D08", "D09"],
        needs: &[Need::Terminal],
        caught_by: &[("further open descriptors", &["master-leaked", "host-descriptor-leaked"])],
        body: |t| {
            t.equal("further open descriptors", beyond_standard_streams(&t.standard_terminal()?.inside), Vec::new())
        },
    },
    Case {
        id: "stdio/nothing-else-is-open-without-terminal",
        title: "list the open descriptors of the first process of a container without a terminal",
        requirement: "none is open but 0, 1 and 2",
        why: "a directory of the host's leads out of the container (CVE-2024-21626), and a spare end of a pipe keeps \
              readers waiting for an end of file that never comes",
        level: Level::Must,
        references: &[SPEC_RUNTIME_LINUX.at("#file-descriptors")],
        covers: &["D08"],
        needs: &[],
        caught_by: &[("further open descriptors", &["host-descriptor-leaked"])],
        body: |t| {
            let seen = t.standard_pipes()?.inside;
            t.equal("further open descriptors", beyond_standard_streams(&seen), Vec::new())
        },
    },
    Case {
        id: "stdio/callers-descriptors-stay-outside",
        title: "create a container with a terminal from a caller that leaves a directory, a pipe and a terminal open",
        requirement: "none is open in the container but 0, 1 and 2",
        why: "daemons and shells leak descriptors to what they start; a directory of the host's among them is a way \
              out of the container",
        level: Level::Security,
        references: &[SPEC_RUNTIME_LINUX.at("#file-descriptors"), TERMINALS.at("#other-file-descriptors")],
        covers: &["D08", "D09", "D19"],
        needs: &[Need::Terminal],
        caught_by: &[("further open descriptors", &["inherited-descriptors-kept"])],
        body: |t| {
            let [root, pipe, terminal] = host_descriptors()?;
            let plan = t.container()?;
            let plan = plan.leaving_open(root).leaving_open(pipe).leaving_open(terminal);
            t.equal("further open descriptors", beyond_standard_streams(&plan.start()?.probe.observe()?), Vec::new())
        },
    },
    Case {
        id: "stdio/callers-descriptors-stay-outside-without-terminal",
        title: "create a container without a terminal from a caller that leaves a directory, a pipe and a terminal open",
        requirement: "none is open in the container but 0, 1 and 2",
        why: "daemons and shells leak descriptors to what they start; a directory of the host's among them is a way \
              out of the container",
        level: Level::Security,
        references: &[SPEC_RUNTIME_LINUX.at("#file-descriptors"), TERMINALS.at("#other-file-descriptors")],
        covers: &["D08"],
        needs: &[],
        caught_by: &[("further open descriptors", &["inherited-descriptors-kept"])],
        body: |t| {
            let [root, pipe, terminal] = host_descriptors()?;
            let plan = t.container()?.without_terminal();
            let plan = plan.leaving_open(root).leaving_open(pipe).leaving_open(terminal);
            t.equal("further open descriptors", beyond_standard_streams(&plan.start()?.probe.observe()?), Vec::new())
        },
    },
    Case {
        id: "stdio/callers-descriptors-stay-outside-of-exec",
        title: "exec with a terminal from a caller that leaves a directory, a pipe and a terminal open",
        requirement: "none is open in the process but 0, 1 and 2",
        why: "engines exec from daemons with hundreds of open files; CVE-2016-9962 was such a descriptor",
        level: Level::Security,
        references: &[SPEC_RUNTIME_LINUX.at("#file-descriptors"), TERMINALS.at("#other-file-descriptors")],
        covers: &["D08", "D09", "D19"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("further open descriptors", &["inherited-descriptors-kept"])],
        body: |t| {
            let [root, pipe, terminal] = host_descriptors()?;
            let c = t.container()?.start()?;
            let plan = c.exec()?;
            let plan = plan.leaving_open(root).leaving_open(pipe).leaving_open(terminal);
            t.equal("further open descriptors", beyond_standard_streams(&plan.start()?.probe.observe()?), Vec::new())
        },
    },
    Case {
        id: "stdio/preserved-descriptors-beside-the-terminal",
        title: "create a container with a terminal and pass two pipes on as descriptors 3 and 4",
        requirement: "3 and 4 are the caller's pipes, untouched; 0, 1 and 2 are the terminal; nothing else is open",
        why: "socket activation and engines' extra streams use it, also for containers that have a terminal; a shift \
              by one swaps a log with a secret",
        level: Level::Convention,
        references: &[
            TERMINALS.at("#other-file-descriptors"),
            SPEC_RUNTIME_LINUX.at("#file-descriptors"),
            manual("sd_listen_fds(3)"),
        ],
        covers: &["D10"],
        needs: &[Need::Terminal, Need::PreserveDescriptors],
        caught_by: &[("open descriptors", &["preserved-descriptors-closed"])],
        body: |t| {
            let harness = |error: std::io::Error| Stop::Error(format!("a pipe to pass on: {error}"));
            let (mut three, third) = std::io::pipe().map_err(harness)?;
            let (mut four, fourth) = std::io::pipe().map_err(harness)?;
            let files = [file_behind(&third)?, file_behind(&fourth)?];
            let plan = t.container()?.leaving_open(third).leaving_open(fourth).preserving();
            let mut c = plan.start()?;
            let seen = c.probe.observe()?;
            let numbers: Vec<i32> = seen.descriptors.iter().map(|fd| fd.number).collect();
            t.equal("open descriptors", numbers, vec![0, 1, 2, 3, 4])?;
            let found = [3, 4].map(|number| seen.descriptor(number).map(|fd| fd.status.file()));
            t.equal("files behind 3 and 4", found, files.map(Some))?;
            t.equal("1 and 2 share the open file of 0", seen.shares_open_file_with_stdin, [Ok(true), Ok(true)])?;
            c.probe.write(3, b"three")?;
            c.probe.write(4, b"four")?;
            c.probe.write(1, b"terminal")?;
            c.receives("terminal")?;
            let (mut from_three, mut from_four) = ([0; 5], [0; 4]);
            three.read_exact(&mut from_three).map_err(harness)?;
            four.read_exact(&mut from_four).map_err(harness)?;
            t.equal("bytes from 3 and 4", (&from_three, &from_four), (b"three", b"four"))
        },
    },
];

/// Number and link of each open descriptor after the standard streams.
fn beyond_standard_streams(seen: &Facts) -> Vec<(i32, &str)> {
    let numbered = seen.descriptors.iter().map(|fd| (fd.number, fd.link.as_str()));
    numbered.filter(|(number, _)| *number > 2).collect()
}

/// What a careless daemon may hold when it calls a runtime: a directory of the host's, a pipe and a terminal.
fn host_descriptors() -> Result<[OwnedFd; 3], Stop> {
    let harness = |error: std::io::Error| Stop::Error(format!("a descriptor to leave open: {error}"));
    let root = File::open("/").map_err(harness)?;
    let (_, pipe) = std::io::pipe().map_err(harness)?;
    let pair = Pair::open().map_err(|errno| Stop::Error(format!("a pty: {errno}")))?;
    Ok([root.into(), pipe.into(), pair.slave.into()])
}
