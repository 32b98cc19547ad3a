//! Mount options: the table of config.md ("Linux mount options"), and what a list of them amounts to.

use super::tree::{AttributeChange, Depth, attribute};
use crate::config::Propagation;
use nix::mount::MsFlags;

/// What one word of the table does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Sets an attribute of the mount.
    Set(u64),
    /// Clears an attribute of the mount.
    Clear(u64),
    /// Chooses a kind of access time updates.
    Atime(u64),
    /// Sets an attribute of the mount and of all below it.
    SetAll(u64),
    /// Clears an attribute of the mount and of all below it.
    ClearAll(u64),
    /// Chooses a kind of access time updates for the mount and all below it.
    AtimeAll(u64),
    /// Sets a flag of the filesystem.
    Filesystem(MsFlags),
    /// Clears a flag of the filesystem.
    NotFilesystem(MsFlags),
    /// Makes it a bind mount.
    Bind(Depth),
    /// Sets how mount events propagate.
    Propagate(Propagation),
    /// Changes a mount that is there already.
    Remount,
    /// What is the case anyway.
    Nothing,
    /// Maps the owners of files.
    MapIds(Depth),
    /// Fills a tmpfs with what it covers.
    CopyUp,
}
use Effect::{
    Atime, AtimeAll, Bind, Clear, ClearAll, CopyUp, Filesystem, MapIds, NotFilesystem, Nothing, Propagate, Remount,
    Set, SetAll,
};

/// Every option that is not handed to the filesystem.
const TABLE: &[(&str, Effect)] = &[
    ("async", NotFilesystem(MsFlags::MS_SYNCHRONOUS)),
    ("atime", Atime(0)),
    ("bind", Bind(Depth::One)),
    ("defaults", Nothing),
    ("dev", Clear(attribute::NODEV)),
    ("diratime", Clear(attribute::NODIRATIME)),
    ("dirsync", Filesystem(MsFlags::MS_DIRSYNC)),
    ("exec", Clear(attribute::NOEXEC)),
    ("idmap", MapIds(Depth::One)),
    ("iversion", Filesystem(MsFlags::MS_I_VERSION)),
    ("lazytime", Filesystem(MsFlags::MS_LAZYTIME)),
    ("loud", NotFilesystem(MsFlags::MS_SILENT)),
    ("mand", Filesystem(MsFlags::MS_MANDLOCK)),
    ("noatime", Atime(attribute::NOATIME)),
    ("nodev", Set(attribute::NODEV)),
    ("nodiratime", Set(attribute::NODIRATIME)),
    ("noexec", Set(attribute::NOEXEC)),
    ("noiversion", NotFilesystem(MsFlags::MS_I_VERSION)),
    ("nolazytime", NotFilesystem(MsFlags::MS_LAZYTIME)),
    ("nomand", NotFilesystem(MsFlags::MS_MANDLOCK)),
    ("norelatime", Atime(0)),
    ("nostrictatime", Atime(0)),
    ("nosuid", Set(attribute::NOSUID)),
    ("nosymfollow", Set(attribute::NOSYMFOLLOW)),
    ("private", Propagate(Propagation::Private)),
    ("ratime", AtimeAll(0)),
    ("rbind", Bind(Depth::Recursive)),
    ("rdev", ClearAll(attribute::NODEV)),
    ("rdiratime", ClearAll(attribute::NODIRATIME)),
    ("relatime", Atime(0)),
    ("remount", Remount),
    ("rexec", ClearAll(attribute::NOEXEC)),
    ("ridmap", MapIds(Depth::Recursive)),
    ("rnoatime", AtimeAll(attribute::NOATIME)),
    ("rnodev", SetAll(attribute::NODEV)),
    ("rnodiratime", SetAll(attribute::NODIRATIME)),
    ("rnoexec", SetAll(attribute::NOEXEC)),
    ("rnorelatime", AtimeAll(0)),
    ("rnostrictatime", AtimeAll(0)),
    ("rnosuid", SetAll(attribute::NOSUID)),
    ("rnosymfollow", SetAll(attribute::NOSYMFOLLOW)),
    ("ro", Set(attribute::RDONLY)),
    ("rprivate", Propagate(Propagation::RPrivate)),
    ("rrelatime", AtimeAll(0)),
    ("rro", SetAll(attribute::RDONLY)),
    ("rrw", ClearAll(attribute::RDONLY)),
    ("rshared", Propagate(Propagation::RShared)),
    ("rslave", Propagate(Propagation::RSlave)),
    ("rstrictatime", AtimeAll(attribute::STRICTATIME)),
    ("rsuid", ClearAll(attribute::NOSUID)),
    ("rsymfollow", ClearAll(attribute::NOSYMFOLLOW)),
    ("runbindable", Propagate(Propagation::RUnbindable)),
    ("rw", Clear(attribute::RDONLY)),
    ("shared", Propagate(Propagation::Shared)),
    ("silent", Filesystem(MsFlags::MS_SILENT)),
    ("slave", Propagate(Propagation::Slave)),
    ("strictatime", Atime(attribute::STRICTATIME)),
    ("suid", Clear(attribute::NOSUID)),
    ("symfollow", Clear(attribute::NOSYMFOLLOW)),
    ("sync", Filesystem(MsFlags::MS_SYNCHRONOUS)),
    ("tmpcopyup", CopyUp),
    ("unbindable", Propagate(Propagation::Unbindable)),
];

/// What the options of one entry of `mounts` ask for. Of options that contradict each other the last one holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MountOptions<'o> {
    /// For the mount itself.
    pub(super) own: AttributeChange,
    /// For the mount and all below it.
    pub(super) all: AttributeChange,
    /// For the filesystem.
    pub(super) filesystem: MsFlags,
    /// A bind mount rather than a filesystem, and how much of the source.
    pub(super) bind: Option<Depth>,
    /// Propagation, in order.
    pub(super) propagation: Vec<Propagation>,
    /// A change of a mount that is there.
    pub(super) remount: bool,
    /// Whether the owners of files are mapped, and how far down.
    pub(super) map_ids: Option<Depth>,
    /// Whether a tmpfs begins with what it covers.
    pub(super) copy_up: bool,
    /// What the filesystem itself has to understand.
    pub(super) data: Vec<&'o str>,
}

impl Default for MountOptions<'_> {
    fn default() -> Self {
        Self {
            own: AttributeChange::default(),
            all: AttributeChange::default(),
            filesystem: MsFlags::empty(),
            bind: None,
            propagation: Vec::new(),
            remount: false,
            map_ids: None,
            copy_up: false,
            data: Vec::new(),
        }
    }
}

impl<'o> MountOptions<'o> {
    /// Reads a list of options.
    pub(super) fn parse(options: &'o [String]) -> Self {
        let mut parsed = Self::default();
        for option in options {
            // The table is sorted by name, see the tests.
            match TABLE.binary_search_by_key(&option.as_str(), |(name, _)| name) {
                Ok(index) => parsed.apply(TABLE[index].1),
                Err(_) => parsed.data.push(option),
            }
        }
        parsed
    }

    fn apply(&mut self, effect: Effect) {
        match effect {
            Set(bits) => set(&mut self.own, bits),
            Clear(bits) => clear(&mut self.own, bits),
            Atime(kind) => atime(&mut self.own, kind),
            SetAll(bits) => set(&mut self.all, bits),
            ClearAll(bits) => clear(&mut self.all, bits),
            AtimeAll(kind) => atime(&mut self.all, kind),
            Filesystem(flag) => self.filesystem.insert(flag),
            NotFilesystem(flag) => self.filesystem.remove(flag),
            Bind(depth) => self.bind = Some(depth),
            Propagate(propagation) => self.propagation.push(propagation),
            Remount => self.remount = true,
            MapIds(depth) => self.map_ids = Some(depth),
            CopyUp => self.copy_up = true,
            Nothing => {}
        }
    }

    /// The flags of mount(2) for a new filesystem.
    pub(super) fn flags(&self) -> MsFlags {
        let mut flags = self.filesystem;
        for (bit, flag) in [
            (attribute::RDONLY, MsFlags::MS_RDONLY),
            (attribute::NOSUID, MsFlags::MS_NOSUID),
            (attribute::NODEV, MsFlags::MS_NODEV),
            (attribute::NOEXEC, MsFlags::MS_NOEXEC),
            (attribute::NOATIME, MsFlags::MS_NOATIME),
            (attribute::STRICTATIME, MsFlags::MS_STRICTATIME),
            (attribute::NODIRATIME, MsFlags::MS_NODIRATIME),
            (attribute::NOSYMFOLLOW, MS_NOSYMFOLLOW),
        ] {
            if (self.own.set | self.all.set) & bit != 0 {
                flags.insert(flag);
            }
        }
        flags
    }
}

/// From `linux/mount.h`; nix does not name it.
const MS_NOSYMFOLLOW: MsFlags = MsFlags::from_bits_retain(256);

fn set(change: &mut AttributeChange, bits: u64) {
    change.set |= bits;
    change.clear &= !bits;
}

fn clear(change: &mut AttributeChange, bits: u64) {
    change.set &= !bits;
    change.clear |= bits;
}

/// The kernel takes a new kind only together with the whole field being cleared.
fn atime(change: &mut AttributeChange, kind: u64) {
    change.set = change.set & !attribute::ATIME_KINDS | kind;
    change.clear |= attribute::ATIME_KINDS;
}

/// The flag of mount(2) for a kind of propagation.
pub(super) fn propagation_flag(propagation: Propagation) -> MsFlags {
    match propagation {
        Propagation::Private => MsFlags::MS_PRIVATE,
        Propagation::RPrivate => MsFlags::MS_PRIVATE | MsFlags::MS_REC,
        Propagation::Slave => MsFlags::MS_SLAVE,
        Propagation::RSlave => MsFlags::MS_SLAVE | MsFlags::MS_REC,
        Propagation::Shared => MsFlags::MS_SHARED,
        Propagation::RShared => MsFlags::MS_SHARED | MsFlags::MS_REC,
        Propagation::Unbindable => MsFlags::MS_UNBINDABLE,
        Propagation::RUnbindable => MsFlags::MS_UNBINDABLE | MsFlags::MS_REC,
    }
}

/// The words of the table, for the features document.
pub(crate) fn known_options() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn owned(options: &[&str]) -> Vec<String> {
        options.iter().map(|option| (*option).to_owned()).collect()
    }

    #[test]
    fn the_table_is_sorted_and_has_no_name_twice() {
        assert!(TABLE.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn the_options_of_dev_pts() {
        let options = owned(&["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]);
        let parsed = MountOptions::parse(&options);
        assert_eq!(parsed.flags(), MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC);
        assert_eq!(parsed.data, ["newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]);
    }

    #[test]
    fn the_last_of_two_contradicting_options_holds() {
        for (options, flags) in [
            (["ro", "rw"], MsFlags::empty()),
            (["rw", "ro"], MsFlags::MS_RDONLY),
            (["noatime", "strictatime"], MsFlags::MS_STRICTATIME),
            (["strictatime", "relatime"], MsFlags::empty()),
            (["sync", "async"], MsFlags::empty()),
        ] {
            assert_eq!(MountOptions::parse(&owned(&options)).flags(), flags, "{options:?}");
        }
    }

    #[test]
    fn recursive_options_are_kept_apart() {
        let options = owned(&["rbind", "rro", "nosuid", "rslave"]);
        let parsed = MountOptions::parse(&options);
        assert_eq!(parsed.bind, Some(Depth::Recursive));
        assert_eq!(parsed.own, AttributeChange { set: attribute::NOSUID, clear: 0 });
        assert_eq!(parsed.all, AttributeChange { set: attribute::RDONLY, clear: 0 });
        assert_eq!(parsed.propagation, [Propagation::RSlave]);
    }

    proptest! {
        /// Whatever is asked: no attribute is both set and cleared (but for the access time field, which the kernel wants
        /// so), every word of the table is taken, and every other word reaches the filesystem in order.
        #[test]
        fn any_list_of_options(indices in prop::collection::vec(0..TABLE.len() + 3, 0..12)) {
            let names: Vec<String> = indices
                .iter()
                .map(|i| TABLE.get(*i).map_or_else(|| format!("data{i}"), |(name, _)| (*name).to_owned()))
                .collect();
            let parsed = MountOptions::parse(&names);
            for change in [parsed.own, parsed.all] {
                prop_assert_eq!(change.set & change.clear & !attribute::ATIME_KINDS, 0);
                let atime = change.set & attribute::ATIME_KINDS;
                prop_assert!([0, attribute::NOATIME, attribute::STRICTATIME].contains(&atime));
                prop_assert!(atime == 0 || change.clear & attribute::ATIME_KINDS == attribute::ATIME_KINDS);
            }
            let data: Vec<&str> = names.iter().map(String::as_str).filter(|name| name.starts_with("data")).collect();
            prop_assert_eq!(parsed.data, data);
        }
    }
}
