//! Finding the program to run.

use crate::config::Process;
use nix::unistd::{AccessFlags, faccessat};
use nix::{errno::Errno, fcntl::AT_FDCWD};
use std::path::{Path, PathBuf};

/// Where a program is looked for when the process's environment has no `PATH` (as execvp(3) does).
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// Why the program cannot be run.
#[derive(Debug, thiserror::Error)]
#[error("cannot run {program:?}: {source}{}", if *searched { " in PATH of process.env" } else { "" })]
pub struct ExecutableError {
    /// `process.args[0]`.
    pub program: String,
    /// ENOENT where it does not exist (shells say 127), EACCES where it may not be executed (126).
    pub source: Errno,
    /// Whether it was looked for in `PATH`.
    pub searched: bool,
}

/// The path of `process.args[0]`: itself where it has a slash, otherwise the first executable file of that name in
/// `PATH` of `process.env`. To be called with the credentials, root and working directory of the process. Fails with
/// EACCES where something of that name was found and may not be executed, otherwise ENOENT.
pub fn find_executable(process: &Process) -> Result<PathBuf, ExecutableError> {
    let program = process.args.first().map_or("", String::as_str);
    let failed = |source, searched| ExecutableError { program: program.to_owned(), source, searched };
    if program.is_empty() {
        return Err(failed(Errno::ENOENT, false));
    }
    if program.contains('/') {
        let path = PathBuf::from(program);
        return check(&path).map(|()| path).map_err(|source| failed(source, false));
    }
    let search = process.env.iter().find_map(|entry| entry.strip_prefix("PATH=")).unwrap_or(DEFAULT_PATH);
    let mut worst = Errno::ENOENT;
    for directory in search.split(':') {
        // An empty entry is the working directory (execvp(3)).
        let path = Path::new(if directory.is_empty() { "." } else { directory }).join(program);
        match check(&path) {
            Ok(()) => return Ok(path),
            Err(Errno::EACCES) => worst = Errno::EACCES,
            Err(_) => {}
        }
    }
    Err(failed(worst, true))
}

/// Whether execve(2) could take it. A directory passes the permission check and is no program.
fn check(path: &Path) -> Result<(), Errno> {
    use nix::fcntl::AtFlags;
    faccessat(AT_FDCWD, path, AccessFlags::X_OK, AtFlags::AT_EACCESS)?;
    let seen = nix::sys::stat::stat(path)?;
    if seen.st_mode & nix::libc::S_IFMT == nix::libc::S_IFREG { Ok(()) } else { Err(Errno::EACCES) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn find(program: &str, env: &[&str]) -> Result<PathBuf, ExecutableError> {
        find_executable(&serde_json::from_value(json!({"args": [program], "env": env, "cwd": "/"})).unwrap())
    }

    #[test]
    fn a_name_is_looked_for_in_the_processs_path() {
        assert_eq!(find("true", &["PATH=/nowhere:/usr/bin"]).unwrap(), Path::new("/usr/bin/true"));
        assert_eq!(find("true", &["PATH=/nowhere"]).unwrap_err().source, Errno::ENOENT);
        assert_eq!(find("true", &[]).unwrap(), Path::new("/bin/true"));
    }

    #[test]
    fn a_path_is_taken_as_it_is() {
        assert_eq!(find("/bin/true", &["PATH=/nowhere"]).unwrap(), Path::new("/bin/true"));
        assert_eq!(find("/bin/nothing", &[]).unwrap_err().source, Errno::ENOENT);
    }

    #[test]
    fn what_may_not_be_executed_is_told_from_what_is_missing() {
        assert_eq!(find("/etc/passwd", &[]).unwrap_err().source, Errno::EACCES);
        assert_eq!(find("/usr/bin", &[]).unwrap_err().source, Errno::EACCES);
        let error = find("passwd", &["PATH=/etc:/nowhere"]).unwrap_err();
        assert_eq!(error.to_string(), "cannot run \"passwd\": EACCES: Permission denied in PATH of process.env");
    }
}
