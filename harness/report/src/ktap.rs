//! The report as KTAP, version 1, the format of the kernel's own tests: a test for each area, and in it one for each case.
//! <https://docs.kernel.org/dev-tools/ktap.html>

use super::failure::details;
use super::{CaseId, CaseResult, Report, Verdict, printable};
use indexmap::IndexMap;
use std::fmt::{self, Write};
use std::io;

/// The report as text.
pub(super) fn render(report: &Report) -> io::Result<String> {
    let mut text = String::new();
    write(&mut text, report).map_err(io::Error::other)?;
    Ok(text)
}

fn write(text: &mut String, report: &Report) -> fmt::Result {
    let mut areas: IndexMap<String, Vec<&CaseId>> = IndexMap::new();
    for id in &report.selected {
        areas.entry(plain(id.area())).or_default().push(id);
    }
    writeln!(text, "KTAP version 1\n1..{}", areas.len())?;
    for (number, (area, ids)) in areas.into_iter().enumerate() {
        writeln!(text, "  KTAP version 1\n  # Subtest: {area}\n  1..{}", ids.len())?;
        let mut as_expected = true;
        for (number, id) in ids.into_iter().enumerate() {
            match report.results.iter().find(|result| result.id == *id) {
                Some(result) => {
                    as_expected &= result.is_as_expected(report.strict);
                    case(text, number + 1, result, report.strict)?;
                }
                // The plan tells that it is missing.
                None => as_expected = false,
            }
        }
        let word = if as_expected { "ok" } else { "not ok" };
        writeln!(text, "{word} {} {area}", number + 1)?;
    }
    if report.interrupted {
        writeln!(text, "# cut short after {} of {} cases", report.results.len(), report.selected.len())?;
    }
    Ok(())
}

fn case(text: &mut String, number: usize, result: &CaseResult, strict: bool) -> fmt::Result {
    let as_expected = result.is_as_expected(strict);
    if !as_expected {
        for line in details(result) {
            // Each begins with its name, so none is taken for anything else.
            writeln!(text, "  # {line}")?;
        }
    }
    let word = if as_expected { "ok" } else { "not ok" };
    write!(text, "  {word} {number} {}", plain(result.id.as_str()))?;
    let reason = result.reason.as_deref().map(plain).unwrap_or_default();
    match result.verdict {
        // With the directive, a reader counts it as skipped.
        Verdict::Skip | Verdict::NotApplicable if as_expected => write!(text, " # SKIP {reason}")?,
        Verdict::Xfail => {
            let known = result.known.as_ref().map(|known| plain(&format!("{} {}", known.because, known.link)));
            write!(text, " # XFAIL {}", known.unwrap_or_default())?;
        }
        Verdict::Timeout => write!(text, " # TIMEOUT {reason}")?,
        Verdict::Error => write!(text, " # ERROR {reason}")?,
        _ => {}
    }
    writeln!(text)
}

/// Text in a line of a result, in which nothing begins a directive: the kernel's parser takes the last of a line.
fn plain(text: &str) -> String {
    printable(text).replace('#', "\\#")
}

#[cfg(test)]
mod tests {
    use super::super::test_results;
    use super::*;

    #[test]
    fn golden() {
        test_results::golden("report.ktap", &render(&test_results::report()).expect("it can be written"));
    }

    #[test]
    fn what_was_not_done_with_is_missing_and_its_area_fails() {
        let mut report = test_results::report();
        report.results.truncate(2);
        report.interrupted = true;
        let text = render(&report).expect("it can be written");
        assert!(text.contains("  1..10\n") && !text.contains("  ok 3"), "{text}");
        assert!(text.ends_with("\nnot ok 1 area\n# cut short after 2 of 10 cases\n"), "{text}");
    }
}
