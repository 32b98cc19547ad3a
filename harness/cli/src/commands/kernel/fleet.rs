//! Kernels side by side.

use ptyproof_guest::outside::{Accelerator, GuestError, Guests, Kernel};
use ptyproof_harness::runner::Interrupt;
use ptyproof_report::Event;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// What is heard of one of several kernels.
pub enum News {
    /// An event of its run.
    Event(Box<Event<'static>>),
    /// It is done with.
    Over(Result<(), GuestError>),
}

/// Runs guests, so many at a time.
pub struct Fleet<'f> {
    /// What they share.
    pub guests: &'f Guests<'f>,
    /// Whether the processor runs them itself or qemu translates them.
    pub accelerator: Accelerator,
    /// Ends them.
    pub interrupt: &'f Interrupt,
    /// How many at a time.
    pub jobs: usize,
}

impl Fleet<'_> {
    /// Runs the suite in each kernel; tells what comes with the kernel's place in `kernels`.
    pub fn run(&self, kernels: &[Kernel], mut tell: impl FnMut((usize, News))) {
        let next = AtomicUsize::new(0);
        let (send, receive) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..self.jobs.min(kernels.len()) {
                let (send, next) = (send.clone(), &next);
                scope.spawn(move || {
                    while !self.interrupt.came() {
                        let place = next.fetch_add(1, Ordering::Relaxed);
                        let Some(kernel) = kernels.get(place) else {
                            return;
                        };
                        // The receiver stays until all senders are gone.
                        let mut pass = |event| {
                            let _ = send.send((place, News::Event(Box::new(event))));
                        };
                        let (guests, interrupt) = (self.guests, Some(self.interrupt));
                        let over = guests.run(kernel, self.accelerator, interrupt, &mut pass);
                        let _ = send.send((place, News::Over(over)));
                    }
                });
            }
            drop(send);
            for news in receive {
                tell(news);
            }
        });
    }
}
