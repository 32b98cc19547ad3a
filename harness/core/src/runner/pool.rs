//! Jobs done side by side, and heard of in one place.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// How often somebody who listens is told that nothing came.
const TICK: Duration = Duration::from_millis(100);

/// Does what `next` gives, on so many threads, until it gives nothing more. `work` tells what comes of a job as it comes,
/// and `hear` takes it in this thread, and nothing a few times a second where nothing comes.
pub fn side_by_side<J, N: Send>(
    threads: usize,
    next: impl Fn() -> Option<J> + Sync,
    work: impl Fn(J, &dyn Fn(N)) + Sync,
    mut hear: impl FnMut(Option<N>),
) {
    let (send, receive) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (send, next, work) = (send.clone(), &next, &work);
            scope.spawn(move || {
                // The receiver stays until all senders are gone.
                let tell = |news| drop(send.send(news));
                while let Some(job) = next() {
                    work(job, &tell);
                }
            });
        }
        drop(send);
        loop {
            match receive.recv_timeout(TICK) {
                Ok(news) => hear(Some(news)),
                Err(RecvTimeoutError::Timeout) => hear(None),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    });
}
