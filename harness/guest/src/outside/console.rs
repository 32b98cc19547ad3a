//! The serial console of a guest.

use crate::inside::MARK;
use rexpect::reader::{Options, ReadUntil, Regex};
use rexpect::session::StreamSession;
use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::{os::unix::net::UnixStream, time::Duration};

/// So much of its end is kept.
const KEPT: usize = 64 << 10;

/// So many lines of it are shown.
const SHOWN: usize = 30;

/// What the kernel says last when it gives up. Linux, kernel/panic.c
const PANIC: &str = "Kernel panic - not syncing: ";

/// How long what a machine has said last may be on its way when it has ended.
const GRACE: Duration = Duration::from_secs(2);

/// So far it is read ahead of what is taken. A guest that says more waits, as for any slow line.
const AHEAD: usize = 256 << 10;

/// The serial console. rexpect drains it always, so that a guest that says what guests say never waits for a reader.
pub struct Console {
    session: StreamSession<UnixStream>,
    allowance: Arc<Allowance>,
    all: Regex,
    end: String,
}

impl Console {
    /// Reads from now on.
    pub fn begin(stream: UnixStream) -> io::Result<Self> {
        let grace = u64::try_from(GRACE.as_millis()).ok();
        let options = Options::new().timeout_ms(grace);
        let allowance = Arc::new(Allowance::default());
        let measured = Measured { stream: stream.try_clone()?, allowance: Arc::clone(&allowance) };
        Ok(Self {
            session: StreamSession::new(measured, stream, options),
            allowance,
            all: Regex::new("(?s).*").map_err(io::Error::other)?,
            end: String::new(),
        })
    }

    /// Takes what has come since the last call.
    pub fn take(&mut self) {
        // All at once: character by character, what is left would be moved up each time. The pattern matches
        // nothing, too, so this never waits.
        let all = ReadUntil::Regex(self.all.clone());
        let (_, text) = self.session.exp_any(vec![all]).unwrap_or_default();
        // Each byte has become a character.
        self.allowance.grant(text.chars().count());
        self.keep(&text);
    }

    /// Takes what there is still to come of a machine that has ended.
    pub fn take_the_rest(&mut self) {
        self.allowance.grant(usize::MAX);
        // Without an end in time, what came until then is in the error.
        let rest = match self.session.exp_eof() {
            Ok(rest) => rest,
            Err(rexpect::error::Error::Timeout { got, .. }) => got,
            Err(_) => String::new(),
        };
        self.keep(&rest);
    }

    fn keep(&mut self, text: &str) {
        self.end.push_str(text);
        if self.end.len() > 2 * KEPT {
            let cut = (self.end.len() - KEPT..).find(|&at| self.end.is_char_boundary(at));
            self.end.drain(..cut.unwrap_or(0));
        }
    }

    /// What the kernel says of its panic, if it has panicked.
    pub fn panic(&self) -> Option<&str> {
        self.line_after(PANIC)
    }

    /// What the program inside had to say here for want of another channel.
    pub fn word_from_inside(&self) -> Option<&str> {
        self.line_after(MARK)
    }

    fn line_after(&self, beginning: &str) -> Option<&str> {
        let (_, after) = self.end.split_once(beginning)?;
        after.lines().next().map(str::trim_end)
    }

    /// Its last lines.
    pub fn tail(&self) -> String {
        let lines: Vec<&str> = self.end.lines().map(str::trim_end).collect();
        lines[lines.len().saturating_sub(SHOWN)..].join("\n")
    }
}

/// Its thread must not wait for ever.
impl Drop for Console {
    fn drop(&mut self) {
        self.allowance.grant(usize::MAX);
    }
}

/// How many bytes may still be read ahead.
struct Allowance {
    left: Mutex<usize>,
    granted: Condvar,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { left: Mutex::new(AHEAD), granted: Condvar::new() }
    }
}

impl Allowance {
    fn lock(&self) -> MutexGuard<'_, usize> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn grant(&self, count: usize) {
        let mut left = self.lock();
        *left = left.saturating_add(count);
        self.granted.notify_all();
    }

    /// Waits until anything may be read; how much.
    fn wait(&self) -> usize {
        let left = self.granted.wait_while(self.lock(), |left| *left == 0);
        *left.unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream that is read no further than is allowed.
struct Measured {
    stream: UnixStream,
    allowance: Arc<Allowance>,
}

impl Read for Measured {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.allowance.wait().min(buffer.len());
        let count = self.stream.read(&mut buffer[..most])?;
        *self.allowance.lock() -= count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::poll::PollFlags;
    use ptyproof_harness::deadline::Deadline;
    use std::{io::Write, thread};

    fn console(text: &str) -> Console {
        let (ours, mut theirs) = UnixStream::pair().expect("two sockets");
        let mut console = Console::begin(ours).expect("a thread");
        thread::scope(|scope| {
            scope.spawn(move || theirs.write_all(text.as_bytes()).expect("it is drained"));
            console.take_the_rest();
        });
        console
    }

    #[test]
    fn a_panic_is_found_and_the_last_lines_are_shown() {
        let lines: String = (0..100).map(|number| format!("line {number}\r\n")).collect();
        let console = console(&format!("{lines}[    1.5] Kernel panic - not syncing: VFS: no root\r\n[    1.6] end"));
        assert_eq!(console.panic(), Some("VFS: no root"));
        assert_eq!(console.word_from_inside(), None);
        let tail = console.tail();
        assert_eq!(tail.lines().count(), SHOWN);
        assert!(tail.starts_with("line 72\nline 73\n"), "{tail}");
        assert!(tail.ends_with("VFS: no root\n[    1.6] end"), "{tail}");
    }

    #[test]
    fn what_is_said_inside_is_told_from_the_kernel() {
        let console = console("boot\r\nptyproof guest: no virtio port\r\n");
        assert_eq!(console.word_from_inside(), Some("no virtio port"));
        assert_eq!(console.panic(), None);
    }

    #[test]
    fn a_console_that_never_ends_its_output_does_not_grow() {
        let console = console(&"\u{e9}".repeat(5 * KEPT));
        assert!(console.end.len() <= 2 * KEPT);
    }

    #[test]
    fn a_guest_that_says_more_than_is_taken_waits() {
        let (ours, mut theirs) = UnixStream::pair().expect("two sockets");
        let mut console = Console::begin(ours).expect("a thread");
        theirs.set_nonblocking(true).expect("a socket");
        let mut room = |patience| {
            let room = Deadline::after(patience).wait_for(&theirs, PollFlags::POLLOUT);
            if !room.expect("a socket") {
                return 0;
            }
            theirs.write(&[b'x'; 4096]).expect("there is room")
        };
        let mut said = 0;
        loop {
            match room(Duration::from_millis(300)) {
                0 => break,
                count => said += count,
            }
            // What the sockets themselves hold comes in addition.
            assert!(said < 8 * AHEAD, "it never waits");
        }
        assert!(said >= AHEAD, "{said}");
        console.take();
        assert_ne!(room(GRACE), 0, "it goes on");
    }
}
