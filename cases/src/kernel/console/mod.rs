//! Consoles: a slave bound to another name, standard streams on a terminal, and the machine's own console.

mod bound;
mod names;
mod real;
mod redirected;
mod streams;

use crate::kernel::instance::{Instance, Mounted, make_file};
use crate::prelude::*;

pub const CASES: &[&[Case]] = &[bound::CASES, names::CASES, real::CASES, redirected::CASES, streams::CASES];

/// A pty whose slave is bound on a file, as a runtime binds it on `/dev/console`.
struct Bound {
    instance: Instance,
    pty: PtyDescriptors,
    console: String,
    _mounted: Mounted,
}

impl Bound {
    fn make(t: &Trial, actor: &mut Actor) -> Result<Self, Stop> {
        let instance = Instance::mount(t, actor, "")?;
        let pty = instance.new_pty(actor)?;
        let console = instance.beside("console");
        make_file(&console)?;
        Ok(Self { _mounted: Mounted::bind(actor, &instance.slave(0), &console)?, instance, pty, console })
    }
}

/// The machine's console, opened through a node of the case's own.
fn open_real_console(t: &Trial, actor: &mut Actor, flags: i32) -> Result<i32, Stop> {
    let node = format!("{}/console", t.directory()?.display());
    actor.make_node(&node, FileKind::CharacterDevice, DeviceNumber::CONSOLE)?;
    match actor.try_open(&node, flags)? {
        Ok(opened) => Ok(opened.descriptor),
        Err(errno) => Err(Stop::Skip(format!("the machine's console cannot be opened: {errno}"))),
    }
}
