//! A probe at a terminal, as in a container: without one, since no runtime belongs to this crate.

use crate::performing::{forgets, hold};
use crate::{Test, tests};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use ptyproof_harness::probe::{ControlSocket, Falsifier, Manner, Probe};
use ptyproof_harness::runner::PROBE;
use ptyproof_harness::terminal::{Master, Pair, acquire_controlling_terminal};
use ptyproof_scenario::stage::{Container, Model};
use ptyproof_scenario::{Fuzz, Stage};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::rc::Rc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tempfile::TempDir;

pub const TESTS: &[Test] = tests![
    the_examples_hold_at_a_probe,
    scenarios_at_a_probe_do_not_see_each_other,
    the_model_agrees_with_the_terminal_of_a_probe,
    the_master_blocks_again,
];

/// The probe leads a session with the terminal, as the first process of a container does.
struct AtATerminal {
    master: Master,
    probe: Probe,
    process: Child,
    _directory: TempDir,
}

impl AtATerminal {
    fn start() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let program = directory.path().join("probe");
        std::fs::write(&program, PROBE).expect("the probe is written");
        std::fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("it is ours");
        let manner = Manner { patience: Duration::from_secs(10), falsifier: Rc::new(Falsifier::new(None)) };
        let inside = directory.path().display().to_string();
        let control = ControlSocket::bind(directory.path(), "control", &inside, manner);
        let control = control.expect("a socket");
        let Pair { master, slave } = Pair::open().expect("a pty");
        let stream = || slave.duplicate().expect("a descriptor");
        let mut command = Command::new(program);
        command.arg("serve").arg(directory.path().join("control")).stdin(stream()).stdout(stream()).stderr(stream());
        // SAFETY: between fork and exec it only makes system calls.
        unsafe {
            command.pre_exec(|| {
                nix::unistd::setsid()?;
                acquire_controlling_terminal(std::io::stdin())
                    .map_err(|errno| std::io::Error::from_raw_os_error(errno.0))
            })
        };
        let process = command.spawn().expect("the probe runs");
        let probe = control.accept(&[]).expect("the probe reports");
        Self { master, probe, process, _directory: directory }
    }

    fn stage(&mut self) -> Container<'_> {
        Container::new(&mut self.probe, &self.master).expect("a stage")
    }
}

impl Drop for AtATerminal {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn the_examples_hold_at_a_probe() {
    hold(&mut AtATerminal::start().stage());
}

fn scenarios_at_a_probe_do_not_see_each_other() {
    let mut terminal = AtATerminal::start();
    forgets(&mut terminal.stage());
    // Nor do those of a stage see those of the one before.
    forgets(&mut terminal.stage());
}

/// Many scripts leave their traces on one terminal, and the one after meets none.
fn the_model_agrees_with_the_terminal_of_a_probe() {
    let (seed, first, count) = (4, 0, 400);
    let fuzz = Fuzz { seed, first, count };
    let mut terminal = AtATerminal::start();
    let mut stage = terminal.stage();
    let agree = |stage: &mut dyn Stage| {
        let report = fuzz.run(&mut Model::new(), stage, |_| (), &AtomicBool::new(false));
        let report = report.expect("all scripts can be performed");
        for found in &report.found {
            eprintln!("{found}");
        }
        assert_eq!((report.scripts, report.found.len()), (count, 0));
        assert!(report.unconfirmed.len() < 20, "{:?}", report.unconfirmed);
    };
    agree(&mut stage);
}

fn the_master_blocks_again() {
    let mut terminal = AtATerminal::start();
    let blocking = |master: &Master| {
        let flags = fcntl(master, FcntlArg::F_GETFL).expect("a descriptor");
        !OFlag::from_bits_retain(flags).contains(OFlag::O_NONBLOCK)
    };
    fcntl(&terminal.master, FcntlArg::F_SETFL(OFlag::O_RDWR)).expect("it can block");
    drop(terminal.stage());
    assert!(blocking(&terminal.master));
}
