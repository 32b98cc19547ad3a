//! Content that wants to be more than content.

use crate::browser::Browser;
use crate::material::{reference, site, with};
use ptyproof_page::{About, Knowledge, Place};
use ptyproof_report::comparison::Explanations;
use ptyproof_report::deviation::Deviation;
use ptyproof_report::{CaseId, CaseResult, Direction, Entry, Evidence, Known, Report, Target, Verdict};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const SCRIPT: &str =
    "</script></style><script>window.ran = 1</script><img src=x onerror='window.ran = 1'>\"'><svg onload=window.ran=1>";

/// What a container may print: markup, bidirectional controls, what is no UTF-8, sequences that resize and fill.
fn printed() -> Vec<u8> {
    let bidi = "\u{202e}\u{2066}\u{200f}";
    let sequences = b"\x1b[8;9999;9999t\x1b]0;title\x07\x1bP+q\x1b\\\x1b[99999999b\xff\xfe\xc3\x28\x00\x9b1m";
    [SCRIPT.as_bytes(), bidi.as_bytes(), sequences.as_slice(), b"the end\r\n"].concat()
}

fn hostile(result: &CaseResult) -> CaseResult {
    let mut result = result.clone();
    let long = "x".repeat(1024 * 1024);
    result.id = format!("console/{SCRIPT}?a=b&c#d").as_str().into();
    result.title = format!("{SCRIPT}\u{202e}title");
    result.requirement = SCRIPT.to_owned();
    result.references = vec![format!("{SCRIPT} <javascript:window.ran=1>"), "good <https://example.org/x>".to_owned()];
    result.verdict = Verdict::Fail;
    result.reason = Some(SCRIPT.to_owned());
    result.expected = Some(Evidence::bytes(SCRIPT.as_bytes()));
    result.observed = Some(Evidence::bytes(&printed()));
    let link = "javascript:window.ran=1".to_owned();
    result.known = Some(Known { because: SCRIPT.into(), observed: SCRIPT.into(), now_and_then: false, link });
    result.teardown = vec![SCRIPT.to_owned()];
    let entry = |at_ms, direction, bytes: &[u8]| Entry { at_ms, direction, bytes: bytes.to_vec() };
    result.transcript = vec![
        (
            SCRIPT.to_owned(),
            vec![entry(0.0, Direction::Typed, &printed()), entry(1.0, Direction::Received, &printed())],
        ),
        ("long".to_owned(), vec![entry(0.0, Direction::Received, long.as_bytes())]),
    ];
    result
}

/// What is known is a finding, which is such as well.
struct Found(Deviation);

impl Knowledge for Found {
    fn about(&self, _: &CaseId) -> Option<About> {
        None
    }

    fn is_launched(&self, _: &Target) -> bool {
        false
    }

    fn finding(&self, known: &Known) -> Option<(&str, &Deviation)> {
        known.link.starts_with("javascript:").then_some((SCRIPT, &self.0))
    }
}

fn page() -> (TempDir, PathBuf) {
    let one = reference();
    let mut results = one.results.clone();
    results[0] = hostile(&results[0]);
    // What the page's own places are called, and what every object has.
    for (result, id) in results[1..].iter_mut().zip(["keys", "nothing", "more", "__proto__", "constructor/a"]) {
        result.id = id.into();
    }
    let many = (0..256 * 1024).map(|_| Entry { at_ms: 0.0, direction: Direction::Received, bytes: b"y".to_vec() });
    results[1].transcript = vec![("byte by byte".to_owned(), many.collect())];
    let mut hostile: Report = with(&one, &format!("{SCRIPT} 1.0"), results);
    let (target, environment) = (&mut hostile.target, &mut hostile.environment);
    let texts = [&mut target.path, &mut target.profile, &mut target.sha256, &mut environment.kernel];
    for text in texts.into_iter().chain([&mut environment.distribution, &mut environment.cgroup_mode]) {
        SCRIPT.clone_into(text);
    }
    environment.sysctls.insert(SCRIPT.to_owned(), SCRIPT.to_owned());
    let directory = tempfile::tempdir().expect("a directory");
    let page = directory.path().join("hostile.html");
    let sides = [(Path::new("a.json"), &hostile), (Path::new("b.json"), &one)];
    let [runtimes, says, does, reproduction, issue] = std::array::from_fn(|_| SCRIPT.to_owned());
    let found = Found(Deviation { runtimes, says, does, reproduction, issue });
    Place::of(&page).write(&sides, &Explanations::default(), &found).expect("it can be written");
    (directory, page)
}

/// Everything is there to be read, the player plays it, and nothing ran.
pub fn nothing_runs() {
    let browser = Browser::open();
    let (_directory, page) = page();
    browser.go(&page, "");
    assert!(browser.shows("#matrix"));
    let id = browser.text("[...document.querySelectorAll('.case')].find((one) => one.id.includes('script')).id");
    assert_eq!(id, format!("console/{SCRIPT}?a=b&c#d"));
    browser.script("location.hash = '#all?q=window.ran&differ=0'");
    browser.until("document.querySelectorAll('.area.here').length === 1");
    browser.script("document.querySelector('.area.here tbody tr:not([hidden]) a').click()");
    browser.until("document.querySelector('.case.here')");
    let article = "document.querySelector('.case.here')";
    let words = browser.text(&format!("{article}.textContent"));
    for part in [SCRIPT, "\\u{202e}title", "javascript:window.ran=1", "\\xff\\xfe\\xc3(\\x00\\x9b1m"] {
        assert!(words.contains(part), "{part} is not to be seen");
    }
    assert!(words.contains(&"x".repeat(1024 * 1024)), "the long line is not whole");
    assert_eq!(browser.text(&format!("{article}.querySelectorAll('img, svg, script, [onerror]').length")), "0");
    let links = browser.text(&format!("[...{article}.querySelectorAll('a')].map((a) => a.protocol).join()"));
    assert!(links.split(',').all(|protocol| matches!(protocol, "file:" | "https:")), "{links}");
    let played = "document.querySelector('.here .terminal')";
    browser.script(&format!("{played}.open = true"));
    browser.until(&format!("{played}.querySelector('.controls')"));
    browser.script(&format!("{played}.querySelector('.play').click()"));
    browser.until(&format!("{played}.querySelector('.ap-term')?.textContent.includes('the end')"));
    // It leads to the finding, and that back.
    browser.script(&format!("{article}.querySelector('.known a').click()"));
    browser.until("document.querySelector('.finding.here')?.id.startsWith('finding:')");
    let finding = "document.querySelector('.finding.here')";
    // Its name, the five things that it says, and the behaviour's.
    assert_eq!(browser.text(&format!("{finding}.textContent.split({SCRIPT:?}).length - 1")), "7");
    browser.script(&format!("{finding}.querySelector('dd a').click()"));
    browser.until(&format!("{article}.id.startsWith('console/<')"));
    // Places that are called as the page's own do not stand in their way.
    browser.types("body", "?");
    browser.until("document.querySelector('dialog').open");
    browser.click("dialog button");
    for id in ["keys", "more", "__proto__", "constructor/a"] {
        browser.script(&format!("location.hash = '#{id}'"));
        browser.until(&format!("document.querySelector('.case.here')?.id === '{id}'"));
    }
    browser.script("location.hash = '#all?q=there+is+no+such+behaviour'");
    browser.until("document.querySelector('main > .here')?.textContent === 'No behaviour is like that.'");
    assert_eq!(browser.text("String(window.ran)"), "undefined");
    let complaints = browser.log("browser");
    assert!(complaints.is_empty(), "{complaints:?}");
}

/// A page is visited, played and filtered, and the browser asks nothing of anybody.
pub fn no_request() {
    let browser = Browser::open();
    browser.go(site(), "");
    browser.log("performance");
    browser.go(site(), "#relay/output-of-a-raw-program-is-not-translated");
    browser.script("for (const one of document.querySelectorAll('.here .terminal')) one.open = true");
    browser.until("document.querySelector('.here .controls')");
    browser.click(".here .play");
    browser.until("document.querySelector('.here .ap-term')?.textContent.includes('end')");
    let requests: Vec<String> = browser
        .log("performance")
        .iter()
        .filter_map(|entry| {
            let message: serde_json::Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let sent = message["message"]["method"] == "Network.requestWillBeSent";
            sent.then(|| message["message"]["params"]["request"]["url"].as_str().map(str::to_owned))?
        })
        .collect();
    // The log knows of the page itself, so that it would know of others.
    assert!(!requests.is_empty(), "the browser logs no request at all");
    let is_own = |address: &String| address.starts_with("file://") || address.starts_with("data:");
    assert!(requests.iter().all(is_own), "{requests:?}");
    assert!(requests.iter().filter(|address| address.starts_with("file://")).all(|one| one.contains("index.html")));
    // What the page itself may not do is refused by its policy.
    browser.script("fetch('https://example.org/').catch(() => { window.refused = true; });");
    browser.until("window.refused");
}
