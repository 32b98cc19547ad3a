//! What engines do with programs that run without their caller: who comes to them, what is kept of what they write, and how
//! they end.

mod attach;
mod exec;
mod life;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] = &[attach::CASES, exec::CASES, life::CASES];
