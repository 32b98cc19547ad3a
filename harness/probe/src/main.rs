//! The static program that runs inside the container: it observes and performs, and never judges.
//!
//! It has no `main` of Rust's: the standard library's start-up ignores SIGPIPE and opens closed standard
//! streams, and both would hide what the runtime handed over.
#![no_main]

mod control;

use ptyproof_probe::step::{Request, end, signal_sets};
use ptyproof_probe::{Ending, Next, PROBE_BROKEN, Performer};
use std::ffi::{c_char, c_int};

const USAGE: &str = "usage: probe serve SOCKET | probe perform REQUESTS-AS-JSON | probe exit STATUS";

/// Entry point that the C library calls.
#[unsafe(no_mangle)]
pub extern "C" fn main(_count: c_int, _arguments: *const *const c_char) -> c_int {
    // Before anything else of the probe runs.
    let performer = Performer::new(signal_sets());
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ending = match words.as_slice() {
        ["serve", socket] => control::serve(performer, socket),
        ["perform", requests] => perform_all(performer, requests),
        ["exit", status] => status.parse().map(Ending::Exit).map_err(|_| USAGE.to_owned()),
        _ => Err(USAGE.to_owned()),
    };
    let status = ending.map(end).unwrap_or_else(|message| {
        eprintln!("probe: {message}");
        None
    });
    status.unwrap_or(PROBE_BROKEN)
}

/// Performs steps that were given beforehand; one that fails ends the probe with its errno.
fn perform_all(mut performer: Performer, requests: &str) -> Result<Ending, String> {
    let requests: Vec<Request> = serde_json::from_str(requests).map_err(|error| format!("requests: {error}"))?;
    for request in requests {
        let words = request.to_string();
        request.perform(&mut performer).map_err(|errno| format!("{words}: {errno}"))?;
        if let Next::End(ending) = performer.next {
            return Ok(ending);
        }
    }
    Ok(Ending::Exit(0))
}
