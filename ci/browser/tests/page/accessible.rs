//! axe-core, which knows what WCAG asks for.

use crate::browser::Browser;
use crate::material::site;
use crate::pictures::{VIEWS, prefer};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

fn axe() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    cache.unwrap_or_default().join("ptyproof/axe-core/package/axe.min.js")
}

/// Why it cannot be asked.
pub fn missing() -> Option<String> {
    (!axe().is_file()).then(|| "no axe-core: ci/install-browser gets it".to_owned())
}

/// In each view, in both colour schemes, wide and narrow, with a terminal that plays.
pub fn nothing_is_found() {
    let axe = fs::read_to_string(axe()).expect("it can be read");
    let browser = Browser::open();
    for (scheme, width) in [("light", 1280), ("dark", 390)] {
        prefer(&browser, scheme);
        browser.is_wide(width);
        for (name, address) in VIEWS {
            browser.go(site(), address);
            if *name == "behaviour" {
                browser.script("for (const one of document.querySelectorAll('.here details')) one.open = true");
                browser.until("document.querySelector('.here .controls')");
                browser.script("document.querySelector('.here .step').click()");
                browser.until("document.querySelector('.here .ap-term') && document.querySelector('.here .now')");
            }
            browser.script("document.getElementById('more').open = true");
            browser.script(&axe);
            browser.script(
                "window.asked = null; \
                 axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}) \
                 .then((result) => { window.asked = result; }, (error) => { window.asked = {error: String(error)}; })",
            );
            browser.until("window.asked");
            let error = browser.text("String(window.asked.error)");
            assert_eq!(error, "undefined");
            let passes = browser.text("window.asked.passes.length");
            assert_ne!(passes, "0", "nothing was looked at");
            let found = browser.script(
                "return window.asked.violations.map((one) => `${one.id}: ${one.help}: ` \
                 + one.nodes.slice(0, 5).map((node) => `${node.target.join(' ')} ${node.failureSummary}`).join(' | '))",
            );
            assert_eq!(found, Value::Array(Vec::new()), "{name}, {scheme}");
        }
    }
}
