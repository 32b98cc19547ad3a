//! The size of a terminal's window.

use crate::{kernel::login::Login, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-size/starts-without-a-size",
        title: "ask both sides of a new pty for the size",
        requirement: "0 rows, 0 columns, no pixels",
        why: "a program takes 0 for unknown and falls back to its own default; anything else would be a lie",
        references: &[manual("ioctl_tty(2)").at("TIOCGWINSZ")],
        covers: &["WS-01"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            t.equal("size at the master", actor.size(pty.master)?, Size::default())?;
            t.equal("size at the slave", actor.size(pty.slave)?, Size::default())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-size/is-one-for-both-ends",
        title: "set all four numbers of the size at the master, then others at the slave",
        requirement: "both ends say what was set last, pixels included",
        why: "a terminal emulator sets the size at its end, and the program asks at the other",
        references: &[manual("ioctl_tty(2)").at("TIOCSWINSZ")],
        covers: &["WS-02"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let other = Size { rows: 50, columns: 132, x_pixels: 1056, y_pixels: 800 };
            for (end, descriptor, size) in [("master", pty.master, FULL), ("slave", pty.slave, other)] {
                actor.set_size(descriptor, size)?;
                let seen = (actor.size(pty.master)?, actor.size(pty.slave)?);
                t.equal(&format!("sizes once set at the {end}"), seen, (size, size))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-size/every-change-is-told-and-no-repetition",
        title: "change each of the four numbers alone, at either end, set each once more, and set all to 0",
        requirement: "each change sends SIGWINCH to the foreground, and no repetition does",
        why: "a program draws anew at SIGWINCH: without it the screen stays wrong, with one too many it flickers",
        references: &[manual("ioctl_tty(2)").at("TIOCSWINSZ"), manual("signal(7)").at("SIGWINCH")],
        covers: &["WS-03"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.emulator.set_size(login.master, FULL)?;
            login.leader.catch(&[Signal::WINCH])?;
            let sizes = [
                Size { rows: 25, ..FULL },
                Size { columns: 81, ..FULL },
                Size { x_pixels: 648, ..FULL },
                Size { y_pixels: 400, ..FULL },
                Size::default(),
            ];
            // Signals are sent before TIOCSWINSZ returns, so they have arrived.
            for size in sizes {
                for (how, signals) in [("change", vec![Signal::WINCH]), ("repetition", vec![])] {
                    login.emulator.set_size(login.master, size)?;
                    t.equal(&format!("signals at the {how} to {size}"), login.leader.signals_within(0)?, signals)?;
                }
                for (how, signals) in [("change", vec![Signal::WINCH]), ("repetition", vec![])] {
                    login.leader.set_size(login.slave, FULL)?;
                    t.equal(&format!("signals at the {how} back"), login.leader.signals_within(0)?, signals)?;
                }
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-size/change-is-told-to-the-foreground-alone",
        title: "change the size while a job has the terminal",
        requirement: "the job gets SIGWINCH; the leader, a background job and a process of another session get nothing",
        why: "a program in the background has no screen to draw, and must ask again when it comes forward",
        references: &[manual("signal(7)").at("SIGWINCH")],
        covers: &["WS-04"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(&[Signal::WINCH])?;
            login.emulator.catch(&[Signal::WINCH])?;
            let mut background = login.leader.fork(ChildGroup::Own)?;
            let mut job = login.foreground_job()?;
            login.emulator.set_size(login.master, FULL)?;
            let everybody = [
                ("the foreground job", &mut job, vec![Signal::WINCH]),
                ("the leader", &mut login.leader, vec![]),
                ("the background job", &mut background, vec![]),
                ("the emulator", &mut login.emulator, vec![]),
            ];
            for (who, actor, signals) in everybody {
                t.equal(&format!("signals of {who}"), actor.signals_within(0)?, signals)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-size/is-set-without-a-session",
        title: "set the size of a pty that is nobody's controlling terminal, at both ends",
        requirement: "it is set, and the process that has the slave open gets no signal",
        why: "a runtime sets the size before the container's process has the terminal",
        references: &[manual("ioctl_tty(2)").at("TIOCSWINSZ")],
        covers: &["WS-04"],
        body: |t| {
            let mut actor = t.actor()?;
            actor.catch(&[Signal::WINCH])?;
            let pty = actor.new_pty(0)?;
            for (end, size) in [(pty.master, FULL), (pty.slave, Size::new(1, 2))] {
                t.equal("TIOCSWINSZ", actor.try_set_size(end, size)?, Ok(()))?;
                t.equal("size", actor.size(pty.slave)?, size)?;
            }
            t.equal("signals", actor.signals_within(0)?, vec![])
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-size/is-set-by-every-holder",
        title: "set the size by a process of another session, at the slave and at the master",
        requirement: "both are set, and the foreground is told",
        why: "who holds the terminal may say how large it is: `stty -F` and `docker resize` come from outside",
        references: &[manual("ioctl_tty(2)").at("TIOCSWINSZ")],
        covers: &["WS-05"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(&[Signal::WINCH])?;
            let stranger = &mut login.emulator;
            let slave = stranger.open_slave(login.master, O_RDWR | O_NOCTTY)?.descriptor;
            for (end, size) in [(slave, FULL), (login.master, Size::new(1, 2))] {
                t.equal("TIOCSWINSZ", stranger.try_set_size(end, size)?, Ok(()))?;
                t.equal("size", login.leader.size(login.slave)?, size)?;
                t.equal("signals of the leader", login.leader.signals_within(0)?, vec![Signal::WINCH])?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-size/outlives-descriptors-and-programs",
        title: "set the size, close the last descriptor of the slave, open it again, and execute a program",
        requirement: "the size stays",
        why: "the terminal of a container has its size before the program starts that asks for it",
        references: &[manual("ioctl_tty(2)").at("TIOCGWINSZ"), manual("execve(2)")],
        covers: &["WS-06"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            actor.set_size(pty.master, FULL)?;
            actor.close(pty.slave)?;
            let slave = actor.open_slave(pty.master, O_RDWR | O_NOCTTY)?.descriptor;
            t.equal("size after the reopening", actor.size(slave)?, FULL)?;
            let (inherited, master) = (actor.duplicate(slave)?, actor.duplicate(pty.master)?);
            let mut program = actor.execute()?;
            t.equal("size in the program", program.size(inherited)?, FULL)?;
            t.equal("size at the master", program.size(master)?, FULL)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-size/comes-from-somewhere",
        title: "TIOCSWINSZ with a null pointer, at both ends",
        requirement: "EFAULT, the size stays, and nobody gets a signal",
        why: "a size of garbage makes programs draw outside of the screen, or allocate all memory",
        references: &[manual("ioctl(2)").at("EFAULT")],
        covers: &["WS-07"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.emulator.set_size(login.master, FULL)?;
            login.leader.catch(&[Signal::WINCH])?;
            let refused = login.emulator.try_ioctl_with_null(login.master, IoctlName::Tiocswinsz)?;
            t.equal("TIOCSWINSZ at the master", refused, Err(Errno::EFAULT))?;
            let leader = &mut login.leader;
            let refused = leader.try_ioctl_with_null(login.slave, IoctlName::Tiocswinsz)?;
            t.equal("TIOCSWINSZ at the slave", refused, Err(Errno::EFAULT))?;
            t.equal("size", leader.size(login.slave)?, FULL)?;
            t.equal("signals of the leader", leader.signals_within(0)?, vec![])
        },
        ..Case::KERNEL
    },
];

/// All four numbers differ, so that none can stand for another.
const FULL: Size = Size { rows: 24, columns: 80, x_pixels: 640, y_pixels: 384 };
