//! The program that runs, as it can be started once more: also where a dynamic loader was told to run it. ld.so(8)

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

/// What the kernel has started: the program, or the loader that runs it. Not `current_exe()`: that path may have been replaced
/// by a newer build meanwhile.
const STARTED: &str = "/proc/self/exe";

/// The program that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnProgram {
    /// What the loader was told, up to the program itself; nothing where the kernel has started the program.
    told: Vec<OsString>,
}

impl OwnProgram {
    /// Finds out how it was started.
    pub fn find() -> io::Result<Self> {
        let path = "/proc/self/cmdline";
        let line = fs::read(path).map_err(|error| io::Error::new(error.kind(), format!("{path}: {error}")))?;
        Ok(Self::started(&line, std::env::args_os().len()))
    }

    /// The kernel knows all the words by which it was started, the program only `own`: the loader keeps its words.
    fn started(line: &[u8], own: usize) -> Self {
        let line = line.strip_suffix(b"\0").unwrap_or(line);
        let words: Vec<_> = line.split(|&byte| byte == 0).map(|word| OsString::from_vec(word.to_vec())).collect();
        // Its last one is the program, which is the first of the program's own.
        let told = words.len().saturating_sub(own);
        Self { told: words.into_iter().skip(1).take(told).collect() }
    }

    /// A command that starts it once more; its arguments are still to come.
    pub fn command(&self) -> Command {
        let mut command = Command::new(STARTED);
        command.args(&self.told);
        command
    }

    /// The words that start it, for another process: paths instead of links of this one.
    pub fn words(&self) -> io::Result<Vec<OsString>> {
        let started = fs::read_link(STARTED)?.into_os_string();
        Ok([started].into_iter().chain(self.told.iter().cloned()).collect())
    }

    /// Its binary.
    pub fn binary(&self) -> PathBuf {
        self.told.last().map_or_else(|| STARTED.into(), PathBuf::from)
    }

    /// The loader that was told to run it, if so.
    pub fn loader(&self) -> Option<&Path> {
        (!self.told.is_empty()).then_some(Path::new(STARTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loader_is_told_from_the_program() {
        let told = |line: &[u8], own| OwnProgram::started(line, own).told;
        let none: [&str; 0] = [];
        assert_eq!(told(b"ptyproof\0run\0\0", 3), none);
        assert_eq!(told(b"ptyproof\0", 1), none);
        assert_eq!(told(b"/l/ld.so\0/l/ptyproof\0", 1), ["/l/ptyproof"]);
        let line = b"/l/ld.so\0--library-path\0/l\0/l/ptyproof\0run\0\0";
        assert_eq!(told(line, 3), ["--library-path", "/l", "/l/ptyproof"]);
        // Of a process that has changed its own line, nothing is known.
        assert_eq!(told(b"", 2), none);
    }
}
