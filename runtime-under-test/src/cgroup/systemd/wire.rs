//! How D-Bus writes values (D-Bus Specification, "Marshaling"), as far as systemd is asked and answers: zvariant, which knows
//! all of it, has eight crates built for these few types.

/// What a property holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Flag(bool),
    Amount(u64),
    Numbers(Vec<u32>),
    Bytes(Vec<u8>),
}

/// A property's name and value.
pub(super) type Property = (&'static str, Value);

/// An argument of a call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Argument<'a> {
    Text(&'a str),
    Flag(bool),
    /// `a(sv)`
    Properties(&'a [Property]),
    /// `a(sa(sv))`, of which ptyrun needs none.
    NoUnits,
}

impl Value {
    const fn signature(&self) -> &'static str {
        match self {
            Value::Text(_) => "s",
            Value::Flag(_) => "b",
            Value::Amount(_) => "t",
            Value::Numbers(_) => "au",
            Value::Bytes(_) => "ay",
        }
    }
}

impl Argument<'_> {
    pub(super) const fn signature(&self) -> &'static str {
        match self {
            Argument::Text(_) => "s",
            Argument::Flag(_) => "b",
            Argument::Properties(_) => "a(sv)",
            Argument::NoUnits => "a(sa(sv))",
        }
    }
}

/// Bytes of a message from its beginning, or its body's: every value is aligned to its size, structures to 8.
#[derive(Debug, Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn align(&mut self, to: usize) {
        self.0.resize(self.0.len().next_multiple_of(to), 0);
    }

    pub(super) fn number(&mut self, number: u32) {
        self.align(4);
        self.0.extend(number.to_le_bytes());
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u32);
        self.0.extend(text.bytes().chain([0]));
    }

    /// A type, whose length is one byte.
    pub(super) fn signature(&mut self, signature: &str) {
        self.0.push(signature.len() as u8);
        self.0.extend(signature.bytes().chain([0]));
    }

    /// An array of what is aligned to `to`: its length counts from the first element.
    pub(super) fn array(&mut self, to: usize, elements: impl FnOnce(&mut Writer)) {
        self.number(0);
        let length_at = self.0.len() - 4;
        self.align(to);
        let first = self.0.len();
        elements(self);
        let length = (self.0.len() - first) as u32;
        self.0[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
    }

    fn variant(&mut self, value: &Value) {
        self.signature(value.signature());
        match value {
            Value::Text(text) => self.text(text),
            Value::Flag(flag) => self.number((*flag).into()),
            Value::Amount(amount) => {
                self.align(8);
                self.0.extend(amount.to_le_bytes());
            }
            Value::Numbers(numbers) => self.array(4, |writer| numbers.iter().for_each(|number| writer.number(*number))),
            Value::Bytes(bytes) => self.array(1, |writer| writer.0.extend(bytes)),
        }
    }

    pub(super) fn argument(&mut self, argument: &Argument<'_>) {
        match argument {
            Argument::Text(text) => self.text(text),
            Argument::Flag(flag) => self.number((*flag).into()),
            Argument::Properties(properties) => self.array(8, |writer| {
                for (name, value) in *properties {
                    writer.align(8);
                    writer.text(name);
                    writer.variant(value);
                }
            }),
            Argument::NoUnits => self.array(8, |_| {}),
        }
    }
}

/// A value of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    Text(String),
    Number(u32),
}

/// The same bytes on their way in. None where there are not as many as they say.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Reader<'a> {
        Reader { bytes, at }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(super) fn align(&mut self, to: usize) {
        self.at = self.at.next_multiple_of(to);
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn number(&mut self) -> Option<u32> {
        self.align(4);
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// Text of a known length, and the NUL behind it.
    fn text(&mut self, length: usize) -> Option<String> {
        let text = String::from_utf8(self.take(length)?.to_vec()).ok()?;
        self.byte().map(|_| text)
    }

    /// A value with its type before it.
    pub(super) fn variant(&mut self) -> Option<Word> {
        let length = self.byte()?;
        let signature = self.text(length.into())?;
        self.word(*signature.as_bytes().first()?)
    }

    /// A value of this type, of those that systemd answers with.
    pub(super) fn word(&mut self, kind: u8) -> Option<Word> {
        match kind {
            b's' | b'o' => self.number().and_then(|length| self.text(length as usize)).map(Word::Text),
            b'g' => self.byte().and_then(|length| self.text(length.into())).map(Word::Text),
            b'u' => self.number().map(Word::Number),
            b'v' => self.variant(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_aligned_as_the_specification_has_it() {
        let properties = [("A", Value::Flag(true)), ("B", Value::Amount(5)), ("C", Value::Numbers(vec![7]))];
        let mut writer = Writer::default();
        writer.argument(&Argument::Text("xy"));
        writer.argument(&Argument::Properties(&properties));
        // Length, text and NUL, and then the array's length, whose first structure is at a multiple of 8.
        assert_eq!(writer.0[..8], *b"\x02\0\0\0xy\0\0");
        assert_eq!(writer.0[16..32], *b"\x01\0\0\0A\0\x01b\0\0\0\0\x01\0\0\0");
        assert_eq!(writer.0[32..56], *b"\x01\0\0\0B\0\x01t\0\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0");
        assert_eq!(writer.0[56..], *b"\x01\0\0\0C\0\x02au\0\0\0\x04\0\0\0\x07\0\0\0");
        assert_eq!(writer.0[8..12], ((writer.0.len() - 16) as u32).to_le_bytes());
    }

    #[test]
    fn an_answer_that_is_cut_short_is_none() {
        let mut writer = Writer::default();
        writer.number(3);
        writer.text("abc");
        let word = |bytes: &[u8]| {
            let mut reader = Reader::new(bytes, 0);
            reader.word(b'u').and_then(|_| reader.word(b's'))
        };
        assert_eq!(word(&writer.0), Some(Word::Text("abc".to_owned())));
        assert_eq!(word(&writer.0[..10]), None);
        assert_eq!(word(b"\0\0\0\0\xff\xff\xff\xffabc"), None);
    }
}
