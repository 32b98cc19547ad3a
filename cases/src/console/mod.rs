//! `/dev/console` is the container's terminal.

mod configured;
mod dialogue;
mod identity;
pub(crate) mod image;
mod links;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] = &[identity::CASES, dialogue::CASES, image::CASES, links::CASES, configured::CASES];
