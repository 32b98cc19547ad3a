//! The harness of ptyproof: it drives the terminals of containers and reports what happened.
//!
//! It knows no case, judges nothing by itself and names no runtime: how to call a runtime is data in
//! `target/profiles`, what is right stands in the cases.
//!
//! The way of one run: [`runner::run`] asks each case's needs of the profile and the machine, starts one
//! worker process per case in namespaces of its own, and turns what it reports into [`Event`](ptyproof_report::Event)s. In the
//! worker, a case's body plans [`container`]s of a [`target`], drives their [`terminal`]s, and judges.

pub mod case;
mod cgroup;
pub mod container;
pub mod deadline;
pub mod environment;
pub mod intervention;
mod ledger;
pub mod mount_table;
pub mod own_program;
mod passing;
mod pidfd;
pub mod probe;
pub mod runner;
mod scheduler;
pub mod target;
pub mod terminal;

pub use ptyproof_probe::{CONTROL_DIRECTORY, PROBE_PATH};
