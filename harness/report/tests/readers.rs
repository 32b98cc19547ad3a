//! Programs of other languages read what is written: `prove` the TAP, the kernel's kunit.py the KTAP, Python the JUnit XML
//! and the JSON; and validators hold it to the schemas. Where there is no such program, its test is ignored and says so;
//! `ci/formats` gets them.

use libtest_mimic::{Arguments, Failed, Trial};
use ptyproof_report::{FORMATS, Report};
use std::process::{Command, ExitCode};

/// Each verdict once, with what a container may send to make a report lie.
const EVERY_VERDICT: &str = include_str!("every-verdict.json");

/// A format, a program that reads it by a script, and what works where it is installed.
const READERS: &[(&str, &str, &str, &[&str])] = &[
    ("tap", "perl", "tests/read-tap.pl", &["-MTAP::Parser", "-e", "1"]),
    ("junit", "python3", "tests/read-junit.py", &["-c", "1"]),
    ("json", "python3", "tests/read-json.py", &["-c", "1"]),
    ("tap", "python3", "tests/prove.py", &["-c", "import shutil; shutil.which('prove') or exit(1)"]),
    ("json", "python3", "tests/validate-json.py", &["-c", "import jsonschema"]),
    ("junit", "python3", "tests/validate-junit.py", &["-c", "import os; os.stat(os.environ['PTYPROOF_JUNIT_XSD'])"]),
    (
        "ktap",
        "python3",
        "tests/read-ktap.py",
        &["-c", "import os; os.stat(os.environ['PTYPROOF_KUNIT'] + '/kunit.py')"],
    ),
];

fn main() -> ExitCode {
    let trials = READERS.iter().flat_map(|&(format, program, script, works)| {
        let there = Command::new(program).args(works).output().is_ok_and(|output| output.status.success());
        let name = |run: &str| format!("{program} {script}: {format} of a run that {run}");
        let trial = |run: &str, cut_short: bool| {
            let test = move || read(format, program, script, cut_short);
            Trial::test(name(run), test).with_ignored_flag(!there)
        };
        [trial("ended", false), trial("was cut short", true)]
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

fn read(format: &str, program: &str, script: &str, cut_short: bool) -> Result<(), Failed> {
    let mut report = Report::from_json(EVERY_VERDICT)?;
    if cut_short {
        report.interrupted = true;
        report.results.truncate(7);
    }
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("report");
    let format = FORMATS.iter().find(|one| one.name == format).ok_or("there is no such format")?;
    std::fs::write(&path, (format.render)(&report)?)?;
    let output = Command::new(program).arg(script).arg(&path).arg(report.results.len().to_string()).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)).into())
}
