//! The file that a kernel is booted from. Linux, arch/x86/boot.rst

use ptyproof_report::data;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Why a file is not taken for a kernel.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum ImageError {
    /// It cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    /// It has no header of a kernel.
    #[error("{}: no kernel for x86 that can be booted (a bzImage, most often called vmlinuz)", path.display())]
    NoKernel { path: PathBuf },
    /// It ends before the kernel does, as after a copy that was cut short.
    #[error("{}: cut short: {there} bytes are there of the {whole} that its header tells of", path.display())]
    CutShort { path: PathBuf, there: u64, whole: u64 },
}

/// A kernel that can be booted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The file.
    pub path: PathBuf,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// The release of the kernel, as `uname -r` tells it.
    pub release: String,
}

/// Where the header says what it is, and what it says.
const MAGIC: (usize, &[u8]) = (0x202, b"HdrS");

/// Where the header has the place of the text with the version, counted from [`SETUP`].
const VERSION: usize = 0x20e;
const SETUP: usize = 0x200;

/// Where the header has the number of sectors of its setup code after the first one, and what 0 means there.
const SETUP_SECTORS: (usize, u8) = (0x1f1, 4);

/// Where it has the size of what follows them, in paragraphs.
const REST: usize = 0x1f4;

/// Sizes of a sector and of a paragraph in bytes.
const SECTOR: u64 = 512;
const PARAGRAPH: u64 = 16;

impl Image {
    /// Looks at a file.
    pub fn open(path: &Path) -> Result<Self, ImageError> {
        let content = data::is_regular(path)
            .and_then(|()| fs::read(path))
            .map_err(|error| ImageError::Unreadable { path: path.to_owned(), error })?;
        let release = release(&content).ok_or_else(|| ImageError::NoKernel { path: path.to_owned() })?;
        let there = u64::try_from(content.len()).unwrap_or(u64::MAX);
        match size(&content) {
            Some(whole) if whole > there => {
                return Err(ImageError::CutShort { path: path.to_owned(), there, whole });
            }
            _ => {}
        }
        Ok(Self { path: path.to_owned(), sha256: hex::encode(Sha256::digest(&content)), release })
    }
}

/// The first word of the version text.
fn release(content: &[u8]) -> Option<String> {
    let (at, magic) = MAGIC;
    if content.get(at..at + magic.len())? != magic {
        return None;
    }
    let place = content.get(VERSION..VERSION + 2)?.try_into().ok()?;
    let text = content.get(SETUP + usize::from(u16::from_le_bytes(place))..)?;
    let end = text.iter().position(|&byte| byte == b' ' || byte == 0)?;
    let word = std::str::from_utf8(&text[..end]).ok()?;
    let plain = |c: char| c.is_ascii_graphic() && c != '/';
    (!word.is_empty() && word.chars().all(plain)).then(|| word.to_owned())
}

/// The size of the kernel by its header. A signature may follow.
fn size(content: &[u8]) -> Option<u64> {
    let (place, default) = SETUP_SECTORS;
    let sectors = match content.get(place)? {
        0 => default,
        &sectors => sectors,
    };
    let rest = content.get(REST..REST + 4)?.try_into().ok()?;
    let setup = (u64::from(sectors) + 1) * SECTOR;
    Some(setup + u64::from(u32::from_le_bytes(rest)) * PARAGRAPH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kernel(version: &[u8]) -> Vec<u8> {
        let mut content = vec![0; 0x300];
        content[0x202..0x206].copy_from_slice(b"HdrS");
        content[0x20e..0x210].copy_from_slice(&0x80u16.to_le_bytes());
        content[0x280..0x280 + version.len()].copy_from_slice(version);
        content
    }

    #[test]
    fn the_header_tells_the_release() {
        let content = kernel(b"6.1.0-50-cloud-amd64 (builder@host) #1 SMP\0");
        assert_eq!(release(&content).as_deref(), Some("6.1.0-50-cloud-amd64"));
    }

    #[test]
    fn what_has_no_such_header_is_no_kernel() {
        assert_eq!(release(b""), None);
        assert_eq!(release(&[0; 0x1000]), None);
        assert_eq!(release(b"#!/bin/sh\n"), None);
        let whole = kernel(b"6.1 x\0");
        for length in 0..0x284 {
            assert_eq!(release(&whole[..length]), None, "the first {length} bytes");
        }
    }

    #[test]
    fn the_header_tells_the_size() {
        let mut content = kernel(b"6.1 x\0");
        assert_eq!(size(&content), Some(5 * 512));
        content[0x1f1] = 31;
        content[0x1f4..0x1f8].copy_from_slice(&0x12345u32.to_le_bytes());
        assert_eq!(size(&content), Some(32 * 512 + 0x12345 * 16));
    }

    #[test]
    fn a_release_that_is_no_name_of_a_file_is_refused() {
        // It becomes a part of paths.
        assert_eq!(release(&kernel(b"../../etc x\0")), None);
        assert_eq!(release(&kernel(b"\x1b[31m x\0")), None);
    }
}
