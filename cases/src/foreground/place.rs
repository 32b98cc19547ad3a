//! Where the program finds itself: its session, the name of its terminal, ptys, and what is not its own.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "foreground/the-terminal-controls-the-session",
        title: "open /dev/tty in a program in the foreground, and ask for the foreground group of its terminal",
        requirement: "/dev/tty is the terminal of descriptor 0, and the program's group is in the foreground there",
        why: "without a controlling terminal a shell has no job control, and no key ends what runs in it",
        references: &[manual("tty(4)"), manual("credentials(7)")],
        covers: &["C04", "C05", "C06"],
        needs: &[Need::Foreground, Need::ControllingTerminal],
        caught_by: &[("controlling terminal", &["no-controlling-terminal"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.joined()?;
            let seen = probe.observe()?;
            let own = seen.descriptor(0).map(|fd| fd.status.node);
            t.equal("controlling terminal", Some(seen.process.terminal), own)?;
            t.equal("opening /dev/tty", seen.controlling_terminal.map(drop), Ok(()))?;
            t.equal("foreground group of the terminal", seen.process.foreground_group, seen.process.group)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/the-terminal-has-a-name",
        title: "look for the terminal of descriptor 0 among the files below /dev of a program in the foreground",
        requirement: "it has a name there, which ttyname(3) finds",
        why: "tty, gpg, sudo, screen and tmux ask for it, and say \"not a tty\" where there is none",
        references: &[manual("ttyname(3)")],
        covers: &["B05"],
        needs: &[Need::Foreground],
        caught_by: &[("name of the terminal", &["pty-from-host"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.joined()?;
            let seen = probe.observe()?;
            let terminal = seen.descriptor(0).and_then(|fd| fd.terminal.clone().ok());
            let name = terminal.map(|terminal| terminal.name);
            t.holds(
                "name of the terminal",
                "one below /dev",
                &name,
                |name| matches!(name, Some(Ok(name)) if name.starts_with("/dev/")),
            )
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/ptys-of-its-own",
        title: "let a program in the foreground open /dev/ptmx and the terminal that belongs to it",
        requirement: "both open, and the terminal is an entry of its own /dev/pts, which is another devpts than the caller's",
        why: "tmux, script, ssh and expect need ptys; in the caller's devpts a program finds the terminals of everybody else",
        references: &[DEVPTS],
        covers: &["A01", "A05", "A21"],
        needs: &[Need::Foreground, Need::OwnDevpts],
        caught_by: &[("filesystem of /dev/pts", &["host-devpts-shared"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.joined()?;
            let (callers, _) = run.callers_terminal()?;
            let pts = probe.stat("/dev/pts")?.device;
            t.holds("filesystem of /dev/pts", "another one than that of the caller's terminal", &pts, |pts| {
                *pts != callers
            })?;
            let opened = t.succeeds("opening /dev/ptmx", probe.try_open("/dev/ptmx", O_RDWR | O_NOCTTY)?)?;
            t.succeeds("TIOCSPTLCK", probe.try_ioctl(opened.descriptor, IoctlName::Tiocsptlck, 0)?)?;
            let number = t.succeeds("TIOCGPTN", probe.try_ioctl(opened.descriptor, IoctlName::Tiocgptn, 0)?)?;
            t.succeeds("opening the terminal", probe.try_open(&format!("/dev/pts/{number}"), O_RDWR | O_NOCTTY)?)?;
            Ok(())
        },
        ..Case::TERMINAL
    },
    Case {
        id: "foreground/nothing-is-typed-at-the-caller",
        title: "let a program in the foreground, with a terminal and where it asks for none, fake input (TIOCSTI) on each of its \
                terminals, and end",
        requirement: "nothing is there to be read by whoever reads the caller's terminal next",
        why: "a command that is typed so is run by the caller's shell, outside, as soon as the program has ended",
        level: Level::Security,
        references: &[
            issue("CVE-2017-5226", "https://nvd.nist.gov/vuln/detail/CVE-2017-5226"),
            issue("CVE-2016-2779", "https://nvd.nist.gov/vuln/detail/CVE-2016-2779"),
            manual("ioctl_tty(2), TIOCSTI"),
        ],
        covers: &["L01"],
        needs: &[Need::Foreground, Need::MachineRoot],
        caught_by: &[("bytes for the next reader of the caller's terminal", &["ctty-without-terminal"])],
        body: |t| {
            for terminal in [true, false] {
                let plan = t.container()?;
                let plan = if terminal { plan } else { plan.without_terminal() };
                let mut run = plan.foreground(Caller::at_a_terminal())?;
                let mut probe = run.probe()?;
                let own = probe.try_open("/dev/tty", O_RDWR)?.map(|opened| opened.descriptor);
                for descriptor in [Ok(0), Ok(1), Ok(2), own].into_iter().flatten() {
                    for byte in *b"x\n" {
                        // Each kernel and each machine has its own mind about who may.
                        let _ = probe.try_ioctl(descriptor, IoctlName::Tiocsti, byte.into())?;
                    }
                }
                probe.end(Ending::Exit(0))?;
                t.equal("the launcher returns", run.ends_within(t.patience())?, true)?;
                t.equal("bytes for the next reader of the caller's terminal", run.pending_input()?, 0)?;
            }
            Ok(())
        },
    },
    Case {
        id: "foreground/what-it-is-given-of-the-callers",
        title: "run a program whose caller has a file open as descriptor 3",
        requirement: "which descriptors the program has beyond the standard streams is recorded",
        why: "what a caller has open by accident, such as a directory or a socket of a session, may be a way out of a sandbox",
        level: Level::Info,
        references: &[manual("close_range(2)")],
        covers: &["L02"],
        needs: &[Need::Foreground],
        caught_by: &[],
        body: |t| {
            let file = std::fs::File::open("/").map_err(|error| Stop::Error(format!("opening /: {error}")))?;
            let mut run = t.container()?.leaving_open(file).foreground(Caller::at_a_terminal())?;
            let mut probe = run.joined()?;
            let further = probe.observe()?.descriptors.iter().filter(|fd| fd.number > 2).count();
            t.records("descriptors beyond the standard streams", further);
            Ok(())
        },
    },
];
