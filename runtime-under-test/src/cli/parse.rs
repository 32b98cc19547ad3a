use super::grammar::{Grammar, Kind, Parameter};
use super::mistake::Stop;
use lexopt::{Arg, Parser};
use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

/// What a command line gives for the parameters of a command.
#[derive(Debug)]
pub(super) struct Matches {
    command: &'static Grammar,
    given: Vec<(&'static Parameter, OsString)>,
}

/// Reads what `words` has for this command: to their end, or to the name of the command that is to read on. What can be
/// understood is understood, also around a mistake.
pub(super) fn parse(command: &'static Grammar, words: &mut Parser) -> (Matches, Result<(), Stop>) {
    let mut matches = Matches { command, given: Vec::new() };
    let mut result = Ok(());
    loop {
        match matches.take(words) {
            Ok(true) => {}
            Ok(false) => return (matches, result),
            Err(stop) => result = result.and(Err(stop)),
        }
    }
}

impl Matches {
    /// Takes the next of the words. Gives whether to go on.
    fn take(&mut self, words: &mut Parser) -> Result<bool, Stop> {
        let command = self.command;
        let argument = self.next_argument();
        if let Some(rest) = argument.filter(|argument| argument.kind == Kind::Rest)
            && let Some(words) = words.try_raw_args()
            && words.peek().is_some_and(|word| !command.has_options(word))
        {
            self.given.extend(words.map(|word| (rest, word)));
            return Ok(false);
        }
        let parameter = match words.next().map_err(|error| misused(command, error))? {
            None => return Ok(false),
            Some(Arg::Value(word)) => {
                let Some(argument) = argument else { return Err(Stop::unexpected(command, &word.to_string_lossy())) };
                self.given.push((argument, word));
                if argument.kind == Kind::Rest {
                    // After a `--`.
                    self.given.extend(words.try_raw_args().into_iter().flatten().map(|word| (argument, word)));
                }
                return Ok(argument.kind == Kind::Argument);
            }
            Some(Arg::Long(name)) => command.long(name).ok_or_else(|| Stop::unexpected(command, &format!("--{name}"))),
            Some(Arg::Short(letter)) => {
                command.short(letter).ok_or_else(|| Stop::unexpected(command, &format!("-{letter}")))
            }
        };
        let parameter = parameter?;
        let value = match parameter.kind {
            Kind::Help => return Err(Stop::Help(command)),
            Kind::Version => return Err(Stop::Version),
            Kind::Option(_) => {
                let value = words.optional_value();
                let value = value.or_else(|| words.try_raw_args()?.next_if(|word| parameter.takes(word)));
                value.ok_or_else(|| Stop::valueless(command, parameter))?
            }
            _ => OsString::new(),
        };
        if !parameter.repeatable && self.is_given(parameter.name) {
            return Err(Stop::repeated(command, parameter));
        }
        self.given.push((parameter, value));
        Ok(true)
    }

    /// The argument that the next word is for.
    fn next_argument(&self) -> Option<&'static Parameter> {
        self.command.arguments().find(|argument| argument.kind == Kind::Rest || !self.is_given(argument.name))
    }

    /// Whether the command line has this flag, or a value for this.
    pub(super) fn is_given(&self, name: &str) -> bool {
        self.words(name).next().is_some()
    }

    /// The value of what is required or has a default.
    pub(super) fn one<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, Stop> {
        self.optional(name)?.ok_or_else(|| Stop::missing(self.command, self.parameter(name)))
    }

    pub(super) fn optional<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, Stop> {
        self.word(name).map(|word| self.value(name, word)).transpose()
    }

    pub(super) fn all<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Vec<T>, Stop> {
        self.words(name).map(|word| self.value(name, word)).collect()
    }

    /// The path of what is required or has a default. It need not be UTF-8.
    pub(super) fn path(&self, name: &str) -> Result<PathBuf, Stop> {
        self.optional_path(name)?.ok_or_else(|| Stop::missing(self.command, self.parameter(name)))
    }

    pub(super) fn optional_path(&self, name: &str) -> Result<Option<PathBuf>, Stop> {
        match self.word(name) {
            Some(word) if word.is_empty() => Err(Stop::valueless(self.command, self.parameter(name))),
            word => Ok(word.map(PathBuf::from)),
        }
    }

    /// That none of `others` is given beside `name`.
    pub(super) fn refuse_beside(&self, name: &str, others: &[Parameter]) -> Result<(), Stop> {
        if !self.is_given(name) {
            return Ok(());
        }
        let refused = others.iter().filter(|other| self.is_given(other.name));
        let refused: Vec<_> = refused.map(|other| format!("'{other}'")).collect();
        if refused.is_empty() {
            return Ok(());
        }
        let message = format!("the argument '{}' cannot be used with {}", self.parameter(name), refused.join(", "));
        Err(Stop::mistake(self.command, message, None))
    }

    /// That `name` is given, which is required here.
    pub(super) fn require(&self, name: &str) -> Result<(), Stop> {
        if self.is_given(name) { Ok(()) } else { Err(Stop::missing(self.command, self.parameter(name))) }
    }

    fn word(&self, name: &str) -> Option<&OsStr> {
        self.words(name).next().or_else(|| self.parameter(name).default.map(OsStr::new))
    }

    fn words(&self, name: &str) -> impl Iterator<Item = &OsStr> {
        let parameter = self.parameter(name);
        self.given.iter().filter(|(each, _)| each.name == parameter.name).map(|(_, word)| word.as_os_str())
    }

    fn parameter(&self, name: &str) -> &'static Parameter {
        let mut all = self.command.parameters.iter().copied().flatten();
        all.find(|parameter| parameter.name == name).unwrap_or_else(|| panic!("{name} is a parameter"))
    }

    fn value<T: FromStr<Err: Display>>(&self, name: &str, word: &OsStr) -> Result<T, Stop> {
        let invalid = |reason: &dyn Display| Stop::invalid(self.command, self.parameter(name), word, reason);
        let text = word.to_str().ok_or_else(|| invalid(&"it is not UTF-8"))?;
        text.parse().map_err(|error| invalid(&error))
    }
}

/// What the words themselves have wrong, such as a value for a flag.
fn misused(command: &'static Grammar, error: lexopt::Error) -> Stop {
    match error {
        lexopt::Error::UnexpectedValue { option, value } => Stop::unexpected_value(command, &option, &value),
        other => Stop::mistake(command, other.to_string(), None),
    }
}
