//! Twelve targets with 1,300 cases each.

use crate::browser::Browser;
use crate::material::{reference, with};
use ptyproof_page::Place;
use ptyproof_report::comparison::Explanations;
use ptyproof_report::{CaseResult, Report, Verdict};
use serde_json::json;
use std::path::{Path, PathBuf};

const TARGETS: usize = 12;
const CASES: usize = 1300;

/// The most that it may take to open and to be filled: seconds.
const MOST: f64 = 1.0;

/// The most that it may weigh.
const MOST_BYTES: u64 = 10_000_000;

/// It stays below both.
pub fn opens() {
    let one = reference();
    let cases = one.results.iter().cycle().take(CASES).enumerate();
    let cases: Vec<CaseResult> = cases
        .map(|(number, result)| CaseResult { id: format!("{}-{number}", result.id).as_str().into(), ..result.clone() })
        .collect();
    let reports: Vec<(PathBuf, Report)> = (0..TARGETS)
        .map(|target| {
            let mut results = cases.clone();
            for result in results.iter_mut().skip(target).step_by(9) {
                result.verdict = Verdict::Fail;
                result.reason = Some(format!("what target {target} does"));
                result.expected = Some("a".into());
                result.observed = Some("b".into());
            }
            (format!("{target}.json").into(), with(&one, &format!("some {target}.0"), results))
        })
        .collect();
    let sides: Vec<(&Path, &Report)> = reports.iter().map(|(path, report)| (path.as_path(), report)).collect();
    let directory = tempfile::tempdir().expect("a directory");
    let page = directory.path().join("large.html");
    Place::of(&page).write(&sides, &Explanations::default(), &()).expect("it can be written");
    let bytes = page.metadata().expect("it is there").len();
    assert!(bytes < MOST_BYTES, "{bytes} bytes");
    let browser = Browser::open();
    // Time of the processor, for others may use the machine, too.
    browser.tool("Performance.enable", json!({"timeDomain": "threadTicks"}));
    for _ in 0..3 {
        browser.go(&page, "");
        browser.until("performance.getEntriesByType('navigation')[0].loadEventEnd > 0");
        let took = browser.text("Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)");
        let metrics = browser.tool("Performance.getMetrics", json!({}));
        let metrics = metrics["metrics"].as_array().expect("a list");
        let busy = metrics.iter().find(|one| one["name"] == "ThreadTime").and_then(|one| one["value"].as_f64());
        let spent = busy.expect("a number of seconds");
        println!(
            "{TARGETS} targets x {CASES} cases: {bytes} bytes, opened in {took} ms, {:.0} ms of the processor",
            spent * 1e3
        );
        assert!(spent < MOST, "{spent} s of the processor");
    }
}
