//! What a guest says: one JSON value a line.

use ptyproof_report::{Event, escaped};
use serde::{Deserialize, Serialize};

/// One message of a guest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each says what its field is")]
pub enum Message<'m> {
    /// The first one: the kernel has started the program, and the channel works; `/proc/sys/kernel/tainted` before anything
    /// was tried.
    Hello { taint: u64 },
    /// An event of the run.
    Event(Box<Event<'m>>),
    /// A line of the kernel's log, warning or worse.
    Log(LogLine),
    /// The kernel is more tainted than before: `/proc/sys/kernel/tainted` now.
    Tainted { taint: u64 },
    /// The suite cannot be run in this kernel, for what it or the program lacks; nothing more comes.
    Refused { why: String },
}

/// A line of the kernel's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// How bad it is: 0 is an emergency, 4 a warning. syslog(2)
    pub level: u8,
    /// Microseconds since the kernel started.
    pub at_us: u64,
    /// The text.
    pub text: String,
}

/// Why what a guest says cannot be understood.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum MessageError {
    /// A line is no message.
    #[error("the guest said {line:?}, which is no message: {error}")]
    Malformed { line: String, error: serde_json::Error },
    /// A line has no end.
    #[error("the guest said more than {LONGEST} bytes in one line")]
    Endless,
}

/// A result with the transcripts of all its terminals is far shorter.
const LONGEST: usize = 64 << 20;

/// So much of a line that is no message is shown.
const SHOWN: usize = 200;

/// Begins a message where others may write into the same stream. RFC 7464
const RECORD: u8 = 0x1e;

impl Message<'_> {
    /// As a line.
    pub fn to_line(&self) -> serde_json::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }

    /// As a line that is told from what others write into the same stream.
    pub fn to_record(&self) -> serde_json::Result<Vec<u8>> {
        let mut record = self.to_line()?;
        record.insert(0, RECORD);
        Ok(record)
    }
}

/// Puts messages together from the pieces in which they arrive.
#[derive(Debug, Default)]
pub struct Lines {
    pending: Vec<u8>,
}

impl Lines {
    /// Takes a piece; returns the messages that it completes.
    pub fn take(&mut self, piece: &[u8]) -> Result<Vec<Message<'static>>, MessageError> {
        let whole = self.whole(piece)?;
        whole.iter().flat_map(|whole| whole.split(|&byte| byte == b'\n')).map(parse).collect()
    }

    /// Takes a piece of a stream into which others may write; returns the messages that it completes, and between them the
    /// words of others.
    pub fn take_records(&mut self, piece: &[u8]) -> Result<Vec<Said>, MessageError> {
        let mut said = Vec::new();
        let whole = self.whole(piece)?;
        for line in whole.iter().flat_map(|whole| whole.split(|&byte| byte == b'\n')) {
            let begin = line.iter().rposition(|&byte| byte == RECORD);
            let words = &line[..begin.unwrap_or(line.len())];
            if !words.trim_ascii().is_empty() {
                said.push(Said::Words(escaped(words.trim_ascii_end())));
            }
            if let Some(begin) = begin {
                said.push(Said::Message(parse(&line[begin + 1..])?));
            }
        }
        Ok(said)
    }

    /// The line that has no end yet.
    pub fn rest(&self) -> String {
        escaped(&self.pending)
    }

    /// Adds a piece, and takes the lines that are whole now, without the last one's end.
    fn whole(&mut self, piece: &[u8]) -> Result<Option<Vec<u8>>, MessageError> {
        // Only the new piece can hold the end of the pending line.
        let Some(last) = piece.iter().rposition(|&byte| byte == b'\n') else {
            if self.pending.len() + piece.len() > LONGEST {
                return Err(MessageError::Endless);
            }
            self.pending.extend_from_slice(piece);
            return Ok(None);
        };
        let mut whole = std::mem::take(&mut self.pending);
        whole.extend_from_slice(&piece[..last]);
        self.pending.extend_from_slice(&piece[last + 1..]);
        Ok(Some(whole))
    }
}

/// What came through a stream into which others may write.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// A message.
    Message(Message<'static>),
    /// A line of somebody else's, escaped.
    Words(String),
}

fn parse(line: &[u8]) -> Result<Message<'static>, MessageError> {
    serde_json::from_slice(line).map_err(|error| {
        let line = String::from_utf8_lossy(&line[..line.len().min(SHOWN)]).into_owned();
        MessageError::Malformed { line, error }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ptyproof_harness::case::CaseId;
    use std::borrow::Cow;

    fn messages() -> Vec<Message<'static>> {
        vec![
            Message::Hello { taint: 0 },
            Message::Event(Box::new(Event::CaseBegan { id: Cow::Owned(CaseId::from("area/name")) })),
            Message::Log(LogLine { level: 4, at_us: 1_500_000, text: "a warning with a \n in it".to_owned() }),
            Message::Tainted { taint: 512 },
            Message::Refused { why: "no devpts".to_owned() },
        ]
    }

    fn lines() -> Vec<u8> {
        let lines = messages().into_iter();
        lines.flat_map(|message| message.to_line().expect("it can be written")).collect()
    }

    #[test]
    fn each_message_is_one_line() {
        let count = lines().iter().filter(|&&byte| byte == b'\n').count();
        assert_eq!(count, messages().len());
    }

    #[test]
    fn messages_arrive_whole_however_they_are_cut() {
        for size in 1..200 {
            let mut reader = Lines::default();
            let pieces = lines();
            let heard: Vec<_> =
                pieces.chunks(size).flat_map(|piece| reader.take(piece).expect("well-formed")).collect();
            assert_eq!(heard, messages(), "in pieces of {size}");
        }
    }

    #[test]
    fn messages_are_told_from_what_others_write_between_them() {
        let (first, second) = (Message::Hello { taint: 0 }, Message::Tainted { taint: 1 });
        let mut stream = b"booting\r\n\r\nno newline".to_vec();
        stream.extend(first.to_record().expect("it can be written"));
        stream.extend(b"\x1b[0m ok\n");
        // As a terminal in between makes it.
        let second_record = second.to_record().expect("it can be written");
        stream.extend(second_record.strip_suffix(b"\n").expect("a line"));
        stream.extend(b"\r\nbye");
        let words = |text: &str| Said::Words(text.to_owned());
        let expected =
            [words("booting"), words("no newline"), Said::Message(first), words("\\x1b[0m ok"), Said::Message(second)];
        for size in 1..stream.len() {
            let mut lines = Lines::default();
            let said: Vec<_> =
                stream.chunks(size).flat_map(|piece| lines.take_records(piece).expect("well-formed")).collect();
            assert_eq!(said, expected, "in pieces of {size}");
            assert_eq!(lines.rest(), "bye");
        }
        let broken = Lines::default().take_records(b"\x1e{\"hello\":[  1.0] oops\n");
        assert!(matches!(broken, Err(MessageError::Malformed { .. })), "{broken:?}");
    }

    #[test]
    fn what_is_no_message_is_shown() {
        let error = Lines::default().take(b"[  1.0] oops\n").expect_err("no message");
        let MessageError::Malformed { line, .. } = error else {
            panic!("{error}");
        };
        assert_eq!(line, "[  1.0] oops");
    }
}
