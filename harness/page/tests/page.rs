//! What a page is made of: everything of the reports, and nothing that anybody's browser would obey.

use ptyproof_page::{About, Knowledge, Place, page};
use ptyproof_report::comparison::Explanations;
use ptyproof_report::deviation::Deviation;
use ptyproof_report::{Call, CaseId, Direction, Entry, Evidence, Known, Report, Stopped, Target, Verdict};
use std::path::Path;

/// Each verdict once.
fn report() -> Report {
    Report::from_json(include_str!("../../report/tests/every-verdict.json")).expect("it is a report")
}

fn page_of(reports: &[Report], knowledge: &dyn Knowledge) -> String {
    let sides: Vec<_> = reports.iter().map(|report| (Path::new("a.json"), report)).collect();
    page(&sides, &Explanations::default(), knowledge)
}

/// It knows of one finding.
struct Suite(Deviation);

impl Default for Suite {
    fn default() -> Self {
        let [runtimes, says, does, reproduction, issue] = [
            "some 1.0",
            "it holds",
            "it <does> not",
            "runc run c1 < /dev/null\necho $?",
            "**It does not**\n\nIt must.",
        ]
        .map(str::to_owned);
        Self(Deviation { runtimes, says, does, reproduction, issue })
    }
}

impl Knowledge for Suite {
    fn about(&self, case: &CaseId) -> Option<About> {
        let is_known = case.as_str() == "area/fail";
        is_known.then(|| About {
            why: "people lose <output>".into(),
            catches: vec![("a-defect".into(), "its size".into())],
        })
    }

    fn is_launched(&self, _: &Target) -> bool {
        false
    }

    fn finding(&self, known: &Known) -> Option<(&str, &Deviation)> {
        (known.link == "https://example.org/1").then_some(("it-does-not", &self.0))
    }
}

#[test]
fn a_behaviour_has_an_address_and_all_that_there_is_to_say() {
    let html = page_of(&[report()], &Suite::default());
    let (_, article) = html.split_once("<article id=\"area/fail\"").expect("it has a place");
    let (article, _) = article.split_once("</article>").expect("it ends");
    for part in [
        "what fail does",
        "<b class=\"level\">must</b> <span class=\"requirement\">it holds</span>",
        "people lose &lt;output&gt;",
        "<code>a-defect</code> at: its size",
        "<a href=\"https://example.org/doc#place\" rel=\"noreferrer noopener external\">doc, #place</a>",
        "process 7 (x) still runs",
        "<li class=\"typed\"><time>",
        "ptyproof run area/fail --runtime &#39;/bin/some runtime&#39;",
    ] {
        assert!(article.contains(part), "{part} is missing in {article}");
    }
}

#[test]
fn a_failure_leads_to_what_was_found_and_that_back_to_it() {
    let html = page_of(&[report(), report()], &Suite::default());
    let place = |id: &str| {
        let (_, article) = html.split_once(&format!("<article id=\"{id}\"")).expect("it has a place");
        article.split_once("</article>").expect("it ends").0.to_owned()
    };
    let link = "<a href=\"#finding:it-does-not\">it-does-not</a>";
    let shell = "<pre>runc run c1 &lt; /dev/null\necho $?\n</pre>";
    let behaviour = place("area/xfail");
    assert!(behaviour.contains(link) && behaviour.contains(shell), "{behaviour}");
    let finding = place("finding:it-does-not");
    for part in [shell, "<dd>it &lt;does&gt; not</dd>", "<pre>**It does not**\n\nIt must.\n</pre>"] {
        assert!(finding.contains(part), "{part} is missing in {finding}");
    }
    assert_eq!(finding.matches("<a href=\"#area/").count(), 1, "{finding}");
    assert!(finding.contains("<a href=\"#area/xfail\">area/xfail</a>"), "{finding}");
    assert!(html.contains(&format!("<li>{link}<small> some 1.0; 1 behaviour</small></li>")), "it is not in the list");
    let nobody = page_of(&[report()], &());
    assert!(!nobody.contains("finding:") && nobody.contains("href=\"https://example.org/1\""));
}

#[test]
fn whatever_is_in_a_report_is_text() {
    let hostile = "</script><script>bad()</script><img src=x onerror='bad()'>\"'&\u{202e}\u{1b}[2J\u{0}\u{feff}\r\n";
    let mut report = report();
    report.environment.kernel = hostile.to_owned();
    report.environment.distribution = hostile.to_owned();
    report.environment.sysctls.insert(hostile.to_owned(), hostile.to_owned());
    report.target.version = hostile.to_owned();
    report.target.path = hostile.to_owned();
    report.target.profile = hostile.to_owned();
    report.target.sha256 = hostile.to_owned();
    for (number, result) in report.results.iter_mut().enumerate() {
        result.id = format!("{hostile}/{number}{hostile}").as_str().into();
        result.title = hostile.to_owned();
        result.requirement = hostile.to_owned();
        result.references =
            vec![hostile.to_owned(), format!("x <javascript:{hostile}>"), format!("y <https://a/{hostile}>")];
        result.covers = vec![hostile.to_owned()];
        result.reason = Some(hostile.to_owned());
        result.expected = Some(Evidence::fields([(hostile, hostile.into())]));
        result.observed = Some(Evidence::fields([(hostile, Evidence::bytes(hostile.as_bytes()))]));
        result.known = Some(Known {
            because: hostile.into(),
            observed: hostile.into(),
            link: format!("javascript:{hostile}"),
            now_and_then: false,
        });
        result.teardown = vec![hostile.to_owned()];
        result.kept = Some(hostile.to_owned());
        result.calls = vec![Call {
            at_ms: 1.0,
            line: hostile.to_owned(),
            ended: hostile.to_owned(),
            took_ms: 1.0,
            stdout: hostile.into(),
            stderr: b"\xff".to_vec(),
        }];
        let [step, call, answer] = [hostile; 3].map(str::to_owned);
        result.stopped = vec![Stopped { at_ms: 1.0, pid: 7, step, call, answer }];
        let entry = |direction| Entry { at_ms: 1.0, direction, bytes: [hostile.as_bytes(), b"\xff\xfe"].concat() };
        let entries = [Direction::Typed, Direction::Received, Direction::Remark].map(entry);
        result.transcript = vec![(hostile.to_owned(), entries.to_vec())];
    }
    report.selected = report.results.iter().map(|result| result.id.clone()).collect();
    let html = page_of(&[report.clone(), report], &Suite::default());
    let own = page_of(&[self::report(), self::report()], &Suite::default());
    for markup in ["<script", "</script", "<style", "<meta", "<link", "<form", "<input"] {
        assert_eq!(html.matches(markup).count(), own.matches(markup).count(), "{markup}");
    }
    for told in ["what was called: 1", "where it was stopped: 1", "its bundle and files are kept in"] {
        assert!(html.contains(told), "{told} is missing");
    }
    // The player's own code is behind that.
    let (html, _) = html.split_once("<script>").expect("it has scripts");
    for never in ["<img", "onerror='", "href=\"javascript", "\u{202e}", "\u{1b}", "\0", "\u{feff}"] {
        assert!(!html.contains(never), "{never:?} is in the page");
    }
}

#[test]
fn a_line_of_a_mebibyte_is_there_as_a_whole_and_many_such_are_cut() {
    let long = "0123456789abcdef".repeat(65536);
    let with = |number: usize| {
        let mut report = report();
        for result in &mut report.results[..number] {
            let bytes = long.as_bytes().to_vec();
            let entry = Entry { at_ms: 1.0, direction: Direction::Received, bytes };
            result.transcript = vec![("terminal".to_owned(), vec![entry])];
            result.verdict = Verdict::Fail;
        }
        page_of(&[report], &())
    };
    assert!(with(1).contains(&long));
    let cut = with(8);
    assert!(!cut.contains(&long) && cut.contains("bytes more are in the JSON report"));
    assert!(cut.len() < 10_000_000, "{} bytes", cut.len());
}

#[test]
fn targets_that_did_the_same_are_told_of_together() {
    let [mut one, mut other] = [report(), report()];
    one.target.version = "some 1.0".to_owned();
    other.target.version = "some 2.0".to_owned();
    other.results[0].duration_ms += 7;
    other.results[1].observed = Some("3".into());
    let html = page_of(&[one, other], &());
    assert!(html.contains("<span class=\"verdict pass\">pass</span> some 1.0, some 2.0</h3>"));
    assert!(html.contains("<span class=\"verdict warn\">warn</span> some 2.0</h3>"));
    assert!(html.contains("<tr data-level=\"should\" class=\"differs\">"));
    assert!(html.contains("<tr data-level=\"must\"><th"));
}

#[test]
fn a_directory_has_the_reports_beside_the_page() {
    let directory = tempfile::tempdir().expect("a directory");
    let site = directory.path().join("new/site");
    let report = report();
    let sides = [(Path::new("x/a.json"), &report), (Path::new("y/a.json"), &report)];
    Place::of(&site).write(&sides, &Explanations::default(), &()).expect("it can be written");
    assert!(site.join("index.html").is_file());
    for name in ["a.json", "a-2.json"] {
        assert_eq!(Report::read(&site.join("reports").join(name)).as_ref(), Ok(&report), "{name}");
    }
    let file = directory.path().join("one.HTML");
    assert_eq!(Place::of(&file), Place::File(file.clone()));
    Place::of(&file).write(&sides[..1], &Explanations::default(), &()).expect("it can be written");
    assert!(file.is_file());
}

#[test]
fn a_place_that_cannot_be_is_refused_with_its_name() {
    let error = Place::of(Path::new("/proc/no/such.html")).prepare().expect_err("there is no such directory");
    assert_eq!(error.to_string(), "/proc/no/such.html: there is no directory /proc/no");
    let error = Place::of(Path::new("/proc/site")).prepare().expect_err("nothing can be made there");
    assert!(error.to_string().starts_with("/proc/site: "), "{error}");
}
