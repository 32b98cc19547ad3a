//! Races, decided: the runtime is held at the call where another process would have to be quick, and that process is.

mod moments;
mod swaps;

use crate::prelude::*;

pub const CASES: &[&[Case]] = &[swaps::CASES, moments::CASES];
