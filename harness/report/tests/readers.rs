//! Programs of other languages read what is written: `prove` the TAP, the kernel's kunit.py the KTAP, Python the JUnit XML
//! and the JSON; and validators hold it to the schemas. Where there is no such program, its test is ignored and says so;
//! `ci/formats` gets them.

use libtest_mimic::{Arguments, Failed, Trial};
use ptyproof_report::{Entry, FORMATS, Report};
use std::process::{Command, ExitCode};

/// Each verdict once, with what a container may send to make a report lie.
const EVERY_VERDICT: &str = include_str!("every-verdict.json");

/// What would be another result, or the end of all, in one format or another.
const HOSTILE: &str = "x\r\nok 1 y\n  ok 1 y\n  not ok 2 z # TODO\n# SKIP\n1..0\nBail out! w\n  ---\n  ...\n  verdict: 'pass'\n\
                       KTAP version 1\n</system-out></failure></testcase>]]><testcase name=\"v\"/>&lt;\u{0}\u{1b}[2J\u{202e} # SKIP '";

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
        let trial = |run: &str, change: fn(&mut Report)| {
            let test = move || read(format, program, script, change);
            Trial::test(name(run), test).with_ignored_flag(!there)
        };
        [trial("ended", |_| ()), trial("was cut short", cut_short), trial("was of a hostile target", hostile)]
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

fn cut_short(report: &mut Report) {
    report.interrupted = true;
    report.results.truncate(7);
}

/// What comes out of a target and a machine is such.
fn hostile(report: &mut Report) {
    let (target, environment) = (&mut report.target, &mut report.environment);
    let named = [&mut target.path, &mut target.version, &mut environment.kernel, &mut environment.distribution];
    for text in named {
        HOSTILE.clone_into(text);
    }
    for result in &mut report.results {
        result.reason = Some(HOSTILE.to_owned());
        for (_, entries) in &mut result.transcript {
            entries.extend(entries.first().map(|first| Entry { bytes: HOSTILE.into(), ..first.clone() }));
        }
    }
}

fn read(format: &str, program: &str, script: &str, change: fn(&mut Report)) -> Result<(), Failed> {
    let mut report = Report::from_json(EVERY_VERDICT)?;
    change(&mut report);
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
