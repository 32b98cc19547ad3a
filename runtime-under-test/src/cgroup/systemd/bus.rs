//! A D-Bus connection that calls methods and waits for signals (D-Bus Specification, "Message Protocol" and "Authentication
//! Protocol"). zvariant knows how values are written; what there is for whole connections brings an asynchronous runtime
//! along, for three calls.

use super::SystemdError;
use serde::{Serialize, Serializer, de::DeserializeOwned, ser::SerializeStruct};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;
use zvariant::serialized::{Context, Data};
use zvariant::{LE, OwnedValue, Signature, Type};

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

/// Kind, length of the body, serial and fields: a header without its first and fourth byte, which never change.
type Header = (u8, u8, u8, u8, u32, u32, Vec<(u8, OwnedValue)>);

/// A header field of a call, a variant: its type, and what it says. A signature of several arguments is none of one value,
/// so that it cannot be a [`zvariant::Value`].
#[derive(Debug, Clone, Copy)]
struct Field<'a>(&'static str, &'a str);

impl Type for Field<'_> {
    const SIGNATURE: &'static Signature = &Signature::Variant;
}

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut variant = serializer.serialize_struct("Variant", 2)?;
        variant.serialize_field("signature", self.0)?;
        variant.serialize_field("value", self.1)?;
        variant.end()
    }
}

/// A method, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Method<'a> {
    pub(super) destination: &'a str,
    pub(super) path: &'a str,
    pub(super) interface: &'a str,
    pub(super) name: &'a str,
}

/// What came in.
#[derive(Debug)]
struct Message {
    kind: u8,
    fields: Vec<(u8, OwnedValue)>,
    body: Vec<u8>,
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
        let hello = Method { name: "Hello", ..OF_BUS };
        bus.call::<_, String>(hello, &())?;
        Ok(bus)
    }

    /// Without a name of one's own: inside of a user namespace that would be another than the bus knows.
    fn authenticate(&mut self) -> std::io::Result<()> {
        for (said, expected) in [("\0AUTH EXTERNAL\r\n", "DATA"), ("DATA\r\n", "OK ")] {
            self.stream.get_mut().write_all(said.as_bytes())?;
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            if !line.starts_with(expected) {
                return Err(std::io::Error::other(format!("it answers {:?}", line.trim_end())));
            }
        }
        self.stream.get_mut().write_all(b"BEGIN\r\n")
    }

    /// Calls a method and gives what it returns.
    pub(super) fn call<A, R>(&mut self, method: Method<'_>, arguments: &A) -> Result<R, SystemdError>
    where
        A: Serialize + Type,
        R: DeserializeOwned + Type,
    {
        self.serial += 1;
        let serial = self.serial;
        let message = self.encode(method, arguments).map_err(|error| self.broken(method, error))?;
        self.stream.get_mut().write_all(&message).map_err(|error| self.lost(error))?;
        loop {
            let message = self.receive()?;
            if message.number(REPLY_SERIAL) != Some(serial) {
                self.signals.extend(Some(message).filter(|message| message.kind == SIGNAL));
                continue;
            }
            if message.kind == ERROR {
                let name = message.text(ERROR_NAME).unwrap_or_default().to_owned();
                let text = message.decode::<String>().unwrap_or_default();
                return Err(SystemdError::Refused { method: method.name.to_owned(), name, text });
            }
            return message.decode().map_err(|error| self.broken(method, error));
        }
    }

    /// Waits for a signal that `wanted` finds something in.
    pub(super) fn await_signal<R, F>(&mut self, name: &str, wanted: F) -> Result<String, SystemdError>
    where
        R: DeserializeOwned + Type,
        F: Fn(R) -> Option<String>,
    {
        let look = |message: &Message| {
            let named = message.kind == SIGNAL && message.text(MEMBER) == Some(name);
            message.decode().ok().filter(|_| named).and_then(&wanted)
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

    fn encode<A: Serialize + Type>(&self, method: Method<'_>, arguments: &A) -> Result<Vec<u8>, zvariant::Error> {
        let context = Context::new_dbus(LE, 0);
        let body = zvariant::to_bytes(context, arguments)?;
        let signature = A::SIGNATURE.to_string_no_parens();
        let mut fields = vec![
            (PATH, Field("o", method.path)),
            (INTERFACE, Field("s", method.interface)),
            (MEMBER, Field("s", method.name)),
            (DESTINATION, Field("s", method.destination)),
        ];
        if !signature.is_empty() {
            fields.push((SIGNATURE, Field("g", &signature)));
        }
        let header = (b'l', CALL, 0_u8, 1_u8, body.len() as u32, self.serial, fields);
        let mut message = zvariant::to_bytes(context, &header)?.to_vec();
        message.resize(message.len().next_multiple_of(8), 0);
        message.extend_from_slice(&body);
        Ok(message)
    }

    fn receive(&mut self) -> Result<Message, SystemdError> {
        const FIXED: usize = 16; // up to the length of the fields
        let mut bytes = vec![0; FIXED];
        self.stream.read_exact(&mut bytes).map_err(|error| self.lost(error))?;
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
        let (body, header) = (word(4), FIXED + word(12));
        if bytes[0] != b'l' || body.max(header) > 1 << 26 {
            return Err(self.lost(std::io::Error::other("it talks in a way that ptyrun does not know")));
        }
        bytes.resize(header.next_multiple_of(8) + body, 0);
        self.stream.read_exact(&mut bytes[FIXED..]).map_err(|error| self.lost(error))?;
        let body = bytes.split_off(header.next_multiple_of(8));
        let read = Data::new(&bytes[..], Context::new_dbus(LE, 0)).deserialize::<Header>();
        let ((_, kind, _, _, _, _, fields), _) = read.map_err(|error| self.lost(std::io::Error::other(error)))?;
        Ok(Message { kind, fields, body })
    }

    fn lost(&self, source: std::io::Error) -> SystemdError {
        SystemdError::Bus(self.socket.clone(), source)
    }

    fn broken(&self, method: Method<'_>, error: zvariant::Error) -> SystemdError {
        SystemdError::Refused { method: method.name.to_owned(), name: "D-Bus".to_owned(), text: error.to_string() }
    }
}

/// The bus itself.
pub(super) const OF_BUS: Method<'_> = Method {
    destination: "org.freedesktop.DBus",
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
    name: "",
};

impl Message {
    fn field(&self, code: u8) -> Option<&OwnedValue> {
        self.fields.iter().find(|(own, _)| *own == code).map(|(_, value)| value)
    }

    fn text(&self, code: u8) -> Option<&str> {
        self.field(code)?.downcast_ref().ok()
    }

    fn number(&self, code: u8) -> Option<u32> {
        self.field(code)?.downcast_ref().ok()
    }

    fn decode<R: DeserializeOwned + Type>(&self) -> Result<R, zvariant::Error> {
        Data::new(&self.body[..], Context::new_dbus(LE, 0)).deserialize().map(|(value, _)| value)
    }
}

#[cfg(test)]
mod tests;
