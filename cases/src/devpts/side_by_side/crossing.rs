//! What one side does to its terminal stays there, also where it goes by the name of another's terminal.

use super::neighbourhood::{HostSide, Neighbourhood, Side};
use crate::prelude::*;

const REFERENCES: &[Reference] = &[DEVPTS, manual("pty(7)"), manual("ioctl_tty(2)")];

/// What each side prints to show that nothing came before it.
const MARK: &[u8] = b"[nothing before this]";

/// Nothing was printed on the host's terminal.
fn host_is_untouched(host: &mut HostSide) -> Judgement {
    host.prints(MARK)?;
    Ok(host.terminal.receives(MARK)?)
}

/// A container opens a terminal by the name that `victim` has for its own, and prints there; nobody but the
/// container itself may see that. In an instance of its own the name is its own terminal's or nobody's.
fn prints_by_name(attacker: &mut Side, name: &str, untouched: impl FnOnce() -> Judgement) -> Judgement {
    const WORDS: &[u8] = b"by another's name";
    let Some(opened) = attacker.open(name)? else {
        return Ok(());
    };
    attacker.container.probe.write(opened, WORDS)?;
    untouched()?;
    attacker.container.receives(WORDS)?;
    Ok(attacker.container.probe.close(opened)?)
}

/// What never crosses.
pub const CASES: &[Case] = &[
    Case {
        id: "devpts/bytes-never-cross",
        title: "print and type on the terminals of two containers and the host, also by each other's names",
        requirement: "every byte comes out where it belongs, and nowhere else",
        why: "a container that prints on another's terminal, or reads what is typed there, takes over who sits at it",
        references: REFERENCES,
        covers: &["A06", "L06"],
        caught_by: &[("bytes on the terminal", &["host-devpts-shared"])],
        body: |t| {
            let Neighbourhood { mut left, mut right, mut host } = Neighbourhood::settle(t)?;
            let (lefts, rights, hosts) = (left.name.clone(), right.name.clone(), host.name.clone());
            prints_by_name(&mut left, &rights, || Ok(right.container.has_nothing_left_over()?))?;
            prints_by_name(&mut left, &hosts, || host_is_untouched(&mut host))?;
            prints_by_name(&mut right, &lefts, || Ok(left.container.has_nothing_left_over()?))?;
            prints_by_name(&mut right, &hosts, || host_is_untouched(&mut host))?;

            left.container.types("to the left\n")?;
            right.container.types("to the right\n")?;
            host.terminal.types("to the host\n")?;
            left.container.receives("to the left\r\n")?;
            right.container.receives("to the right\r\n")?;
            host.terminal.receives("to the host\r\n")?;
            left.container.reads("to the left\n")?;
            right.container.reads("to the right\n")?;
            t.equal("what the host's program reads", host.reads()?, b"to the host\n".to_vec())?;

            left.container.has_nothing_left_over()?;
            right.container.has_nothing_left_over()?;
            host_is_untouched(&mut host)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "devpts/size-never-crosses",
        title: "resize the terminal of one of two containers from inside, also by the names of the others",
        requirement: "its master reports the new size, the neighbour's and the host's the one they had",
        why: "a container that resizes the terminals of others sends their programs SIGWINCH and spoils their screens",
        references: REFERENCES,
        covers: &["A06"],
        caught_by: &[("size of the neighbour's terminal", &["host-devpts-shared"])],
        body: |t| {
            let property = Property {
                what: "size",
                set: |side, descriptor, size: Size| Ok(side.container.probe.set_size(descriptor, size)?),
                of_side: |side| Ok(side.container.terminal()?.size()?),
                of_host: |host| Ok(host.terminal.size()?),
            };
            never_crosses(t, &property, |_| Size::new(31, 103))
        },
        ..Case::TERMINAL
    },
    Case {
        id: "devpts/termios-never-crosses",
        title: "change the settings of one of two containers' terminals, also by the names of the others",
        requirement: "its master reports the new settings, the neighbour's and the host's the ones they had",
        why: "a container that turns the echo of others back on shows their passwords, or takes their ^C away",
        references: REFERENCES,
        covers: &["A06"],
        caught_by: &[("settings of the neighbour's terminal", &["host-devpts-shared"])],
        body: |t| {
            let property = Property {
                what: "settings",
                set: |side, descriptor, termios: TermiosFacts| {
                    Ok(side.container.probe.set_termios(descriptor, termios)?)
                },
                of_side: |side| Ok(side.container.terminal()?.termios()?),
                of_host: |host| Ok(host.terminal.termios()?),
            };
            // One of the special characters becomes ^X; which one does not matter.
            never_crosses(t, &property, |mut termios| {
                termios.characters[0] = b'X' - b'@';
                termios
            })
        },
        ..Case::TERMINAL
    },
];

/// A property of a terminal, as its own side and the attackers see it.
struct Property<T> {
    what: &'static str,
    set: fn(&mut Side, i32, T) -> Judgement,
    of_side: fn(&mut Side) -> Result<T, Stop>,
    of_host: fn(&HostSide) -> Result<T, Stop>,
}

/// One container sets a property of its terminal to `given`, through descriptor 0 and through every name that
/// others have for theirs. The others keep what they had before.
fn never_crosses<T>(t: &Trial, property: &Property<T>, given: impl Fn(T) -> T) -> Judgement
where
    T: Copy + PartialEq + Evident,
{
    let mut all = Neighbourhood::settle(t)?;
    let own = (property.of_side)(&mut all.left)?;
    let neighbours = (property.of_side)(&mut all.right)?;
    let hosts = (property.of_host)(&all.host)?;
    let given = given(own);
    if [own, neighbours, hosts].contains(&given) {
        return Err(Stop::Error(format!("{} is no change", given.evidence())));
    }
    (property.set)(&mut all.left, 0, given)?;
    for name in [all.right.name.clone(), all.host.name.clone()] {
        if let Some(opened) = all.left.open(&name)? {
            (property.set)(&mut all.left, opened, given)?;
        }
    }
    let what = property.what;
    t.equal(&format!("{what} of the terminal that was changed"), (property.of_side)(&mut all.left)?, given)?;
    t.equal(&format!("{what} of the neighbour's terminal"), (property.of_side)(&mut all.right)?, neighbours)?;
    t.equal(&format!("{what} of the host's terminal"), (property.of_host)(&all.host)?, hosts)
}
