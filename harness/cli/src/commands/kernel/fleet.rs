//! Kernels side by side.

use ptyproof_guest::outside::{Accelerator, GuestError, Guests, Kernel};
use ptyproof_harness::runner::{Interrupt, side_by_side};
use ptyproof_report::Event;
use std::sync::atomic::{AtomicUsize, Ordering};

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
        let places = AtomicUsize::new(0);
        let next = || {
            let place = places.fetch_add(1, Ordering::Relaxed);
            (place < kernels.len() && !self.interrupt.came()).then_some(place)
        };
        let work = |place: usize, tell: &dyn Fn((usize, News))| {
            let mut pass = |event| tell((place, News::Event(Box::new(event))));
            let over = self.guests.run(&kernels[place], self.accelerator, Some(self.interrupt), &mut pass);
            tell((place, News::Over(over)));
        };
        side_by_side(self.jobs.min(kernels.len()), next, work, |news| news.into_iter().for_each(&mut tell));
    }
}
