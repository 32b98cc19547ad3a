//! The descriptor that comes over the console socket.

use crate::prelude::*;
use nix::{errno::Errno as SysErrno, fcntl::OFlag};
use ptyproof_harness::terminal::{Pair, termios};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "console-socket/descriptor-is-the-master",
        title: "look at the received descriptor and at the container's standard input",
        requirement: "the descriptor is a master, open for reading and writing, of the slave that is standard input, \
                      in the container's devpts instance",
        why: "a pty of the host's instance has no name in the container, where programs say that they are not on a tty",
        references: &[TERMINALS.at("#detached"), DEVPTS, manual("pty(7)")],
        covers: &["F04"],
        caught_by: &[("the console socket", &["socket-sends-slave"])],
        body: |t| {
            let seen = t.standard_terminal()?;
            let master = seen.master.as_ref();
            let access = |flags: i32| OFlag::from_bits_retain(flags) & OFlag::O_ACCMODE;
            let found = master.map(|master| (master.node, access(master.flags)));
            t.equal("device and access mode of the descriptor", found, Some((DeviceNumber::PTMX, OFlag::O_RDWR)))?;
            let slave = seen.inside.descriptor(0).map(|fd| &fd.status);
            t.equal(
                "devpts instance and number of the master's pty",
                master.map(|master| (master.device, u64::from(master.number))),
                slave.map(|slave| (slave.device, slave.node.minor)),
            )?;
            let found = master.map(|master| master.device);
            t.equal("devpts instance of the master", found, seen.inside.mount_at("/dev/pts").map(|mount| mount.device))
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console-socket/slave-is-unlocked",
        title: "open the slave by its name in the container",
        requirement: "the open succeeds: the pty was unlocked before it was handed over",
        why: "programs reopen their terminal by the name that ttyname gives; a locked pty answers EIO",
        references: &[manual("unlockpt(3)"), manual("pty(7)")],
        covers: &["F04"],
        caught_by: &[("number of the opened slave", &["slave-locked"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            let number = c.terminal()?.facts()?.number;
            let opened = c.probe.open_terminal(&format!("/dev/pts/{number}"))?;
            t.equal("number of the opened slave", opened.map(|slave| slave.status.node.minor), Ok(u64::from(number)))
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console-socket/size-is-set-on-receipt",
        title: "create a container with consoleSize 41 x 133 and ask the received master for its size",
        requirement: "the master has that size before the container is started",
        why: "a program that draws at once, or a receiver that copies the size, sees 0 x 0 otherwise",
        references: &[SPEC_CONFIG.at("#process"), TERMINALS.at("#detached")],
        covers: &["F07", "G01"],
        caught_by: &[(
            "size of the master",
            &["console-size-ignored", "console-size-swapped", "size-after-hand-over", "winsize-pixels-garbage"],
        )],
        body: |t| {
            let size = Size::new(41, 133);
            let mut created = t.container()?.console_size(size).create()?;
            let terminal = created.take_terminal()?;
            let received = terminal.as_ref().map(|terminal| terminal.size()).transpose()?;
            t.equal("size of the master", received, Some(size))?;
            created.start_with(terminal)?;
            Ok(())
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console-socket/settings-are-the-kernels",
        title: "compare the received terminal's settings with those of a pty that nobody has touched",
        requirement: "all flags, characters and speeds are the kernel's defaults",
        why: "what the terminal does is up to whoever receives the master; a runtime that clears ONLCR, for example, \
              gives engines output in staircases",
        references: &[TERMINALS.at("#detached"), manual("termios(3)")],
        covers: &["H02"],
        caught_by: &[("settings of the terminal", &["onlcr-cleared", "echo-off", "veof-wrong", "iutf8-on"])],
        body: |t| {
            let broken = |errno: Errno| Stop::Error(format!("making a pty: {errno}"));
            // Every new pty starts with the same settings, whatever was done to earlier ones.
            let kernels = termios(&Pair::open().map_err(broken)?.master).map_err(broken)?;
            let received = t.standard_terminal()?.master.map(|master| master.termios);
            t.equal("settings of the terminal", received, Some(kernels))
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console-socket/only-the-receiver-holds-the-master",
        title: "look for masters in all processes of the runtime and of the container, before and after start",
        requirement: "no process but the receiver of the console socket has a master open",
        why: "with a second holder the terminal never hangs up when the receiver goes away, and a process in the \
              container with a master can type into, and read from, its own terminal",
        level: Level::Security,
        references: &[TERMINALS.at("#detached"), manual("pty(7)")],
        covers: &["F06", "L10", "D09"],
        needs: &[Need::Terminal],
        caught_by: &[("processes with a master before start", &["master-leaked"])],
        body: |t| {
            let holders = || master_holders().map_err(|error| Stop::Error(format!("looking for masters: {error}")));
            let mut created = t.container()?.create()?;
            let terminal = created.take_terminal()?;
            t.equal("processes with a master before start", holders()?, vec![])?;
            let container = created.start_with(terminal)?;
            t.equal("processes with a master after start", holders()?, vec![])?;
            drop(container);
            Ok(())
        },
    },
    Case {
        id: "console-socket/closing-the-master-hangs-up",
        title: "close the received master while the container runs",
        requirement: "the process gets SIGHUP, reads end of file, and has no terminal any more",
        why: "an engine that dies must not leave shells behind that wait for input for ever",
        references: &[TERMINALS.at("#detached"), manual("pty(7)"), manual("ioctl_tty(2)")],
        covers: &["F06", "M03"],
        caught_by: &[("signals", &["master-leaked", "no-controlling-terminal"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            // The first process of a PID namespace gets a signal only if it has a handler for it.
            c.probe.catch(&[Signal::HUP])?;
            drop(c.take_terminal()?);
            t.equal("signals", c.probe.next_signals()?, vec![Signal::HUP])?;
            t.equal("input", Bytes(c.probe.read(0)?), Bytes::default())?;
            let reopened = c.probe.try_open("/dev/tty", OFlag::O_RDWR.bits())?.map(|_| "a terminal");
            t.equal("/dev/tty", reopened, Err(SysErrno::ENXIO.into()))
        },
        ..Case::TERMINAL
    },
];
