//! Two engines, one dialogue: expectrl drives every terminal under test, and its matching must not be trusted for
//! being the only one. rexpect, another author's, has to see the same bytes in the same order.

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use ptyproof_harness::terminal::{Pair, Slave, Terminal};
use ptyproof_report::Direction;
use rexpect::{reader::Options, session::StreamSession};
use std::io::{BufRead, BufReader, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::{fs::File, thread::JoinHandle, time::Duration};

const PATIENCE: Duration = Duration::from_secs(10);

/// What is typed, and what comes then; the terminal echoes, and turns newlines into carriage return and newline.
const DIALOGUE: &[(&str, &str)] = &[
    ("", "name? "),
    ("ptyproof\n", "ptyproof\r\nhello ptyproof\r\nname? "),
    ("ab\x7fc\n", "ab\x08 \x08c\r\nhello ac\r\nname? "),
    ("\t\x01\n", "\t^A\r\nhello \t\x01\r\nname? "),
    ("bye\n", "bye\r\nhello bye\r\nname? "),
];

/// A program at the slave that greets whoever types a name.
fn greeter(slave: &Slave) -> JoinHandle<()> {
    let terminal = || File::from(slave.duplicate().expect("it can be duplicated"));
    let (mut output, input) = (terminal(), BufReader::new(terminal()));
    std::thread::spawn(move || {
        output.write_all(b"name? ").expect("the master is open");
        for name in input.lines() {
            let name = name.expect("it is ASCII");
            write!(output, "hello {name}\nname? ").expect("the master is open");
            if name == "bye" {
                return;
            }
        }
    })
}

fn by_expectrl() -> Vec<u8> {
    let Pair { master, slave } = Pair::open().expect("a pty is free");
    let program = greeter(&slave);
    let mut terminal = Terminal::new(master, PATIENCE).expect("it is a master");
    for (typed, received) in DIALOGUE {
        terminal.types(typed).expect("it is taken");
        terminal.receives(received).expect("it comes");
    }
    program.join().expect("it ends");
    let entries = terminal.transcript().into_iter();
    let received = entries.filter(|entry| entry.direction == Direction::Received);
    received.flat_map(|entry| entry.bytes).collect()
}

fn by_rexpect() -> Vec<u8> {
    let Pair { master, slave } = Pair::open().expect("a pty is free");
    // Its reading thread cannot wait where there is O_NONBLOCK, and `slave` stays open because it cannot stand a
    // hang-up either.
    let flags = fcntl(&master, FcntlArg::F_GETFL).map(OFlag::from_bits_retain);
    let blocking = flags.expect("it is open") - OFlag::O_NONBLOCK;
    fcntl(&master, FcntlArg::F_SETFL(blocking)).expect("it is ours");
    let side = || -> OwnedFd { master.as_fd().try_clone_to_owned().expect("it can be duplicated") };
    let program = greeter(&slave);
    let options = Options::new().timeout_ms(Some(10_000));
    let mut session = StreamSession::new(File::from(side()), File::from(side()), options);
    let mut transcript = Vec::new();
    for (typed, received) in DIALOGUE {
        session.send(typed).expect("it is taken");
        session.flush().expect("it is taken");
        let before = session.exp_string(received).expect("it comes");
        transcript.extend(before.into_bytes());
        transcript.extend(received.bytes());
    }
    program.join().expect("it ends");
    transcript
}

#[test]
fn two_engines_see_the_same() {
    let all: String = DIALOGUE.iter().map(|(_, received)| *received).collect();
    let (one, other) = (by_expectrl(), by_rexpect());
    assert_eq!(one.escape_ascii().to_string(), all.as_bytes().escape_ascii().to_string());
    assert_eq!(one.escape_ascii().to_string(), other.escape_ascii().to_string());
}
