//! Small reports for the tests of the comparison.

use crate::{CaseId, CaseResult, Level, Record, Report, Shown, Summary, Verdict, test_results};

/// A case of the kernel that passes.
pub(crate) fn passed(id: &str) -> CaseResult {
    let pass = test_results::results().swap_remove(0);
    CaseResult { id: CaseId::from(id), title: format!("does {id}"), level: Level::Kernel, ..pass }
}

/// One that ended otherwise.
pub(crate) fn ended(id: &str, verdict: Verdict, reason: &str, observed: &str) -> CaseResult {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    CaseResult {
        verdict,
        reason: text(reason),
        expected: text(observed).map(|_| "Ok(0)".into()),
        observed: text(observed).map(Into::into),
        ..passed(id)
    }
}

/// One in which input is injected; which kernels allow that is a setting of theirs.
pub(crate) fn injection(verdict: Verdict, observed: &str) -> CaseResult {
    let reason = if verdict == Verdict::Fail { "TIOCSTI by root" } else { "" };
    CaseResult { covers: vec!["MS-02".to_owned()], ..ended("kernel-injection/as-root", verdict, reason, observed) }
}

/// One that shows a behaviour.
pub(crate) fn shows(id: &str, what: &str, behaviour: &str, value: &str) -> CaseResult {
    let shown = Shown { what: what.to_owned(), behaviour: behaviour.to_owned(), value: value.into() };
    CaseResult { shown: vec![shown], ..passed(id) }
}

/// One that is only recorded.
pub(crate) fn recorded(id: &str, what: &str, value: &str) -> CaseResult {
    let record = Record { what: what.to_owned(), value: value.into() };
    CaseResult { level: Level::Info, verdict: Verdict::Info, records: vec![record], ..passed(id) }
}

/// The report with these results in place of its own.
pub(crate) fn with(mut report: Report, results: &[CaseResult]) -> Report {
    report.selected = results.iter().map(|result| result.id.clone()).collect();
    report.summary = Summary::of(results, false, false);
    report.results = results.to_vec();
    report
}

/// A report of a kernel, still without results.
pub(crate) fn kernel(release: &str) -> Report {
    let mut report = with(test_results::report(), &[]);
    report.environment.kernel = release.to_owned();
    report.environment.distribution = String::new();
    report.target.path = "vmlinuz".to_owned();
    report.target.sha256 = "5a".repeat(32);
    report.target.version = release.to_owned();
    report.target.profile = "kernel".to_owned();
    report
}

/// A report of a runtime, still without results.
pub(crate) fn runtime(version: &str, kernel: &str) -> Report {
    let mut report = with(test_results::report(), &[]);
    report.environment.kernel = kernel.to_owned();
    report.target.version = version.to_owned();
    report
}
