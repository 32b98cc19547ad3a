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

pub use access::CASES as ACCESS;
pub use crossing::CASES as CROSSING;
pub use entries::CASES as ENTRIES;
pub use external::CASES as EXTERNAL;
pub use limits::CASES as LIMITS;
pub use mount::CASES as MOUNT;
pub use numbers::CASES as NUMBERS;
pub use options::CASES as OPTIONS;
pub use owner::CASES as OWNER;
pub use ptmx::CASES as PTMX;
pub use remount::CASES as REMOUNT;
pub use reserve::CASES as RESERVE;
pub use unmounting::CASES as UNMOUNTING;
pub use user_namespace::CASES as USER_NAMESPACE;

use ptyproof_harness::case::Stop;
use ptyproof_harness::probe::Probe;

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
