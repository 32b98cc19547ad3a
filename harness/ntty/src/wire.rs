//! What is on its way to the master.
//!
//! A pty's output is handed over by a worker of the kernel. When a signal character comes with `NOFLSH` off, what the
//! worker has not yet taken is dropped. In the model each call ends with everything handed over, as it does for a user
//! who waits until the terminal is quiet; so only echo that was sent in the *same call*, before the signal character, is
//! in danger. How much of it arrives is a race that the kernel lets everybody see: any beginning of it may, also none,
//! also all. That is a [`Piece::Prefix`].

/// What a master reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Bytes that arrive for certain.
    Certain(Vec<u8>),
    /// Bytes of which any beginning arrives: none, some, or all.
    Prefix(Vec<u8>),
    /// The one byte of a read that tells a status in packet mode. Never 0.
    Status(u8),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Wire {
    arrived: Vec<Piece>,
    /// Sent in this call.
    fresh: Vec<u8>,
}

impl Wire {
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.fresh.extend_from_slice(bytes);
    }

    /// The end of a call: everything is handed over.
    pub(crate) fn settle(&mut self) {
        if self.fresh.is_empty() {
            return;
        }
        if let Some(Piece::Certain(bytes)) = self.arrived.last_mut() {
            bytes.append(&mut self.fresh);
        } else {
            self.arrived.push(Piece::Certain(std::mem::take(&mut self.fresh)));
        }
    }

    /// A flush: what was not yet handed over is lost.
    pub(crate) fn endanger(&mut self) {
        if !self.fresh.is_empty() {
            self.arrived.push(Piece::Prefix(std::mem::take(&mut self.fresh)));
        }
    }

    /// The master drops what has arrived.
    pub(crate) fn clear(&mut self) {
        self.arrived.clear();
    }

    /// The master reads everything.
    pub(crate) fn take(&mut self) -> Vec<Piece> {
        std::mem::take(&mut self.arrived)
    }
}
