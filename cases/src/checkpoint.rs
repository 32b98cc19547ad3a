//! Containers with a terminal that are written to files, and made anew of them.

use crate::prelude::*;
use serde_json::json;

const RESTORED: Case = Case {
    references: &[
        issue("runc issue 1355", "https://github.com/opencontainers/runc/issues/1355"),
        issue("criu pull request 2910", "https://github.com/checkpoint-restore/criu/pull/2910"),
    ],
    needs: &[Need::Terminal, Need::Checkpoint, Need::MachineRoot],
    ..Case::TERMINAL
};

/// A container that can be written to files. CRIU would make again all cgroups that it saw then, others' too. criu(8), runc's
/// checkpoint-restore.md
fn begun(t: &Trial) -> Result<Container, Stop> {
    let settings = t.directory()?.join("criu.conf");
    let failed = |error| Stop::Error(format!("{}: {error}", settings.display()));
    std::fs::write(&settings, "manage-cgroups ignore\n").map_err(failed)?;
    let plan = t.container()?.configured(|config| config["annotations"]["org.criu.config"] = json!(settings));
    Ok(plan.start()?)
}

pub const CASES: &[Case] = &[
    Case {
        id: "checkpoint/restore-sends-a-new-master",
        title: "write a container with a terminal to files, restore it with a console socket, type a line, and write one",
        requirement: "one descriptor comes, the master of a terminal of the same number; the lines pass through it, and the \
                      process calls its terminal by the same name",
        why: "a program that is moved to another machine must not lose who talks with it",
        covers: &["O01", "O03"],
        body: |t| {
            let mut c = begun(t)?;
            let number = c.terminal()?.facts()?.number;
            let name = name(&mut c)?;
            let restored = c.checkpoint()?.restore()?;
            let connections = restored.reception.iter().flat_map(|reception| &reception.connections);
            let sent = connections.flat_map(|one| &one.messages).map(|message| message.descriptors.len()).sum();
            t.equal::<usize>("descriptors that came over the console socket", sent, 1)?;
            let mut c = restored.goes_on()?;
            c.receives("\r\n")?;
            t.equal("number of the terminal", c.terminal()?.facts()?.number, number)?;
            c.types("typed\n")?;
            c.receives("typed\r\n")?;
            t.equal_bytes("what the process reads", &c.probe.read(0)?, b"typed\n")?;
            c.probe.write(1, b"written\n")?;
            c.receives("written\r\n")?;
            t.equal("name of the terminal", self::name(&mut c)?, name)
        },
        ..RESTORED
    },
    Case {
        id: "checkpoint/console-is-the-terminal-again",
        title: "write a container with a terminal to files and restore it; look at /dev/console and standard input before and \
                afterwards, and open and write to /dev/console",
        requirement: "both times the terminal is bind-mounted on /dev/console; what is written comes from the new master",
        why: "the mount of a terminal whose other end is outside is what kept containers from being written to files",
        references: &[
            issue("criu issue 153", "https://github.com/checkpoint-restore/criu/issues/153"),
            issue("criu pull request 2910", "https://github.com/checkpoint-restore/criu/pull/2910"),
        ],
        covers: &["O02"],
        body: |t| {
            let mut c = begun(t)?;
            is_bound(t, &mut c)?;
            let mut c = c.checkpoint()?.restore()?.goes_on()?;
            c.receives("\r\n")?;
            is_bound(t, &mut c)?;
            let console = c.probe.open("/dev/console", O_RDWR | O_NOCTTY)?;
            t.equal("what is opened", console.status.node, c.probe.stat("/dev/pts/0")?.node)?;
            c.probe.write(console.descriptor, b"to the console")?;
            Ok(c.receives("to the console")?)
        },
        ..RESTORED
    },
    Case {
        id: "checkpoint/terminal-is-as-it-was",
        title: "change the settings and the size of a container's terminal, write the container to files, and restore it",
        requirement: "settings and size are those from before, and so are the process's session and group, and the session and \
                      foreground group of the terminal",
        why: "an editor that comes back in a terminal of another size, which echoes, is of no use",
        covers: &["O04"],
        body: |t| {
            let mut c = begun(t)?;
            c.terminal()?.resize(Size::new(43, 130))?;
            let settings = c.terminal()?.termios()?;
            c.probe.set_termios(0, TermiosFacts { local: settings.local & !ECHO, ..settings })?;
            let before = look(&mut c.probe)?;
            t.equal("size before", before.size, Size::new(43, 130))?;
            t.equal("echo before", before.settings.local & ECHO, 0)?;
            let mut c = c.checkpoint()?.restore()?.goes_on()?;
            let after = look(&mut c.probe)?;
            t.equal("settings", after.settings, before.settings)?;
            t.equal("size", after.size, before.size)?;
            t.equal("size at the master", c.terminal()?.size()?, before.size)?;
            t.equal("session and foreground group of the terminal", after.terminal, before.terminal)?;
            t.equal("session and group of the process", after.process, before.process)
        },
        ..RESTORED
    },
];

/// What is to be the same afterwards.
struct Look {
    settings: TermiosFacts,
    size: Size,
    /// Session and foreground group.
    terminal: (i64, i64),
    /// Session and group.
    process: (i32, i32),
}

fn look(probe: &mut Probe) -> Result<Look, Stop> {
    let terminal = (probe.ioctl(0, IoctlName::Tiocgsid, 0)?, probe.ioctl(0, IoctlName::Tiocgpgrp, 0)?);
    let process = probe.observe()?.process;
    let process = (process.session, process.group);
    Ok(Look { settings: probe.termios(0)?, size: probe.size(0)?, terminal, process })
}

fn name(c: &mut Container) -> Result<Option<String>, Stop> {
    Ok(c.probe.terminal(0)?.name.ok())
}

/// The terminal of standard input is mounted on /dev/console.
fn is_bound(t: &Trial, c: &mut Container) -> Judgement {
    let seen = c.probe.observe()?;
    let number = c.terminal()?.facts()?.number;
    let mount = seen.mount_at("/dev/console").map(|mount| (mount.filesystem.as_str(), mount.root.clone()));
    t.equal("what is mounted on /dev/console", mount, Some(("devpts", format!("/{number}"))))?;
    let stdin = seen.descriptor(0).map(|fd| fd.status.node);
    let node = DeviceNumber { major: 136, minor: u64::from(number) };
    t.equal("standard input", stdin, Some(node))?;
    t.equal("/dev/console", c.probe.stat("/dev/console")?.node, node)
}
