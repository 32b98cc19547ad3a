//! Waiting for a hung-up terminal to come back.
//!
//! When the last slave is closed, the master reports POLLHUP for as long as that lasts, and a plain poll(2) would spin.
//! A pid 1 that closes its console and opens it again (systemd does) must find its terminal alive, so the relay cannot
//! just stop. An edge-triggered epoll(7) reports the hang-up once, and then only what is new.

use super::RelayError;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use std::os::fd::{AsFd, BorrowedFd};

/// The master of a hung-up terminal.
#[derive(Debug)]
pub struct HungUp(Epoll);

impl HungUp {
    /// Starts to wait.
    pub fn watch(master: BorrowedFd<'_>) -> Result<HungUp, RelayError> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map_err(RelayError::Master)?;
        let event = EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLET, 0);
        epoll.add(master, event).map_err(RelayError::Master)?;
        Ok(HungUp(epoll))
    }

    /// Takes the pending event: whether there is something to read again.
    pub(super) fn is_over(&self) -> bool {
        let mut events = [EpollEvent::empty()];
        self.0.wait(&mut events, EpollTimeout::ZERO) == Ok(1) && events[0].events().contains(EpollFlags::EPOLLIN)
    }
}

impl AsFd for HungUp {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.0.as_fd()
    }
}
