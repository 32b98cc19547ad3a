//! Taking what comes to a caller until the runtime has returned.

use crate::container::{ContainerError, PipeReader, Streams};
use crate::{container::caller::setup, deadline::Deadline, terminal::Terminal};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Takes what comes to the caller, wherever it comes.
pub(super) struct Drain {
    outer: Terminal,
    pub output: Vec<u8>,
    pub pipes: [DrainedPipe; 2],
    // Closed only with the rest: the end of standard input would be news to the runtime.
    _stdin: Option<OwnedFd>,
}

pub(super) struct DrainedPipe {
    reader: PipeReader,
    pub received: Vec<u8>,
    open: bool,
}

impl Drain {
    /// `output` came before.
    pub fn new(outer: Terminal, output: Vec<u8>, streams: Streams) -> Self {
        let pipe = |reader| DrainedPipe { reader, received: Vec::new(), open: true };
        Self { outer, output, pipes: [pipe(streams.stdout), pipe(streams.stderr)], _stdin: streams.stdin }
    }

    /// Takes what is there at the moment; whether more may come.
    pub fn take(&mut self) -> bool {
        self.output.extend(self.outer.takes());
        for pipe in self.pipes.iter_mut().filter(|pipe| pipe.open) {
            pipe.open = pipe.reader.takes(&mut pipe.received);
        }
        !self.outer.hung_up() || self.pipes.iter().any(|pipe| pipe.open)
    }

    /// Sleeps until something comes or `event` happens; whether `event` has.
    pub fn wait(&self, event: Option<BorrowedFd<'_>>, deadline: Deadline) -> Result<bool, ContainerError> {
        let outer = Some(self.outer.as_fd()).filter(|_| !self.outer.hung_up());
        let pipes = self.pipes.iter().filter(|pipe| pipe.open).map(|pipe| pipe.reader.as_fd());
        let ready = deadline.wait_for_any(event.into_iter().chain(outer).chain(pipes));
        let ready = ready.map_err(|errno| setup(errno.into()))?;
        Ok(event.is_some() && ready[0])
    }
}
