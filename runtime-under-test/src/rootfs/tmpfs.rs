//! Mounts of type `tmpfs`, which begin like the directory that they cover.

use super::mounts::Finish;
use super::tree::attribute;
use super::{RootfsError, copy, options::MountOptions, placement::Placement};
use nix::errno::Errno;
use nix::fcntl::{OFlag, ResolveFlag};
use nix::sys::stat::fstat;

/// Mounts it. The directory's permissions are the new one's, unless the options give others; with `tmpcopyup` its contents are, too.
pub(super) fn place(placement: &Placement<'_>, options: &MountOptions<'_>) -> Result<Finish, RootfsError> {
    let destination = &placement.mount.destination;
    // Read before it is covered; what does not exist yet has nothing to hand on.
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY;
    let covered = match placement.root.open_below(destination, flags, ResolveFlag::empty()) {
        Err(Errno::ENOENT) => None,
        result => Some(result.map_err(placement.failed("open the destination"))?),
    };
    let mut data: Vec<&str> = options.data.clone();
    let mode;
    if let Some(covered) = &covered
        && !data.iter().any(|option| option.starts_with("mode="))
    {
        let seen = fstat(covered).map_err(placement.failed("examine the destination"))?;
        mode = format!("mode={:04o}", seen.st_mode & 0o7777);
        data.push(&mode);
    }
    // Later entries and device nodes may still have to be created in it.
    let readonly = options.own.set & attribute::RDONLY != 0;
    let mut own = options.own;
    own.set &= !attribute::RDONLY;
    placement.filesystem("tmpfs", &MountOptions { own, data, ..options.clone() })?;
    if let Some(covered) = covered.filter(|_| options.copy_up) {
        let top = placement.root.open_below(destination, flags, ResolveFlag::empty());
        let top = top.map_err(placement.failed("open the tmpfs"))?;
        copy::contents(covered, top).map_err(|error| placement.refuse(format!("tmpcopyup: {error}")))?;
    }
    Ok(if readonly { Finish::MakeReadonly } else { Finish::Done })
}
