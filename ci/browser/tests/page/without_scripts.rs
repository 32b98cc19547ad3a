//! The page where no script may run.

use crate::browser::Browser;
use crate::material::site;
use serde_json::json;

/// Each address shows its own place, with the bytes and the last picture of the terminals.
pub fn read() {
    let browser = Browser::open();
    browser.tool("Emulation.setScriptExecutionDisabled", json!({"value": true}));
    let visible = |selector: &str| {
        // The page's own scripts do not run; those of the tools do.
        let expression = format!("document.querySelector({selector:?})?.checkVisibility() ?? false");
        let seen = browser.tool("Runtime.evaluate", json!({"expression": expression, "returnByValue": true}));
        seen["result"]["value"] == true
    };
    browser.go(site(), "");
    assert!(visible("#matrix") && !visible("#filters") && !visible("#console"));
    browser.go(site(), "#console");
    assert!(visible("#console") && !visible("#matrix"));
    browser.click("#console tbody a");
    assert!(visible("article:target") && visible("article:target .facts") && !visible("#console"));
    browser.go(site(), "#relay/output-of-a-raw-program-is-not-translated");
    browser.click("article:target .terminal:not([open]) summary");
    assert!(visible("article:target .terminal[open] .still") && visible("article:target .bytes code"));
    assert!(!visible("article:target .controls"));
}
