//! A terminal of the target of a run.

use super::{Container, Kernel, Stage};
use ptyproof_harness::case::Stop;
use ptyproof_harness::container::{Plan, Workbench};
use std::{os::fd::AsFd, rc::Rc};

/// On the terminal of the target.
pub fn on_the_target<T>(
    bench: &Rc<Workbench>,
    perform: impl FnOnce(&mut dyn Stage) -> Result<T, Stop>,
) -> Result<T, Stop> {
    match bench.target.profile() {
        None => on_a_bare_pty(perform),
        Some(_) => on_the_terminal_of_a_container(bench, perform),
    }
}

/// On a bare pty of the kernel, whose slave is the controlling terminal of this process.
pub fn on_a_bare_pty<T>(perform: impl FnOnce(&mut dyn Stage) -> Result<T, Stop>) -> Result<T, Stop> {
    perform(&mut Kernel::new()?)
}

/// On the terminal of a new container, whose first process is the program.
pub fn on_the_terminal_of_a_container<T>(
    bench: &Rc<Workbench>,
    perform: impl FnOnce(&mut dyn Stage) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let mut container = Plan::new(bench)?.start()?;
    let terminal = container.terminal()?.as_fd().try_clone_to_owned();
    let terminal = terminal.map_err(|error| Stop::Error(format!("the master: {error}")))?;
    perform(&mut Container::new(&mut container.probe, terminal)?)
}
