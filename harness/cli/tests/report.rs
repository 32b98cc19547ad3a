//! `ptyproof report`: the matrix, the page, and files that are no reports.

mod said;

use said::{Said, ptyproof};
use serde_json::Value;
use std::fs;

/// Each verdict once.
const REPORT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../report/tests/every-verdict.json");

fn report(arguments: &[&str]) -> Said {
    ptyproof(&[&["report"], arguments].concat())
}

#[test]
fn without_a_place_the_matrix_is_printed() {
    let said = report(&[REPORT, REPORT]);
    assert_eq!((said.status, said.error.as_str()), (Some(0), ""));
    assert!(said.output.starts_with("2 targets by 1 area\n"), "{}", said.output);
    assert!(said.output.ends_with("no behaviour differs\n"), "{}", said.output);
    let said = report(&[REPORT, "--json"]);
    let value: Value = serde_json::from_str(&said.output).expect("it is JSON");
    assert_eq!(value["areas"][0]["tallies"][0]["counts"]["xfail"], 1);
}

#[test]
fn a_page_is_written_and_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let [site, file] = ["site", "page.html"].map(|name| directory.path().join(name).display().to_string());
    let said = report(&[REPORT, "--html", &site]);
    assert_eq!((said.status, said.error.as_str()), (Some(0), ""));
    assert_eq!(said.output, format!("{site}/index.html\n"));
    assert!(fs::exists(format!("{site}/reports/every-verdict.json")).expect("it can be looked at"));
    assert_eq!(report(&[REPORT, "--html", &file]).output, format!("{file}\n"));
    let page = fs::read_to_string(&file).expect("it is there");
    assert!(page.contains("<article id=\"area/fail\"") && page.contains("default-src &#39;none&#39;"));
}

#[test]
fn what_cannot_be_used_is_named() {
    let expected = "expected a report that `ptyproof run --report json=FILE` wrote";
    let error = format!("ptyproof: /no/such: No such file or directory (os error 2); {expected}\n");
    report(&["/no/such"]).refuses(2, &error);
    let error = "ptyproof: --html: /proc/x.html: No such file or directory (os error 2) at path \"/proc/.tmp";
    let said = report(&[REPORT, "--html", "/proc/x.html"]);
    assert_eq!((said.status, said.output.as_str()), (Some(2), ""));
    assert!(said.error.starts_with(error), "{}", said.error);
}
