//! Since which and until which version runtimes behave as they do: a page, made from all their baselines.

use super::{Did, RuntimeBaseline, RuntimeBaselines, RuntimeName};
use crate::baseline::history::{code, table};
use crate::baseline::runs::runs_of;
use crate::{CaseId, Verdict, printable, width::fit};
use indexmap::IndexSet;
use std::collections::BTreeMap;

const HEAD: &str = "\
# Runtimes

What the versions of runtimes that were run were seen to do, behaviour by behaviour. `ptyproof compare --write-baselines
cases/baselines REPORT...` writes this page and the baselines in `runtimes/`; a test fails where they do not agree.

*since* and *until* speak of the versions that were run and say nothing of those between them. A version of a distribution may hold
more than its number says. `ptyproof explain CASE` says what a case asks for, and why.
";

/// Each version that was run, in order.
type Versions<'b> = Vec<(&'b RuntimeName, &'b RuntimeBaseline)>;

impl RuntimeBaselines {
    /// The page, as Markdown.
    pub fn page(&self) -> String {
        let mut page = HEAD.to_owned();
        let lines = self.all.iter().map(|(name, baseline)| {
            let failing = baseline.cases.values().filter(|did| fails(did)).count();
            let kernel = format!("Linux {}", baseline.kernel);
            vec![name.runtime.clone(), code(&name.version), failing.to_string(), kernel, code(&baseline.architecture)]
        });
        page.push_str(&table(&["runtime", "version", "does otherwise", "run on", "architecture"], lines));
        let all: Vec<_> = self.all.iter().collect();
        for versions in all.chunk_by(|(one, _), (other, _)| one.runtime == other.runtime) {
            page.push_str(&of_runtime(&versions.to_vec()));
        }
        page
    }
}

fn of_runtime(versions: &Versions<'_>) -> String {
    let mut text = format!("\n## {}\n", versions[0].0.runtime);
    let failing = rows(versions, |did| fails(did).then(|| did.because.clone().unwrap_or_default()));
    let happens = |case: &CaseId, because: &str| happens(versions, case, because);
    text.push_str(&section("What it does otherwise than it must or should", "what happens", &failing, happens));
    let left = rows(versions, |did| (!did.left_behind.is_empty() && !fails(did)).then(|| did.left_behind.join(", ")));
    text.push_str(&section("What it leaves behind", "left behind", &left, |_, left| value(left)));
    let unjudged = rows(versions, |did| {
        let judged = fails(did) || matches!(did.verdict, None | Some(Verdict::NotApplicable));
        (!judged).then(|| did.because.clone().unwrap_or_default())
    });
    text.push_str(&section("What could not be judged", "why", &unjudged, |_, why| plain(why)));
    for (title, of) in [
        (
            "Accepted behaviours that are not the same in all",
            (|did| &did.shows) as fn(&Did) -> &BTreeMap<String, String>,
        ),
        ("Values that are not the same in all", |did| &did.records),
    ] {
        text.push_str(&values(title, versions, of));
    }
    text
}

fn fails(did: &Did) -> bool {
    did.verdict.is_some_and(Verdict::is_failure)
}

/// What happens, and where more is to be read: where the last version that does it is told of.
fn happens(versions: &Versions<'_>, case: &CaseId, because: &str) -> String {
    let all = versions.iter().rev().filter_map(|(_, baseline)| baseline.cases.get(case));
    let link = all.filter(|did| did.because.as_deref() == Some(because)).find_map(|did| did.link.as_deref());
    match link {
        // The page is a directory below that of the findings.
        Some(link) if link.starts_with("cases/") => {
            format!("{} ([finding](../{}))", plain(because), &link["cases/".len()..])
        }
        Some(link) if link.starts_with("https://") => format!("{} ([more]({link}))", plain(because)),
        _ => value(because),
    }
}

/// So much of a value is shown; the baseline has all.
const LONGEST: usize = 160;

fn value(text: &str) -> String {
    code(&fit(text, LONGEST))
}

/// Words as Markdown that is nothing but them.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in printable(text).chars() {
        if "\\`*_[]<>#|~".contains(c) && c != '|' {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}

/// By case, what each version did; nothing of one that did nothing of the kind.
fn rows<'b>(
    versions: &Versions<'b>,
    of: impl Fn(&Did) -> Option<String>,
) -> BTreeMap<&'b CaseId, Vec<(&'b RuntimeName, Option<String>)>> {
    let mut cases: Vec<&CaseId> = versions.iter().flat_map(|(_, baseline)| baseline.cases.keys()).collect();
    cases.sort();
    cases.dedup();
    let row = |case: &CaseId| {
        let seen = versions.iter().map(|(name, baseline)| (*name, baseline.cases.get(case).and_then(&of)));
        seen.collect::<Vec<_>>()
    };
    let rows = cases.into_iter().map(|case| (case, row(case)));
    rows.filter(|(_, seen)| seen.iter().any(|(_, value)| value.is_some())).collect()
}

fn section(
    title: &str,
    head: &str,
    rows: &BTreeMap<&CaseId, Vec<(&RuntimeName, Option<String>)>>,
    words: impl Fn(&CaseId, &str) -> String,
) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let lines = rows.iter().flat_map(|(case, seen)| {
        let told: IndexSet<&String> = seen.iter().filter_map(|(_, value)| value.as_ref()).collect();
        let line = |value: &String| vec![code(case.as_str()), words(case, value), spans(seen, &Some(value.clone()))];
        told.into_iter().map(line).collect::<Vec<_>>()
    });
    format!("\n### {title}\n{}", table(&["case", head, "versions"], lines))
}

/// What was shown or recorded and is not the same in all versions that came that far.
fn values(title: &str, versions: &Versions<'_>, of: fn(&Did) -> &BTreeMap<String, String>) -> String {
    let mut rows: BTreeMap<(&CaseId, &str), Vec<(&RuntimeName, &str)>> = BTreeMap::new();
    for (name, baseline) in versions {
        for (case, did) in &baseline.cases {
            for (what, value) in of(did) {
                rows.entry((case, what)).or_default().push((name, value));
            }
        }
    }
    rows.retain(|_, seen| seen.iter().any(|(_, value)| *value != seen[0].1));
    if rows.is_empty() {
        return String::new();
    }
    let lines = rows.iter().flat_map(|((case, what), seen)| {
        let told: IndexSet<&str> = seen.iter().map(|(_, value)| *value).collect();
        let line = |value: &str| vec![code(case.as_str()), code(what), self::value(value), spans(seen, &value)];
        told.into_iter().map(line).collect::<Vec<_>>()
    });
    format!("\n### {title}\n{}", table(&["case", "looked at", "seen", "versions"], lines))
}

/// The versions that showed a value: `until 1.1.5`, `1.1.15`, `1.0.0 ... 1.1.5`, `since 1.3.6`.
fn spans<V: PartialEq>(seen: &[(&RuntimeName, V)], value: &V) -> String {
    runs_of(seen, |other| other == value, "all").join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::{RuntimeBaseline, RuntimeBaselines, RuntimeError};
    use crate::comparison::test_reports::{ended, passed, recorded, runtime, shows, with};
    use crate::test_results::golden;
    use crate::{CaseResult, Known, Report, Verdict};

    fn known(observed: &str, link: &str) -> CaseResult {
        let because = "it *follows* the link | to the host".to_owned();
        let known = Known { because, observed: observed.to_owned(), now_and_then: false, link: link.to_owned() };
        CaseResult { known: Some(known), ..ended("console/link", Verdict::Xfail, "what", observed) }
    }

    fn report(version: &str, link: CaseResult, last: CaseResult) -> Report {
        with(runtime(version, "6.18.44-some-amd64"), &[passed("a/passes"), link, last])
    }

    fn all() -> RuntimeBaselines {
        let mut left = passed("leaks/cycles");
        left.teardown = vec!["process 7 (x) still runs".to_owned()];
        let mut all = RuntimeBaselines::default();
        for report in [
            report("runc version 1.3.6", passed("console/link"), recorded("size/most", "most", "4096")),
            report(
                "runc version 1.1.15+ds1",
                known("[1:2]", "https://example.org/1"),
                recorded("size/most", "most", "4095"),
            ),
            report(
                "runc version 1.1.5+ds1",
                known("[3:4]", "https://example.org/1"),
                recorded("size/most", "most", "4095"),
            ),
            report("crun version 0.17", known("[]", "cases/FINDINGS.md#crun-link"), left),
            report(
                "crun version 1.8.1",
                ended("console/link", Verdict::Fail, "mounts", "\u{1b}[2J"),
                shows("size/x", "w", "old", "1"),
            ),
            report(
                "crun version 1.28",
                ended("console/link", Verdict::Skip, "no `link`", ""),
                shows("size/x", "w", "new", "1"),
            ),
        ] {
            all.add(RuntimeBaseline::of(&report).expect("a baseline")).expect("a name");
        }
        all
    }

    #[test]
    fn golden_page() {
        golden("runtimes-page.txt", &all().page());
    }

    #[test]
    fn files_read_back_as_they_were() {
        let directory = tempfile::tempdir().expect("a directory");
        let all = all();
        all.write(directory.path()).expect("they can be written");
        assert_eq!(RuntimeBaselines::read(directory.path()).expect("they can be read"), all);
        let files = all.files().expect("they can be written");
        assert_eq!(files[0].0, "runtimes/crun-0.17.toml");
        golden("runtime-baseline.toml", &files[3].1);
        let misnamed = RuntimeBaselines::parse([("runc-1.0.toml", files[0].1.as_str())]).expect_err("it is crun's");
        assert_eq!(
            misnamed.to_string(),
            "runc-1.0.toml: is of crun version 0.17; expected its name to be crun-0.17.toml"
        );
    }

    #[test]
    fn where_a_runtime_lies_is_no_part_of_what_it_does() {
        let libraries = recorded("size/most", "mapped", "/var/x/runc/lib/libc.so, /var/x/runc/usr/lib/y.so");
        let mut report = report("runc version 1", passed("a/b"), libraries);
        report.target.path = "/var/x/runc/usr/sbin/runc".to_owned();
        let baseline = RuntimeBaseline::of(&report).expect("a baseline");
        assert_eq!(baseline.cases[&"size/most".into()].records["mapped"], "/lib/libc.so, /usr/lib/y.so");
    }

    #[test]
    fn a_race_that_is_lost_now_and_then_is_no_part_of_it() {
        let mut result = known("[1:2]", "https://example.org/1");
        let known = result.known.take().map(|known| Known { now_and_then: true, ..known });
        result.known = known;
        let baseline = RuntimeBaseline::of(&report("runc version 1", result, passed("a/b"))).expect("a baseline");
        assert!(baseline.cases.is_empty(), "{:?}", baseline.cases);
    }

    #[test]
    fn what_is_no_whole_report_makes_none() {
        let mut interrupted = report("runc version 1", passed("a/b"), passed("a/c"));
        interrupted.interrupted = true;
        assert!(matches!(RuntimeBaseline::of(&interrupted), Err(RuntimeError::Interrupted)));
        let broken = report("runc version 1", passed("a/b"), ended("a/c", Verdict::Error, "no memory", ""));
        assert!(matches!(RuntimeBaseline::of(&broken), Err(RuntimeError::Broken(_))));
    }
}
