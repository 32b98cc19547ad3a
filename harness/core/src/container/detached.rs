//! A call of the runtime that returns and leaves a process behind: `create` and `exec --detach`.

use crate::container::inheritance::Inheritance;
use crate::container::{ConsoleSocket, ContainerError, Reception, Streams, Workbench};
use crate::intervention::Interventions;
use crate::target::{Finished, Running};
use std::process::Command;

/// What came of such a call.
pub(super) struct Detached {
    /// How the runtime ended.
    pub finished: Finished,
    /// What came over the console socket, where there was one.
    pub reception: Option<Reception>,
    /// The process's standard streams, where it has no terminal.
    pub streams: Option<Streams>,
}

impl Detached {
    /// Calls the runtime and waits for its end. Without a terminal, the process gets the runtime's streams.
    pub fn call(
        bench: &Workbench,
        mut command: Command,
        inheritance: Inheritance,
        interventions: Interventions,
        has_terminal: bool,
        socket: Option<ConsoleSocket>,
    ) -> Result<Self, ContainerError> {
        let patience = bench.patience;
        let null_input = inheritance.null_input;
        let _placeholders = inheritance.give_to(&mut command)?;
        interventions.impose_on(&mut command, bench.probe())?;
        let (running, streams) = if has_terminal {
            (Running::start(command)?, None)
        } else {
            let (streams, given) = Streams::open(patience)?;
            command.stdin(given.stdin).stdout(given.stdout).stderr(given.stderr);
            if null_input {
                command.stdin(std::process::Stdio::null());
            }
            (Running::start_with_streams(command)?, Some(streams))
        };
        let finished = running.finish(patience);
        let reception = socket.map(ConsoleSocket::finish).transpose()?;
        let mut finished = finished?;
        // Where there is no process, what came is the runtime's own.
        if let Some(streams) = streams.as_ref().filter(|_| !finished.status.success()) {
            streams.stderr.takes(&mut finished.stderr.bytes);
        }
        Ok(Self { finished, reception, streams })
    }
}
