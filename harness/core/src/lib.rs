//! The harness of ptyproof: it drives the terminals of containers and reports what happened.
//!
//! It knows no case, judges nothing by itself and names no runtime: how to call a runtime is data in
//! `target/profiles`, what is right stands in the cases.

pub mod deadline;
pub mod terminal;
