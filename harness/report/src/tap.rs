//! The report as TAP 14 with YAML blocks, whose lines kernel tools read as KTAP, too.

use super::failure::{CHARACTERS, shortened, tail};
use super::json::ascii;
use super::{CaseResult, Evidence, Report, Verdict, printable};
use std::fmt::{self, Write};

/// The report as text.
pub(super) fn render(report: &Report) -> Result<String, fmt::Error> {
    let mut text = String::new();
    writeln!(text, "TAP version 14")?;
    writeln!(text, "1..{}", report.selected.len())?;
    let target = &report.target;
    writeln!(
        text,
        "# target {}, {}, profile {}",
        printable(&target.path),
        printable(&target.version),
        printable(&target.profile)
    )?;
    writeln!(text, "# kernel {}", printable(&report.environment.kernel))?;
    for result in &report.results {
        let number = report.selected.iter().position(|id| *id == result.id);
        case(&mut text, number.unwrap_or_default() + 1, result, report.strict)?;
    }
    if report.interrupted {
        writeln!(text, "Bail out! cut short after {} of {} cases", report.results.len(), report.selected.len())?;
    }
    Ok(text)
}

fn case(text: &mut String, number: usize, result: &CaseResult, strict: bool) -> fmt::Result {
    let as_expected = result.is_as_expected(strict);
    // Tools count a `not ok` with TODO as a success, so an expected failure is one.
    let ok = as_expected && result.verdict != Verdict::Xfail;
    let word = if ok { "ok" } else { "not ok" };
    write!(text, "{word} {number} {}", result.id)?;
    let reason = printable(result.reason.as_deref().unwrap_or_default());
    let link = printable(result.link.as_deref().unwrap_or_default());
    match result.verdict {
        // With a directive, tools would count it as a success.
        Verdict::Skip if !as_expected => {}
        Verdict::Skip => write!(text, " # SKIP {reason}")?,
        Verdict::Xfail => write!(text, " # TODO {reason} {link}")?,
        Verdict::Timeout => write!(text, " # TIMEOUT")?,
        Verdict::Error => write!(text, " # ERROR")?,
        Verdict::Pass | Verdict::Warn | Verdict::Info | Verdict::Fail | Verdict::Xpass => {}
    }
    writeln!(text)?;
    writeln!(text, "  ---")?;
    field(text, "verdict", result.verdict.word())?;
    field(text, "level", &result.level.to_string())?;
    field(text, "title", &result.title)?;
    field(text, "requirement", &result.requirement)?;
    for (name, value) in [
        ("reason", result.reason.as_deref()),
        ("expected", result.expected.as_ref().map(Evidence::as_words)),
        ("observed", result.observed.as_ref().map(Evidence::as_words)),
        ("link", result.link.as_deref()),
    ] {
        if let Some(value) = value {
            field(text, name, value)?;
        }
    }
    list(text, "references", &result.references)?;
    let records = result.records.iter();
    let records: Vec<String> = records.map(|record| format!("{}: {}", record.what, record.value)).collect();
    list(text, "records", &records)?;
    list(text, "left_behind", &result.teardown)?;
    if !ok {
        for (name, entries) in &result.transcript {
            list(text, &format!("\"{}\"", quotable(name)), &tail(entries))?;
        }
    }
    writeln!(text, "  duration_ms: {}", result.duration_ms)?;
    writeln!(text, "  ...")
}

fn field(text: &mut String, name: &str, value: &str) -> fmt::Result {
    writeln!(text, "  {name}: \"{}\"", quotable(value))
}

fn list(text: &mut String, name: &str, values: &[String]) -> fmt::Result {
    if values.is_empty() {
        return Ok(());
    }
    writeln!(text, "  {name}:")?;
    for value in values {
        writeln!(text, "    - \"{}\"", quotable(value))?;
    }
    Ok(())
}

/// What stands between the quotes of a JSON string, which every YAML parser reads, too.
fn quotable(value: &str) -> String {
    let quoted = ascii(&serde_json::Value::from(shortened(value, CHARACTERS).as_ref()).to_string());
    quoted[1..quoted.len() - 1].to_owned()
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
    fn an_interrupted_run_bails_out() {
        let mut report = test_results::report();
        report.results.truncate(2);
        report.interrupted = true;
        let text = render(&report).expect("it can be written");
        assert!(text.contains("\n1..9\n"), "{text}");
        assert!(text.ends_with("\nBail out! cut short after 2 of 9 cases\n"), "{text}");
    }

    #[test]
    fn a_skip_of_a_strict_run_is_no_success() {
        let mut report = test_results::report();
        report.strict = true;
        let text = render(&report).expect("it can be written");
        assert!(text.contains("\nnot ok 4 area/skip\n"), "{text}");
    }

    const GOLDEN: &str = r#"TAP version 14
1..9
# target /bin/some runtime, some 1.0 \u{9b}31m\nspec: 1.2, profile some
# kernel 6.18.0
ok 1 area/pass
  ---
  verdict: "pass"
  level: "must"
  title: "what pass does"
  requirement: "it holds"
  references:
    - "doc, #place <https://example.org/doc#place>"
  duration_ms: 10
  ...
ok 2 area/warn
  ---
  verdict: "warn"
  level: "should"
  title: "what warn does"
  requirement: "it holds"
  reason: "number of things"
  expected: "1"
  observed: "2"
  references:
    - "doc, #place <https://example.org/doc#place>"
  duration_ms: 10
  ...
ok 3 area/info
  ---
  verdict: "info"
  level: "info"
  title: "what info does"
  requirement: "it holds"
  references:
    - "doc, #place <https://example.org/doc#place>"
  records:
    - "umask: \"022\u001bc\""
  duration_ms: 10
  ...
ok 4 area/skip # SKIP needs root # of the machine
  ---
  verdict: "skip"
  level: "must"
  title: "what skip does"
  requirement: "it holds"
  reason: "needs root # of the machine"
  references:
    - "doc, #place <https://example.org/doc#place>"
  duration_ms: 10
  ...
not ok 5 area/xfail # TODO known thing https://example.org/1
  ---
  verdict: "xfail"
  level: "must"
  title: "what xfail does"
  requirement: "it holds"
  reason: "known thing"
  expected: "a"
  observed: "b"
  link: "https://example.org/1"
  references:
    - "doc, #place <https://example.org/doc#place>"
  duration_ms: 10
  ...
not ok 6 area/fail
  ---
  verdict: "fail"
  level: "must"
  title: "what fail does"
  requirement: "it holds"
  reason: "bytes on the terminal"
  expected: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
  observed: "\u001b[31mred\u0000 \u009b1m ]]> \ufffd \u202e\nnext"
  references:
    - "doc, #place <https://example.org/doc#place>"
  left_behind:
    - "process 7 (x) still runs"
  "terminal of c1":
    - "      0.5 > \"ab\\n\""
    - "      1.2 < \"\\x1b]0;t\\x07\\xff\\r\\n\""
    - "      9.0 * hang-up"
  duration_ms: 10
  ...
not ok 7 area/xpass
  ---
  verdict: "xpass"
  level: "must"
  title: "what xpass does"
  requirement: "it holds"
  reason: "remove the expectation"
  references:
    - "doc, #place <https://example.org/doc#place>"
  duration_ms: 10
  ...
not ok 8 area/timeout # TIMEOUT
  ---
  verdict: "timeout"
  level: "must"
  title: "what timeout does"
  requirement: "it holds"
  reason: "the case did not end within 10s"
  references:
    - "doc, #place <https://example.org/doc#place>"
  duration_ms: 10
  ...
not ok 9 area/error # ERROR
  ---
  verdict: "error"
  level: "must"
  title: "what error does"
  requirement: "it holds"
  reason: "worker: exit status 101 \u001bc"
  references:
    - "doc, #place <https://example.org/doc#place>"
  duration_ms: 10
  ...
"#;
}
