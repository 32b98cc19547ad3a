//! `/dev/console` is the container's terminal.

mod dialogue;
mod identity;
mod image;
mod links;

use ptyproof_harness::case::Case;

/// The cases of this area, file by file.
pub const CASES: &[&[Case]] = &[identity::CASES, dialogue::CASES, image::CASES, links::CASES];
