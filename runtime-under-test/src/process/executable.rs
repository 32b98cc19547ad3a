//! Finding the program to run.

use super::ProcessError;
use crate::config::Process;
use crate::syscall::{Reason, kind};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, OpenHow, ResolveFlag, openat2};
use nix::sys::stat::{SFlag, stat};
use nix::unistd::{AccessFlags, faccessat};
use std::path::{Path, PathBuf};

/// Where a program is looked for when the process's environment has no `PATH` (as execvp(3) does).
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// The path of `process.args[0]`: itself where it has a slash, otherwise the first executable file of that name in
/// `PATH` of `process.env`. To be called with the credentials, root and working directory of the process. Fails with
/// EACCES where something of that name was found and may not be executed, otherwise ENOENT.
pub fn find_executable(process: &Process) -> Result<PathBuf, ProcessError> {
    let program = process.args.first().map_or("", String::as_str);
    let doing = format!("run {program:?}");
    if program.is_empty() {
        return Err(ProcessError::of(doing)(Errno::ENOENT));
    }
    if program.contains('/') {
        let path = PathBuf::from(program);
        if is_ptyrun(&path) {
            return Err(ProcessError::of(doing)("the process is still ptyrun, and /proc/self/exe is its file"));
        }
        return match check(&path) {
            Ok(()) => Ok(path),
            // podman makes 126 of the first words, and docker of the second, which are what execve says.
            Err(Errno::EISDIR) => {
                let said = format!("{}: {}", Errno::EISDIR.words(), Errno::EACCES.words());
                Err(ProcessError::of(doing)(said.as_str()))
            }
            Err(errno) => Err(ProcessError::of(doing)(errno)),
        };
    }
    let search = process.env.iter().rev().find_map(|entry| entry.strip_prefix("PATH=")).unwrap_or(DEFAULT_PATH);
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
    let reason = match worst {
        // docker and podman know a missing program by these words, and make an exit status of 127 of them.
        Errno::ENOENT => format!("executable file not found in $PATH: {}", worst.words()),
        other => format!("{} in $PATH", other.words()),
    };
    Err(ProcessError::of(doing)(reason.as_str()))
}

/// Whether the path leads, by a magic link of `/proc`, to the file that this process executes now.
fn is_ptyrun(path: &Path) -> bool {
    let how = OpenHow::new().flags(OFlag::O_PATH | OFlag::O_CLOEXEC).resolve(ResolveFlag::RESOLVE_NO_MAGICLINKS);
    let file = |path: &Path| stat(path).map(|seen| (seen.st_dev, seen.st_ino)).ok();
    openat2(AT_FDCWD, path, how).is_err_and(|errno| errno == Errno::ELOOP)
        && file(path).is_some_and(|found| Some(found) == file(Path::new("/proc/self/exe")))
}

/// Whether execve(2) could take it. A directory passes the permission check and is no program: execve says EACCES, which engines
/// would not tell from a file without permission.
fn check(path: &Path) -> Result<(), Errno> {
    use nix::fcntl::AtFlags;
    faccessat(AT_FDCWD, path, AccessFlags::X_OK, AtFlags::AT_EACCESS)?;
    match kind(&stat(path)?) {
        SFlag::S_IFREG => Ok(()),
        SFlag::S_IFDIR => Err(Errno::EISDIR),
        _ => Err(Errno::EACCES),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_program_is_found_as_execvp_does() {
        for (program, env, found) in [
            ("true", &["PATH=/nowhere:/usr/bin"][..], Ok("/usr/bin/true")),
            ("true", &["PATH=/nowhere"], Err("executable file not found in $PATH: no such file or directory")),
            ("true", &[], Ok("/bin/true")),
            ("/bin/true", &["PATH=/nowhere"], Ok("/bin/true")),
            ("/bin/nothing", &[], Err("no such file or directory")),
            ("/etc/passwd", &[], Err("permission denied")),
            ("/usr/bin", &[], Err("is a directory: permission denied")),
            ("passwd", &["PATH=/etc:/nowhere"], Err("permission denied in $PATH")),
        ] {
            let process = json!({"args": [program], "env": env, "cwd": "/"});
            let seen = find_executable(&serde_json::from_value(process).unwrap());
            let expected = found.map(PathBuf::from).map_err(|why| format!("cannot run {program:?}: {why}"));
            assert_eq!(seen.map_err(|error| error.to_string()), expected);
        }
    }
}
