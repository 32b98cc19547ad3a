//! A filter of system calls, as sandboxes have it. seccomp(2)

use crate::values::Errno;
use nix::libc;
use std::mem::offset_of;

/// From now on, ioctl(2) with this request fails with EXDEV, which no terminal says. `all_bits`: the upper half of the
/// argument has to be 0 for that.
pub fn refuse_ioctl(request: u32, all_bits: bool) -> Result<(), Errno> {
    const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let step = |code, jf, k| libc::sock_filter { code, jt: 0, jf, k };
    // x86_64 is little-endian: the lower half comes first.
    let lower = offset_of!(libc::seccomp_data, args) + size_of::<u64>();
    let load = |offset: usize| step(LOAD, 0, offset as u32);
    let mut program = vec![load(offset_of!(libc::seccomp_data, nr)), step(EQUAL, 5, libc::SYS_ioctl as u32)];
    program.extend([load(lower), step(EQUAL, 3, request)]);
    let upper =
        if all_bits { load(lower + size_of::<u32>()) } else { step((libc::BPF_LD | libc::BPF_IMM) as u16, 0, 0) };
    program.extend([upper, step(EQUAL, 1, 0)]);
    program.push(step(RETURN, 0, libc::SECCOMP_RET_ERRNO | libc::EXDEV as u32));
    program.push(step(RETURN, 0, libc::SECCOMP_RET_ALLOW));
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    nix::sys::prctl::set_no_new_privs()?;
    // SAFETY: the program lives until the kernel has copied it.
    let set = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter) };
    Ok(nix::errno::Errno::result(set).map(drop)?)
}
