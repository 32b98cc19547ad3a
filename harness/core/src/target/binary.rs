//! A file that may be a runtime.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::{fs::File, os::unix::fs::PermissionsExt};

/// Why a path is no runtime.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", ptyproof_report::printable(&path.to_string_lossy()))]
pub struct BinaryError {
    path: PathBuf,
    why: String,
}

/// A file that may be a runtime: it is there, and the kernel can execute it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binary {
    /// Its path as it was given, absolute: a program may do as the name says that it is called by.
    pub path: PathBuf,
    /// What that path leads to in the end.
    pub file: PathBuf,
    /// SHA-256 of that file, in hexadecimal.
    pub sha256: String,
}

impl Binary {
    /// Looks at the file at `path`, and starts nothing.
    pub fn at(path: &Path) -> Result<Self, BinaryError> {
        Self::look(path).map_err(|error| BinaryError { path: path.to_owned(), why: error.to_string() })
    }

    fn look(path: &Path) -> io::Result<Self> {
        let file = path.canonicalize()?;
        let metadata = file.metadata()?;
        // Before it is opened: a FIFO would be waited for.
        if !metadata.is_file() {
            return Err(io::Error::other("not a file; give the path of the runtime's binary"));
        }
        if metadata.permissions().mode() & 0o111 == 0 {
            return Err(io::Error::other("not executable; chmod +x it, or give another path"));
        }
        let mut content = File::open(&file)?;
        let mut start = Vec::new();
        content.by_ref().take(20).read_to_end(&mut start)?;
        can_be_executed(&start)?;
        content.rewind()?;
        let mut hasher = Sha256::new();
        io::copy(&mut content, &mut hasher)?;
        let sha256 = hex::encode(hasher.finalize());
        Ok(Self { path: std::path::absolute(path)?, file, sha256 })
    }
}

/// By the first bytes of a file, as execve(2) does. The C library gives everything else to a shell, which would make
/// anything of it.
fn can_be_executed(start: &[u8]) -> io::Result<()> {
    let refused = |why: String| Err(io::Error::other(why));
    if start.is_empty() {
        return refused("empty; give the path of the runtime's binary".to_owned());
    }
    if start.starts_with(b"#!") {
        return Ok(());
    }
    let (Some(b"\x7fELF"), Some(machine)) = (start.get(..4), start.get(18..20)) else {
        return refused("neither a program (ELF) nor a script that begins with #!".to_owned());
    };
    let mut own = [0; 20];
    File::open("/proc/self/exe")?.read_exact(&mut own)?;
    // Class, byte order and machine. elf(5)
    if start[4..6] == own[4..6] && machine == &own[18..20] {
        return Ok(());
    }
    let machine = if start[5] == 2 {
        u16::from_be_bytes([machine[0], machine[1]])
    } else {
        u16::from_le_bytes([machine[0], machine[1]])
    };
    let name = elf::to_str::e_machine_to_human_str(machine).map_or_else(|| format!("machine {machine}"), str::to_owned);
    refused(format!("a program for another machine ({name}); this one is {}", std::env::consts::ARCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_would_not_execute_is_told_apart_by_its_first_bytes() {
        let said = |start: &[u8]| can_be_executed(start).map_err(|error| error.to_string());
        let mut own = vec![0; 20];
        File::open("/proc/self/exe").and_then(|mut file| file.read_exact(&mut own)).expect("it can be read");
        assert_eq!(said(&own), Ok(()));
        assert_eq!(said(b"#!/bin/sh\n"), Ok(()));
        own[18..20].copy_from_slice(&[8, 0]);
        let foreign = said(&own).expect_err("for MIPS");
        assert!(foreign.starts_with("a program for another machine (") && foreign.contains("MIPS"), "{foreign}");
        assert!(said(&own[..19]).is_err() && said(b"echo").is_err() && said(b"").is_err());
    }
}
