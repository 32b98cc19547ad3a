//! The suite in a kernel elsewhere, by a command that starts programs there: both sides of it.

use super::compare::check_kernels;
use super::run::selected;
use super::task::{jobs, watched};
use crate::arguments::{Arguments, Command, Run};
use crate::exit::{Exit, Refusal, complain};
use crate::patience;
use clap::{Parser, ValueEnum};
use ptyproof_cases::kernel_cases;
use ptyproof_guest::inside::{self, Manner};
use ptyproof_guest::outside::{Carrier, CarrierError, Elsewhere, ElsewhereError};
use ptyproof_harness::case::Case;
use ptyproof_harness::own_program::OwnProgram;
use ptyproof_harness::runner::{Outcome, Settings};
use ptyproof_report::{Report, Reporter};
use std::ffi::OsString;
use std::io::Write;
use std::{path::PathBuf, time::Duration};

/// First argument of the program where a command of `--via` has started it.
const CARRIED: &str = "__carried";

/// So many times the longest wait of a case may pass in silence: what runs tells the time each second.
const SILENCE: u32 = 24;

/// But no shorter.
const SHORTEST_SILENCE: Duration = Duration::from_secs(2);

/// To be called before anything else: where a command of `--via` has started the program, it runs the suite there, and ends.
pub fn carried() {
    let mut words = std::env::args().skip(1);
    if words.next().is_none_or(|word| word != CARRIED) {
        return;
    }
    inside::run(|| {
        let unknown = || "what it is to do did not arrive".to_owned();
        let words = words.next().as_deref().and_then(decoded).ok_or_else(unknown)?;
        let arguments = Arguments::try_parse_from(words).map_err(|error| error.to_string())?;
        let Command::Run(arguments) = arguments.command else { return Err(unknown()) };
        let cases = selected(kernel_cases(), &arguments, None).map_err(|refusal| refusal.message)?;
        let manner = Manner {
            jobs: arguments.jobs.map_or_else(|| 2 * jobs(None), usize::from),
            timeout: arguments.timeout,
            strict: arguments.strict,
            may_disturb: arguments.disturb,
            shuffle: arguments.shuffle,
        };
        Ok((cases, manner))
    })
}

/// A kernel elsewhere, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// The command that starts programs there.
    pub line: String,
    /// Where this program lies there, if not at the same path.
    pub path: Option<String>,
    /// What the kernel is called.
    pub called: Option<String>,
}

impl Via {
    /// What the command line names.
    pub fn given(arguments: &Run) -> Option<Self> {
        let line = arguments.via.clone()?;
        Some(Self { line, path: arguments.via_path.clone(), called: arguments.called.clone() })
    }

    /// What can be wrong with it, before anything is started.
    pub fn check(&self) -> Result<(), Refusal> {
        self.carrier().map(drop)
    }

    fn carrier(&self) -> Result<Carrier, Refusal> {
        Carrier::parse(&self.line).map_err(|error| Refusal::usage(format!("--via: {error}")))
    }

    /// Runs cases there. What was not whole is told.
    pub fn run(
        &self,
        cases: &[&'static Case],
        arguments: &Run,
        settings: &Settings,
        reporters: &mut [Box<dyn Reporter>],
    ) -> Result<Outcome, Refusal> {
        let (carrier, program) = (self.carrier()?, self.program(cases, arguments)?);
        let run = Elsewhere {
            carrier: &carrier,
            line: &self.line,
            called: self.called.as_deref(),
            program: &program,
            cases,
            silence: settings.timeout.saturating_mul(SILENCE).max(SHORTEST_SILENCE),
            strict: settings.strict,
            fail_fast: settings.fail_fast,
            expectations: &settings.expectations,
            edition: settings.edition.as_ref(),
        };
        let (outcome, broken) = run.run(&watched()?, reporters).map_err(refusal)?;
        if let Some(broken) = broken {
            complain(broken);
        }
        Ok(outcome)
    }

    /// The program there, and what it is to do: the words of a call, fit for any shell on the way.
    fn program(&self, cases: &[&'static Case], arguments: &Run) -> Result<Vec<String>, Refusal> {
        let program = match &self.path {
            Some(path) => vec![path.clone()],
            None => own_words()?,
        };
        let mut words = ["ptyproof", "run", "--target", "kernel"].map(str::to_owned).to_vec();
        let mut flag = |name: &str, value: Option<String>| {
            words.extend(value.into_iter().flat_map(|value| [name.to_owned(), value]));
        };
        flag("--timeout", Some(patience::show(arguments.timeout)));
        flag("--jobs", arguments.jobs.map(|jobs| jobs.to_string()));
        flag("--shuffle", arguments.shuffle.map(|seed| seed.to_string()));
        // What was not as expected in a run before is known here only, and named case by case.
        let again = arguments.rerun.is_some();
        if !again {
            let level = arguments.level.to_possible_value();
            flag("--level", level.map(|level| level.get_name().to_owned()));
            flag("--partition", arguments.partition.map(|partition| partition.to_string()));
        }
        for (given, word) in [(arguments.strict, "--strict"), (arguments.disturb, "--disturb")] {
            words.extend(given.then(|| word.to_owned()));
        }
        words.push("--".to_owned());
        match again {
            true => words.extend(cases.iter().map(|case| case.id.to_owned())),
            false => words.extend(arguments.filters.iter().cloned()),
        }
        Ok([program, vec![CARRIED.to_owned(), encoded(&words)]].concat())
    }
}

/// A command that cannot be started is a mistake in the call; what then goes wrong is the machine's, or the other one's.
fn refusal(error: ElsewhereError) -> Refusal {
    match error {
        ElsewhereError::Carrier(CarrierError::NotStarted(_)) => Refusal::usage(error),
        _ => Refusal::machine(error),
    }
}

/// Holds a kernel to its baseline: where it has one, that says how the run ends.
pub fn check(report: &(PathBuf, Report), output: &mut dyn Write) -> Result<Option<Exit>, Refusal> {
    let mut ends = None;
    for check in check_kernels(std::slice::from_ref(report))? {
        let check = check?;
        let told = write!(output, "\n{}", check.text());
        told.map_err(|error| Refusal::machine(format!("writing to the screen: {error}")))?;
        if check.is_of_itself() {
            ends = Some(if check.fails() { Exit::NotAsExpected } else { Exit::AsExpected });
        }
    }
    Ok(ends)
}

/// What starts this program where all files are those of this machine.
fn own_words() -> Result<Vec<String>, Refusal> {
    let unknown = |error| Refusal::machine(format!("how ptyproof was started: {error}"));
    let words = OwnProgram::find().and_then(|own| own.words()).map_err(unknown)?;
    let passed_on = |word: OsString| {
        let text = word.to_str().filter(|word| !word.ends_with(" (deleted)")).map(str::to_owned);
        text.ok_or_else(|| Refusal::machine(format!("{}: is no path that can be passed on", word.display())))
    };
    words.into_iter().map(passed_on).collect()
}

/// The words of a call as one, for whatever shells and kernels there are on the way: what they may take for something else
/// stands as its hexadecimal code, and so does the end of each word.
fn encoded(words: &[String]) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'/' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02x}"),
    };
    words.join(SEPARATOR).bytes().map(one).collect()
}

/// No word of a call has it.
const SEPARATOR: &str = "\0";

fn decoded(text: &str) -> Option<Vec<String>> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    let text = String::from_utf8(bytes).ok()?;
    Some(text.split(SEPARATOR).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_arrive_whatever_shells_there_are_on_the_way() {
        let words = ["run", "kernel-*", "a b", "--", "%", "100%25", "\u{e9}\n'\"$(x)", ""].map(str::to_owned);
        let on_the_way = encoded(&words);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/.%".contains(&byte);
        assert!(on_the_way.bytes().all(plain), "{on_the_way}");
        assert_eq!(decoded(&on_the_way).expect("it can be read"), words);
        for nonsense in ["%", "%2", "%zz", "%ff"] {
            assert_eq!(decoded(nonsense), None, "{nonsense}");
        }
    }
}
