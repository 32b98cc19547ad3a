//! What leads out of a container: the terminal of the caller, and what the runtime has open.

use crate::prelude::*;
use ptyproof_probe::keys::session_keyring;
use std::fs;

/// The runtime's own terminal in the field tty_nr.
const STAT: Reference = manual("proc_pid_stat(5)");
const CVE_2017_5226: Reference = issue("CVE-2017-5226", "https://nvd.nist.gov/vuln/detail/CVE-2017-5226");
const CVE_2024_21626: Reference =
    issue("CVE-2024-21626", "https://github.com/opencontainers/runc/security/advisories/GHSA-xr7r-f8xq-vfvv");

/// Somebody at a terminal that is not the controlling one of the session which the runtime then leads.
fn without_controlling_terminal() -> Caller {
    Caller { controlling: false, ..Caller::at_a_terminal() }
}

pub const CASES: &[Case] = &[
    Case {
        id: "escape/nothing-is-typed-at-the-caller",
        title: "run containers with and without a terminal from somebody's terminal, fake input (TIOCSTI) on 0, 1, 2 and \
                /dev/tty, and end them",
        requirement: "nothing shows on the caller's terminal: no byte came into its input",
        why: "a command typed so is run by the caller's shell, outside, as soon as the container has ended",
        level: Level::Security,
        references: &[CVE_2017_5226, TERMINALS, manual("ioctl_tty(2), TIOCSTI")],
        covers: &["L01"],
        needs: &[Need::Foreground, Need::MachineRoot],
        caught_by: &[("what the caller's terminal shows", &["ctty-without-terminal"])],
        body: |t| {
            for terminal in [false, true] {
                let plan = t.container()?.configured(|config| config["process"]["terminal"] = terminal.into());
                let mut run = plan.foreground(Caller::at_a_terminal())?;
                let mut probe = run.probe()?;
                let own = probe.try_open("/dev/tty", O_RDWR)?.map(|opened| opened.descriptor);
                if terminal {
                    // What it types at itself is its own affair, and silent.
                    let mut settings = probe.termios(0)?;
                    settings.local &= !ECHO;
                    probe.set_termios(0, settings)?;
                }
                for descriptor in [Ok(0), Ok(1), Ok(2), own].into_iter().flatten() {
                    // Each kernel and each machine has its own mind about who may.
                    let _ = probe.try_ioctl(descriptor, IoctlName::Tiocsti, b'x'.into())?;
                }
                probe.end(Ending::Exit(0))?;
                let output = run.returns()?.output;
                t.equal_bytes("what the caller's terminal shows", &output, b"")?;
            }
            Ok(())
        },
    },
    Case {
        id: "escape/runtime-does-not-acquire-the-terminal",
        title: "run a container with a terminal by a runtime that leads a session without one, and look at the runtime's \
                controlling terminal",
        requirement: "it has none, and the container's terminal belongs to the container's session",
        why: "the kernel gives a terminal to the leader that opens it first (without O_NOCTTY); when the runtime ends, the \
              container's terminal hangs up",
        level: Level::Security,
        references: &[STAT, manual("open(2)").at("O_NOCTTY")],
        covers: &["C20"],
        needs: &[Need::Terminal, Need::Foreground, Need::MachineRoot],
        caught_by: &[("controlling terminal of the runtime (tty_nr)", &["runtime-takes-the-terminal"])],
        body: |t| {
            let mut run = t.container()?.foreground(without_controlling_terminal())?;
            let mut probe = run.probe()?;
            probe.write(1, b"the relay has begun")?;
            run.outer.receives("the relay has begun")?;
            let stat = format!("/proc/{}/stat", run.pid());
            let line = fs::read_to_string(&stat).map_err(|error| Stop::Error(format!("{stat}: {error}")))?;
            // The command's name stands in parentheses; behind it: state, parent, group, session, terminal.
            let number = line.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(4)).unwrap_or_default();
            t.equal("controlling terminal of the runtime (tty_nr)", number, "0")?;
            let process = probe.observe()?.process;
            t.equal("session of the container's terminal", probe.terminal(0)?.session, Ok(process.session))
        },
    },
    Case {
        id: "escape/the-callers-keys-stay-outside",
        title: "look at the session keyring of a container's first process, and of a process that exec adds",
        requirement: "neither is that of the runtime's caller",
        why: "what the engine's session has in it (Kerberos tickets, keys of encrypted directories) can be searched, read and \
              used by every process that has the same session keyring",
        level: Level::Security,
        references: &[
            manual("session-keyring(7)"),
            Reference::document(
                "runc, libcontainer/standard_init_linux.go",
                "https://github.com/opencontainers/runc/blob/v1.1.5/libcontainer/standard_init_linux.go",
            ),
        ],
        covers: &["L13"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("session keyring of the first process", &["keyring-of-the-caller"])],
        body: |t| {
            let callers =
                session_keyring().map_err(|errno| Stop::Skip(format!("this kernel has no keyrings: {errno}")))?;
            let mut c = t.container()?.start()?;
            let other = "another than the caller's";
            let own = c.probe.session_keyring()?;
            t.holds("session keyring of the first process", other, &own, |own| *own != callers)?;
            let added = c.exec()?.start()?.probe.session_keyring()?;
            t.holds("session keyring of the added process", other, &added, |added| *added != callers)?;
            t.records("it is the first process's", added == own);
            Ok(())
        },
    },
    Case {
        id: "escape/working-directory-is-no-descriptor-of-the-runtime",
        title: "create containers whose working directory is /proc/self/fd/N, by a caller that has a directory of the host open",
        requirement: "create or start fails, or the working directory lies below the container's root",
        why: "a working directory outside of the root gives the program all files of the host",
        level: Level::Security,
        references: &[CVE_2024_21626],
        covers: &["L11"],
        needs: &[],
        caught_by: &[("where 32 steps up from the working directory lead", &["cwd-through-descriptor"])],
        body: |t| {
            t.makes_containers()?;
            let directory = t.directory()?;
            for number in 3..12 {
                let host = fs::File::open(&directory).map_err(|error| Stop::Error(error.to_string()))?;
                let plan = t.container()?.without_terminal().leaving_open(host);
                let attempt = t.attempt(plan.configured(|config| {
                    config["process"]["cwd"] = format!("/proc/self/fd/{number}").into();
                }))?;
                // Some find out when the process is started.
                let Ok(mut c) = attempt.succeeded().and_then(Created::start) else { continue };
                let [above, root] = [c.probe.stat(&"../".repeat(32))?, c.probe.stat("/")?];
                t.equal("where 32 steps up from the working directory lead", above.file(), root.file())?;
            }
            Ok(())
        },
    },
];
