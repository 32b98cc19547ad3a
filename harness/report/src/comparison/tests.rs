//! What is a difference, and what is none.

use super::test_reports::{ended, kernel, passed, recorded, runtime, shows, with};
use super::*;
use crate::{Known, Verdict};

fn compare(reports: &[&Report]) -> Comparison {
    let sides: Vec<_> = reports.iter().map(|report| (Path::new("a.json"), *report)).collect();
    Comparison::of(&sides, &Explanations::default())
}

/// How many differences there are between one result and another of the same case.
fn differences(one: CaseResult, other: CaseResult) -> usize {
    let [one, other] = [one, other].map(|result| with(kernel("6.1.0"), &[result]));
    compare(&[&one, &other]).differences.iter().map(|one| one.points.len()).sum()
}

#[test]
fn two_runs_of_the_same_differ_in_nothing() {
    let results = crate::test_results::results();
    let one = with(runtime("some version 1.0\nrundir: /tmp/ptyproof-aaaaaa/w", "6.1.0"), &results);
    let mut other = with(runtime("some version 1.0\nrundir: /tmp/ptyproof-bbbbbb/w", "6.1.0"), &results);
    other.duration_ms += 1;
    other.target.path = "/tmp/ptyproof-bbbbbb/some".to_owned();
    other.environment.sysctls.insert("kernel.pty.nr".to_owned(), "7".to_owned());
    for result in &mut other.results {
        result.duration_ms += 1;
        result.observations += 1;
        result.transcript.clear();
    }
    let comparison = compare(&[&one, &other]);
    assert_eq!(comparison.differences, []);
    assert_eq!(comparison.environment, []);
    assert_eq!((comparison.same, comparison.only_in_some.len()), (results.len(), 0));
}

#[test]
fn a_known_failure_is_a_failure_and_its_evidence_may_vary() {
    let [fail, xfail, pass, xpass] = [Verdict::Fail, Verdict::Xfail, Verdict::Pass, Verdict::Xpass]
        .map(|verdict| move |observed| ended("a/b", verdict, "what", observed));
    assert_eq!(differences(fail("Err(EIO)"), xfail("Err(EPERM)")), 0);
    assert_eq!(differences(pass(""), xpass("")), 0);
    assert_eq!(differences(fail("Err(EIO)"), fail("Err(EIO)")), 0);
    assert_eq!(differences(fail("Err(EIO)"), fail("Err(EPERM)")), 1);
    assert_eq!(differences(pass(""), xfail("")), 1);
}

#[test]
fn a_race_that_is_known_is_no_difference() {
    let [pass, fail] = [Verdict::Pass, Verdict::Fail].map(|verdict| ended("a/b", verdict, "", ""));
    let known = |now_and_then| Known {
        because: "a race".to_owned(),
        observed: "hung".to_owned(),
        now_and_then,
        link: "https://example.org".to_owned(),
    };
    let xfail =
        |now_and_then| CaseResult { known: Some(known(now_and_then)), ..ended("a/b", Verdict::Xfail, "what", "hung") };
    assert_eq!(differences(pass.clone(), xfail(true)), 0);
    assert_eq!(differences(fail.clone(), xfail(true)), 0);
    assert_eq!(differences(pass.clone(), xfail(false)), 1);
    // What passed as luck would have it is a pass, whatever is known of it.
    let lucky = CaseResult { known: Some(known(true)), ..pass };
    assert_eq!(differences(lucky, fail), 1);
}

#[test]
fn evidence_that_differs_by_nature_is_the_same() {
    let at = |time: &str| {
        ended("a/b", Verdict::Fail, "what", &format!("time=\"2026-11-23T{time}Z\" device 0:5{}", &time[7..]))
    };
    assert_eq!(differences(at("17:22:43"), at("17:23:01")), 0);
}

#[test]
fn why_a_case_was_skipped_is_compared_and_how_it_broke_is_not() {
    let end = |verdict, reason| ended("a/b", verdict, reason, "");
    let skip = |reason| end(Verdict::Skip, reason);
    assert_eq!(differences(skip("needs root"), skip("needs root")), 0);
    assert_eq!(differences(skip("needs root"), skip("needs many ids")), 1);
    let timeout = |reason| end(Verdict::Timeout, reason);
    assert_eq!(differences(timeout("10s"), timeout("20s")), 0);
    assert_eq!(differences(timeout("10s"), end(Verdict::Error, "10s")), 1);
}

#[test]
fn a_profile_is_compared_by_its_name_and_a_record_by_its_value() {
    let behaviour = |behaviour, value| shows("a/b", "what", behaviour, value);
    assert_eq!(differences(behaviour("new", "inode 7"), behaviour("new", "inode 8")), 0);
    assert_eq!(differences(behaviour("new", "1"), behaviour("old", "1")), 1);
    assert_eq!(differences(behaviour("new", "1"), passed("a/b")), 1);
    let record = |value| recorded("a/b", "what", value);
    assert_eq!(differences(record("1"), record("1")), 0);
    assert_eq!(differences(record("1"), record("2")), 1);
}

#[test]
fn what_was_looked_at_several_times_is_compared_each_time() {
    let twice = |first, second| {
        let mut result = shows("a/b", "what", first, "1");
        result.shown.extend(shows("a/b", "what", second, "1").shown);
        result
    };
    assert_eq!(differences(twice("old", "new"), twice("old", "new")), 0);
    assert_eq!(differences(twice("old", "new"), twice("new", "new")), 1);
    assert_eq!(differences(twice("old", "new"), twice("old", "old")), 1);
}

#[test]
fn who_ended_early_has_no_say_in_what_it_did_not_come_to() {
    let behaviour = shows("a/b", "what", "new", "1");
    let failed = ended("a/b", Verdict::Fail, "before that", "x");
    // The verdict only.
    assert_eq!(differences(behaviour, failed), 1);
}

#[test]
fn something_left_behind_is_a_difference_and_which_is_not() {
    let left = |what: &str| CaseResult { teardown: vec![what.to_owned()], ..passed("a/b") };
    assert_eq!(differences(left("mount a"), left("mount b")), 0);
    assert_eq!(differences(left("mount a"), passed("a/b")), 1);
}

#[test]
fn what_only_some_have_is_told_and_no_difference() {
    let one = with(kernel("6.1.0"), &[passed("a/b"), passed("a/c")]);
    let other = with(kernel("6.2.0"), &[passed("a/c"), passed("a/d")]);
    let comparison = compare(&[&one, &other]);
    assert_eq!((comparison.differences.len(), comparison.same), (0, 1));
    let only: Vec<_> = comparison.only_in_some.iter().map(|one| (one.case.as_str(), one.reports.join(", "))).collect();
    assert_eq!(only, [("a/b", "6.1.0".to_owned()), ("a/d", "6.2.0".to_owned())]);
}

#[test]
fn a_case_that_nobody_was_done_with_is_in_common_to_none() {
    let mut report = with(kernel("6.1.0"), &[passed("a/b")]);
    report.results.clear();
    assert_eq!(compare(&[&report, &report]).in_common(), 0);
}

#[test]
fn of_command_lines_the_words_are_told_that_not_all_have() {
    let [mut one, mut other] = ["6.1.0"; 2].map(|release| with(kernel(release), &[]));
    one.environment.cmdline = "quiet console=ttyS0 a=1".to_owned();
    other.environment.cmdline = "console=ttyS0  quiet".to_owned();
    let environment = compare(&[&one, &other]).environment;
    let expected = Setting { name: "command line".to_owned(), values: vec![Some("a=1".to_owned()), None] };
    assert_eq!(environment, [expected]);
}

#[test]
fn as_json_it_has_a_schema_and_values_in_the_order_of_the_reports() {
    let one = with(kernel("6.1.0"), &[shows("a/b", "what", "old", "1")]);
    let other = with(kernel("6.2.0"), &[shows("a/b", "what", "new", "2")]);
    let text = to_json(&compare(&[&one, &other])).expect("it can be written");
    let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(value["schema"], 1);
    assert_eq!(value["reports"][0]["name"], "6.1.0");
    assert_eq!(value["reports"][1]["counts"]["pass"], 1);
    let point = &value["differences"][0]["points"][0];
    assert_eq!(value["differences"][0]["case"], "a/b");
    assert_eq!(point["aspect"]["shows"], "what");
    assert_eq!(point["seen"][0]["shows"]["behaviour"], "old");
    assert_eq!(point["seen"][1]["shows"]["value"], "2");
    assert_eq!(value["environment"][0]["name"], "kernel");
    assert_eq!(value["environment"][0]["values"][1], "6.2.0");
}
