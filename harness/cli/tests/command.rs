//! The command line: what it says, and its exit statuses.

mod said;

use said::ptyproof;
use serde_json::Value;
use std::{fs, path::Path};
use tempfile::TempDir;

const CASE: &str = "console/is-the-terminal";

/// Exit status 2, nothing on standard output, and on standard error a text with all of these.
#[track_caller]
fn refuses(arguments: &[&str], parts: &[&str]) {
    let said = ptyproof(arguments);
    assert_eq!(said.status, Some(2), "{}", said.error);
    assert_eq!(said.output, "");
    for part in parts {
        assert!(said.error.contains(part), "no {part:?} in: {}", said.error);
    }
}

/// What it prints where all is well.
#[track_caller]
fn gives(arguments: &[&str]) -> String {
    let said = ptyproof(arguments);
    assert_eq!(said.status, Some(0), "{}", said.error);
    said.output
}

#[test]
fn help_teaches_examples_and_exit_statuses() {
    assert!(gives(&["--help"]).contains("Examples:\n  ptyproof run "));
    for status in ["0  all as expected", "1  a case failed", "2  the command", "3  the machine", "4  no case"] {
        let help = ptyproof(&["run", "--help"]).output;
        assert!(help.contains(&format!("\n  {status}")), "{status}: {help}");
    }
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(gives(&["--version"]), format!("ptyproof {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn shells_and_man_are_told_of_every_flag() {
    for arguments in [["completions", "bash"], ["completions", "zsh"], ["man", "run"]] {
        let output = gives(&arguments);
        assert!(output.replace(r"\-", "-").contains("--fail-fast"), "{arguments:?}: {output}");
    }
    assert!(ptyproof(&["man"]).output.contains(".TH ptyproof 1"));
    let help = gives(&["--help"]);
    let (_, commands) = help.split_once("\nCommands:\n").expect("it lists them");
    let (commands, _) = commands.split_once("\n\n").expect("the list ends");
    let directory = tempfile::tempdir().expect("a directory");
    let pages = directory.path().join("man1");
    assert_eq!(gives(&["man", "--dir", &displayed(&pages)]), "");
    let commands: Vec<&str> = commands.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 10, "{help}");
    for command in commands.into_iter().filter(|command| *command != "help") {
        let page = gives(&["man", command]);
        assert!(page.contains(&format!(".TH ptyproof-{command} 1")), "{command}: {page}");
        let written = fs::read_to_string(pages.join(format!("ptyproof-{command}.1")));
        assert_eq!(written.expect("each has a page"), page);
        for shell in ["bash", "zsh", "fish"] {
            let script = gives(&["completions", shell]);
            assert!(script.contains(command), "{shell} knows no {command}");
        }
    }
    assert_eq!(fs::read_to_string(pages.join("ptyproof.1")).expect("so has all"), gives(&["man"]));
    refuses(&["man", "rum"], &["no command is called \"rum\"; did you mean run?"]);
}

#[test]
fn usage_errors() {
    for name in ["2020.1", "next"] {
        refuses(&["run", CASE, "--edition", name], &[&format!("--edition: {name:?} is none; there are 2026.1")]);
    }
    for retries in [&["run", "--retries", "3"][..], &["run", "--retries"]] {
        refuses(retries, &["--retries: there is none.", "run what failed again with --rerun"]);
    }
    for wrong in ["0/4", "5/4", "x"] {
        refuses(&["run", "--partition", wrong], &["expected K/N, such as 2/4: the second of four slices"]);
    }
    refuses(&["run", "--runtime", "sh"], &["--runtime: sh: No such file", "/sh?", "; did you mean /"]);
    refuses(&["run", "--rerun", "/no/such.json"], &["--rerun: /no/such.json: No such file", "expected a report"]);
    refuses(&["run", "--keep", "/etc"], &["--keep: /etc: is not empty; name a new directory"]);
    refuses(&["run", "--frobnicate"], &["unexpected argument '--frobnicate'"]);
    refuses(&["run", "--jobs", "0"], &["invalid value '0' for '--jobs <N>': expected a whole number above 0"]);
    assert_eq!(ptyproof(&[]).status, Some(2));
}

#[test]
fn list_names_every_case_once_or_those_of_an_area() {
    let output = gives(&["list"]);
    let ids: Vec<&str> = output.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let all: Vec<&str> = ptyproof_cases::all().iter().map(|case| case.id).collect();
    assert_eq!(ids, all);
    assert!(gives(&["list", "console/"]).lines().all(|line| line.starts_with("console/")));
}

#[test]
fn list_for_programs_is_json() {
    let said = ptyproof(&["list", "--json", CASE]);
    let entries: Value = serde_json::from_str(&said.output).expect("it is JSON");
    assert_eq!(entries.as_array().map(Vec::len), Some(1));
    assert_eq!(entries[0]["id"], CASE);
    for text in ["title", "requirement", "level"] {
        assert!(entries[0][text].is_string(), "{text}");
    }
    for list in ["needs", "covers", "references"] {
        assert!(entries[0][list].is_array(), "{list}");
    }
}

#[test]
fn list_says_what_a_case_is_for() {
    let both = "line-discipline/line-read-byte-by-byte";
    for (case, purpose) in
        [(CASE, "container"), ("kernel-ioctl/both-ends-answer", "kernel"), ("kernel-boot/survives-the-suite", "kernel")]
    {
        let said = ptyproof(&["list", case]);
        assert_eq!(said.output.split_whitespace().nth(1), Some(purpose), "{case}");
    }
    let entries: Value = serde_json::from_str(&ptyproof(&["list", "--json", both]).output).expect("it is JSON");
    assert_eq!(entries[0]["for"], serde_json::json!(["container", "kernel"]));
}

#[test]
fn coverage_gives_each_id_its_sentence_and_its_cases_or_the_reason() {
    let said = ptyproof(&["list", "--coverage"]);
    for group in ptyproof_cases::catalogue().expect("it is well-formed") {
        for behaviour in group.behaviours {
            let end = behaviour.cases.last().copied().or(behaviour.uncovered.as_deref());
            let end = end.map_or_else(|| format!("the cases of {}", behaviour.same_as.join(", ")), str::to_owned);
            let from = said.output.find(&format!("\n  {:5}  {}", behaviour.id, behaviour.holds)).expect(&behaviour.id);
            let rest = said.output[from..].lines().nth(2).unwrap_or_default();
            assert!(rest.ends_with(&end), "{}: {rest}", behaviour.id);
        }
    }
}

#[test]
fn a_filter_that_matches_nothing_is_named_even_beside_one_that_matches() {
    for verb in ["list", "run"] {
        let said = ptyproof(&[verb, "console/", "consol/is-the-terminal"]);
        assert_eq!((said.status, said.output.as_str()), (Some(4), ""));
        assert_eq!(
            said.error,
            "ptyproof: no case matches \"consol/is-the-terminal\"; did you mean console/is-the-terminal?; `ptyproof \
             list` names them all\n"
        );
    }
}

#[test]
fn explain_tells_all_of_a_case() {
    let output = gives(&["explain", CASE]);
    let case = ptyproof_cases::all().into_iter().find(|case| case.id == CASE).expect("it exists");
    for part in [case.title, case.requirement, case.why] {
        assert!(output.contains(part), "{part}");
    }
    for (defect, what) in case.catches() {
        assert!(output.contains(&format!("{defect}, at: {what}")), "{defect}");
    }
    for id in case.covers {
        let of_id = ptyproof(&["explain", id]);
        let holds =
            of_id.output.lines().find_map(|line| line.trim().strip_prefix("holds")).expect("what must hold").trim();
        let (sentence, _level) = holds.rsplit_once(" (").expect("with its level");
        assert!(output.contains(&format!("{id}: {sentence}\n")), "{id}: {output}");
        assert!(of_id.output.contains(CASE), "{}", of_id.output);
    }
}

#[test]
fn explain_of_an_unknown_case_says_what_may_be_meant() {
    let said = ptyproof(&["explain", "is-the-terminal"]);
    assert_eq!((said.status, said.output.as_str()), (Some(4), ""));
    assert!(said.error.contains("; did you mean console/is-the-terminal?;"), "{}", said.error);
}

#[test]
fn a_time_that_is_none_is_refused_with_what_was_expected() {
    for nonsense in ["0s", "10", "-3s", "soon", ""] {
        let flag = format!("--timeout={nonsense}");
        refuses(&["run", &flag], &["expected a time above 0 with a unit", "10s"]);
    }
}

#[test]
fn a_report_that_cannot_be_is_refused_before_the_run() {
    refuses(
        &["run", "--report", "xml=x"],
        &["no report is called \"xml\"; expected FORMAT=FILE, where FORMAT is one of json, tap, ktap, junit, html"],
    );
    refuses(&["run", "--report", "json"], &["expected FORMAT=FILE"]);
    refuses(&["run", "--report", "tap="], &["no file is named"]);
    refuses(&["run", "--report", "json=/no/where/x"], &["--report: /no/where/x: there is no directory /no/where"]);
    refuses(&["run", "--report", "json=/tmp"], &["--report: /tmp: is a directory; expected a file"]);
    refuses(&["run", "--report", "json=same,tap=same"], &["two reports have the same destination"]);
    let directory = tempfile::tempdir().expect("a directory");
    let twice = format!("json={0}/,json={0}/", displayed(directory.path()));
    refuses(&["run", "--report", &twice], &["two reports have the same destination"]);
    let several = ["run", "--target", "kernel", "--target", "runtime"];
    for report in ["json=x.json", "json=-"] {
        let several = [&several[..], &["--report", report]].concat();
        refuses(&several, &["--report: several targets are tested, so expected a directory, json=DIR/"]);
    }
}

#[test]
fn a_profile_that_cannot_be_used_is_refused() {
    refuses(
        &["run", "--runtime", "/bin/true", "--runtime", "/bin/true", "--profile", "runc"],
        &["--profile: 1 for 2 runtimes; expected none, or one for each in the same order"],
    );
    refuses(&["run", "--target", "kernel", "--profile", "runc"], &["--target kernel calls no runtime"]);
    let directory = tempfile::tempdir().expect("a directory");
    let broken = file(&directory, "broken.toml", "name = \"x\"\nexce = true\n");
    refuses(
        &["run", "--profile", &broken],
        &[&format!("--profile: {broken}:2:1: unknown field `exce`, expected one of `name`")],
    );
    refuses(&["run", "--profile", "none"], &["--profile: no profile is called none; there are crun, default"]);
    refuses(&["run", "--profile", "/no/such.toml"], &["--profile: /no/such.toml: No such file"]);
}

#[test]
fn an_expectation_file_that_cannot_be_used_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let expectation =
        |case: &str, link: &str| format!("[[expect]]\ncase = \"{case}\"\nbecause = \"x\"\nobserved = \"y\"\n{link}");
    let link = "link = \"https://example.org/1\"\n";
    for (content, parts) in [
        (expectation(CASE, ""), [":1:1: ", "missing field `link`"]),
        (expectation(CASE, "link = \"todo\"\n"), [":1:1: ", "link is \"todo\"; expected the address"]),
        (expectation("a/b", link), [":1:1: no case is called a/b", "`ptyproof list`"]),
        (expectation(CASE, link).repeat(2), [":6:1: ", "is named twice"]),
        ("expect = 1\n".to_owned(), [":1:10: ", "expected a sequence"]),
    ] {
        let path = file(&directory, "expectations.toml", &content);
        refuses(&["run", "--expect", &path], &[&format!("--expect: {path}{}", parts[0]), parts[1]]);
    }
    refuses(&["run", "--expect", "/no/such"], &["--expect: /no/such: No such file"]);
}

#[test]
fn a_pipe_for_a_file_is_refused_and_not_waited_for() {
    let directory = tempfile::tempdir().expect("a directory");
    let pipe = displayed(&directory.path().join("\u{1b}[31mpipe.toml"));
    nix::unistd::mkfifo(pipe.as_str(), nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    let report = format!("json={pipe}");
    for arguments in [
        &["run", "--profile", &pipe][..],
        &["run", "--expect", &pipe],
        &["run", "--report", &report],
        &["compare", &pipe, &pipe],
        &["perform", "--on", "model", &pipe],
    ] {
        refuses(arguments, &["/\\u{1b}[31mpipe.toml: is a pipe, a socket or a device; expected a file"]);
    }
    refuses(&["run", "--write-expectations", &pipe], &["\\u{1b}[31mpipe.toml: is there already; name a new file"]);
}

#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_ptyproof")).arg("list").stdout(writer).status();
    assert_eq!(status.expect("it can be started").code(), Some(0));
}

fn file(directory: &TempDir, name: &str, content: &str) -> String {
    let path = directory.path().join(name);
    fs::write(&path, content).expect("it can be written");
    displayed(&path)
}

fn displayed(path: &Path) -> String {
    path.display().to_string()
}
