//! chromedriver, for as long as a test needs it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// What it is called.
const PROGRAM: &str = "chromedriver";

/// Why there is no browser, where there is none.
pub fn missing() -> Option<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all: Vec<_> = std::env::split_paths(&path).collect();
    let is_there = |program: &str| all.iter().any(|directory| Path::new(directory).join(program).is_file());
    let missing = ["chromium", PROGRAM].into_iter().find(|program| !is_there(program))?;
    Some(format!("no {missing}: ci/install-browser installs it"))
}

/// A running chromedriver. It ends with this.
pub struct Driver {
    child: Child,
    /// Where it and its browsers put what they do not always take away again.
    _scratch: TempDir,
    /// Where it listens.
    pub address: String,
}

impl Driver {
    /// Starts one on a free port.
    pub fn start() -> Self {
        let scratch = tempfile::tempdir().expect("a directory");
        let mut command = Command::new(PROGRAM);
        let mut child = command
            .arg("--port=0")
            .env("TMPDIR", scratch.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver can be started");
        let output = child.stdout.take().expect("it is a pipe");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, rest) = line.split_once("started successfully on port ")?;
            Some(rest.trim_end_matches('.').to_owned())
        });
        // What it says later is not read: it may say it all the same.
        std::thread::spawn(move || lines.for_each(drop));
        let port = port.expect("chromedriver says on which port it listens");
        Self { child, _scratch: scratch, address: format!("http://127.0.0.1:{port}") }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
