//! The static program that runs inside the container: it observes and performs, and never judges.
//!
//! It has no `main` of Rust's: the standard library's start-up ignores SIGPIPE and opens closed standard
//! streams, and both would hide what the runtime handed over.
#![no_main]

mod capabilities;
mod control;
mod file_changes;
mod files;
mod mounts;
mod observe;
mod perform;
mod process;
mod pty;
mod signals;
mod terminal;
mod transfers;
mod watches;

use observe::Start;
use perform::Performer;
use ptyproof_probe::{Ending, PROBE_BROKEN, Request};
use std::ffi::{c_char, c_int};

const USAGE: &str = "usage: probe serve SOCKET | probe perform REQUESTS-AS-JSON | probe exit STATUS";

/// Entry point that the C library calls.
#[unsafe(no_mangle)]
pub extern "C" fn main(_count: c_int, _arguments: *const *const c_char) -> c_int {
    let start = Start::look();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["serve", socket] => control::serve(Performer::new(start), socket),
        ["perform", requests] => perform_all(Performer::new(start), requests),
        ["exit", status] => status.parse().map_err(|_| USAGE.to_owned()),
        _ => Err(USAGE.to_owned()),
    };
    outcome.unwrap_or_else(|message| {
        eprintln!("probe: {message}");
        PROBE_BROKEN
    })
}

/// Performs requests that were given beforehand; a step that fails ends the probe with its errno.
fn perform_all(mut performer: Performer, requests: &str) -> Result<i32, String> {
    let requests: Vec<Request> = serde_json::from_str(requests).map_err(|error| format!("requests: {error}"))?;
    for request in requests {
        if let Request::End(ending) = request {
            return Ok(end(ending));
        }
        performer.perform(&request).map_err(|errno| format!("{request:?}: {errno}"))?;
    }
    Ok(0)
}

/// Ends by a signal, or returns the status to exit with.
fn end(ending: Ending) -> c_int {
    match ending {
        Ending::Exit(status) => status,
        Ending::Signal(signal) => {
            signals::die_by(signal);
            PROBE_BROKEN
        }
    }
}
