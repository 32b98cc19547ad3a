//! `ptyproof certify`, and `ptyproof explain --repro`.

use super::said::ptyproof;
use super::{CASE, path};
use std::fs;
use std::process::Command;

pub const TESTS: &[(&str, fn())] = &[
    ("a_statement_follows_from_its_report", a_statement_follows_from_its_report),
    ("the_reference_runtime_is_certified_where_nothing_is_skipped", the_reference_runtime_is_certified),
    ("a_failure_is_shown_by_lines_that_a_shell_takes", a_failure_is_shown_by_lines_that_a_shell_takes),
];

/// An ordinary user cannot certify anything: some cases that bind need root, and none may be skipped.
fn the_reference_runtime_is_certified() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = path(&directory, "out");
    let said = ptyproof(&["certify", "--output", &output]);
    let root = nix::unistd::geteuid().is_root();
    assert_eq!(said.status, Some(if root { 0 } else { 1 }), "{}{}", said.output, said.error);
    let statement = fs::read_to_string(format!("{output}/statement.json")).expect("it was written");
    let statement: serde_json::Value = serde_json::from_str(&statement).expect("it is JSON");
    assert_eq!(statement["certified"], root);
    assert!(statement["target"]["version"].as_str().is_some_and(|version| version.starts_with("ptyrun version 0.1.0")));
    assert_eq!(statement["target"]["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(statement["suite"], env!("CARGO_PKG_VERSION"));
    let binding = ptyproof_cases::container_cases().into_iter().filter(|case| case.level.binds()).count();
    assert_eq!(statement["required"].as_array().map(Vec::len), Some(binding));
}

/// Whether they show it is looked at by a slow test, with runtimes of which findings are known.
fn a_failure_is_shown_by_lines_that_a_shell_takes() {
    let said = ptyproof(&["explain", CASE, "--repro", "--runtime", "/bin/true"]);
    assert_eq!(said.status, Some(0), "{}", said.error);
    assert!(said.output.starts_with(&format!("# {CASE} on /bin/true (true ")), "{}", said.output);
    assert!(said.output.contains("/bin/true --root $D/state create --bundle $D/b1 "), "{}", said.output);
    let directory = tempfile::tempdir().expect("a directory");
    let file = path(&directory, "show.sh");
    fs::write(&file, &said.output).expect("it can be written");
    let checked = Command::new("bash").args(["-n", &file]).output().expect("there is bash");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let said = ptyproof(&["explain", "B01", "--repro", "--runtime", "/bin/true"]);
    assert_eq!(said.status, Some(2));
    assert!(said.error.contains("--repro: B01 is no case; `ptyproof explain B01` names those"), "{}", said.error);
}

fn a_statement_follows_from_its_report() {
    let directory = tempfile::tempdir().expect("a directory");
    let [profile, output] = ["bad.toml", "out"].map(|name| path(&directory, name));
    fs::write(&profile, "name = \"bad\"\nglobal = [\"--no-such-flag\"]\n").expect("it can be written");
    let said = ptyproof(&["certify", "--profile", &profile, "--output", &output]);
    assert_eq!(said.status, Some(1), "{}{}", said.output, said.error);
    assert!(
        said.output.contains("\nnot certified: ")
            && said.output.contains("(ptyrun version 0.1.0, profile bad) on Linux ")
    );
    assert!(said.output.contains("\n  fail    lifecycle/simplest-container: "), "{}", said.output);
    assert!(fs::read_to_string(format!("{output}/badge.svg")).expect("it was written").contains("not certified 0/"));
    let statement = format!("{output}/statement.json");
    let verify = || ptyproof(&["certify", "--verify", &statement]);
    let said = verify();
    assert_eq!(said.status, Some(0), "{}{}", said.output, said.error);
    assert!(said.output.ends_with("\n  statement and report agree\n"), "{}", said.output);
    let report = format!("{output}/report.json");
    let [stated, reported] = [&statement, &report].map(|file| fs::read_to_string(file).expect("it was written"));
    for (file, text, right, wrong, differs) in [
        (&statement, &stated, "\"certified\": false", "\"certified\": true", "certified"),
        (&statement, &stated, "{\n", "{\n  \"approved\": true,\n", "how it is written"),
        (&report, &reported, "\"title\": \"", "\"title\": \"more than ", "report_sha256"),
        (&report, &reported, "\"interrupted\": false", "\"interrupted\": true", "report_sha256"),
    ] {
        assert!(text.contains(right), "{right} is not in {text}");
        fs::write(file, text.replacen(right, wrong, 1)).expect("it can be written");
        let said = verify();
        assert_eq!(said.status, Some(1), "{wrong}: {}{}", said.output, said.error);
        let told =
            format!("does not follow from report.json beside it; what differs: {differs}; from the report follows");
        assert!(said.error.contains(&told), "{wrong}: {}", said.error);
        fs::write(file, text).expect("it can be written");
    }
    assert_eq!(verify().status, Some(0));
    fs::write(&statement, "{}").expect("it can be written");
    let said = verify();
    assert_eq!(said.status, Some(2));
    assert!(said.error.contains("statement.json:1:2: missing field `schema`; expected a statement"), "{}", said.error);
    let said = ptyproof(&["certify", "--target", "podman"]);
    assert_eq!(said.status, Some(2));
    assert!(
        said.error.contains("--target: what must hold is written of OCI runtimes, and podman is none"),
        "{}",
        said.error
    );
}
