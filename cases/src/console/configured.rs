//! `/dev/console` where the config has a mount for it, and what init systems do there.

use crate::prelude::*;
use serde_json::json;

/// Why a first process gives the console up, and a login takes it.
const SYSTEMD: Reference = issue("systemd issue 37709", "https://github.com/systemd/systemd/issues/37709");

/// Consoles that a config brings.
const LXC: Reference = issue("lxc, src/lxc/conf.c", "https://github.com/lxc/lxc/blob/main/src/lxc/conf.c");

/// Runtimes that make a link.
const CRUN_1796: Reference = issue("crun pull request 1796", "https://github.com/containers/crun/pull/1796");

pub(super) const CASES: &[Case] = &[
    Case {
        id: "console/way-of-making-it",
        title: "look whether /dev/console is a mount or a link in a container with a terminal",
        requirement: "one of the two, and it leads to the terminal; which one is reported",
        why: "who looks at the container from outside, or mounts over the console, meets another file",
        references: &[CRUN_1796, SPEC_LINUX.at("#default-devices")],
        covers: &["B03"],
        caught_by: &[("how /dev/console is made", &["console-missing", "console-plain-file"])],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            let (number, entry) = (seen.descriptor(0).map(|fd| fd.status.node.minor), seen.dev_entry("console"));
            let target = entry.and_then(|entry| entry.target.clone());
            let mounted = seen.mount_at("/dev/console").map(|mount| mount.root.clone());
            let number = number.unwrap_or_default();
            let [by_mount, by_link] = [format!("/{number}"), format!("/dev/pts/{number}")].map(Some);
            let known = [("a bind mount", (by_mount, None)), ("a link", (None, by_link))];
            t.shows("how /dev/console is made", (mounted, target), &known)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console/mount-of-the-config",
        title: "create two containers with a terminal whose config binds a file of the host to /dev/console",
        requirement: "both times the same: create fails, or the terminal works and /dev/console is it or the file; the \
                      host's file keeps its content",
        why: "engines mount a file there to keep what a service prints; a runtime that empties or replaces it changes a \
              file of the host",
        level: Level::Security,
        references: &[LXC, ADVISORY_CONSOLE],
        covers: &["B12"],
        caught_by: &[("content of the host's file", &["console-truncated"])],
        body: |t| {
            const CONTENT: &str = "the host's\n";
            let file = t.directory()?.join("file");
            let failed = |error: std::io::Error| Stop::Error(format!("{}: {error}", file.display()));
            std::fs::write(&file, CONTENT).map_err(failed)?;
            t.makes_containers()?;
            let mut outcomes = Vec::new();
            for _ in 0..2 {
                let attempt = t.attempt(t.container()?.configured(|config| {
                    let mount = json!({
                        "destination": "/dev/console", "type": "bind", "source": file, "options": ["bind"]
                    });
                    if let Some(mounts) = config["mounts"].as_array_mut() {
                        mounts.push(mount);
                    }
                }))?;
                if !attempt.finished.status.success() {
                    t.equal("the refused container exists", attempt.created.lifecycle.is_known()?, false)?;
                    outcomes.push("refused");
                    continue;
                }
                let mut c = attempt.created.start()?;
                c.types("a line\n")?;
                c.receives("a line\r\n")?;
                let [console, terminal] = [c.probe.stat("/dev/console")?, c.probe.stat("/proc/self/fd/0")?];
                outcomes.push(if console.file() == terminal.file() { "the terminal" } else { "the file" });
                c.lifecycle.delete()?;
            }
            let content = std::fs::read_to_string(&file).map_err(failed)?;
            t.equal("content of the host's file", content.as_str(), CONTENT)?;
            t.equal("outcome of the second time", outcomes[1], outcomes[0])?;
            t.reports("what is at /dev/console", outcomes[0], outcomes[0]);
            Ok(())
        },
        ..Case::TERMINAL
    },
    // What systemd and agetty do, with the calls and without the programs.
    Case {
        id: "console/login-takes-the-console",
        title: "as an init system does: give the terminal up in the first process, and open /dev/console in a session of a \
                login's",
        requirement: "it becomes the login's controlling terminal: the prompt comes out, a line comes in, ^C interrupts the \
                      login, and the first process gets no signal",
        why: "containers with an init system show a login prompt on the console; without it nobody gets in",
        level: Level::Convention,
        references: &[SYSTEMD, manual("console(4)"), manual("ioctl_tty(2), TIOCNOTTY")],
        covers: &["B18"],
        caught_by: &[("session of the console", &["console-plain-file", "console-is-hosts"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            c.probe.ignore(&[Signal::HUP])?;
            c.probe.ioctl(0, IoctlName::Tiocnotty, 0)?;
            let mut login = c.fork(ChildGroup::OwnSession)?;
            c.probe.catch(&[Signal::INT, Signal::USR1])?;
            let console = t.succeeds("opening /dev/console", login.try_open("/dev/console", O_RDWR)?)?.descriptor;
            let session = login.try_ioctl(console, IoctlName::Tiocgsid, 0)?;
            t.equal("session of the console", session, Ok(i64::from(login.pid())))?;
            login.write(console, b"login: ")?;
            c.receives("login: ")?;
            c.types("root\n")?;
            t.equal_bytes("what the login reads", &login.read(console)?, b"root\n")?;
            c.types("\x03")?;
            t.equal("end of the login", c.probe.wait_for_end(login.pid())?, ChildStatus::Killed(Signal::INT))?;
            let first = c.probe.pid();
            c.probe.kill(first, Signal::USR1)?;
            t.equal("signals of the first process", c.probe.signals_within(0)?, vec![Signal::USR1])
        },
        ..Case::TERMINAL
    },
];
