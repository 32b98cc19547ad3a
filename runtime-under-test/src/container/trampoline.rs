//! The last step before the program: an execve that does not start from ptyrun's own file.
//!
//! A program of the container's can be `#!/proc/self/exe`, or name that link as its ELF interpreter: the kernel then
//! resolves it in the process that does the execve. Were that ptyrun, the container would be running ptyrun's file from
//! the host, could hold it open and, as root, overwrite it (CVE-2019-5736). Three ways out are known. Executing a copy of
//! oneself from a sealed memfd, or oneself from a read-only mount, costs a whole second start of ptyrun. So ptyrun keeps
//! `/proc/PID/exe` closed while it is itself (PR_SET_DUMPABLE) and does the execve from another program, two hundred bytes
//! in a sealed memfd, that knows only how to execute its arguments. Whoever finds it behind the link can do nothing to it.

use crate::syscall::descriptors::set_inherited;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::unistd::{execveat, write};
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::{convert::Infallible, ffi::CString};

/// What the program writes to the report descriptor when its execve fails: this byte, then the negated error number as
/// a native 32-bit integer.
pub(super) const FAILED: u8 = b'X';

/// Reads such a report.
pub(super) fn parse_report(report: &[u8]) -> Option<Errno> {
    let [FAILED, number @ ..] = report else {
        return None;
    };
    let number = i32::from_ne_bytes(number.try_into().ok()?);
    Some(Errno::from_raw(number.checked_neg()?))
}

/// The program, ready to be executed.
#[derive(Debug)]
pub(super) struct Trampoline(OwnedFd);

impl Trampoline {
    /// Writes it. `report` is the descriptor that says why an execve failed; a successful one closes it.
    pub(super) fn new(report: BorrowedFd<'_>) -> Result<Trampoline, Errno> {
        let image = image(report.as_raw_fd()).ok_or(Errno::ENOSYS)?;
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
        Ok(Trampoline(file))
    }

    /// Becomes it; it then becomes `path`. Returns only when the first of the two fails.
    pub(super) fn jump(
        &self,
        report: BorrowedFd<'_>,
        path: &CString,
        arguments: &[CString],
        environment: &[CString],
    ) -> Result<Infallible, Errno> {
        let mut all = vec![path];
        all.extend(arguments);
        set_inherited(report, true)?; // the trampoline makes it close-on-exec again
        let environment: Vec<_> = environment.iter().collect();
        let Err(errno) = execveat(&self.0, c"", &all, &environment, AtFlags::AT_EMPTY_PATH);
        set_inherited(report, false)?;
        Err(errno)
    }
}

/// An ELF file of one segment: two headers and the code, with the descriptor's number in its place.
fn image(report: i32) -> Option<Vec<u8>> {
    const HEADERS: u64 = 64 + 56;
    const ADDRESS: u64 = 0x40_0000;
    let (code, machine) = code()?;
    let size = HEADERS + code.len() as u64;
    let mut image = Vec::with_capacity(size as usize);
    image.extend(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"); // 64 bit, little endian, version 1
    image.extend([2_u16, machine].map(u16::to_le_bytes).concat()); // ET_EXEC
    image.extend(1_u32.to_le_bytes());
    image.extend([ADDRESS + HEADERS, 64, 0].map(u64::to_le_bytes).concat()); // entry, program headers, no sections
    image.extend(0_u32.to_le_bytes());
    image.extend([64_u16, 56, 1, 0, 0, 0].map(u16::to_le_bytes).concat()); // sizes and counts of headers
    image.extend([1_u32, 5].map(u32::to_le_bytes).concat()); // PT_LOAD, readable and executable
    image.extend([0, ADDRESS, ADDRESS, size, size, 0x1000].map(u64::to_le_bytes).concat());
    image.extend(code);
    let place = image.len() - 4;
    image[place..].copy_from_slice(&report.to_le_bytes());
    Some(image)
}

#[cfg(target_arch = "x86_64")]
fn code() -> Option<(&'static [u8], u16)> {
    const EM_X86_64: u16 = 62;
    unsafe extern "C" {
        static ptyrun_trampoline: u8;
        static ptyrun_trampoline_end: u8;
    }
    // SAFETY: both symbols are defined below, around bytes of the read-only text that are never written.
    let code = unsafe {
        let start = &raw const ptyrun_trampoline;
        std::slice::from_raw_parts(start, (&raw const ptyrun_trampoline_end).offset_from(start) as usize)
    };
    Some((code, EM_X86_64))
}

#[cfg(not(target_arch = "x86_64"))]
fn code() -> Option<(&'static [u8], u16)> {
    None
}

// At entry the stack holds argc, argv, a null, envp, a null. argv[0] is the path to execute, argv[1..] its argv.
#[cfg(target_arch = "x86_64")]
std::arch::global_asm!(
    ".pushsection .rodata.ptyrun_trampoline, \"a\"",
    ".globl ptyrun_trampoline",
    ".globl ptyrun_trampoline_end",
    "ptyrun_trampoline:",
    "mov rbx, [rsp]",
    "mov edi, [rip + 2f]", // fcntl(report, F_SETFD, FD_CLOEXEC)
    "mov esi, 2",
    "mov edx, 1",
    "mov eax, 72",
    "syscall",
    "test eax, eax",
    "js 3f",              // the descriptor is gone: somebody has found this file and executes it again
    "mov rdi, [rsp + 8]", // execve(argv[0], argv + 1, envp)
    "lea rsi, [rsp + 16]",
    "lea rdx, [rsp + rbx*8 + 16]",
    "mov eax, 59",
    "syscall",
    "mov byte ptr [rsp - 8], 88", // write(report, "X" and the result, 5)
    "mov [rsp - 7], eax",
    "mov edi, [rip + 2f]",
    "lea rsi, [rsp - 8]",
    "mov edx, 5",
    "mov eax, 1",
    "syscall",
    "3:",
    "mov edi, 1", // exit(1)
    "mov eax, 60",
    "syscall",
    "2:",
    ".long 0", // the report descriptor
    "ptyrun_trampoline_end:",
    ".popsection",
);

#[cfg(test)]
mod tests {
    use super::{Errno, parse_report};

    #[test]
    fn a_report_names_its_error() {
        let report = [&b"X"[..], &(-8_i32).to_ne_bytes()].concat();
        assert_eq!(parse_report(&report), Some(Errno::ENOEXEC));
        for other in [&b""[..], b"X", b"Xab", b"text"] {
            assert_eq!(parse_report(other), None);
        }
    }
}
