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
    assert_eq!(said.status, Some(0));
}

#[test]
fn a_vector_that_differs_is_told_with_both_sides() {
    let said = on_the_model(&VECTOR.replace("read = 'a", "read = 'b"));
    assert_eq!(
        said.output,
        "differs erase: step 1, read: expected 'b\\n', observed 'a\\n'\n\n1 of 1 vector: not as expected\n"
    );
    assert_eq!(said.status, Some(1));
}

#[track_caller]
fn is_refused(text: &str, complaint: &str) {
    let said = on_the_model(text);
    assert_eq!(said.status, Some(2), "{}", said.error);
    assert_eq!(said.output, "");
    let whole = format!("ptyproof: mine.toml:{complaint}");
    assert!(said.error.starts_with(&whole), "{}", said.error);
}

#[test]
fn a_mistake_is_told_with_its_line() {
    is_refused(&VECTOR.replace("echo", "ehco"), "5:24: unknown key ehco");
    is_refused(&VECTOR.replace("\\x7f", "\\q"), "5:");
    // An impossible step.
    is_refused(&VECTOR.replace("read = 'a\\n'", "most = 3"), "5:");
    // What stands in a file does not reach the terminal raw.
    is_refused(&VECTOR.replace("echo", "\"\\u001b[2J\""), "5:24: unknown key \\u{1b}[2J");
}

#[test]
fn another_version_of_the_format_is_refused() {
    is_refused(&format!("format = 2\n{VECTOR}"), "1:10: the format is 2");
    assert_eq!(on_the_model(&format!("format = 1\n{VECTOR}")).status, Some(0));
}

#[test]
fn vectors_are_selected_by_their_tags() {
    let ids = |arguments: &[&str]| {
        let said = ptyproof(&[&["vectors", "--json"], arguments].concat());
        assert_eq!(said.status, Some(0), "{}", said.error);
        let json: serde_json::Value = serde_json::from_str(&said.output).expect("JSON");
        assert_eq!(json["format"], 1);
        json["vectors"].as_array().expect("a list").iter().map(|one| one["id"].to_string()).collect::<Vec<_>>()
    };
    let (with, without) = (ids(&["--tag", "packet"]), ids(&["--without", "packet"]));
    assert_eq!(with.len() + without.len(), ids(&[]).len());
    assert!(!with.is_empty() && with.iter().all(|id| !without.contains(id)));
    let lines = ptyproof(&["vectors", "--tag", "packet"]).output;
    assert_eq!(lines.lines().count(), with.len());
    assert_eq!(ptyproof(&["vectors", "--tag", "unheard-of"]).status, Some(4));
}

#[test]
fn arguments_that_cannot_be_are_refused() {
    let (no_file, last) = ("/nonexistent/mine.toml", "18446744073709551615");
    for (arguments, complaint) in [
        (&["perform", no_file][..], "ptyproof: /nonexistent/mine.toml: "),
        (&["fuzz", "--seed", "abc"], "error: invalid value 'abc' for '--seed <S>': "),
        (&["fuzz", "--runs", "many"], "error: invalid value 'many' for '--runs <N>': "),
        (&["fuzz", "--runs", "0"], "error: invalid value '0' for '--runs <N>': "),
        (
            &["fuzz", "--first", "18446744073709551616"],
            "error: invalid value '18446744073709551616' for '--first <N>': ",
        ),
        (
            &["fuzz", "--first", last, "--runs", "2"],
            "ptyproof: --first 18446744073709551615 and --runs 2: there are no scripts of such numbers",
        ),
    ] {
        let said = ptyproof(arguments);
        assert_eq!(said.status, Some(2), "{arguments:?}: {}", said.error);
        assert!(said.error.starts_with(complaint), "{}", said.error);
    }
}
