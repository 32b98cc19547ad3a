//! ptyrun: the reference OCI runtime of ptyproof, with the full pty and devpts design.

pub mod config;
pub mod process;
