//! `run` in the foreground: the relay between the caller's streams, or its terminal, and the container's.

use crate::bundle::Bundle;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{OpenptyResult, Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::sys::termios::{Termios, tcgetattr};
use nix::unistd::{Pid, mkfifo};
use ptyrun::syscall::process::PidFd;
use serde_json::json;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use std::{os::fd::AsFd, os::unix::process::CommandExt};

tests! {
    a_terminal_is_relayed_resized_and_given_back,
    a_signal_is_forwarded_and_its_death_reported,
    a_signal_ends_a_container_that_hangs_in_its_making,
    output_is_complete_and_input_may_be_no_terminal,
    an_output_that_nobody_reads_ends_the_container,
    a_signal_ends_the_wait_for_a_reader,
}

/// A ptyrun in the foreground of a terminal of ours.
struct Foreground {
    child: Child,
    master: File,
    slave: File,
    seen: Vec<u8>,
}

impl Foreground {
    fn start(bundle: &Bundle, rows: u16, columns: u16) -> Foreground {
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let OpenptyResult { master, slave } = openpty(Some(&size), None).unwrap();
        let (master, slave) = (File::from(master), File::from(slave));
        let stream = || Stdio::from(slave.try_clone().unwrap());
        let mut command = bundle.command(&["run", "c"]);
        command.stdin(stream()).stdout(stream()).stderr(stream());
        // SAFETY: only async-signal-safe calls between fork and exec.
        unsafe {
            command.pre_exec(|| {
                libc::setsid();
                libc::ioctl(0, libc::TIOCSCTTY, 0);
                Ok(())
            })
        };
        let child = command.spawn().unwrap();
        Foreground { child, master, slave, seen: Vec::new() }
    }

    fn settings(&self) -> Termios {
        tcgetattr(&self.slave).unwrap()
    }

    fn types(&mut self, text: &str) {
        self.master.write_all(text.as_bytes()).unwrap();
    }

    /// Reads until `text` has come.
    fn expect(&mut self, text: &str) {
        let mut buffer = [0; 4096];
        while !String::from_utf8_lossy(&self.seen).contains(text) {
            let mut set = [PollFd::new(self.master.as_fd(), PollFlags::POLLIN)];
            let ready = poll(&mut set, PollTimeout::from(10_000_u16)).unwrap();
            assert!(ready > 0, "{text:?} did not come after {:?}", String::from_utf8_lossy(&self.seen));
            let length = self.master.read(&mut buffer).unwrap();
            self.seen.extend_from_slice(&buffer[..length]);
        }
    }
}

impl Drop for Foreground {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn a_terminal_is_relayed_resized_and_given_back() {
    let script = "stty size; trap 'stty size' WINCH; echo ready; while :; do read line && echo got $line; \
                  test \"$line\" = end && exit 7; done";
    let bundle = Bundle::new(script);
    let mut terminal = Foreground::start(&bundle, 31, 94);
    let before = terminal.settings();
    terminal.expect("31 94\r\nready\r\n");
    assert_ne!(terminal.settings(), before, "the caller's terminal is raw meanwhile");
    terminal.types("one\n");
    terminal.expect("ready\r\none\r\ngot one\r\n");
    let size = libc::winsize { ws_row: 17, ws_col: 58, ws_xpixel: 0, ws_ypixel: 0 };
    ptyrun::terminal::ioctl::set_window_size(&terminal.slave, &size).unwrap();
    terminal.expect("17 58\r\n");
    terminal.types("end\n");
    terminal.expect("got end\r\n");
    assert_eq!(terminal.child.wait().unwrap().code(), Some(7));
    assert_eq!(terminal.settings(), before);
    assert_eq!(bundle.ids(), "");
}

fn a_signal_is_forwarded_and_its_death_reported() {
    let bundle = Bundle::new("trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done");
    let mut terminal = Foreground::start(&bundle, 24, 80);
    let before = terminal.settings();
    terminal.expect("ready\r\n");
    kill(Pid::from_raw(terminal.child.id().cast_signed()), Signal::SIGTERM).unwrap();
    assert_eq!(terminal.child.wait().unwrap().code(), Some(9));
    assert_eq!(terminal.settings(), before);
}

/// ptyrun waits for what the container's process says, and that waits for a hook of its own.
fn a_signal_ends_a_container_that_hangs_in_its_making() {
    let mut bundle = Bundle::without_terminal();
    mkfifo(&bundle.path("outside/begun"), Mode::S_IRWXU).unwrap();
    let script = format!("echo > {}; exec sleep 60", bundle.path("outside/begun").display());
    bundle.set("/hooks", json!({"createContainer": [{"path": "/bin/sh", "args": ["sh", "-c", script]}]}));
    let mut run = bundle.command(&["run", "c"]).stderr(Stdio::null()).spawn().unwrap();
    fs::read(bundle.path("outside/begun")).unwrap();
    let pid = Pid::from_raw(run.id().cast_signed());
    kill(pid, Signal::SIGTERM).unwrap();
    let process = PidFd::open(pid).unwrap();
    let mut set = [PollFd::new(process.as_fd(), PollFlags::POLLIN)];
    let ended = poll(&mut set, PollTimeout::from(10_000_u16)).unwrap();
    run.kill().unwrap();
    assert_eq!((ended, run.wait().unwrap().code()), (1, Some(1)));
    assert_eq!(bundle.ids(), "");
}

fn output_is_complete_and_input_may_be_no_terminal() {
    let bundle = Bundle::new("seq 200000; exit 3");
    let output = bundle.run(&["run", "c"]);
    let expected: String = (1..=200_000).map(|number| format!("{number}\r\n")).collect();
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout == expected.as_bytes(), "{} bytes came", output.stdout.len());
    assert_eq!(output.stderr, b"");
}

fn an_output_that_nobody_reads_ends_the_container() {
    let bundle = Bundle::new("while :; do echo much; done");
    let mut child = bundle.command(&["run", "c"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    output.read_exact(&mut [0; 100]).unwrap();
    drop(output);
    assert_eq!(child.wait().unwrap().code(), Some(128 + 9), "pid 1 heeds no SIGHUP, so it is killed");
    assert_eq!(bundle.ids(), "");
}

/// What is left at the end does not fit into the caller's terminal, and nobody reads there.
fn a_signal_ends_the_wait_for_a_reader() {
    let bundle = Bundle::new("trap '' TERM; echo ready; seq 5000; exit 6");
    let mut terminal = Foreground::start(&bundle, 24, 80);
    terminal.expect("ready\r\n");
    let pid = Pid::from_raw(terminal.child.id().cast_signed());
    let process = PidFd::open(pid).unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while poll(&mut [PollFd::new(process.as_fd(), PollFlags::POLLIN)], PollTimeout::from(20_u8)).unwrap() == 0 {
        assert!(Instant::now() < deadline, "ptyrun waits on");
        // As long as the container's process runs, the signal is passed on to it, and ignored there.
        kill(pid, Signal::SIGTERM).unwrap();
    }
    assert_eq!(terminal.child.wait().unwrap().code(), Some(6));
}
