//! What the container prints reaches the caller, all of it and nowhere else.

use super::attended::hears_that_nobody_reads;
use super::writes_beyond_one;
use crate::prelude::*;
use nix::fcntl::OFlag;

pub const CASES: &[Case] = &[
    Case {
        id: "relay/large-output-is-complete",
        title: "run a container in the foreground that prints 1 MiB and exits",
        requirement: "the caller's terminal gets every byte, in order, before the runtime returns",
        why: "logs, listings and dumps that miss a piece in the middle or at the end look complete",
        level: Level::Convention,
        references: &[
            TERMINALS,
            issue("containerd issue 3738", "https://github.com/containerd/containerd/issues/3738"),
        ],
        covers: &["I01"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("output on the caller's terminal", &["relay-loses-a-byte"])],
        body: |t| {
            const COUNT: usize = 1 << 20;
            let steps = [writing(COUNT).into(), step::End { ending: Ending::Exit(0) }.into()];
            let returned = t.container()?.performing(&steps).foreground(Caller::at_a_terminal())?.returns()?;
            let expected = Bytes::pattern(Lines::Unbroken, COUNT).0;
            t.equal_bytes("output on the caller's terminal", &returned.output, &expected)?;
            t.equal("exit status", returned.finished.status.code(), Some(0))
        },
    },
    Case {
        id: "relay/the-last-output-of-a-process-is-not-lost",
        title: "while the runtime is held up by a poststart hook, or stopped, let the container's process write 6000 bytes and exit",
        requirement: "all bytes come on the caller's terminal, and nothing else, before the runtime returns",
        why: "a runtime that looks for the exit before it looks for output cuts off the end, and on a busy machine the \
              whole output of short commands",
        level: Level::Convention,
        references: &[TERMINALS, issue("crun issue 1838", "https://github.com/containers/crun/issues/1838")],
        covers: &["I01", "I02"],
        needs: &[Need::Foreground],
        caught_by: &[("output on the caller's terminal", &["relay-drops-tail"]), ("exit status", &["exit-code-lost"])],
        body: |t| {
            let returned = ends_unattended(t, Caller::at_a_terminal())?;
            let expected = Bytes::pattern(Lines::Unbroken, TAIL).0;
            t.equal_bytes("output on the caller's terminal", &returned.output, &expected)?;
            t.equal("exit status", returned.finished.status.code(), Some(3))
        },
    },
    Case {
        id: "relay/output-goes-to-standard-output-to-the-last-byte",
        title: "while the runtime, with pipes for standard output and standard error, is held up by a poststart hook, or \
                stopped, let the container's process write 6000 bytes and exit",
        requirement: "all output comes on standard output, and nothing on standard error",
        why: "what a runtime hands to standard error is missing in every pipeline and file that the output goes to",
        level: Level::Convention,
        references: &[
            TERMINALS,
            issue("containerd issue 4107", "https://github.com/containerd/containerd/issues/4107"),
        ],
        covers: &["I02", "I03"],
        needs: &[Need::Foreground],
        caught_by: &[("standard output", &["relay-merges-to-stderr", "relay-drops-tail"])],
        body: |t| {
            let caller = Caller::at_a_terminal().stdout(CallerStream::Pipe).stderr(CallerStream::Pipe);
            let returned = ends_unattended(t, caller)?;
            t.equal_bytes("standard output", &returned.stdout, &Bytes::pattern(Lines::Unbroken, TAIL).0)?;
            t.equal_bytes("standard error", &returned.stderr, b"")
        },
    },
    Case {
        id: "relay/the-end-finds-the-callers-terminal-full",
        title: "let a process in the foreground write more than the caller's terminal holds, at most 19000 bytes, and exit with \
                status 5; read only when it has ended",
        requirement: "all bytes come, in order, and the runtime exits with status 5",
        why: "who stops the screen with ^S, or reads through a slow connection, sees the end of a long output later, not never",
        level: Level::Convention,
        references: &[TERMINALS, issue("crun issue 1838", "https://github.com/containers/crun/issues/1838")],
        covers: &["I01", "I10"],
        needs: &[Need::Foreground, Need::ExitStatus],
        caught_by: &[("exit status", &["exit-code-lost"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            let expected = writes_beyond_one(&run, &mut probe)?;
            probe.end_and_wait(Ending::Exit(5))?;
            run.rests()?;
            let returned = run.returns()?;
            t.equal_bytes("output on the caller's terminal", &returned.output, &expected.0)?;
            t.equal("exit status", returned.finished.status.code(), Some(5))
        },
    },
    Case {
        id: "relay/output-to-a-full-device",
        title: "run a container with a terminal in the foreground whose runtime's standard output is /dev/full; its process \
                writes, and exits with status 0 when its terminal is hung up",
        requirement: "the runtime does not start it, or ends it, or hangs its terminal up; it exits with a status other than 0, \
                      and says why on standard error",
        why: "a disk that is full must not look like a command that printed nothing",
        references: &[manual("full(4)"), TERMINALS.at("#foreground")],
        covers: &["I14"],
        needs: &[Need::Foreground, Need::Attended, Need::Relay],
        caught_by: &[("signals of the process", &["broken-output-ignored"])],
        body: |t| {
            let caller = Caller::at_a_terminal().stdout(CallerStream::Full).stderr(CallerStream::Pipe);
            let mut run = t.container()?.foreground(caller)?;
            match run.probe() {
                Err(ContainerError::Probe(ProbeError::NotConnected { .. })) => {} // it was not started
                probe => {
                    let mut probe = probe?;
                    match probe.catch(&[Signal::HUP]) {
                        Err(ProbeError::Gone { .. }) => {} // it was ended, or hung up, before
                        caught => {
                            caught?;
                            hears_that_nobody_reads(t, &mut probe)?;
                        }
                    }
                }
            }
            let returned = run.returns()?;
            let code = returned.finished.status.code();
            t.holds("exit status", "one that is not 0", &code, |code| code.is_some_and(|code| code != 0))?;
            t.holds("standard error", "a message", &returned.stderr, |said| !said.is_empty())
        },
        ..Case::TERMINAL
    },
    Case {
        id: "relay/a-terminal-that-is-opened-again-is-relayed-again",
        title: "in the container, close every descriptor of the terminal, open /dev/tty again and write",
        requirement: "what is written then comes on the caller's terminal",
        why: "init systems reopen the console at boot; a relay that ends at the first hang-up shows nothing more",
        level: Level::Convention,
        references: &[issue("moby issue 27202", "https://github.com/moby/moby/issues/27202"), manual("pty(7)")],
        covers: &["I06", "B15"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[("opening /dev/tty again", &["eio-is-an-error"])],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.attached()?;
            probe.catch(&[Signal::WINCH])?;
            probe.write(1, b"before")?;
            run.outer.receives("before")?;
            for descriptor in 0..3 {
                probe.close(descriptor)?;
            }
            // The runtime passes a resize on after it has met the hang-up, if it serves both in one loop.
            run.outer.resize(Size::new(33, 90))?;
            let signals = probe.next_signals()?;
            let opened = probe.try_open("/dev/tty", OFlag::O_RDWR.bits())?;
            probe.write(t.succeeds("opening /dev/tty again", opened)?.descriptor, b"after")?;
            run.outer.receives("after")?;
            t.equal("signals at a resize", signals, vec![Signal::WINCH])
        },
    },
];

/// No byte of it is one that a terminal translates, so that nothing but the relay is judged.
fn writing(count: usize) -> step::WritePattern {
    step::WritePattern { descriptor: 1, lines: Lines::Unbroken, count }
}

/// More than one read(2) of a master returns, and less than a pty holds.
const TAIL: usize = 6000;

/// Lets the container's process write and exit before the runtime gets to relay: a hook holds it up, or, where it
/// calls the hook too early for that, a stop.
fn ends_unattended(t: &Trial, caller: Caller) -> Result<Returned, Stop> {
    let plan = t.container()?.waiting_after_start()?;
    let mut run = plan.foreground(caller)?;
    if let Some(mut hook) = run.hook()? {
        write_and_exit(run.probe()?)?;
        hook.end_and_wait(Ending::Exit(0))?;
    } else {
        let probe = run.attached()?;
        run.signal(Signal::STOP)?;
        write_and_exit(probe)?;
        run.signal(Signal::CONT)?;
    }
    Ok(run.returns()?)
}

fn write_and_exit(mut probe: Probe) -> Judgement {
    probe.ask(writing(TAIL))?;
    Ok(probe.end_and_wait(Ending::Exit(3))?)
}
