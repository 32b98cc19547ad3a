//! Devpts: instances, their options, the nodes in them, and what becomes of them.

mod access;
mod crossing;
mod entries;
mod external;
mod limits;
mod mount;
mod numbers;
mod options;
mod owner;
mod ptmx;
mod remount;
mod reserve;
mod unmounting;
mod user_namespace;

use crate::prelude::*;

pub const CASES: &[&[Case]] = &[
    access::CASES,
    crossing::CASES,
    entries::CASES,
    external::CASES,
    limits::CASES,
    mount::CASES,
    numbers::CASES,
    options::CASES,
    owner::CASES,
    ptmx::CASES,
    remount::CASES,
    reserve::CASES,
    unmounting::CASES,
    user_namespace::CASES,
];

/// The options of the instance at a path, as the kernel shows them. Security modules add some of their own.
fn options_of(probe: &mut Probe, point: &str) -> Result<Vec<String>, Stop> {
    const OWN: [&str; 5] = ["uid=", "gid=", "mode=", "ptmxmode=", "max="];
    let seen = probe.observe()?;
    let mount = seen.mount_at(point).ok_or_else(|| Stop::fail("mountinfo", format!("a mount at {point}"), "none"))?;
    let mut options = mount.super_options.clone();
    options.retain(|option| OWN.iter().any(|own| option.starts_with(own)));
    Ok(options)
}

/// Permission bits as they are written.
fn octal(mode: u32) -> String {
    format!("{mode:04o}")
}

/// Owned words, as a listing gives them.
fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}
