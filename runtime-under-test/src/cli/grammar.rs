//! What a command line may say: each command is a constant of these types, that it is read and explained by.

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;

/// What a command is called, what it does, and what it takes.
#[derive(Debug)]
pub(super) struct Grammar {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// In groups, as commands have some of them in common; in the order of the help.
    pub(super) parameters: &'static [&'static [Parameter]],
}

/// An option or a positional argument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameter {
    pub(super) kind: Kind,
    /// What an option is called after `--`, what an argument is called in the help.
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// The letters that mean the same as the name. The help shows the first.
    pub(super) letters: &'static str,
    pub(super) alias: Option<&'static str>,
    pub(super) default: Option<&'static str>,
    /// All values that there are; none where that is left to their type.
    pub(super) choices: &'static [&'static str],
    pub(super) optional: bool,
    pub(super) repeatable: bool,
    pub(super) negative: bool,
    pub(super) hidden: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Flag,
    /// A flag that has the help printed, and nothing else done.
    Help,
    /// A flag that has the version printed, and nothing else done.
    Version,
    /// With what the help calls its value.
    Option(&'static str),
    Argument,
    /// What is left from the first word that is neither an option of the command nor an argument before.
    Rest,
    /// The name of a command. What follows is read by that one's grammar.
    Command,
}

const HELP: Parameter = Parameter::new(Kind::Help, "help", "Print help").letters("h");

impl Grammar {
    /// All options, in the order of the help.
    pub(super) fn options(&self) -> impl Iterator<Item = &'static Parameter> + use<> {
        self.parameters.iter().copied().flatten().chain([&HELP]).filter(|parameter| !parameter.is_positional())
    }

    /// All positional arguments, in their order.
    pub(super) fn arguments(&self) -> impl Iterator<Item = &'static Parameter> + use<> {
        self.parameters.iter().copied().flatten().filter(|parameter| parameter.is_positional())
    }

    /// Whether it is the grammar of what stands before the name of a command, rather than that of a command.
    pub(super) fn has_commands(&self) -> bool {
        self.arguments().any(|argument| argument.kind == Kind::Command)
    }

    pub(super) fn long(&self, name: &str) -> Option<&'static Parameter> {
        self.options().find(|option| option.name == name || option.alias == Some(name))
    }

    pub(super) fn short(&self, letter: char) -> Option<&'static Parameter> {
        self.options().find(|option| option.letters.contains(letter))
    }

    /// Whether `word` is options of this command, or the `--` that ends them, and so does not begin what is left.
    pub(super) fn has_options(&self, word: &OsStr) -> bool {
        let word = word.to_string_lossy();
        match (word.strip_prefix("--"), word.strip_prefix('-')) {
            (Some(""), _) => true,
            (Some(long), _) => self.long(long.split('=').next().unwrap_or_default()).is_some(),
            (None, Some(letters)) => !letters.is_empty() && letters.chars().all(|letter| self.short(letter).is_some()),
            (None, None) => false,
        }
    }

    /// The line that says how the command is called.
    pub(super) fn usage(&self) -> String {
        let command = if self.has_commands() { self.name.to_owned() } else { format!("ptyrun {}", self.name) };
        let options = if self.options().nth(1).is_some() { " [OPTIONS]" } else { "" };
        let arguments: String = self.arguments().map(|argument| format!(" {argument}")).collect();
        format!("Usage: {command}{options}{arguments}")
    }
}

impl Parameter {
    const fn new(kind: Kind, name: &'static str, about: &'static str) -> Self {
        Parameter {
            kind,
            name,
            about,
            letters: "",
            alias: None,
            default: None,
            choices: &[],
            optional: false,
            repeatable: false,
            negative: false,
            hidden: false,
        }
    }

    pub(super) const fn flag(name: &'static str, about: &'static str) -> Self {
        Self::new(Kind::Flag, name, about)
    }

    pub(super) const fn version(about: &'static str) -> Self {
        Self::new(Kind::Version, "version", about)
    }

    pub(super) const fn option(name: &'static str, value: &'static str, about: &'static str) -> Self {
        Self::new(Kind::Option(value), name, about)
    }

    pub(super) const fn argument(name: &'static str, about: &'static str) -> Self {
        Self::new(Kind::Argument, name, about)
    }

    pub(super) const fn rest(name: &'static str, about: &'static str) -> Self {
        Self::new(Kind::Rest, name, about)
    }

    pub(super) const fn command() -> Self {
        Self::new(Kind::Command, "COMMAND", "")
    }

    pub(super) const fn about(self, about: &'static str) -> Self {
        Parameter { about, ..self }
    }

    pub(super) const fn letters(self, letters: &'static str) -> Self {
        Parameter { letters, ..self }
    }

    pub(super) const fn alias(self, alias: &'static str) -> Self {
        Parameter { alias: Some(alias), ..self }
    }

    pub(super) const fn default(self, default: &'static str) -> Self {
        Parameter { default: Some(default), optional: true, ..self }
    }

    pub(super) const fn choices(self, choices: &'static [&'static str]) -> Self {
        Parameter { choices, ..self }
    }

    pub(super) const fn optional(self) -> Self {
        Parameter { optional: true, ..self }
    }

    pub(super) const fn repeatable(self) -> Self {
        Parameter { repeatable: true, ..self }
    }

    /// The value may begin with a hyphen and a digit.
    pub(super) const fn negative(self) -> Self {
        Parameter { negative: true, ..self }
    }

    /// It is not in the help.
    pub(super) const fn hidden(self) -> Self {
        Parameter { hidden: true, ..self }
    }

    fn is_positional(&self) -> bool {
        matches!(self.kind, Kind::Argument | Kind::Rest | Kind::Command)
    }

    /// Whether the `word` after the option can be its value, and is no other option.
    pub(super) fn takes(&self, word: &OsStr) -> bool {
        match word.as_bytes() {
            [b'-', digit, ..] => self.negative && digit.is_ascii_digit(),
            _ => true,
        }
    }
}

/// As it stands in a usage line.
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name;
        match self.kind {
            Kind::Flag | Kind::Help | Kind::Version => write!(f, "--{name}"),
            Kind::Option(value) => write!(f, "--{name} <{value}>"),
            Kind::Argument | Kind::Command if !self.optional => write!(f, "<{name}>"),
            Kind::Argument | Kind::Command => write!(f, "[{name}]"),
            Kind::Rest => write!(f, "[{name}]..."),
        }
    }
}
