//! Pictures of the page, to be looked at by people: three widths, both colour schemes.

use crate::browser::Browser;
use crate::material::site;
use serde_json::json;
use std::fs;
use std::path::Path;

/// What is looked at, by the name of its picture.
pub const VIEWS: &[(&str, &str)] =
    &[("matrix", ""), ("area", "#console?differ=0"), ("behaviour", "#relay/output-of-a-raw-program-is-not-translated")];

/// Sets the colours that the reader prefers.
pub fn prefer(browser: &Browser, scheme: &str) {
    let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
    browser.tool("Emulation.setEmulatedMedia", features);
}

/// Under `target/page/`.
pub fn kept() {
    let own = std::env::current_exe().expect("this binary has a path");
    let directory = own.ancestors().nth(3).expect("the target directory").join("page");
    fs::create_dir_all(&directory).expect("a directory");
    let browser = Browser::open();
    for scheme in ["light", "dark"] {
        for width in [1440, 820, 390] {
            browser.is_wide(width);
            for (name, address) in VIEWS {
                prefer(&browser, scheme);
                browser.go(site(), address);
                if *name == "behaviour" {
                    browser.script("document.querySelector('.here .terminal').open = true");
                    browser.until("document.querySelector('.here .controls')");
                    browser.script("document.querySelector('.here .play').click()");
                    browser.until("document.querySelector('.here .ap-term')?.textContent.includes('end')");
                    browser.script("document.querySelector('.here .controls').scrollIntoView({block: 'center'})");
                }
                // Nothing is wider than the window: tables scroll by themselves.
                let wide = browser.text("document.documentElement.scrollWidth - innerWidth");
                assert!(wide.parse::<i64>().is_ok_and(|wide| wide <= 0), "{name} at {width}: {wide} too wide");
                save(&directory, &format!("{name}-{width}-{scheme}.png"), &browser.picture());
            }
        }
    }
    println!("pictures are in {}", directory.display());
}

fn save(directory: &Path, name: &str, picture: &[u8]) {
    fs::write(directory.join(name), picture).expect("it can be written");
}
