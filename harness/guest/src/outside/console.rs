//! The serial console of a guest.

use crate::inside::MARK;
use rexpect::reader::{Options, ReadUntil, Regex};
use rexpect::session::StreamSession;
use std::io;
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// So much of its end is kept.
const KEPT: usize = 64 << 10;

/// So many lines of it are shown.
const SHOWN: usize = 30;

/// What the kernel says last when it gives up. Linux, kernel/panic.c
const PANIC: &str = "Kernel panic - not syncing: ";

/// How long what a machine has said last may be on its way when it has ended.
const GRACE: Duration = Duration::from_secs(2);

/// The serial console. rexpect drains it always, so that the guest never waits for a reader.
pub struct Console {
    session: StreamSession<UnixStream>,
    all: Regex,
    end: String,
}

impl Console {
    /// Reads from now on.
    pub fn begin(stream: UnixStream) -> io::Result<Self> {
        let grace = u64::try_from(GRACE.as_millis()).ok();
        let options = Options::new().timeout_ms(grace);
        Ok(Self {
            session: StreamSession::new(stream.try_clone()?, stream, options),
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
        self.keep(&text);
    }

    /// Takes what there is still to come of a machine that has ended.
    pub fn take_the_rest(&mut self) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn console(text: &str) -> Console {
        let (ours, mut theirs) = UnixStream::pair().expect("two sockets");
        let mut console = Console::begin(ours).expect("a thread");
        theirs.write_all(text.as_bytes()).expect("it is drained");
        drop(theirs);
        console.take_the_rest();
        console
    }

    #[test]
    fn a_panic_is_found_and_the_last_lines_are_shown() {
        let lines: String = (0..100)
            .map(|number| format!("line {number}\r\n"))
            .collect();
        let console = console(&format!(
            "{lines}[    1.5] Kernel panic - not syncing: VFS: no root\r\n[    1.6] end"
        ));
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
}
