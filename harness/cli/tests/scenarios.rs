//! `perform` and `fuzz`: what they say, and their exit statuses. What needs no kernel is asked of the model.

mod said;

use said::{Said, ptyproof};
use std::path::PathBuf;
use tempfile::TempDir;

const VECTOR: &str = "\
[[vector]]
id = \"erase\"
title = \"erase a letter\"
steps = [
  { type = 'ab\\x7f\\n', echo = 'ab\\b \\b\\r\\n', read = 'a\\n' },
]
";

/// A file of vectors that lives as long as the directory.
fn file(text: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("mine.toml");
    std::fs::write(&path, text).expect("it can be written");
    (directory, path)
}

fn on_the_model(text: &str) -> Said {
    let (_directory, path) = file(text);
    let mut said = ptyproof(&["perform", "--on", "model", path.to_str().expect("UTF-8")]);
    let name = path.display().to_string();
    said.error = said.error.replace(&name, "mine.toml");
    said
}

#[test]
fn a_vector_that_holds_is_told_so() {
    let said = on_the_model(VECTOR);
    assert_eq!(said.output, "holds   erase\n\n1 vector, as expected\n");
    assert_eq!(said.status, 0);
}

#[test]
fn a_vector_that_differs_is_told_with_both_sides() {
    let said = on_the_model(&VECTOR.replace("read = 'a", "read = 'b"));
    assert_eq!(
        said.output,
        "differs erase: step 1, read: expected 'b\\n', observed 'a\\n'\n\n1 of 1 vector: not as expected\n"
    );
    assert_eq!(said.status, 1);
}

#[track_caller]
fn is_refused(text: &str, complaint: &str) {
    let said = on_the_model(text);
    assert_eq!(said.status, 2, "{}", said.error);
    assert_eq!(said.output, "");
    let whole = format!("ptyproof: mine.toml:{complaint}");
    assert!(said.error.starts_with(&whole), "{}", said.error);
}

#[test]
fn an_unknown_key_is_told_with_its_line() {
    is_refused(&VECTOR.replace("echo", "ehco"), "5:24: unknown key ehco");
}

#[test]
fn a_bad_escape_is_told_with_its_line() {
    is_refused(&VECTOR.replace("\\x7f", "\\q"), "5:");
}

#[test]
fn what_stands_in_a_file_does_not_reach_the_terminal_raw() {
    is_refused(&VECTOR.replace("echo", "\"\\u001b[2J\""), "5:24: unknown key \\u{1b}[2J");
}

#[test]
fn another_version_of_the_format_is_refused() {
    is_refused(&format!("format = 2\n{VECTOR}"), "1:10: the format is 2");
    assert_eq!(on_the_model(&format!("format = 1\n{VECTOR}")).status, 0);
}

#[test]
fn vectors_are_selected_by_their_tags() {
    let ids = |arguments: &[&str]| {
        let said = ptyproof(&[&["vectors", "--json"], arguments].concat());
        assert_eq!(said.status, 0, "{}", said.error);
        let json: serde_json::Value = serde_json::from_str(&said.output).expect("JSON");
        assert_eq!(json["format"], 1);
        json["vectors"].as_array().expect("a list").iter().map(|one| one["id"].to_string()).collect::<Vec<_>>()
    };
    let (with, without) = (ids(&["--tag", "packet"]), ids(&["--without", "packet"]));
    assert_eq!(with.len() + without.len(), ids(&[]).len());
    assert!(!with.is_empty() && with.iter().all(|id| !without.contains(id)));
    let lines = ptyproof(&["vectors", "--tag", "packet"]).output;
    assert_eq!(lines.lines().count(), with.len());
    assert_eq!(ptyproof(&["vectors", "--tag", "unheard-of"]).status, 4);
}

#[test]
fn an_impossible_step_is_told_with_its_line() {
    is_refused(&VECTOR.replace("read = 'a\\n'", "most = 3"), "5:");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let said = ptyproof(&["perform", "/nonexistent/mine.toml"]);
    assert_eq!(said.status, 2);
    assert!(said.error.starts_with("ptyproof: /nonexistent/mine.toml: "));
}

#[test]
fn a_seed_or_a_count_that_is_no_number_is_refused() {
    for arguments in [
        ["fuzz", "--seed", "abc"],
        ["fuzz", "--runs", "many"],
        ["fuzz", "--runs", "0"],
        ["fuzz", "--first", "18446744073709551616"],
    ] {
        let said = ptyproof(&arguments);
        assert_eq!(said.status, 2, "{arguments:?}: {}", said.error);
        assert!(said.error.contains(arguments[1]), "{}", said.error);
    }
}

#[test]
fn scripts_beyond_the_last_number_are_refused() {
    let said = ptyproof(&["fuzz", "--first", "18446744073709551615", "--runs", "2"]);
    assert_eq!(said.status, 2);
    assert!(said.error.contains("there are no scripts of such numbers"));
}

#[test]
fn the_kernel_target_takes_no_runtime() {
    let said = ptyproof(&["run", "--target", "kernel", "--runtime", "/bin/true"]);
    assert_eq!(said.status, 2);
    assert!(said.error.contains("--target kernel tests no runtime"));
}
