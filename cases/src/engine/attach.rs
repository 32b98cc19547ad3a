//! Somebody comes to a program that runs already, and goes.

use crate::prelude::*;

/// ^P, ^Q.
const DETACH: &[&str] = &["\x10", "\x11"];
const DOCKER_ATTACH: Reference =
    Reference::document("docker container attach", "https://docs.docker.com/reference/cli/docker/container/attach/");

pub const CASES: &[Case] = &[
    Case {
        id: "engine/an-attached-caller-types-and-sees",
        title: "run a program with a terminal without a caller, attach somebody's terminal, type a line and let it write one",
        requirement: "the line is read and echoed, and what is written comes on the caller's terminal",
        why: "this is how one looks after a program that was started by a service",
        references: &[DOCKER_ATTACH],
        covers: &["I21"],
        needs: &[Need::Detached],
        caught_by: &[
            ("what the program reads", &["letter-swallowed"]),
            ("bytes on the terminal", &["output-comes-twice"]),
        ],
        body: |t| {
            let mut c = t.container()?.detached()?;
            let mut attached = c.attach(Caller::at_a_terminal())?;
            meets(&mut attached, &mut c)?;
            attached.outer.types("line\r")?;
            t.equal_bytes("what the program reads", &c.probe.read(0)?, b"line\n")?;
            attached.outer.receives("line\r\n")?;
            c.probe.write(1, b"answer")?;
            Ok(attached.outer.receives("answer")?)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "engine/the-detach-keys-detach",
        title: "attach a terminal to a program, type ^P and ^Q, and attach another one",
        requirement: "the first client returns and leaves its terminal as it was; the program lives, and the second client reaches it",
        why: "who cannot leave a program without ending it does not dare to look at it",
        references: &[DOCKER_ATTACH, issue("moby issue 35491", "https://github.com/moby/moby/issues/35491")],
        covers: &["I20"],
        needs: &[Need::Detached, Need::DetachKeys],
        caught_by: &[
            ("the return of attach", &["no-detach-keys"]),
            ("settings of the caller's terminal", &["terminal-stays-raw"]),
            ("bytes on the terminal", &["program-ends-with-its-client"]),
        ],
        body: |t| {
            let mut c = t.container()?.detached()?;
            let mut attached = c.attach(Caller::at_a_terminal())?;
            meets(&mut attached, &mut c)?;
            for key in DETACH {
                attached.outer.types(key)?;
                // Some look for their keys only where each comes alone, as it does from fingers.
                attached.rests()?;
            }
            let returned = attached.returns()?;
            t.equal("settings of the caller's terminal", &returned.after.termios, &returned.before.termios)?;
            let mut second = c.attach(Caller::at_a_terminal())?;
            meets(&mut second, &mut c)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "engine/half-of-the-detach-keys-arrives",
        title: "attach a terminal to a program in raw mode, and type ^P and then x",
        requirement: "the program reads both",
        why: "^P is how shells and editors go to the line before; where it is swallowed, it takes two",
        references: &[
            DOCKER_ATTACH,
            issue("podman issue 4208", "https://github.com/containers/podman/issues/4208"),
            issue("kubectl issue 693", "https://github.com/kubernetes/kubectl/issues/693"),
        ],
        covers: &["I20"],
        needs: &[Need::Detached, Need::DetachKeys],
        caught_by: &[
            ("what the program reads", &["half-of-the-keys-late"]),
            (Stop::ANSWER, &["half-of-the-keys-swallowed"]),
        ],
        body: |t| {
            let mut c = t.container()?.detached()?;
            let mut attached = c.attach(Caller::at_a_terminal())?;
            meets(&mut attached, &mut c)?;
            c.probe.change_termios(0, TermiosFacts::raw)?;
            attached.outer.types("\x10")?;
            attached.outer.types("x")?;
            t.equal_bytes("what the program reads", &c.probe.read_count(0, 2)?, b"\x10x")
        },
        ..Case::TERMINAL
    },
    Case {
        id: "engine/an-attached-callers-size-is-the-programs",
        title: "attach a terminal of 35 rows and 118 columns to a program, and resize it to 41 and 96",
        requirement: "the program's terminal gets the first size, and then the second",
        why: "whoever comes later has another window than who was there before",
        references: &[DOCKER_ATTACH],
        covers: &["G12"],
        needs: &[Need::Detached],
        caught_by: &[
            ("size when somebody attaches", &["size-is-not-told"]),
            ("size after a resize", &["resizes-are-not-told"]),
        ],
        body: |t| {
            const SIZES: [Size; 2] = [Size::new(35, 118), Size::new(41, 96)];
            let mut c = t.container()?.detached()?;
            let mut attached = c.attach(Caller::at_a_terminal().sized(SIZES[0]))?;
            meets(&mut attached, &mut c)?;
            t.equal("size when somebody attaches", crate::foreground::comes_to(&mut c.probe, SIZES[0])?, SIZES[0])?;
            attached.outer.resize(SIZES[1])?;
            t.equal("size after a resize", crate::foreground::comes_to(&mut c.probe, SIZES[1])?, SIZES[1])
        },
        ..Case::TERMINAL
    },
    Case {
        id: "engine/two-attached-callers-see-the-same",
        title: "attach two terminals to a program, and let it write a line",
        requirement: "both see it, once each",
        why: "two people look at one program; a relay that hands each byte to one of them shows neither the whole",
        references: &[DOCKER_ATTACH, issue("podman issue 580", "https://github.com/containers/podman/issues/580")],
        covers: &["I21"],
        needs: &[Need::Detached],
        caught_by: &[("bytes on the terminal", &["output-for-the-last-client"])],
        body: |t| {
            let mut c = t.container()?.detached()?;
            let mut first = c.attach(Caller::at_a_terminal())?;
            meets(&mut first, &mut c)?;
            let mut second = c.attach(Caller::at_a_terminal())?;
            meets(&mut second, &mut c)?;
            // The answer to the second meeting came to both.
            first.outer.receives(MET)?;
            c.probe.write(1, b"to both")?;
            first.outer.receives("to both")?;
            Ok(second.outer.receives("to both")?)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "engine/a-client-that-is-killed-leaves-the-program",
        title: "attach a terminal to a program, kill the client with SIGKILL, and attach another one",
        requirement: "the program lives, and the second client reaches it",
        why: "a connection that breaks must not end what runs on a server",
        references: &[DOCKER_ATTACH],
        covers: &["I21"],
        needs: &[Need::Detached],
        caught_by: &[("bytes on the terminal", &["program-ends-with-its-client"])],
        body: |t| {
            let mut c = t.container()?.detached()?;
            let mut attached = c.attach(Caller::at_a_terminal())?;
            meets(&mut attached, &mut c)?;
            attached.signal(Signal::KILL)?;
            t.equal("the client ends", attached.ends_within(t.patience())?, true)?;
            let mut second = c.attach(Caller::at_a_terminal())?;
            meets(&mut second, &mut c)
        },
        ..Case::TERMINAL
    },
];

/// What the program writes when it has met somebody.
const MET: &str = "[met]";

/// Waits until the client relays both ways: what is typed reaches the program, silently, and what that writes comes.
fn meets(attached: &mut Foreground, c: &mut Launched) -> Judgement {
    attached.relays(&mut c.probe)?;
    c.probe.write(1, MET.as_bytes())?;
    Ok(attached.outer.receives(MET)?)
}
