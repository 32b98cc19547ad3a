//! The report as TAP 13, whose YAML is so plain that `prove` and every other reader of TAP reads it.

use super::failure::{CHARACTERS, shortened, transcript};
use super::{CaseResult, Evidence, Report, Verdict, printable};
use std::fmt::{self, Write};
use std::io;

/// The report as text.
pub(super) fn render(report: &Report) -> io::Result<String> {
    let mut text = String::new();
    write(&mut text, report).map_err(io::Error::other)?;
    Ok(text)
}

fn write(text: &mut String, report: &Report) -> fmt::Result {
    writeln!(text, "TAP version 13")?;
    writeln!(text, "1..{}", report.selected.len())?;
    let target = &report.target;
    let [version, profile] = [&target.version, &target.profile].map(|text| printable(text));
    writeln!(text, "# target {}, {version}, profile {profile}", target.place())?;
    writeln!(text, "# kernel {}", printable(&report.environment.kernel))?;
    for result in &report.results {
        let number = report.selected.iter().position(|id| *id == result.id);
        case(text, number.unwrap_or_default() + 1, result, report.strict)?;
    }
    if report.interrupted {
        writeln!(text, "Bail out! cut short after {} of {} cases", report.results.len(), report.selected.len())?;
    }
    Ok(())
}

fn case(text: &mut String, number: usize, result: &CaseResult, strict: bool) -> fmt::Result {
    let as_expected = result.is_as_expected(strict);
    // Tools count a `not ok` with TODO as a success, so an expected failure is one.
    let ok = as_expected && result.verdict != Verdict::Xfail;
    let word = if ok { "ok" } else { "not ok" };
    write!(text, "{word} {number} {}", printable(result.id.as_str()))?;
    let reason = result.reason.as_deref();
    let known = result.known.as_ref();
    match result.verdict {
        // With a directive, tools would count it as a success.
        Verdict::Skip if !as_expected => {}
        Verdict::Skip | Verdict::NotApplicable => write!(text, " # SKIP {}", printable(reason.unwrap_or_default()))?,
        Verdict::Xfail => {
            write!(text, " # TODO")?;
            if let Some(known) = known {
                write!(text, " {} {}", printable(&known.because), printable(&known.link))?;
            }
        }
        Verdict::Timeout => write!(text, " # TIMEOUT")?,
        Verdict::Error => write!(text, " # ERROR")?,
        Verdict::Pass | Verdict::Warn | Verdict::Info | Verdict::Fail | Verdict::Xpass => {}
    }
    writeln!(text, "\n  ---")?;
    for (name, value) in [
        ("verdict", Some(result.verdict.word())),
        ("level", Some(result.level.to_string().as_str())),
        ("title", Some(result.title.as_str())),
        ("requirement", Some(result.requirement.as_str())),
        ("reason", reason),
        ("expected", result.expected.as_ref().map(Evidence::as_words)),
        ("observed", result.observed.as_ref().map(Evidence::as_words)),
        ("known_because", known.map(|known| known.because.as_str())),
        ("known_observed", known.map(|known| known.observed.as_str())),
        ("known_link", known.map(|known| known.link.as_str())),
    ] {
        if let Some(value) = value {
            writeln!(text, "  {name}: '{}'", plain(value).replace('\'', "''"))?;
        }
    }
    lines(text, "references", result.references.iter().map(String::as_str))?;
    let records = result.records.iter().map(|record| format!("{}: {}", record.what, record.value));
    lines(text, "records", records)?;
    lines(text, "left_behind", result.teardown.iter().map(String::as_str))?;
    if !ok {
        lines(text, "transcript", transcript(result))?;
    }
    writeln!(text, "  duration_ms: {}\n  ...", result.duration_ms)
}

/// Text as it stands: a line for each value.
fn lines(text: &mut String, name: &str, values: impl Iterator<Item = impl AsRef<str>>) -> fmt::Result {
    for (index, value) in values.enumerate() {
        if index == 0 {
            writeln!(text, "  {name}: |")?;
        }
        // A space at the beginning of the first would be taken for a deeper indentation of all.
        let value = plain(value.as_ref());
        writeln!(text, "    {}", if index == 0 { value.trim_start() } else { &value })?;
    }
    Ok(())
}

fn plain(value: &str) -> String {
    shortened(&printable(value), CHARACTERS).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::test_results;
    use super::*;

    #[test]
    fn golden() {
        test_results::golden("report.tap", &render(&test_results::report()).expect("it can be written"));
    }

    #[test]
    fn an_interrupted_run_bails_out() {
        let mut report = test_results::report();
        report.results.truncate(2);
        report.interrupted = true;
        let text = render(&report).expect("it can be written");
        assert!(text.contains("\n1..10\n"), "{text}");
        assert!(text.ends_with("\nBail out! cut short after 2 of 10 cases\n"), "{text}");
    }

    #[test]
    fn a_skip_of_a_strict_run_is_no_success() {
        let mut report = test_results::report();
        report.strict = true;
        let text = render(&report).expect("it can be written");
        assert!(text.contains("\nnot ok 5 area/skip\n"), "{text}");
    }
}
