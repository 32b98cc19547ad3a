//! What callers are told, and where: engines decide by words and by the log.

use crate::bundle::Bundle;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

tests! {
    every_error_reaches_the_log_in_the_callers_form,
    a_mistake_reaches_the_log_wherever_it_stands,
    who_says_nothing_is_told_what_there_is,
    a_log_that_cannot_be_written_is_an_error,
    a_program_that_cannot_run_is_told_of_in_the_words_that_engines_know,
    all_that_is_not_supported_is_told_at_once,
    debug_messages_go_to_the_log_or_else_to_standard_error,
    a_program_that_leads_back_to_the_runtime_says_so,
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs ptyrun with a log in JSON; the last line of that.
fn last_of_log(bundle: &Bundle, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = bundle.run(&[&["--log", "log", "--log-format", "json"], arguments].concat());
    let log = fs::read_to_string(bundle.path("log")).unwrap_or_default();
    let last = log.lines().last().unwrap_or_else(|| panic!("no log; {}", stderr(&output)));
    (output.status.code(), serde_json::from_str(last).unwrap())
}

fn every_error_reaches_the_log_in_the_callers_form() {
    let bundle = Bundle::without_terminal();
    for (arguments, status, message) in [
        (&["state", "nobody"][..], 1, "container nobody does not exist"),
        (&["exec", "nobody", "true"], 255, "container nobody does not exist"),
        (&["create"], 1, "the following required arguments were not provided: <ID>"),
        (&["levitate"], 1, "unrecognized subcommand 'levitate'"),
        (&["kill", "c", "NOSUCH"], 1, "invalid value 'NOSUCH' for '[SIGNAL]': signal \"NOSUCH\" is unknown"),
        // Which is the first depends on what whoever runs the tests has open.
        (&["run", "--preserve-fds", "900", "c"], 1, "--preserve-fds 900: descriptor "),
    ] {
        let (code, line) = last_of_log(&bundle, arguments);
        assert_eq!((code, &line["level"]), (Some(status), &json!("error")), "{arguments:?}");
        let said = line["msg"].as_str().unwrap();
        assert!(said.starts_with(message), "{arguments:?}: {said:?}");
        assert!(line["time"].as_str().unwrap().ends_with('Z'));
    }
    bundle.run(&["--log", "text", "state", "nobody"]);
    let text = fs::read_to_string(bundle.path("text")).unwrap();
    assert!(
        text.starts_with("time=\"") && text.ends_with("level=error msg=\"container nobody does not exist\"\n"),
        "{text}"
    );
}

fn a_mistake_reaches_the_log_wherever_it_stands() {
    let bundle = Bundle::without_terminal();
    for (arguments, message) in [
        (&["--bogus", "--log", "log", "list"][..], "unexpected argument '--bogus' found"),
        (&["--log", "log", "--debug=1", "list"], "unexpected value '1' for '--debug' found; no more were expected"),
        (
            &["--log-format", "no", "--log", "log", "list"],
            "invalid value 'no' for '--log-format <FORMAT>' [possible values: text, json]",
        ),
        (&["--log", "log", "list", "--bogus"], "unexpected argument '--bogus' found"),
    ] {
        let output = bundle.run(arguments);
        assert_eq!((output.status.code(), &output.stdout[..]), (Some(1), &b""[..]));
        assert!(stderr(&output).starts_with(&format!("error: {message}\n\n")), "{}", stderr(&output));
        let log = fs::read_to_string(bundle.path("log")).unwrap();
        let line = log.lines().last().unwrap();
        assert!(line.ends_with(&format!("level=error msg={message:?}")), "{line}");
        fs::remove_file(bundle.path("log")).unwrap();
    }
}

fn who_says_nothing_is_told_what_there_is() {
    let output = Command::new(env!("CARGO_BIN_EXE_ptyrun")).output().unwrap();
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(1), &b""[..]));
    assert!(stderr(&output).contains("\n\nUsage: ptyrun [OPTIONS] <COMMAND>\n\nCommands:\n"), "{}", stderr(&output));
}

fn a_log_that_cannot_be_written_is_an_error() {
    let bundle = Bundle::without_terminal();
    let output = bundle.run(&["--log", "no/such/directory", "list"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stderr(&output), "ptyrun: opening the log no/such/directory: no such file or directory\n");
}

fn a_program_that_cannot_run_is_told_of_in_the_words_that_engines_know() {
    let mut bundle = Bundle::without_terminal();
    for (name, text, mode) in
        [("plain", "echo", 0o644), ("odd", "\u{7f}odd", 0o755), ("lost", "#!/no/such/shell", 0o755)]
    {
        fs::write(bundle.path("rootfs").join(name), text).unwrap();
        fs::set_permissions(bundle.path("rootfs").join(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    for (program, words) in [
        (
            "no-such-program",
            &["no-such-program", "executable file not found in $PATH", "no such file or directory"][..],
        ),
        ("/no/such/program", &["/no/such/program", "no such file or directory"]),
        ("/plain", &["/plain", "permission denied"]),
        ("/usr", &["/usr", "is a directory"]),
        ("/odd", &["/odd", "exec format error"]),
        ("/lost", &["/lost", "no such file or directory"]),
    ] {
        bundle.set("/process/args", json!([program]));
        let run = stderr(&bundle.run(&["run", "c"]));
        // What only the execve can tell `start` tells.
        let (created, told) = bundle.detach(&["create", "c"]);
        let (status, told) = if created.success() { bundle.detach(&["start", "c"]) } else { (created, told) };
        assert_eq!(status.code(), Some(1));
        bundle.run(&["delete", "-f", "c"]);
        for said in [run, told] {
            assert!(words.iter().all(|word| said.contains(word)), "{program}: {said}");
        }
    }
    bundle.start("c");
    for (program, word) in [("no-such-program", "executable file not found in $PATH"), ("/odd", "exec format error")] {
        let output = bundle.run(&["exec", "c", program]);
        assert_eq!(output.status.code(), Some(255));
        assert!(stderr(&output).contains(program) && stderr(&output).contains(word), "{}", stderr(&output));
    }
}

fn all_that_is_not_supported_is_told_at_once() {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/linux/intelRdt", json!({"closID": "x"}));
    bundle.set("/linux/mountLabel", json!("x"));
    let said = stderr(&bundle.run(&["run", "c"]));
    assert!(said.contains("linux.mountLabel, linux.intelRdt: not supported"), "{said}");
}

fn debug_messages_go_to_the_log_or_else_to_standard_error() {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/process/args", json!(["true"]));
    let quiet = bundle.run(&["run", "c"]);
    assert_eq!(stderr(&quiet), "");
    let said = stderr(&bundle.run(&["--debug", "run", "c"]));
    assert!(said.contains("level=debug") && said.contains("container c: process "), "{said}");
    let silent = bundle.run(&["--debug", "--log", "log", "run", "c"]);
    assert_eq!(stderr(&silent), "");
    let log = fs::read_to_string(bundle.path("log")).unwrap();
    assert!(log.contains("level=debug"), "{log}");
}

fn a_program_that_leads_back_to_the_runtime_says_so() {
    let mut bundle = Bundle::without_terminal();
    fs::write(bundle.path("rootfs/again"), "#!/proc/self/exe\n").unwrap();
    fs::set_permissions(bundle.path("rootfs/again"), fs::Permissions::from_mode(0o755)).unwrap();
    bundle.set("/process/args", json!(["/again"]));
    let output = bundle.run(&["run", "c"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("/proc/self/exe"), "{}", stderr(&output));
}
