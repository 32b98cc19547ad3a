//! The report as JUnit XML: a suite per area of behaviour.

use super::failure::details;
use super::{CaseResult, Report, Verdict, printable};
use indexmap::IndexMap;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use std::{io, time::Duration};

/// The report as text.
///
/// XML cannot hold control characters at all, so everything is made [`printable`] before.
pub(super) fn render(report: &Report) -> io::Result<String> {
    let mut suites: IndexMap<&str, TestSuite> = IndexMap::new();
    for result in &report.results {
        let area = result.area();
        let suite = suites.entry(area).or_insert_with(|| suite(area, report));
        suite.add_test_case(case(result, report.strict));
    }
    for suite in suites.values_mut() {
        let times = suite.test_cases.iter().filter_map(|case| case.time);
        suite.set_time(times.sum());
    }
    let mut document = quick_junit::Report::new("ptyproof");
    document.set_time(Duration::from_millis(report.duration_ms));
    document.add_test_suites(suites.into_values());
    document.to_string().map(|text| without_skipped(&text)).map_err(io::Error::other)
}

/// The schema of Jenkins' xUnit plugin has the number of skipped cases at each suite, and refuses it at the root.
fn without_skipped(text: &str) -> String {
    let parts = text.split_once("<testsuites ").and_then(|(head, rest)| Some((head, rest.split_once('>')?)));
    let Some((head, (attributes, rest))) = parts else { return text.to_owned() };
    let attributes = attributes.split(' ').filter(|attribute| !attribute.starts_with("skipped="));
    format!("{head}<testsuites {}>{rest}", attributes.collect::<Vec<_>>().join(" "))
}

fn suite(area: &str, report: &Report) -> TestSuite {
    let mut suite = TestSuite::new(printable(area));
    let target = &report.target;
    for (name, value) in [
        ("target", &target.path),
        ("target.version", &target.version),
        ("target.sha256", &target.sha256),
        ("target.profile", &target.profile),
        ("kernel", &report.environment.kernel),
        ("distribution", &report.environment.distribution),
    ] {
        suite.add_property((name, printable(value).as_str()));
    }
    if report.interrupted {
        suite.add_property(("interrupted", "true"));
    }
    suite
}

fn case(result: &CaseResult, strict: bool) -> TestCase {
    let mut case = TestCase::new(result.id.to_string(), status(result, strict));
    case.set_classname(format!("ptyproof.{}", printable(result.area())));
    case.set_time(Duration::from_millis(result.duration_ms));
    let worth_a_look = matches!(result.verdict, Verdict::Warn | Verdict::Info);
    if worth_a_look && result.is_as_expected(strict) {
        case.set_system_out(details(result).join("\n"));
    }
    case
}

fn status(result: &CaseResult, strict: bool) -> TestCaseStatus {
    let reason = printable(result.reason.as_deref().unwrap_or_default());
    if result.is_as_expected(strict) {
        let message = match result.verdict {
            Verdict::Skip | Verdict::NotApplicable => reason,
            // There is no word for it in JUnit; skipped is what neither breaks a build nor counts as success.
            Verdict::Xfail => {
                let known = result.known.as_ref();
                let known = known.map(|known| printable(&format!("{} <{}>", known.because, known.link)));
                format!("expected to fail: {}: {reason}", known.unwrap_or_default())
            }
            _ => return TestCaseStatus::success(),
        };
        let mut status = TestCaseStatus::skipped();
        status.set_type(result.verdict.word()).set_message(message);
        return status;
    }
    let kind = match result.verdict {
        Verdict::Error => NonSuccessKind::Error,
        _ => NonSuccessKind::Failure,
    };
    let (word, message) = match result.verdict {
        // Then it is what was left behind that is not as expected.
        Verdict::Pass | Verdict::Warn | Verdict::Info => ("left-behind", "something was left behind".to_owned()),
        verdict => (verdict.word(), reason),
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(word).set_message(message).set_description(details(result).join("\n"));
    status
}

#[cfg(test)]
mod tests {
    use super::super::test_results;
    use super::*;

    #[test]
    fn golden() {
        test_results::golden("report.xml", &render(&test_results::report()).expect("it can be written"));
    }

    #[test]
    fn a_skip_of_a_strict_run_is_a_failure() {
        let mut report = test_results::report();
        report.strict = true;
        let text = render(&report).expect("it can be written");
        assert!(text.contains(r#"<failure message="needs root # of the machine" type="skip">"#));
    }
}
