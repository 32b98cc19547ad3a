//! The machine's own console, 5:1.

use super::open_real_console;
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-console/real-console-is-never-acquired",
        title: "open the machine's console, 5:1, without O_NOCTTY, as a session leader without a terminal",
        requirement: "the session still has no controlling terminal",
        why: "init and its daemons write to the console; none of them may be ended by who types ^C there",
        references: &[CONSOLE, manual("open(2)").at("O_NOCTTY")],
        covers: &["CN-05"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let mut actor = t.actor()?;
            open_real_console(t, &mut actor, O_RDWR | O_NONBLOCK)?;
            let seen = actor.observe()?;
            t.equal("controlling terminal", seen.process.terminal, DeviceNumber::default())?;
            t.equal("opening /dev/tty", seen.controlling_terminal.map(drop), Err(Errno(nix::libc::ENXIO)))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-console/real-console-never-stops-its-readers",
        title: "make the console's terminal the controlling one, and read it in a background process group: opened as 5:1 \
                and as /dev/tty",
        requirement: "through 5:1 it is not stopped (EAGAIN where nothing is typed); through /dev/tty SIGTTIN comes",
        why: "programs that init starts on the console read from it without job control",
        references: &[CONSOLE, manual("tty_ioctl(4)").at("TIOCSCTTY")],
        covers: &["CN-05"],
        needs: &[Need::MachineRoot, Need::Disturbs],
        body: |t| {
            let mut leader = t.actor()?;
            // Giving the terminal up again sends it one.
            leader.ignore(&[Signal::HUP])?;
            let console = open_real_console(t, &mut leader, O_RDWR | O_NOCTTY | O_NONBLOCK)?;
            if let Err(errno) = leader.try_ioctl(console, IoctlName::Tiocsctty, 0)? {
                let why = format!("the console is the terminal of a session already: {errno}");
                return Err(Stop::Skip(why));
            }
            let mut background = leader.fork(ChildGroup::Own)?;
            background.catch(&[Signal::TTIN])?;
            let tty = background.open("/dev/tty", O_RDWR | O_NONBLOCK)?.descriptor;
            let through_console = background.try_read(console)?;
            let stopped = background.signals_within(0)?;
            let through_tty = background.try_read(tty)?;
            let stopped_by_tty = background.signals_within(0)?;
            leader.ioctl(console, IoctlName::Tiocnotty, 0)?;

            // Somebody may be typing there.
            t.holds("reading 5:1 in the background", "EAGAIN, or what is typed", &through_console, |read| {
                matches!(read, Ok(_) | Err(Errno::EAGAIN))
            })?;
            t.equal("signals of reading 5:1", stopped, vec![])?;
            t.equal("reading /dev/tty in the background", through_tty, Err(Errno::EINTR))?;
            t.equal("signals of reading /dev/tty", stopped_by_tty, vec![Signal::TTIN])
        },
        ..Case::KERNEL
    },
];

const CONSOLE: Reference = manual("console(4)");
