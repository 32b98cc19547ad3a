//! Files, directories and mounts in words.

use super::{Evidence, Evident, flags, names_of};
use crate::container::PtyHolder;
use nix::fcntl::OFlag;
use nix::poll::PollFlags;
use ptyproof_probe::{Descriptor, DeviceNumber, DirectoryEntry, DirectoryEvent, FileKind, FileStatus, Moment, Mount};

impl Evident for DeviceNumber {
    fn evidence(&self) -> Evidence {
        Evidence::words(format!("{}:{}", self.major, self.minor))
    }
}

impl Evident for FileKind {
    fn evidence(&self) -> Evidence {
        Evidence::words(match self {
            Self::Regular => "regular file",
            Self::Directory => "directory",
            Self::Symlink => "symbolic link",
            Self::CharacterDevice => "character device",
            Self::BlockDevice => "block device",
            Self::Fifo => "FIFO",
            Self::Socket => "socket",
            Self::Other => "no file of a known kind",
        })
    }
}

impl Evident for FileStatus {
    fn evidence(&self) -> Evidence {
        Evidence::fields([
            ("kind", self.kind.evidence()),
            ("mode", Evidence::words(format!("{:04o}", self.mode))),
            ("user", self.user.evidence()),
            ("group", self.group.evidence()),
            ("device", self.device.evidence()),
            ("inode", self.inode.evidence()),
            ("links", self.links.evidence()),
            ("node", self.node.evidence()),
        ])
    }
}

impl Evident for Descriptor {
    fn evidence(&self) -> Evidence {
        let link = self.link.evidence();
        Evidence::fields([("descriptor", self.number.evidence()), ("of", link), ("with", self.status.evidence())])
    }
}

impl Evident for DirectoryEntry {
    fn evidence(&self) -> Evidence {
        let target = self.target.as_ref().map(|target| ("target", target.evidence()));
        let name = ("name", self.name.evidence());
        Evidence::fields([name, ("status", self.status.evidence())].into_iter().chain(target))
    }
}

impl Evident for DirectoryEvent {
    fn evidence(&self) -> Evidence {
        Evidence::words(self.to_string())
    }
}

impl Evident for Mount {
    fn evidence(&self) -> Evidence {
        Evidence::fields([
            ("filesystem", self.filesystem.evidence()),
            ("at", self.point.evidence()),
            ("root", self.root.evidence()),
            ("device", self.device.evidence()),
            ("options", self.options.join(",").evidence()),
            ("options of the filesystem", self.super_options.join(",").evidence()),
            ("propagation", self.propagation.join(" ").evidence()),
        ])
    }
}

impl Evident for Moment {
    fn evidence(&self) -> Evidence {
        Evidence::words(format!("{}.{:09}", self.seconds, self.nanoseconds))
    }
}

impl Evident for OFlag {
    fn evidence(&self) -> Evidence {
        let access = match *self & Self::O_ACCMODE {
            Self::O_RDONLY => "O_RDONLY",
            Self::O_WRONLY => "O_WRONLY",
            Self::O_RDWR => "O_RDWR",
            _ => "O_ACCMODE",
        };
        // Linux has an older name for O_NONBLOCK.
        let others = names_of!(*self - Self::O_ACCMODE).into_iter();
        let others = others.map(|name| if name == "O_NDELAY" { "O_NONBLOCK".to_owned() } else { name });
        flags([access.to_owned()].into_iter().chain(others).collect())
    }
}

impl Evident for PollFlags {
    fn evidence(&self) -> Evidence {
        flags(names_of!(*self))
    }
}

impl Evident for PtyHolder {
    fn evidence(&self) -> Evidence {
        let fields = [("process", self.pid.evidence()), ("called", self.name.evidence())];
        let of_pty = [("descriptor", self.descriptor.evidence()), ("device", self.device.evidence())];
        Evidence::fields(fields.into_iter().chain(of_pty))
    }
}
