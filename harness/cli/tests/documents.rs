//! The files that documents show are such as the command takes.

mod said;

use said::ptyproof;
use std::path::PathBuf;
use tempfile::TempDir;

/// A file with what a document shows as `name`: the block that begins with that name as a comment.
fn shown(document: &str, name: &str) -> (TempDir, PathBuf) {
    let (_, block) = document.split_once(&format!("```toml\n# {name}\n")).expect("the document shows it");
    let (block, _) = block.split_once("```").expect("the block ends");
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join(name);
    std::fs::write(&path, block).expect("it can be written");
    (directory, path)
}

#[test]
fn a_profile_and_expectations_are_taken() {
    let (_directory, profile) = shown(include_str!("../../../docs/adding.md"), "mine.toml");
    let (_other, known) = shown(include_str!("../../../docs/runtimes.md"), "known.toml");
    let files = [profile, known].map(|path| path.to_str().expect("UTF-8").to_owned());
    let said = ptyproof(&["run", "--profile", &files[0], "--expect", &files[1], "--report", "json=/no/such/place"]);
    // What is looked at after them.
    assert_eq!((said.status, said.error.contains("/no/such")), (Some(2), true), "{}", said.error);
}

#[test]
fn a_vector_holds() {
    let (_directory, vectors) = shown(include_str!("../../../docs/vectors.md"), "mine.toml");
    let said = ptyproof(&["perform", "--on", "model", vectors.to_str().expect("UTF-8")]);
    assert_eq!(said.status, Some(0), "{}{}", said.output, said.error);
}
