//! A browser that does one thing after the other.

use crate::driver::Driver;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use serde_json::{Map, Value, json};
use std::future::Future;
use std::path::Path;
use tokio::runtime::{Builder, Runtime};
use url::{ParseError, Url};

/// A window of a headless chromium.
pub struct Browser {
    runtime: Runtime,
    client: Option<Client>,
    _driver: Driver,
}

/// A command of chromedriver's own: its place, and what is sent.
#[derive(Debug)]
struct Own {
    place: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.place))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

impl Browser {
    /// Opens one that knows nothing and is 1280 x 900.
    pub fn open() -> Self {
        let driver = Driver::start();
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        // Root has no sandbox of chromium's; the pages are our own.
        let arguments = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"];
        let capabilities = json!({
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"},
            "timeouts": {"script": 20_000, "pageLoad": 60_000},
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("it is an object") };
        let client = runtime.block_on(connect(&driver.address, capabilities));
        Self { runtime, client: Some(client), _driver: driver }
    }

    fn does<F: Future>(&self, what: impl FnOnce(Client) -> F) -> F::Output {
        let client = self.client.clone().expect("it is open");
        self.runtime.block_on(what(client))
    }

    /// Goes to a place of a page, and waits until it is there.
    pub fn go(&self, page: &Path, place: &str) {
        // Only another document is loaded anew.
        let address = format!("file://{}{place}", page.display());
        self.does(|client| async move {
            client.goto("about:blank").await.expect("nothing can be opened");
            client.goto(&address).await.expect("the page can be opened");
        });
    }

    /// Runs a script in the page, and gives what it returns.
    pub fn script(&self, script: &str) -> Value {
        let done = self.does(|client| async move { client.execute(script, Vec::new()).await });
        done.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// What an expression is, as text.
    pub fn text(&self, expression: &str) -> String {
        match self.script(&format!("return {expression};")) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    /// Waits until an expression holds in the page.
    pub fn until(&self, expression: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1]; \
             const look = () => ({expression}) ? done(true) : requestAnimationFrame(look); look();"
        );
        let held = self.does(|client| async move { client.execute_async(&script, Vec::new()).await });
        if let Err(error) = held {
            panic!("{expression} does not come to hold: {error}; at {}", self.text("location.hash"));
        }
    }

    /// Clicks on what a selector finds first.
    pub fn click(&self, selector: &str) {
        self.does(|client| async move {
            let element =
                client.find(Locator::Css(selector)).await.unwrap_or_else(|error| panic!("{selector}: {error}"));
            element.click().await.unwrap_or_else(|error| panic!("{selector}: {error}"));
        });
    }

    /// Types into what a selector finds first.
    pub fn types(&self, selector: &str, keys: &str) {
        self.does(|client| async move {
            let element =
                client.find(Locator::Css(selector)).await.unwrap_or_else(|error| panic!("{selector}: {error}"));
            element.send_keys(keys).await.unwrap_or_else(|error| panic!("{selector}: {error}"));
        });
    }

    /// Chooses an option by its words.
    pub fn chooses(&self, name: &str, option: &str) {
        let selector = format!("select[name={name}]");
        self.does(|client| async move {
            let select =
                client.find(Locator::Css(&selector)).await.unwrap_or_else(|error| panic!("{selector}: {error}"));
            select.select_by_label(option).await.unwrap_or_else(|error| panic!("{option}: {error}"));
        });
    }

    /// Goes back.
    pub fn back(&self) {
        self.does(|client| async move { client.back().await.expect("there is something before") });
    }

    /// What the window shows, as PNG.
    pub fn picture(&self) -> Vec<u8> {
        self.does(|client| async move { client.screenshot().await.expect("a picture") })
    }

    /// A command of Chrome's developer tools.
    pub fn tool(&self, command: &str, parameters: Value) -> Value {
        let body = json!({"cmd": command, "params": parameters});
        self.own(Own { place: "goog/cdp/execute", body })
    }

    /// Has a window so many pixels wide.
    pub fn is_wide(&self, width: u32) {
        let height = if width < 500 { 844 } else { 1000 };
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500});
        self.tool("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// What was logged since it was asked for last: `browser` or `performance`.
    pub fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.own(Own { place: "se/log", body: json!({"type": kind}) });
        entries.as_array().cloned().expect("a list")
    }

    fn own(&self, command: Own) -> Value {
        let place = format!("{command:?}");
        let done = self.does(|client| async move { client.issue_cmd(command).await });
        done.unwrap_or_else(|error| panic!("{place}: {error}"))
    }

    /// Whether what a selector finds first can be seen.
    pub fn shows(&self, selector: &str) -> bool {
        self.script(&format!("return document.querySelector({selector:?})?.checkVisibility() ?? false;")) == true
    }
}

async fn connect(address: &str, capabilities: Map<String, Value>) -> Client {
    let mut builder = ClientBuilder::new(fantoccini_connector());
    builder.capabilities(capabilities);
    builder.connect(address).await.expect("chromedriver opens a browser")
}

/// chromedriver is on this machine: no encryption is needed.
fn fantoccini_connector() -> hyper_util::client::legacy::connect::HttpConnector {
    hyper_util::client::legacy::connect::HttpConnector::new()
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // It may be gone already.
            let _ = self.runtime.block_on(client.close());
        }
    }
}
