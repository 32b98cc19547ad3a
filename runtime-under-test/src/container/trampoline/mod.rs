//! The last step before the program: an execve that does not start from ptyrun's own file.
//!
//! A program of the container's can be `#!/proc/self/exe`, or name that link as its ELF interpreter: the kernel then
//! resolves it in the process that does the execve. Were that ptyrun, the container would be running ptyrun's file from
//! the host, could hold it open and, as root, overwrite it (CVE-2019-5736). Three ways out are known. Executing a copy of
//! oneself from a sealed memfd, or oneself from a read-only mount, costs a whole second start of ptyrun. So ptyrun keeps
//! `/proc/PID/exe` closed while it is itself (PR_SET_DUMPABLE) and does the execve from another program, a few hundred bytes
//! in a sealed memfd, that knows only how to make a few system calls and to execute its arguments. Whoever finds it behind
//! the link can do nothing to it.
//!
//! For exec those calls are the way into the container's pid namespace ([`mod@crate::exec`]): what appears there is this
//! program and nothing of ptyrun's.

mod call;
mod image;

pub use call::Call;

use crate::config::Process;
use crate::process::{Filter, Label};
use crate::syscall::{Reason, descriptors::set_inherited};
use nix::errno::Errno;
use nix::fcntl::{AtFlags, FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::unistd::{execveat, write};
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::{convert::Infallible, ffi::CString};

/// How a report begins that the process was made; then comes its pid.
pub(super) const BORN: u8 = b'B';

/// How a report begins that a call failed; then come the negated error number and the call's number. All numbers are native
/// 32-bit integers.
pub(super) const FAILED: u8 = b'X';

/// What the program says of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    call: i32,
    errno: Errno,
}

impl Failure {
    pub(super) fn read(report: &[u8]) -> Option<Failure> {
        let [FAILED, numbers @ ..] = report else {
            return None;
        };
        let (error, call) = numbers.split_first_chunk()?;
        let (error, call) = (i32::from_ne_bytes(*error), i32::from_ne_bytes(call.try_into().ok()?));
        Some(Failure { call, errno: Errno::from_raw(error.checked_neg()?) })
    }

    /// It in words, where `process` was to run its program. Engines look for the program's name.
    pub(crate) fn of(self, process: &Process) -> String {
        format!("{}: {}", call::purpose(self.call, process), self.errno.words())
    }
}

/// The program, ready to be executed.
#[derive(Debug)]
pub(super) struct Trampoline<'a> {
    file: OwnedFd,
    /// What it has of its maker's, and makes close-on-exec again by its first calls.
    inherited: Vec<BorrowedFd<'a>>,
}

impl Trampoline<'_> {
    /// Writes it, with the calls that it makes on its way. `report` is the descriptor that says why one failed; the
    /// program's execve closes it. Then come the `labels` for that execve, and the `filter` of system calls last.
    pub(super) fn new<'a>(
        report: BorrowedFd<'a>,
        calls: &[Call],
        labels: &'a [Label],
        filter: Option<&Filter>,
    ) -> Result<Trampoline<'a>, Errno> {
        let inherited: Vec<_> = [report].into_iter().chain(labels.iter().map(Label::procfs)).collect();
        let once: Vec<_> = inherited.iter().map(|descriptor| Call::close_on_exec(*descriptor)).collect();
        let image = image::write(report.as_raw_fd(), &[&once, calls].concat(), labels, filter).ok_or(Errno::ENOSYS)?;
        let sealable = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
        // Since Linux 6.3 a memfd that is to be executed says so; before, the flag is an error.
        let executable = MFdFlags::from_bits_retain(nix::libc::MFD_EXEC);
        let file = match memfd_create("ptyrun-trampoline", sealable | executable) {
            Err(Errno::EINVAL) => memfd_create("ptyrun-trampoline", sealable)?,
            file => file?,
        };
        if write(&file, &image)? != image.len() {
            return Err(Errno::EIO);
        }
        let seals = SealFlag::F_SEAL_SEAL | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_WRITE;
        fcntl(&file, FcntlArg::F_ADD_SEALS(seals))?;
        Ok(Trampoline { file, inherited })
    }

    /// Becomes it; it then becomes `path`. Returns only when the first of the two fails.
    pub(super) fn jump(
        &self,
        path: &CString,
        arguments: &[CString],
        environment: &[CString],
    ) -> Result<Infallible, Errno> {
        let mut all = vec![path];
        all.extend(arguments);
        self.set_inherited(true)?;
        let environment: Vec<_> = environment.iter().collect();
        let Err(errno) = execveat(&self.file, c"", &all, &environment, AtFlags::AT_EMPTY_PATH);
        self.set_inherited(false)?;
        Err(errno)
    }

    fn set_inherited(&self, inherited: bool) -> Result<(), Errno> {
        self.inherited.iter().try_for_each(|descriptor| set_inherited(descriptor, inherited))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::pipe;
    use std::os::fd::AsFd;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    /// What it makes of labels, with another file of `/proc` that every kernel has.
    #[test]
    #[cfg(target_arch = "x86_64")]
    fn a_request_is_made_in_the_programs_own_file() {
        let procfs = File::open("/proc").unwrap();
        for (request, said) in [(c"7", "7\n"), (c"77", "77\n")] {
            let procfs = procfs.try_clone().unwrap().into();
            let labels = [Label::for_test(procfs, c"thread-self/oom_score_adj", request.into())];
            let (_heard, report) = pipe().unwrap();
            let filter = None;
            let words = ["cat", "/proc/self/oom_score_adj"].map(|word| CString::new(word).unwrap());
            let mut command = Command::new("/bin/true");
            let jump = move || {
                let trampoline = Trampoline::new(report.as_fd(), &[], &labels, filter)?;
                Err(trampoline.jump(&c"/bin/cat".into(), &words, &[]).unwrap_err().into())
            };
            // SAFETY: the child is a copy with one thread, and the C library keeps its allocator usable over a fork.
            unsafe { command.pre_exec(jump) };
            assert_eq!(String::from_utf8_lossy(&command.output().unwrap().stdout), said);
        }
    }

    #[test]
    fn a_report_names_its_call_and_its_error() {
        let report = |numbers: [i32; 2]| [&b"X"[..], &numbers.map(i32::to_ne_bytes).concat()].concat();
        let [setsid, execve] = [nix::libc::SYS_setsid, nix::libc::SYS_execve].map(|number| number as i32);
        let process: Process = serde_json::from_str(r#"{"args": ["/x"], "cwd": "/"}"#).unwrap();
        let said = |numbers| Failure::read(&report(numbers)).unwrap().of(&process);
        assert_eq!(said([-1, setsid]), "starting a session: operation not permitted");
        assert_eq!(said([-8, execve]), "executing the program \"/x\": exec format error");
        for other in [&b""[..], b"X", b"Xab", b"Xabcd", b"text"] {
            assert_eq!(Failure::read(other), None);
        }
    }
}
