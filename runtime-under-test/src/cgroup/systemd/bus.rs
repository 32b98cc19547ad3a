//! A D-Bus connection that calls methods and waits for signals (D-Bus Specification, "Message Protocol" and "Authentication
//! Protocol").

use super::SystemdError;
use super::wire::{Argument, Reader, Word, Writer};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long whoever is called may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Kinds of messages.
const CALL: u8 = 1;
const ERROR: u8 = 3;
const SIGNAL: u8 = 4;

/// Fields of a message's header.
const PATH: u8 = 1;
const INTERFACE: u8 = 2;
const MEMBER: u8 = 3;
const ERROR_NAME: u8 = 4;
const REPLY_SERIAL: u8 = 5;
const DESTINATION: u8 = 6;
const SIGNATURE: u8 = 8;

/// A method, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Method<'a> {
    pub(super) destination: &'a str,
    pub(super) path: &'a str,
    pub(super) interface: &'a str,
    pub(super) name: &'a str,
}

/// The bus itself.
pub(super) const OF_BUS: Method<'_> = Method {
    destination: "org.freedesktop.DBus",
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
    name: "",
};

/// What came in.
#[derive(Debug)]
struct Message {
    kind: u8,
    fields: Vec<(u8, Word)>,
    body: Vec<Word>,
}

/// A connection to a bus.
#[derive(Debug)]
pub(super) struct Bus {
    stream: BufReader<UnixStream>,
    socket: PathBuf,
    serial: u32,
    /// Signals that came while something else was waited for.
    signals: Vec<Message>,
}

impl Bus {
    /// Connects, as whoever the kernel says that this is.
    pub(super) fn connect(socket: &Path) -> Result<Bus, SystemdError> {
        let failed = |source| SystemdError::Bus(socket.to_owned(), source);
        let stream = UnixStream::connect(socket).map_err(failed)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
        let mut bus = Bus { stream: BufReader::new(stream), socket: socket.to_owned(), serial: 0, signals: Vec::new() };
        bus.authenticate().map_err(failed)?;
        bus.call(Method { name: "Hello", ..OF_BUS }, &[])?;
        Ok(bus)
    }

    /// Without a name of one's own: inside of a user namespace that would be another than the bus knows.
    fn authenticate(&mut self) -> io::Result<()> {
        for (said, expected) in [("\0AUTH EXTERNAL\r\n", "DATA"), ("DATA\r\n", "OK ")] {
            self.stream.get_mut().write_all(said.as_bytes())?;
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            if !line.starts_with(expected) {
                return Err(io::Error::other(format!("it answers {:?}", line.trim_end())));
            }
        }
        self.stream.get_mut().write_all(b"BEGIN\r\n")
    }

    /// Calls a method and gives what it returns.
    pub(super) fn call(&mut self, method: Method<'_>, arguments: &[Argument<'_>]) -> Result<Vec<Word>, SystemdError> {
        self.serial += 1;
        let message = encode(self.serial, method, arguments);
        self.stream.get_mut().write_all(&message).map_err(|error| self.lost(error))?;
        loop {
            let message = self.receive()?;
            if message.field(REPLY_SERIAL) != Some(&Word::Number(self.serial)) {
                self.signals.extend(Some(message).filter(|message| message.kind == SIGNAL));
                continue;
            }
            if message.kind == ERROR {
                let name = message.text(ERROR_NAME).unwrap_or_default().to_owned();
                let text = match message.body.into_iter().next() {
                    Some(Word::Text(text)) => text,
                    _ => String::new(),
                };
                return Err(SystemdError::Refused { method: method.name.to_owned(), name, text });
            }
            return Ok(message.body);
        }
    }

    /// The same, for a method that returns one text or path.
    pub(super) fn ask(&mut self, method: Method<'_>, arguments: &[Argument<'_>]) -> Result<String, SystemdError> {
        match self.call(method, arguments)?.into_iter().next() {
            Some(Word::Text(text)) => Ok(text),
            _ => Err(self.nonsense()),
        }
    }

    /// Waits for a signal of this name that `wanted` finds something in.
    pub(super) fn await_signal(
        &mut self,
        name: &str,
        wanted: impl Fn(&[Word]) -> Option<String>,
    ) -> Result<String, SystemdError> {
        let look = |message: &Message| {
            let named = message.kind == SIGNAL && message.text(MEMBER) == Some(name);
            named.then(|| wanted(&message.body)).flatten()
        };
        if let Some(found) = std::mem::take(&mut self.signals).iter().find_map(look) {
            return Ok(found);
        }
        loop {
            if let Some(found) = look(&self.receive()?) {
                return Ok(found);
            }
        }
    }

    fn receive(&mut self) -> Result<Message, SystemdError> {
        const FIXED: usize = 16; // up to the length of the fields
        const LONGEST: usize = 1 << 26; // "Valid Message"
        let mut bytes = vec![0; FIXED];
        self.stream.read_exact(&mut bytes).map_err(|error| self.lost(error))?;
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
        let (body, header) = (word(4), FIXED + word(12));
        if bytes[0] != b'l' || body.max(header) > LONGEST {
            return Err(self.nonsense());
        }
        let begin = header.next_multiple_of(8);
        bytes.resize(begin + body, 0);
        self.stream.read_exact(&mut bytes[FIXED..]).map_err(|error| self.lost(error))?;
        decode(bytes[1], Reader::new(&bytes[..header], FIXED), Reader::new(&bytes[begin..], 0))
            .ok_or_else(|| self.nonsense())
    }

    fn lost(&self, source: io::Error) -> SystemdError {
        SystemdError::Bus(self.socket.clone(), source)
    }

    fn nonsense(&self) -> SystemdError {
        self.lost(io::Error::other("it talks in a way that ptyrun does not know"))
    }
}

fn encode(serial: u32, method: Method<'_>, arguments: &[Argument<'_>]) -> Vec<u8> {
    let mut body = Writer::default();
    arguments.iter().for_each(|argument| body.argument(argument));
    let signature: String = arguments.iter().map(Argument::signature).collect();
    let mut message = Writer(vec![b'l', CALL, 0, 1]);
    message.number(body.0.len() as u32);
    message.number(serial);
    let fields = [(PATH, "o", method.path), (INTERFACE, "s", method.interface), (MEMBER, "s", method.name)];
    message.array(8, |message| {
        for (code, kind, text) in fields.into_iter().chain([(DESTINATION, "s", method.destination)]) {
            message.align(8);
            message.0.push(code);
            message.signature(kind);
            message.text(text);
        }
        if !signature.is_empty() {
            message.align(8);
            message.0.push(SIGNATURE);
            message.signature("g");
            message.signature(&signature);
        }
    });
    message.align(8);
    message.0.extend(body.0);
    message.0
}

/// As much of the body as consists of text and numbers: nothing else is asked for.
fn decode(kind: u8, mut header: Reader<'_>, mut body: Reader<'_>) -> Option<Message> {
    let mut message = Message { kind, fields: Vec::new(), body: Vec::new() };
    while !header.is_at_end() {
        header.align(8);
        message.fields.push((header.byte()?, header.variant()?));
    }
    let signature = message.text(SIGNATURE).unwrap_or_default().to_owned();
    message.body = signature.bytes().map_while(|kind| body.word(kind)).collect();
    Some(message)
}

impl Message {
    fn field(&self, code: u8) -> Option<&Word> {
        self.fields.iter().find(|(own, _)| *own == code).map(|(_, word)| word)
    }

    fn text(&self, code: u8) -> Option<&str> {
        match self.field(code)? {
            Word::Text(text) => Some(text),
            Word::Number(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
