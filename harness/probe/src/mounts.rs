//! Mounting and unmounting.

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use ptyproof_probe::{Errno, Reply, Request};
use std::path::Path;

/// Performs a request that mounts or unmounts; `EINVAL` for any other.
pub fn perform(request: &Request) -> Result<Reply, Errno> {
    match request {
        Request::Mount { source, target, kind, flags, options } => {
            mount(given(source), Path::new(target), given(kind), MsFlags::from_bits_retain(*flags), given(options))?
        }
        Request::Unmount { target, flags } => {
            umount2(Path::new(target), MntFlags::from_bits_retain(*flags))?;
        }
        _ => return Err(Errno(nix::libc::EINVAL)),
    }
    Ok(Reply::Done)
}

fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
