//! `ptyproof replay`: what it shows of a report, and what it does to the terminal that it is called at: nothing.

mod said;

use nix::sys::termios::tcgetattr;
use ptyproof_harness::case::Case;
use ptyproof_harness::terminal::{Pair, Terminal};
use ptyproof_report::{CaseResult, Direction, Entry, Environment, Report, SCHEMA, Summary, Target};
use said::{program, ptyproof};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const ID: &str = "area/name";

/// A report of one case with these pieces on one terminal: when, which way, what.
fn report(pieces: &[(f64, Direction, &[u8])]) -> (TempDir, String) {
    let case = Case { title: "does it", requirement: "it holds", ..Case::KERNEL };
    let entry = |&(at_ms, direction, bytes): &(f64, Direction, &[u8])| Entry { at_ms, direction, bytes: bytes.into() };
    let transcript = vec![("a \x1b[31mterminal".to_owned(), pieces.iter().map(entry).collect())];
    let results = vec![CaseResult { id: ID.into(), transcript, ..CaseResult::from(&case) }];
    let report = Report {
        schema: SCHEMA,
        environment: Environment::default(),
        target: Target::booted(String::new(), String::new(), "6.1".to_owned(), None),
        strict: false,
        selected: vec![ID.into()],
        summary: Summary::of(&results, false, false),
        results,
        duration_ms: 1,
        interrupted: false,
    };
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("r.json").display().to_string();
    std::fs::write(&path, report.to_json().expect("it can be written")).expect("it can be written");
    (directory, path)
}

use Direction::{Received, Remark, Typed};

const HEAD: &str =
    "area/name: does it (pass)\n--- a \\u{1b}[31mterminal (<\"this\"> is typed, \\n what is not shown as it is) ---\n";

#[test]
fn nothing_in_a_report_is_obeyed() {
    let hostile = "\x1b]0;t\x07\x1b[2J\x1b[?1049h\u{9b}6n\u{202e}\x1bc\x0e\0".as_bytes();
    let (_directory, path) = report(&[(0.0, Received, hostile), (1.0, Typed, hostile), (2.0, Remark, hostile)]);
    let said = ptyproof(&["replay", &path, ID]);
    assert_eq!(said.status, Some(0), "{}", said.error);
    assert!(said.output.starts_with(HEAD), "{}", said.output);
    let obeyed = said.output.chars().find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
    assert_eq!(obeyed, None, "{:?}", said.output);
}

#[test]
fn what_was_said_nowhere_cannot_be_played() {
    let (_directory, path) = report(&[]);
    let said = ptyproof(&["replay", &path, ID]);
    assert_eq!((said.status, said.output.as_str()), (Some(4), ""));
    assert!(said.error.ends_with("r.json: nothing was said on a terminal in area/name, which ended with pass\n"));
    let said = ptyproof(&["replay", &path, ID, "--speed", "0"]);
    assert_eq!(said.status, Some(2));
    assert!(said.error.contains("expected a number above 0, such as 2 or 0.5"), "{}", said.error);
}

/// Plays it at a terminal of the test's.
fn plays(path: &str, arguments: &[&str]) -> (Terminal, std::os::fd::OwnedFd, Child) {
    let Pair { master, slave } = Pair::open().expect("a pty");
    let copy = || Stdio::from(slave.duplicate().expect("a descriptor"));
    let mut command = Command::new(program());
    command.args(["replay", path, ID, "--color", "never"]).args(arguments);
    let child = command.stdin(copy()).stdout(copy()).stderr(copy()).spawn().expect("it can be started");
    let terminal = Terminal::new(master, Duration::from_secs(20)).expect("a terminal");
    (terminal, slave.duplicate().expect("a descriptor"), child)
}

#[test]
fn a_key_shows_the_next_piece_and_q_ends() {
    let (_directory, path) = report(&[(0.0, Received, b"one"), (9e9, Typed, b"two"), (9e9, Received, b"three")]);
    let (mut terminal, slave, mut child) = plays(&path, &["--step"]);
    let head = HEAD.replace("(pass)\n", "(pass)\na key shows the next piece, q ends\n");
    terminal.receives(head.replace('\n', "\r\n")).expect("the head");
    terminal.types(" ").expect("a key");
    terminal.receives("one").expect("the first piece, and no echo of the key");
    terminal.types("\r").expect("a key");
    terminal.receives("<\"two\">").expect("the second");
    terminal.types("q").expect("a key");
    terminal.receives("\r\n").expect("it ends a line");
    assert!(child.wait().expect("it ends").success());
    let after = tcgetattr(&slave).expect("its settings");
    let fresh = Pair::open().expect("a pty");
    assert_eq!(after, tcgetattr(&fresh.slave).expect("the settings of every new terminal"));
}

#[test]
fn pauses_are_shortened_and_a_space_makes_one() {
    // Of hours, two seconds are left, of which a hundredth is waited.
    let (_directory, path) = report(&[(0.0, Received, b"one"), (9e9, Received, b"two"), (9e9, Received, b"\n")]);
    let (mut terminal, _slave, mut child) = plays(&path, &["--speed", "100"]);
    terminal.receives(HEAD.replace('\n', "\r\n") + "onetwo\\n\r\n").expect("all of it");
    assert!(child.wait().expect("it ends").success());
    let (mut terminal, _slave, mut child) = plays(&path, &["--speed", "0.00001"]);
    terminal.receives(HEAD.replace('\n', "\r\n") + "one").expect("the beginning");
    // The pause of days is over at a key, once it is a pause.
    terminal.types(" x").expect("keys");
    terminal.receives("two").expect("the next");
    terminal.types("\x03").expect("a key");
    assert!(child.wait().expect("it ends").success());
}
