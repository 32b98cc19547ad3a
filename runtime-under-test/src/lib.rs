//! ptyrun: the reference OCI runtime of ptyproof, with the full pty and devpts design.

pub mod cgroup;
pub mod config;
pub mod features;
pub mod process;
pub mod rootfs;
pub mod spec;
