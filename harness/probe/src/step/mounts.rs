//! Mounting and unmounting.

use crate::asking::steps;
use nix::mount::{MntFlags, MsFlags, umount2};
use std::path::Path;

steps! {
    /// Steps with mounts.
    Mounts;

    /// mount(2): a new filesystem, or with flags and no `kind` a change of what is mounted.
    Mount { source: String, target: String, kind: String, flags: u64, options: String } -> ()
        : mount | try_mount_from,
        "mount {kind} at {target} with options '{options}' and flags {flags:#x}" => {
            let given = |text: &String| (!text.is_empty()).then(|| text.clone());
            let flags = MsFlags::from_bits_retain(flags);
            let (source, kind, options) = (given(&source), given(&kind), given(&options));
            let target = Path::new(&target);
            Ok(nix::mount::mount(source.as_deref(), target, kind.as_deref(), flags, options.as_deref())?)
        }
        also
        /// mount(2) of a new filesystem.
        mount_new | try_mount(kind: &str, target: &str, flags: u64, options: &str) =
            mounting(kind, target, kind, flags, options);
        also
        /// mount(2) with `MS_BIND`.
        bind | try_bind(source: &str, target: &str) = mounting(source, target, "", MsFlags::MS_BIND.bits(), "");
        also
        /// mount(2) with `MS_REMOUNT`: other options for the whole filesystem.
        remount | try_remount(target: &str, options: &str) =
            mounting("", target, "", MsFlags::MS_REMOUNT.bits(), options);

    /// umount2(2).
    Unmount { target: String, flags: i32 } -> (): unmount | try_unmount,
        "unmount {target}" => { Ok(umount2(Path::new(&target), MntFlags::from_bits_retain(flags))?) }
}

fn mounting(source: &str, target: &str, kind: &str, flags: u64, options: &str) -> Mount {
    let [source, target, kind, options] = [source, target, kind, options].map(str::to_owned);
    Mount { source, target, kind, flags, options }
}
