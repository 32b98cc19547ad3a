//! Files, directories and mounts in words.

use super::{Evidence, Evident, flags, names_of};
use crate::container::PtyHolder;
use nix::{fcntl::OFlag, poll::PollFlags};
use ptyproof_probe::{Descriptor, DeviceNumber, DirectoryEntry, FileKind, FileStatus, Moment, Mount};

evident! {
    DeviceNumber: |it| Evidence::words(format!("{}:{}", it.major, it.minor));
    FileKind: |it| Evidence::words(match it {
        FileKind::Regular => "regular file",
        FileKind::Directory => "directory",
        FileKind::Symlink => "symbolic link",
        FileKind::CharacterDevice => "character device",
        FileKind::BlockDevice => "block device",
        FileKind::Fifo => "FIFO",
        FileKind::Socket => "socket",
        FileKind::Other => "no file of a known kind",
    });
    FileStatus: |it| Evidence::fields([
        ("kind", it.kind.evidence()),
        ("mode", Evidence::words(format!("{:04o}", it.mode))),
        ("user", it.user.evidence()),
        ("group", it.group.evidence()),
        ("device", it.device.evidence()),
        ("inode", it.inode.evidence()),
        ("links", it.links.evidence()),
        ("node", it.node.evidence()),
    ]);
    Descriptor: |it| {
        let link = it.link.evidence();
        Evidence::fields([("descriptor", it.number.evidence()), ("of", link), ("with", it.status.evidence())])
    };
    DirectoryEntry: |it| {
        let target = it.target.as_ref().map(|target| ("target", target.evidence()));
        let name = ("name", it.name.evidence());
        Evidence::fields([name, ("status", it.status.evidence())].into_iter().chain(target))
    };
    Mount: |it| Evidence::fields([
        ("filesystem", it.filesystem.evidence()),
        ("at", it.point.evidence()),
        ("root", it.root.evidence()),
        ("device", it.device.evidence()),
        ("options", it.options.join(",").evidence()),
        ("options of the filesystem", it.super_options.join(",").evidence()),
        ("propagation", it.propagation.join(" ").evidence()),
    ]);
    Moment: |it| Evidence::words(format!("{}.{:09}", it.seconds, it.nanoseconds));
    OFlag: |it| {
        let access = match *it & OFlag::O_ACCMODE {
            OFlag::O_RDONLY => "O_RDONLY",
            OFlag::O_WRONLY => "O_WRONLY",
            OFlag::O_RDWR => "O_RDWR",
            _ => "O_ACCMODE",
        };
        // Linux has an older name for O_NONBLOCK.
        let others = names_of!(*it - OFlag::O_ACCMODE).into_iter();
        let others = others.map(|name| if name == "O_NDELAY" { "O_NONBLOCK".to_owned() } else { name });
        flags([access.to_owned()].into_iter().chain(others).collect())
    };
    PollFlags: |it| flags(names_of!(*it));
    PtyHolder: |it| {
        let fields = [("process", it.pid.evidence()), ("called", it.name.evidence())];
        let of_pty = [("descriptor", it.descriptor.evidence()), ("device", it.device.evidence())];
        Evidence::fields(fields.into_iter().chain(of_pty))
    };
}
