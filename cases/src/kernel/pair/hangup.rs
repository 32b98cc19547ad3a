//! Hanging a pty up from the slave's side.

use crate::kernel::events::{READABLE, WRITABLE, events};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/a-hang-up-ends-the-open-slaves-and-not-the-pair",
        title: "set raw mode, read the slave in a process that waits, and hang the slave up with TIOCVHANGUP",
        requirement: "the read is end of file, the open slave is dead as without a master; the master lives on, and a slave \
                      that is opened now works, with the settings of a new terminal",
        why: "login(1) and getty(8) hang a line up so that nobody who had it open before reads the next user's password",
        references: &[manual("vhangup(2)"), manual("ioctl_tty(2)")],
        covers: &["PT-24"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            actor.set_nonblocking(pty.master, true)?;
            let defaults = actor.termios(pty.slave)?;
            actor.set_termios(pty.slave, defaults.raw())?;
            let mut reader = actor.fork(ChildGroup::Parents)?;
            let reading = reader.begin(step::Read { descriptor: pty.slave, most: 100 })?;
            t.equal("the read waits", reading.sleeps()?, true)?;
            actor.ioctl(pty.slave, IoctlName::Tiocvhangup, 0)?;
            let end = Vec::new();
            t.equal("the read", reading.answer()?, Ok(end))?;

            let all = READABLE | WRITABLE | PollFlags::POLLERR | PollFlags::POLLHUP;
            t.equal("poll of the slave", events(&mut actor, pty.slave)?, all)?;
            t.equal("a read of it", actor.try_read(pty.slave)?, Ok(Vec::new()))?;
            t.equal("a write to it", actor.try_write(pty.slave, b"x")?, Err(Errno::EIO))?;
            t.equal("tcgetattr of it", actor.try_termios(pty.slave)?.map(|_| ()), Err(Errno::EIO))?;

            let slave = actor.open_slave(pty.master, O_RDWR | O_NOCTTY)?.descriptor;
            t.equal("settings of a new slave", actor.termios(slave)?, defaults)?;
            t.equal("poll of the master", events(&mut actor, pty.master)?, WRITABLE)?;
            t.equal("a read of the master", actor.try_read(pty.master)?, Err(Errno::EAGAIN))?;
            actor.write(pty.master, b"typed\n")?;
            t.equal_bytes("what the new slave reads", &actor.read(slave)?, b"typed\n")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-slave-is-opened-while-it-is-hung-up",
        title: "open and hang up the slave 200 times, while another process opens and closes it 400 times",
        requirement: "both come to an end, and the pair works",
        why: "a logout that meets the next login froze the whole line, or the kernel",
        references: &[issue(
            "Linux 5.0, tty: Hold tty_ldisc_lock() during tty_reopen()",
            "https://git.kernel.org/linus/83d817f41070",
        )],
        covers: &["PT-24"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            actor.close(pty.slave)?;
            let mut other = actor.fork(ChildGroup::Parents)?;
            // What is opened gets the lowest free number, which is that of the slave.
            let open = step::OpenPeer { master: pty.master, flags: O_RDWR | O_NOCTTY | O_NONBLOCK, or_by_name: true };
            let hang_up = step::Ioctl { descriptor: pty.slave, name: IoctlName::Tiocvhangup, argument: 0 };
            let close = step::Close { descriptor: pty.slave };
            let rounds = |round, count| step::Any(step::Request::InTurn(vec![step::Request::InTurn(round); count]));
            let opens = other.begin(rounds(vec![open.clone().into(), close.clone().into()], 400))?;
            let hangs_up = actor.try_ask(rounds(vec![open.into(), hang_up.into(), close.into()], 200))?;
            // Whether an open that meets a hang-up is refused is not what this is about.
            t.records("opening and hanging up", hangs_up);
            t.records("opening and closing", opens.answer()?);
            let slave = actor.open_slave(pty.master, O_RDWR | O_NOCTTY)?.descriptor;
            actor.write(pty.master, b"typed\n")?;
            t.equal_bytes("what a new slave reads", &actor.read(slave)?, b"typed\n")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-slave-is-hung-up-while-it-is-changed",
        title: "10 times hang the slave up while one process changes its size 100 times and another its line discipline",
        requirement: "all come to an end, and a new slave has discipline 0 and works",
        why: "where the kernel frees a discipline that is in use, any user brings the machine down, or becomes root",
        level: Level::Security,
        references: &[
            issue("CVE-2017-2636", "https://nvd.nist.gov/vuln/detail/CVE-2017-2636"),
            issue("CVE-2020-14416", "https://nvd.nist.gov/vuln/detail/CVE-2020-14416"),
        ],
        covers: &["P15"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let mut slave = pty.slave;
            for _ in 0..10 {
                let mut resizes = actor.fork(ChildGroup::Parents)?;
                let mut switches = actor.fork(ChildGroup::Parents)?;
                let rounds = |round| step::Any(step::Request::InTurn(vec![step::Request::InTurn(round); 50]));
                let size = |rows| step::SetSize { descriptor: slave, size: Size::new(rows, 80) }.into();
                let discipline =
                    |argument| step::Ioctl { descriptor: slave, name: IoctlName::Tiocsetd, argument }.into();
                let resizing = resizes.begin(rounds(vec![size(24), size(25)]))?;
                let switching = switches.begin(rounds(vec![discipline(N_NULL), discipline(0)]))?;
                t.equal("TIOCVHANGUP", actor.try_ioctl(slave, IoctlName::Tiocvhangup, 0)?, Ok(0))?;
                // Whether the hang-up meets them before they have come to their end is a race.
                let _ = (resizing.answer()?, switching.answer()?);
                actor.close(slave)?;
                slave = actor.open_slave(pty.master, O_RDWR | O_NOCTTY)?.descriptor;
            }
            t.equal("the discipline of a new slave", actor.ioctl(slave, IoctlName::Tiocgetd, 0)?, 0)?;
            actor.write(pty.master, b"typed\n")?;
            t.equal_bytes("what it reads", &actor.read(slave)?, b"typed\n")
        },
        ..Case::KERNEL
    },
];

/// The line discipline that does nothing; no module has it. Linux, drivers/tty/n_null.c
const N_NULL: i64 = 27;
