//! Who may open the terminal, and whose it stays.

use crate::prelude::*;
use nix::libc::EACCES;

/// Standard streams that a process of its own user may not open.
const MOBY_6880: Reference = issue("moby issue 6880", "https://github.com/moby/moby/issues/6880");

/// Standard streams after a change of user.
const MOBY_31243: Reference = issue("moby issue 31243", "https://github.com/moby/moby/issues/31243");

/// A terminal that is lost by a change of user.
const SU_EXEC_33: Reference = issue("su-exec issue 33", "https://github.com/ncopa/su-exec/issues/33");

/// A stream of the caller that was given away.
const SYSTEMD_17229: Reference = issue("systemd issue 17229", "https://github.com/systemd/systemd/issues/17229");

pub(super) const CASES: &[Case] = &[
    Case {
        id: "owner/the-group-of-terminals-may-write",
        title: "open the terminal of user 1000 as user 1001: with group 5, as write and wall do, and with a group of one's own",
        requirement: "with group 5 it opens for writing, and what is written comes out, but not for reading; else not at all",
        why: "write, wall and mesg depend on the one bit; with another one anybody reads what is typed",
        level: Level::Convention,
        references: &[DEVPTS, manual("wall(1)"), manual("mesg(1)")],
        covers: &["E11"],
        needs: &[Need::Terminal, Need::Exec, Need::ManyIds],
        caught_by: &[
            ("opening for reading as group 5", &["slave-mode-666"]),
            ("opening for writing as group 5", &["devpts-gid-dropped"]),
        ],
        body: |t| {
            let mut container = t.container()?.user(1000, 1000).start()?;
            for (group, may_write) in [(5, true), (1001, false)] {
                let mut exec = container.exec()?.without_terminal().user(1001, group).start()?;
                let mut open = |flags| exec.probe.try_open("/dev/pts/0", flags | O_NOCTTY);
                let refused = open(O_RDONLY)?.err();
                t.equal(&format!("opening for reading as group {group}"), refused, Some(Errno(EACCES)))?;
                let opened = open(O_WRONLY)?;
                let refused = opened.as_ref().err().copied();
                let expected = (!may_write).then_some(Errno(EACCES));
                t.equal(&format!("opening for writing as group {group}"), refused, expected)?;
                if let Ok(opened) = opened {
                    exec.probe.write(opened.descriptor, b"[to all]")?;
                    container.receives("[to all]")?;
                }
            }
            Ok(())
        },
    },
    Case {
        id: "owner/user-reopens-its-terminal-by-name",
        title: "as user 1000, open /dev/pts/N, /dev/stdin, /dev/stdout, /dev/stderr and /dev/tty for reading and writing",
        requirement: "each opens, is the process's terminal, and what is written there comes out",
        why: "`echo > /dev/stderr`, gpg, sudo and screen open their terminal by name; EACCES there is the most \
              reported terminal fault of containers that do not run as root",
        level: Level::Convention,
        references: &[MOBY_6880, RUNC_INIT, manual("tty(4)"), manual("stdin(3)")],
        covers: &["E07"],
        needs: &[Need::Terminal, Need::ManyIds],
        caught_by: &[("device that opening /dev/pts/0 leads to", &["slave-owner-root"])],
        body: |t| {
            let mut container = t.container()?.user(1000, 1000).start()?;
            let seen = container.probe.observe()?;
            let own = seen.descriptor(0).ok_or_else(|| Stop::fail("descriptor 0", "open", "closed"))?;
            let files = [
                (own.link.as_str(), own.status.node),
                ("/dev/stdin", own.status.node),
                ("/dev/stdout", own.status.node),
                ("/dev/stderr", own.status.node),
                ("/dev/tty", DeviceNumber::TTY),
            ];
            for (name, node) in files {
                let opened = container.probe.open_terminal(name)?;
                let seen = opened.as_ref().map(|opened| opened.status.node);
                t.equal(&format!("device that opening {name} leads to"), seen, Ok(node))?;
                let Ok(opened) = opened else { continue };
                let words = format!("[through {name}]");
                container.probe.write(opened.descriptor, words.as_bytes())?;
                container.receives(words)?;
                container.probe.close(opened.descriptor)?;
            }
            Ok(())
        },
    },
    Case {
        id: "owner/another-user-keeps-what-is-open",
        title: "become user 1000 in a container of root, as su and gosu do, and use the terminal",
        requirement: "the open descriptors and /dev/tty still work; opening /dev/pts/N by name gives EACCES",
        why: "entry points drop root before they exec the service: its output must still come out, and root's \
              terminal must not open to everybody for that",
        level: Level::Kernel,
        references: &[SU_EXEC_33, MOBY_31243, DEVPTS, manual("tty(4)"), manual("open(2)")],
        covers: &["E08"],
        needs: &[Need::Terminal, Need::ManyIds],
        caught_by: &[("opening by its name the terminal, which is root's", &["slave-mode-666"])],
        body: |t| {
            let mut container = t.container()?.start()?;
            let seen = container.probe.observe()?;
            let own = seen.descriptor(0).map_or("", |fd| fd.link.as_str());
            let mut child = container.fork(ChildGroup::Parents)?;
            child.become_user(1000, 1000)?;
            child.write(1, b"[inherited]")?;
            container.receives("[inherited]")?;
            let tty = child.open_terminal("/dev/tty")?;
            t.equal("opening /dev/tty", tty.as_ref().map(|opened| opened.status.node), Ok(DeviceNumber::TTY))?;
            if let Ok(opened) = tty {
                child.write(opened.descriptor, b"[/dev/tty]")?;
                container.receives("[/dev/tty]")?;
            }
            let named = child.open_terminal(own)?;
            let seen = named.map(|opened| opened.status.node);
            t.equal("opening by its name the terminal, which is root's", seen, Err(Errno::EACCES))
        },
    },
    Case {
        id: "owner/callers-terminal-stays-the-callers",
        title: "run a container of user 1000 in the foreground from a terminal",
        requirement: "user, group and mode of the caller's terminal are the same before, while it runs and after",
        why: "a caller whose terminal was given to the container's user cannot open it any more, and a process of \
              that user on the host can",
        level: Level::Security,
        references: &[SYSTEMD_17229, TERMINALS],
        covers: &["E09"],
        needs: &[Need::Terminal, Need::Foreground, Need::ManyIds],
        caught_by: &[(
            "user, group and mode of the caller's terminal while it runs, and after",
            &["caller-tty-chowned"],
        )],
        body: |t| {
            let mut running = t.container()?.user(1000, 1000).foreground(Caller::at_a_terminal())?;
            let mut probe = running.probe()?;
            let during = running.look()?.ownership;
            probe.end(Ending::Exit(0))?;
            let returned = running.returns()?;
            t.equal("exit status of the runtime", returned.finished.status.code(), Some(0))?;
            let before = returned.before.ownership;
            let seen = [during, returned.after.ownership];
            t.equal("user, group and mode of the caller's terminal while it runs, and after", seen, [before, before])
        },
    },
];
