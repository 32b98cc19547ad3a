//! Reading the page of a real run.

use crate::browser::Browser;
use crate::material::site;

/// A behaviour in which a caller's terminal is typed on and printed on, by whatever runtime.
const BEHAVIOUR: &str = "relay/output-of-a-raw-program-is-not-translated";

fn article() -> String {
    format!("article[id=\"{BEHAVIOUR}\"]")
}

/// From the matrix to an area, to a behaviour, and back.
pub fn as_people_do() {
    let browser = Browser::open();
    browser.go(site(), "");
    assert!(browser.shows("#matrix") && browser.shows("#filters") && !browser.shows("#relay"));
    assert_eq!(browser.text("document.querySelectorAll('.matrix thead th').length"), "4");
    browser.click(".matrix a[href='#relay']");
    browser.until("location.hash === '#relay'");
    assert!(browser.shows("#relay") && !browser.shows("#matrix") && !browser.shows("#console"));
    browser.script("document.querySelector('[name=differ]').click()");
    browser.click(&format!("#relay a[href='#{BEHAVIOUR}']"));
    browser.until(&format!("location.hash === '#{BEHAVIOUR}'"));
    assert!(browser.shows(&article()) && !browser.shows("#relay"));
    for words in ["why it matters", "required", "source", "catches", "run it again"] {
        let found = browser.text(&format!("document.querySelector('{}').innerText.includes('{words}')", article()));
        assert_eq!(found, "true", "{words}");
    }
    browser.back();
    browser.until("location.hash === '#relay?differ=0'");
    assert!(browser.shows("#relay"));
    browser.back();
    browser.until("location.hash === '#relay'");
    browser.back();
    browser.until("location.hash === ''");
    assert!(browser.shows("#matrix"));
    let complaints = browser.log("browser");
    assert!(complaints.is_empty(), "{complaints:?}");
}

/// Filters and the search are in the address, and an address brings them back.
pub fn address() {
    let browser = Browser::open();
    browser.go(site(), "");
    browser.chooses("verdict", "pass");
    browser.until("location.hash === '#all?verdict=pass'");
    browser.chooses("level", "must");
    browser.script("document.querySelector('[name=differ]').click()");
    browser.until("location.hash === '#all?verdict=pass&level=must&differ=0'");
    let rows = "[...document.querySelectorAll('.area.here tbody tr')].filter((row) => row.checkVisibility())";
    let all =
        browser.text(&format!("{rows}.every((row) => row.dataset.level === 'must' && row.querySelector('td.pass'))"));
    assert_eq!(all, "true");
    let number = browser.text(&format!("{rows}.length"));
    assert_ne!(number, "0");
    assert!(browser.text("document.getElementById('found').textContent").starts_with(&format!("{number} behaviour")));
    browser.types("[name=q]", "console of the TERMINAL");
    browser.until("location.hash.includes('q=console+of+the+TERMINAL')");
    let fewer = browser.text(&format!("{rows}.length"));
    assert!(fewer.parse::<usize>().unwrap_or(0) < number.parse().unwrap_or(0), "{fewer} of {number}");
    let address = browser.text("location.hash");
    browser.go(site(), &address);
    assert_eq!(browser.text(&format!("{rows}.length")), fewer);
    assert_eq!(browser.text("document.querySelector('[name=q]').value"), "console of the TERMINAL");
    assert_eq!(browser.text("document.querySelector('[name=level]').value"), "must");
    browser.go(site(), "#all?q=there+is+no+such+behaviour");
    assert!(browser.shows("#nothing"));
    browser.go(site(), "#console/was-there-before");
    assert!(browser.shows("#matrix"));
    assert_eq!(
        browser.text("document.getElementById('found').innerText"),
        "nothing here is called console/was-there-before"
    );
    // A behaviour's own address shows it at once.
    browser.go(site(), &format!("#{BEHAVIOUR}"));
    assert!(browser.shows(&article()) && !browser.shows("#matrix"));
}

/// On a narrow screen the filters do not stand before what one came for, and one sees that some are set.
pub fn folded() {
    let browser = Browser::open();
    browser.is_wide(390);
    browser.go(site(), "#all?verdict=pass&level=must");
    assert!(browser.shows("[name=q]") && !browser.shows("[name=verdict]"));
    assert_eq!(browser.text("document.querySelector('#more summary').innerText"), "filters, verdict pass, level must");
    browser.click("#more summary");
    assert!(browser.shows("[name=verdict]"));
    browser.chooses("verdict", "any");
    browser.until("location.hash === '#all?level=must'");
    assert!(browser.shows("[name=level]"), "choosing does not fold them");
    browser.click("#more summary");
    assert!(!browser.shows("[name=level]"));
    browser.is_wide(1280);
    browser.until("document.getElementById('more').open");
    assert!(browser.shows("[name=level]") && !browser.shows("#more summary"));
}

/// Without a mouse.
pub fn keys() {
    let browser = Browser::open();
    browser.go(site(), "#console?differ=0");
    let first = browser.text("document.querySelector('#console tbody th a').textContent");
    browser.types("body", "j");
    browser.until(&format!("location.hash === '#{first}'"));
    browser.types("body", "j");
    browser.until(&format!("location.hash !== '#{first}'"));
    browser.types("body", "k");
    browser.until(&format!("location.hash === '#{first}'"));
    browser.types("body", "u");
    browser.until("location.hash === '#console?differ=0'");
    browser.types("body", "u");
    browser.until("location.hash === '#matrix'");
    browser.types("body", "/");
    browser.until("document.activeElement.name === 'q'");
    browser.types("[name=q]", "j");
    browser.until("location.hash === '#all?q=j'");
    browser.types("main", "?");
    browser.until("document.getElementById('keys').open");
}

/// A terminal plays, and goes piece by piece; the bytes stand beside it.
pub fn terminal() {
    let browser = Browser::open();
    browser.go(site(), &format!("#{BEHAVIOUR}"));
    let terminal = format!("{} details.terminal", article());
    browser.script(&format!("for (const one of document.querySelectorAll('{terminal}')) one.open = false;"));
    browser.click(&format!("{terminal} summary"));
    browser.until(&format!("document.querySelector('{terminal} .controls')"));
    let still = browser.text(&format!("document.querySelector('{terminal} .still').textContent"));
    assert!(still.contains("end"), "{still}");
    let now = format!(
        "[...document.querySelectorAll('{terminal} .bytes li')].findIndex((one) => one.classList.contains('now'))"
    );
    let last = browser.text(&format!("document.querySelector('{terminal} .bytes').children.length - 1"));
    browser.click(&format!("{terminal} .step"));
    browser.until(&format!("{now} === 0"));
    browser.click(&format!("{terminal} .step"));
    browser.until(&format!("{now} === 1"));
    browser.click(&format!("{terminal} .play"));
    browser.until(&format!("{now} === {last}"));
    browser.until(&format!("document.querySelector('{terminal} .ap-term').textContent.includes('end')"));
    browser.until(&format!("document.querySelector('{terminal} .play').textContent === 'play'"));
    browser.click(&format!("{terminal} .bytes li"));
    browser
        .until(&format!("{now} === 0 && !document.querySelector('{terminal} .ap-term').textContent.includes('end')"));
    let complaints = browser.log("browser");
    assert!(complaints.is_empty(), "{complaints:?}");
}
