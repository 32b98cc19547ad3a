//! Pages to look at, made by the command of real runs.

use ptyproof_report::{CaseResult, Report, Summary};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

/// Areas in which runtimes differ, and that are quick.
const AREAS: &[&str] = &["lifecycle/", "console/", "owner/", "relay/output*", "relay/in-the-background", "size/"];

/// Where runtimes of the distribution are.
const RUNTIMES: &[&[&str]] = &[&["/usr/sbin/runc", "/usr/bin/runc"], &["/usr/bin/crun"]];

static SITE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();

/// The command, which was built before.
pub fn ptyproof(arguments: &[&str]) {
    let own = std::env::current_exe().expect("this binary has a path");
    let program = own.ancestors().nth(2).expect("it is in a directory of the target's").join("ptyproof");
    assert!(program.is_file(), "{} is missing: cargo build --package ptyproof builds it", program.display());
    let done = Command::new(program).args(arguments).output().expect("it can be started");
    // What fails on a runtime is no matter here.
    let status = done.status.code();
    assert!(matches!(status, Some(0 | 1)), "{arguments:?}: {status:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// The page of a real run of the reference runtime, and of runtimes of this machine or its kernel: three targets.
pub fn site() -> &'static Path {
    let (_, page) = SITE.get_or_init(|| {
        let directory = tempfile::tempdir().expect("a directory");
        let place = |name: &str| directory.path().join(name).display().to_string();
        let mut reports = Vec::new();
        let mut run = |name: &str, flags: &[&str]| {
            let report = place(&format!("{name}.json"));
            ptyproof(&[&["run", "--report", &format!("json={report}")], flags].concat());
            reports.push(report);
        };
        run("reference", AREAS);
        let runtimes = RUNTIMES.iter().filter_map(|places| places.iter().find(|path| Path::new(path).is_file()));
        let runtimes: Vec<&&str> = runtimes.collect();
        for (number, runtime) in runtimes.iter().enumerate() {
            run(&format!("runtime-{number}"), &[&["--runtime", runtime], AREAS].concat());
        }
        for kernel in runtimes.len()..RUNTIMES.len() {
            run(&format!("kernel-{kernel}"), &["--target", "kernel", "line-discipline/erase*", "kernel-size/"]);
        }
        let site = place("site");
        let reports: Vec<&str> = reports.iter().map(String::as_str).collect();
        ptyproof(&[&["report", "--html", &site], reports.as_slice()].concat());
        let page = directory.path().join("site/index.html");
        (directory, page)
    });
    page
}

/// Removes it: what is static is never dropped.
pub fn remove_site() {
    if let Some((directory, _)) = SITE.get() {
        std::fs::remove_dir_all(directory.path()).expect("it can be removed");
    }
}

/// The report of the reference runtime that is beside the page.
pub fn reference() -> Report {
    let report = site().with_file_name("reports").join("reference.json");
    Report::read(&report).expect("it is a report")
}

/// A report with other results, by another name.
pub fn with(report: &Report, version: &str, results: Vec<CaseResult>) -> Report {
    let mut report = report.clone();
    version.clone_into(&mut report.target.version);
    report.selected = results.iter().map(|result| result.id.clone()).collect();
    report.summary = Summary::of(&results, false, false);
    report.results = results;
    report
}
