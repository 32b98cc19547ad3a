//! The filesystem that a guest starts with: a cpio archive. Linux, driver-api/early-userspace/buffer-format.rst

use cpio::newc::{Builder, ModeFileType, trailer};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{collections::BTreeSet, fs::File};

/// Why there is no archive.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum InitramfsError {
    /// A file cannot be packed.
    #[error("packing the guest's initramfs: {0}")]
    Packing(#[from] io::Error),
    /// There is no room for it.
    #[error("writing the guest's initramfs in {}: {error}", directory.display())]
    Writing { directory: PathBuf, error: io::Error },
}

/// An archive that grows. Several one after the other are one.
#[derive(Clone, Debug, Default)]
pub struct Initramfs {
    archive: Vec<u8>,
    entries: u32,
    directories: BTreeSet<PathBuf>,
}

impl Initramfs {
    /// Adds a directory, and those that it lies in. Paths begin with a slash.
    pub fn directory(&mut self, path: &str) -> io::Result<()> {
        let parents: Vec<&Path> = Path::new(path).ancestors().collect();
        for parent in parents.into_iter().rev().skip(1) {
            if self.directories.insert(parent.to_owned()) {
                let name = parent.to_string_lossy();
                self.entry(&name, ModeFileType::Directory, 0o755, (0, 0), b"")?;
            }
        }
        Ok(())
    }

    /// Adds a file that may be executed, and the directories that it lies in.
    pub fn file(&mut self, path: &str, content: &[u8]) -> io::Result<()> {
        self.parents(path)?;
        self.entry(path, ModeFileType::Regular, 0o755, (0, 0), content)
    }

    /// Adds a character device, and the directories that it lies in.
    pub fn device(&mut self, path: &str, node: (u32, u32)) -> io::Result<()> {
        self.parents(path)?;
        self.entry(path, ModeFileType::Char, 0o600, node, b"")
    }

    fn parents(&mut self, path: &str) -> io::Result<()> {
        match Path::new(path).parent().and_then(Path::to_str) {
            Some(parent) => self.directory(parent),
            None => Ok(()),
        }
    }

    fn entry(&mut self, path: &str, kind: ModeFileType, mode: u32, node: (u32, u32), content: &[u8]) -> io::Result<()> {
        let size = u32::try_from(content.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        self.entries += 1;
        let entry = Builder::new(path.trim_start_matches('/'))
            .ino(self.entries)
            .mode(mode)
            .set_mode_file_type(kind)
            .rdev_major(node.0)
            .rdev_minor(node.1);
        let mut writer = entry.write(&mut self.archive, size);
        writer.write_all(content)?;
        writer.finish().map(drop)
    }

    /// The archive as it is now, followed by `more`, in a temporary file without a name: nothing is ever left of it.
    pub fn to_file(&self, more: Self) -> Result<File, InitramfsError> {
        let directory = std::env::temp_dir();
        let write = || {
            let mut file = tempfile::tempfile_in(&directory)?;
            for part in [&self.archive, &more.archive] {
                file.write_all(part)?;
                file.write_all(&trailer(Vec::new())?)?;
            }
            Ok(file)
        };
        write().map_err(|error| InitramfsError::Writing { directory, error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpio::newc::Reader;
    use std::io::{Read, Seek};

    /// Name, mode, device and content of each entry, trailers included. Name, mode, device and content.
    type Entry = (String, u32, (u32, u32), Vec<u8>);

    fn entries(file: &mut File) -> Vec<Entry> {
        let mut archive = Vec::new();
        file.rewind().expect("a file");
        file.read_to_end(&mut archive).expect("a file");
        let mut rest = archive.as_slice();
        let mut entries = Vec::new();
        while !rest.is_empty() {
            let mut reader = Reader::new(rest).expect("an entry");
            let entry = reader.entry().clone();
            let mut content = Vec::new();
            reader.read_to_end(&mut content).expect("its content");
            let node = (entry.rdev_major(), entry.rdev_minor());
            entries.push((entry.name().to_owned(), entry.mode(), node, content));
            rest = reader.finish().expect("its end");
        }
        entries
    }

    #[test]
    fn the_kernel_finds_everything_and_directories_come_first() {
        let mut first = Initramfs::default();
        first.device("/dev/console", (5, 1)).expect("memory");
        first.file("/a/b/init", b"#!/bin/sh").expect("memory");
        let mut second = Initramfs::default();
        second.file("/a/b/order", b"12345").expect("memory");
        let entry = |name: &str, mode, node, content: &[u8]| (name.to_owned(), mode, node, content.to_vec());
        let none = (0, 0);
        assert_eq!(
            entries(&mut first.to_file(second).expect("room")),
            [
                entry("dev", 0o040_755, none, b""),
                entry("dev/console", 0o020_600, (5, 1), b""),
                entry("a", 0o040_755, none, b""),
                entry("a/b", 0o040_755, none, b""),
                entry("a/b/init", 0o100_755, none, b"#!/bin/sh"),
                entry("TRAILER!!!", 0, none, b""),
                entry("a", 0o040_755, none, b""),
                entry("a/b", 0o040_755, none, b""),
                entry("a/b/order", 0o100_755, none, b"12345"),
                entry("TRAILER!!!", 0, none, b""),
            ]
        );
    }
}
