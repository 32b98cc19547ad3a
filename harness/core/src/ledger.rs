//! What a case does to its target is written down while it runs, to be told afterwards.
//!
//! Commands are started in many places, and system calls are stopped in threads, so there is one ledger for the process. A
//! worker has one case at a time; elsewhere nothing is written down.

use crate::target::Stream;
use ptyproof_report::{Call, Stopped};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

static LEDGER: Mutex<Option<Ledger>> = Mutex::new(None);

/// So many bytes of what a call printed are kept: the last ones.
const KEPT: usize = 16 * 1024;

/// Loops of a runtime may be stopped for ever; more than so many entries of a kind are not kept.
const ENTRIES: usize = 2000;

struct Ledger {
    began: Instant,
    calls: Vec<Call>,
    stopped: Vec<Stopped>,
}

fn ledger() -> MutexGuard<'static, Option<Ledger>> {
    LEDGER.lock().unwrap_or_else(PoisonError::into_inner)
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// A case begins.
pub(crate) fn open() {
    *ledger() = Some(Ledger { began: Instant::now(), calls: Vec::new(), stopped: Vec::new() });
}

/// It has ended: what was called, in the order of the beginnings, and what was stopped.
pub(crate) fn close() -> (Vec<Call>, Vec<Stopped>) {
    let Some(Ledger { mut calls, stopped, .. }) = ledger().take() else { return Default::default() };
    calls.sort_by(|one, other| one.at_ms.total_cmp(&other.at_ms));
    (calls, stopped)
}

/// A command that began then has ended, or was killed.
pub(crate) fn called(line: &str, began: Instant, ended: String, [stdout, stderr]: [&Stream; 2]) {
    if let Some(ledger) = &mut *ledger()
        && ledger.calls.len() < ENTRIES
    {
        let tail = |stream: &Stream| stream.bytes[stream.bytes.len().saturating_sub(KEPT)..].to_vec();
        ledger.calls.push(Call {
            at_ms: milliseconds(began.saturating_duration_since(ledger.began)),
            line: line.to_owned(),
            ended,
            took_ms: milliseconds(began.elapsed()),
            stdout: tail(stdout),
            stderr: tail(stderr),
        });
    }
}

/// A process of the target was stopped at a system call.
pub(crate) fn stopped(pid: i32, step: String, call: String, answer: String) {
    if let Some(ledger) = &mut *ledger()
        && ledger.stopped.len() < ENTRIES
    {
        let at_ms = milliseconds(ledger.began.elapsed());
        ledger.stopped.push(Stopped { at_ms, pid, step, call, answer });
    }
}
