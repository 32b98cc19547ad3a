//! Calls that a terminal may refuse, each judged once. Scenarios need some of them to make a terminal like a new one, and
//! where one of those is refused, they are skipped.

use crate::prelude::*;
use ptyproof_harness::terminal::set_packet_mode;

/// Which terminal is asked.
#[derive(Clone, Copy)]
enum Asked {
    /// The container's own, inside.
    Containers,
    /// The master of a pty that the container's process made.
    OwnMaster,
    /// The slave of that one.
    OwnSlave,
}

/// A call: its id as a case, whom it asks, its name, an argument that leaves a terminal as it is, and whether scenarios
/// need it.
struct Call(&'static str, Asked, IoctlName, i32, bool);

/// Declares the calls: name, argument, whether scenarios need it, id and title; and whom they ask, in words.
macro_rules! calls {
    ($($asked:ident, $words:literal {
        $($name:ident($argument:expr, $needed:literal) $word:literal: $id:literal, $title:literal;)*
    })*) => {
        const CALLS: &[Call] = &[$($(Call($id, Asked::$asked, IoctlName::$name, $argument, $needed)),*),*];

        /// The cases of this file.
        pub const CASES: &[Case] = &[$($(Case {
            id: $id,
            title: $title,
            requirement: "the call succeeds",
            why: "shells, editors and terminal multiplexers make these calls; where one is refused, they complain or hang",
            level: Level::Kernel,
            references: &[manual("ioctl_tty(2)"), TERMINALS],
            covers: &[],
            needs: &[Need::Terminal],
            caught_by: &[(concat!($word, " on ", $words), &["terminal-calls-refused"])],
            body: judge,
        }),*),*];

        impl Asked {
            fn words(self) -> &'static str {
                match self {
                    $(Self::$asked => $words),*
                }
            }
        }
    };
}

calls! {
    Containers, "the container's terminal" {
        Tcflsh(TCIOFLUSH, true) "TCFLSH":
            "line-discipline/takes-tcflsh", "discard what is queued on a container's terminal (TCFLSH)";
        Tcxonc(TCOON, true) "TCXONC":
            "line-discipline/takes-tcxonc", "let the output of a container's terminal go on (TCXONC)";
        Tcsbrk(1, false) "TCSBRK":
            "line-discipline/takes-tcsbrk", "wait until the output of a container's terminal is sent (TCSBRK)";
        Tiocoutq(0, false) "TIOCOUTQ":
            "line-discipline/takes-tiocoutq", "ask how much output of a container's terminal is not sent yet (TIOCOUTQ)";
        Fionread(0, true) "FIONREAD":
            "line-discipline/takes-fionread", "ask how much input of a container's terminal is unread (FIONREAD)";
        Tcgets(0, true) "TCGETS":
            "line-discipline/takes-tcgets", "ask a container's terminal for its settings (TCGETS)";
        Tcsets(0, true) "TCSETS":
            "line-discipline/takes-tcsets", "set the settings of a container's terminal to what they are (TCSETS)";
        Tiocgwinsz(0, false) "TIOCGWINSZ":
            "line-discipline/takes-tiocgwinsz", "ask a container's terminal for its size (TIOCGWINSZ)";
        Tiocswinsz(0, false) "TIOCSWINSZ":
            "line-discipline/takes-tiocswinsz", "set the size of a container's terminal inside (TIOCSWINSZ)";
        Tiocspgrp(1, false) "TIOCSPGRP":
            "line-discipline/takes-tiocspgrp", "give a container's terminal to the group that has it (TIOCSPGRP)";
        Tiocgsid(0, false) "TIOCGSID":
            "line-discipline/takes-tiocgsid", "ask for the session of a container's terminal (TIOCGSID)";
        Tiocgexcl(0, false) "TIOCGEXCL":
            "line-discipline/takes-tiocgexcl", "ask whether a container's terminal may be opened again (TIOCGEXCL)";
    }
    OwnMaster, "the master of a pty that was made inside" {
        Tiocpkt(0, false) "TIOCPKT":
            "line-discipline/own-pty-takes-tiocpkt", "inside, make a pty, and set packet mode of its master (TIOCPKT)";
        Tiocgpgrp(0, false) "TIOCGPGRP":
            "line-discipline/own-pty-takes-tiocgpgrp", "inside, make a pty, and ask its master who has it (TIOCGPGRP)";
    }
    OwnSlave, "the slave of a pty that was made inside" {
        Tcflsh(TCIOFLUSH, false) "TCFLSH":
            "line-discipline/own-pty-takes-tcflsh", "inside, make a pty, and discard what is queued on it (TCFLSH)";
        Tcsbrk(1, false) "TCSBRK":
            "line-discipline/own-pty-takes-tcsbrk", "inside, make a pty, and wait until its output is sent (TCSBRK)";
        Tiocoutq(0, false) "TIOCOUTQ":
            "line-discipline/own-pty-takes-tiocoutq", "inside, make a pty, and ask how much is not sent yet (TIOCOUTQ)";
        Tiocgexcl(0, false) "TIOCGEXCL":
            "line-discipline/own-pty-takes-tiocgexcl", "inside, make a pty, and ask whether it is exclusive (TIOCGEXCL)";
    }
}

/// What the kernel said to each call, looked at once for all cases of a run.
fn said(t: &Trial) -> Result<Vec<Result<(), Errno>>, Stop> {
    t.shared("calls of a terminal", || {
        let mut container = t.container()?.start()?;
        let own = container.probe.try_open_pty()?;
        let own = own.and_then(|pty| Ok((pty.master.descriptor, pty.slave?.descriptor)));
        let each = CALLS.iter().map(|Call(_, asked, name, argument, _)| {
            let descriptor = match asked {
                Asked::Containers => Ok(0),
                Asked::OwnMaster => own.map(|(master, _)| master),
                Asked::OwnSlave => own.map(|(_, slave)| slave),
            };
            match descriptor {
                Ok(descriptor) => call(&mut container.probe, descriptor, *name, *argument),
                Err(errno) => Ok(Err(errno)),
            }
        });
        each.collect()
    })
}

fn call(probe: &mut Probe, descriptor: i32, name: IoctlName, argument: i32) -> Result<Result<(), Errno>, Stop> {
    Ok(match name {
        IoctlName::Tcgets => probe.try_termios(descriptor)?.map(drop),
        IoctlName::Tcsets => match probe.try_termios(descriptor)? {
            Ok(settings) => probe.try_set_termios_now(descriptor, settings)?,
            Err(errno) => Err(errno),
        },
        IoctlName::Tiocgwinsz => probe.try_size(descriptor)?.map(drop),
        IoctlName::Tiocswinsz => probe.try_set_size(descriptor, Size::new(24, 80))?,
        _ => probe.try_ioctl(descriptor, name, argument.into())?.map(drop),
    })
}

fn judge(t: &mut Trial) -> Judgement {
    for (Call(id, asked, name, ..), said) in CALLS.iter().zip(said(t)?) {
        if *id == t.case().as_str() {
            t.equal(&format!("{name} on {}", asked.words()), said, Ok(()))?;
        }
    }
    Ok(())
}

/// Skips a case that needs a call which the container's terminal refuses; that is for another case to judge.
pub fn are_taken(t: &Trial) -> Judgement {
    for (Call(id, _, name, _, needed), said) in CALLS.iter().zip(said(t)?) {
        if let (true, Err(errno)) = (needed, said) {
            return Err(Stop::Skip(format!("the container's terminal refuses {name} with {errno}: see {id}")));
        }
    }
    Ok(())
}

/// What only the master can be asked.
pub const PACKETS: &[Case] = &[Case {
    id: "line-discipline/takes-tiocpkt",
    title: "turn packet mode on at the master of a container's terminal (TIOCPKT), and write inside",
    requirement: "the call succeeds, and a zero byte comes before what was written",
    why: "who holds the master is told in packet mode of flow control and flushes; rlogind(8) and podman rely on it",
    level: Level::Kernel,
    references: &[manual("ioctl_tty(2)").at("TIOCPKT"), TERMINALS],
    covers: &[],
    needs: &[Need::Terminal],
    caught_by: &[("bytes on the terminal", &["socket-sends-another-master"])],
    body: |t| {
        let mut container = t.container()?.start()?;
        t.equal("TIOCPKT at the container's master", set_packet_mode(container.terminal()?, true), Ok(()))?;
        container.probe.write(1, b"data")?;
        Ok(container.receives(b"\0data")?)
    },
}];

/// Skips a case that needs packet mode, where the container's master refuses that.
pub fn packet_mode_is_taken(t: &Trial) -> Judgement {
    let said: Result<(), Errno> = t.shared("packet mode of a terminal", || {
        let mut container = t.container()?.start()?;
        Ok(set_packet_mode(container.terminal()?, true))
    })?;
    let see = PACKETS[0].id;
    said.map_err(|errno| Stop::Skip(format!("the container's master refuses TIOCPKT with {errno}: see {see}")))
}
