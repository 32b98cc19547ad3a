//! ptyrun: the reference OCI runtime of ptyproof, with the full pty and devpts design.
//!
//! The design is explained in `README.md`, step by step; [`steps`] lists the steps, [`terminal`] holds 3 to 8, [`relay`]
//! step 9, [`mod@exec`] step 10, and [`container`] the process that they happen in.

pub mod cgroup;
pub mod cli;
pub mod config;
pub mod container;
mod design;
pub mod exec;
pub mod features;
pub mod hooks;
pub mod process;
pub mod relay;
pub mod rootfs;
pub mod spec;
pub mod steps;
pub mod syscall;
pub mod terminal;

pub use design::DESIGN;
