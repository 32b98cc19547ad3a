//! The report as JUnit XML: a suite per area of behaviour.

use super::failure::details;
use super::{CaseResult, Report, Verdict, printable};
use quick_junit::{NonSuccessKind, SerializeError, TestCase, TestCaseStatus, TestSuite};
use std::time::Duration;

/// The report as text.
///
/// XML cannot hold control characters at all, so everything is made [`printable`] before.
pub(super) fn render(report: &Report) -> Result<String, SerializeError> {
    let mut suites: Vec<TestSuite> = Vec::new();
    for result in &report.results {
        let area = area(result);
        let case = case(result, report.strict);
        match suites.iter_mut().find(|suite| suite.name.as_str() == area) {
            Some(suite) => {
                suite.add_test_case(case);
            }
            None => {
                let mut suite = TestSuite::new(area);
                describe(&mut suite, report);
                suite.add_test_case(case);
                suites.push(suite);
            }
        }
    }
    for suite in &mut suites {
        let times = suite.test_cases.iter().filter_map(|case| case.time);
        suite.set_time(times.sum());
    }
    let mut document = quick_junit::Report::new("ptyproof");
    document.set_time(Duration::from_millis(report.duration_ms));
    document.add_test_suites(suites);
    document.to_string()
}

fn area(result: &CaseResult) -> &str {
    let id = result.id.as_str();
    id.split_once('/').map_or(id, |(area, _)| area)
}

fn describe(suite: &mut TestSuite, report: &Report) {
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
}

fn case(result: &CaseResult, strict: bool) -> TestCase {
    let mut case = TestCase::new(result.id.as_str(), status(result, strict));
    case.set_classname(format!("ptyproof.{}", area(result)));
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
        return match result.verdict {
            Verdict::Skip => {
                let mut status = TestCaseStatus::skipped();
                status.set_type("skip").set_message(reason);
                status
            }
            // There is no word for it in JUnit; skipped is what neither breaks a build nor counts as success.
            Verdict::Xfail => {
                let link = printable(result.link.as_deref().unwrap_or_default());
                let mut status = TestCaseStatus::skipped();
                status.set_type("xfail").set_message(format!("expected to fail: {reason} ({link})"));
                status
            }
            _ => TestCaseStatus::success(),
        };
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
        let text = render(&test_results::report()).expect("it can be written");
        assert_eq!(text, GOLDEN);
    }

    #[test]
    fn a_skip_of_a_strict_run_is_a_failure() {
        let mut report = test_results::report();
        report.strict = true;
        let text = render(&report).expect("it can be written");
        assert!(text.contains(r#"<failure message="needs root # of the machine" type="skip">"#));
    }

    const GOLDEN: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="ptyproof" tests="9" skipped="2" failures="3" errors="1" time="1.234">
    <testsuite name="area" tests="9" skipped="2" errors="1" failures="3" time="0.090">
        <properties>
            <property name="target" value="/bin/some runtime"/>
            <property name="target.version" value="some 1.0 \u{9b}31m\nspec: 1.2"/>
            <property name="target.sha256" value="0000000000000000000000000000000000000000000000000000000000000000"/>
            <property name="target.profile" value="some"/>
            <property name="kernel" value="6.18.0"/>
            <property name="distribution" value="Some \u{1b}cLinux"/>
        </properties>
        <testcase name="area/pass" classname="ptyproof.area" time="0.010"/>
        <testcase name="area/warn" classname="ptyproof.area" time="0.010">
            <system-out>title        what warn does
requirement  it holds (should)
reason       number of things
expected     1
observed     2
see          doc, #place &lt;https://example.org/doc#place&gt;</system-out>
        </testcase>
        <testcase name="area/info" classname="ptyproof.area" time="0.010">
            <system-out>title        what info does
requirement  it holds (info)
seen         umask: &quot;022\u{1b}c&quot;
see          doc, #place &lt;https://example.org/doc#place&gt;</system-out>
        </testcase>
        <testcase name="area/skip" classname="ptyproof.area" time="0.010">
            <skipped message="needs root # of the machine" type="skip"/>
        </testcase>
        <testcase name="area/xfail" classname="ptyproof.area" time="0.010">
            <skipped message="expected to fail: known thing (https://example.org/1)" type="xfail"/>
        </testcase>
        <testcase name="area/fail" classname="ptyproof.area" time="0.010">
            <failure message="bytes on the terminal" type="fail">title        what fail does
requirement  it holds (must)
reason       bytes on the terminal
expected     xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
observed     \u{1b}[31mred\0 \u{9b}1m ]]&gt; � \u{202e}\nnext
see          doc, #place &lt;https://example.org/doc#place&gt;
left behind  process 7 (x) still runs
terminal of c1 (&gt; typed, &lt; received, ms):
        0.5 &gt; &quot;ab\n&quot;
        1.2 &lt; &quot;\x1b]0;t\x07\xff\r\n&quot;
        9.0 * hang-up</failure>
        </testcase>
        <testcase name="area/xpass" classname="ptyproof.area" time="0.010">
            <failure message="remove the expectation" type="xpass">title        what xpass does
requirement  it holds (must)
reason       remove the expectation
see          doc, #place &lt;https://example.org/doc#place&gt;</failure>
        </testcase>
        <testcase name="area/timeout" classname="ptyproof.area" time="0.010">
            <failure message="the case did not end within 10s" type="timeout">title        what timeout does
requirement  it holds (must)
reason       the case did not end within 10s
see          doc, #place &lt;https://example.org/doc#place&gt;</failure>
        </testcase>
        <testcase name="area/error" classname="ptyproof.area" time="0.010">
            <error message="worker: exit status 101 \u{1b}c" type="error">title        what error does
requirement  it holds (must)
reason       worker: exit status 101 \u{1b}c
see          doc, #place &lt;https://example.org/doc#place&gt;</error>
        </testcase>
    </testsuite>
</testsuites>
"#;
}
