use super::args::{PTYRUN, VERSION};
use super::grammar::{Grammar, Parameter};
use super::help::{help, possible};
use std::ffi::OsStr;
use std::fmt::{self, Display};

/// Why a command line is not carried out.
#[derive(Debug)]
pub(super) enum Stop {
    Help(&'static Grammar),
    Version,
    Mistake(Mistake),
}

/// What is wrong with a command line.
#[derive(Debug)]
pub(super) struct Mistake {
    command: &'static Grammar,
    pub(super) message: String,
    tip: Option<String>,
}

impl Stop {
    pub(super) fn mistake(command: &'static Grammar, message: String, tip: Option<String>) -> Stop {
        Stop::Mistake(Mistake { command, message, tip })
    }

    pub(super) fn unexpected(command: &'static Grammar, word: &str) -> Stop {
        let known = command.options().filter(|option| !option.hidden).map(|option| option.name);
        let long = word.strip_prefix("--");
        let tip = if let Some(near) = long.and_then(|long| similar(long, known)) {
            Some(format!("a similar argument exists: '--{near}'"))
        } else if long.is_some_and(|long| PTYRUN.long(long).is_some()) {
            Some(format!("'{word}' goes before the command"))
        } else if word.starts_with('-') && !command.has_commands() && command.arguments().next().is_some() {
            Some(format!("to pass '{word}' as a value, use '-- {word}'"))
        } else {
            None
        };
        Self::mistake(command, format!("unexpected argument '{word}' found"), tip)
    }

    pub(super) fn unexpected_value(command: &'static Grammar, option: &str, value: &OsStr) -> Stop {
        let value = value.display();
        Self::mistake(command, format!("unexpected value '{value}' for '{option}' found; no more were expected"), None)
    }

    pub(super) fn unknown_command(name: &str, known: impl Iterator<Item = &'static str>) -> Stop {
        let tip = similar(name, known).map(|near| format!("a similar subcommand exists: '{near}'"));
        Self::mistake(&PTYRUN, format!("unrecognized subcommand '{name}'"), tip)
    }

    pub(super) fn repeated(command: &'static Grammar, parameter: &Parameter) -> Stop {
        Self::mistake(command, format!("the argument '{parameter}' cannot be used multiple times"), None)
    }

    pub(super) fn missing(command: &'static Grammar, parameter: &Parameter) -> Stop {
        Self::mistake(
            command,
            format!("the following required arguments were not provided: <{}>", parameter.name),
            None,
        )
    }

    pub(super) fn valueless(command: &'static Grammar, parameter: &Parameter) -> Stop {
        Self::mistake(
            command,
            format!("a value is required for '{parameter}' but none was supplied{}", possible(parameter)),
            None,
        )
    }

    pub(super) fn invalid(
        command: &'static Grammar,
        parameter: &Parameter,
        word: &OsStr,
        reason: &dyn Display,
    ) -> Stop {
        let word = word.to_string_lossy();
        let tip = similar(&word, parameter.choices.iter().copied());
        let tip = tip.map(|near| format!("a similar value exists: '{near}'"));
        let reason = if parameter.choices.is_empty() { format!(": {reason}") } else { possible(parameter) };
        Self::mistake(command, format!("invalid value '{word}' for '{parameter}'{reason}"), tip)
    }

    /// What is printed.
    pub(super) fn text(&self) -> String {
        match self {
            Stop::Help(command) => help(command),
            Stop::Version => format!("{} {VERSION}\n", PTYRUN.name),
            Stop::Mistake(mistake) => mistake.to_string(),
        }
    }
}

impl Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tip = self.tip.iter().map(|tip| format!("  tip: {tip}\n\n")).collect::<String>();
        writeln!(f, "error: {}\n\n{tip}{}\n\nFor more information, try '--help'.", self.message, self.command.usage())
    }
}

/// What was probably meant.
fn similar(word: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let rated = known.map(|name| (strsim::jaro(word, name), name)).filter(|(likeness, _)| *likeness > 0.7);
    rated.max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, name)| name)
}
