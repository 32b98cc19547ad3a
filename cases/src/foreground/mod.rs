//! A program in the foreground, at its caller's terminal: what whoever runs programs owes to both, be it by a terminal of the
//! program's own or by the caller's.

mod bytes;
mod ending;
mod keys;
mod place;

pub(crate) use keys::comes_to;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] = &[bytes::CASES, keys::CASES, place::CASES, ending::CASES];
