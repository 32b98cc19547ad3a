//! Changes of the size, and who is told.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "size/a-resize-of-the-master-is-visible-inside",
        title: "set the size on the master of a running container",
        requirement: "the process sees the new size on its standard streams and on /dev/tty",
        why: "this is how every engine passes a resize of the user's window on",
        level: Level::Kernel,
        references: &[manual("TIOCSWINSZ(2const)"), manual("pty(7)")],
        covers: &["G09", "G19"],
        needs: &[Need::Terminal],
        caught_by: &[
            ("size of /dev/tty", &["no-controlling-terminal"]),
            ("size of descriptor 0", &["stdin-dev-null"]),
            ("size of descriptor 2", &["stderr-not-terminal"]),
        ],
        body: |t| {
            let mut container = t.container()?.start()?;
            container.terminal()?.resize(FIRST)?;
            for descriptor in 0..3 {
                t.equal(&format!("size of descriptor {descriptor}"), container.probe.try_size(descriptor)?, Ok(FIRST))?;
            }
            let seen = container.probe.observe()?.controlling_terminal;
            t.equal("size of /dev/tty", seen.map(|terminal| terminal.size), Ok(FIRST))
        },
    },
    Case {
        id: "size/a-resize-inside-is-visible-at-the-master",
        title: "set the size from inside the container, as stty and resize do",
        requirement: "whoever holds the master sees the new size",
        why: "recorders and multiplexers that hold the master follow a size that a program in the container sets",
        level: Level::Kernel,
        references: &[manual("TIOCSWINSZ(2const)"), manual("pty(7)")],
        covers: &["G10", "G19"],
        needs: &[Need::Terminal],
        caught_by: &[("size at the master", &["socket-sends-another-master"])],
        body: |t| {
            let mut container = t.container()?.start()?;
            container.probe.set_size(0, FIRST)?;
            t.equal("size at the master", container.terminal()?.size()?, FIRST)
        },
    },
    Case {
        id: "size/sigwinch-goes-to-the-foreground-group-only",
        title: "set the size on the master while one process group is in the foreground and another in the background",
        requirement: "every process of the foreground group gets SIGWINCH, and no process of another group does",
        why: "a program in the foreground that is not told draws for the old size; one in the background that is told \
              wakes up for nothing, or draws over the other",
        level: Level::Kernel,
        references: &[manual("TIOCSWINSZ(2const)"), manual("signal(7)")],
        covers: &["G09"],
        needs: &[Need::Terminal],
        caught_by: &[(
            "signals of the first process, in the foreground",
            &["no-controlling-terminal", "no-setsid", "foreground-group-not-init"],
        )],
        body: |t| {
            let mut container = t.container()?.start()?;
            let mut companion = container.fork(ChildGroup::Parents)?;
            let mut other = container.fork(ChildGroup::Own)?;
            let init = container.probe.pid();
            for probe in [&mut container.probe, &mut companion, &mut other] {
                probe.catch(&[Signal::WINCH, Signal::USR1])?;
            }
            container.terminal()?.resize(FIRST)?;
            is_told(t, "the first process, in the foreground", &mut container.probe)?;
            is_told(t, "its companion in the foreground", &mut companion)?;
            is_not_told(t, "the process in the background", &mut other)?;

            container.probe.set_foreground(0, other.pid())?;
            container.terminal()?.resize(SECOND)?;
            is_told(t, "the process now in the foreground", &mut other)?;
            is_not_told(t, "the first process, now in the background", &mut container.probe)?;
            is_not_told(t, "its companion, now in the background", &mut companion)?;
            t.equal("process id of the first process", init, 1)
        },
    },
    Case {
        id: "size/the-same-size-again-tells-nobody",
        title: "set the size on the master to what it is already",
        requirement: "nobody gets SIGWINCH",
        why: "engines repeat the size often; if each repetition were told, full-screen programs would redraw without end",
        level: Level::Kernel,
        references: &[manual("TIOCSWINSZ(2const)")],
        covers: &["G11"],
        needs: &[Need::Terminal],
        caught_by: &[(
            "signals of the process, at a change",
            &["no-controlling-terminal", "foreground-group-not-init"],
        )],
        body: |t| {
            let mut container = t.container()?.start()?;
            container.probe.catch(&[Signal::WINCH, Signal::USR1])?;
            container.terminal()?.resize(FIRST)?;
            is_told(t, "the process, at a change", &mut container.probe)?;
            container.terminal()?.resize(FIRST)?;
            is_not_told(t, "the process, at a repetition", &mut container.probe)
        },
    },
];

const FIRST: Size = Size::new(43, 130);
const SECOND: Size = Size::new(29, 78);

fn is_told(t: &Trial, who: &str, probe: &mut Probe) -> Judgement {
    t.equal(&format!("signals of {who}"), probe.next_signals()?, vec![Signal::WINCH])
}

/// The size was set before this, so a SIGWINCH for it would be there when the later signal is.
fn is_not_told(t: &Trial, who: &str, probe: &mut Probe) -> Judgement {
    probe.kill(probe.pid(), Signal::USR1)?;
    t.equal(&format!("signals of {who}"), probe.next_signals()?, vec![Signal::USR1])
}
