//! The file of the program: an ELF header, its code, and the calls that it makes.

use super::Call;
use crate::process::{Filter, Label};
use nix::libc::sock_fprog;

/// An ELF file of one segment: two headers, the code with the report's descriptor at its end, the calls, and what the last of
/// them need: the words for the labels, and the filter.
pub(super) fn write(report: i32, calls: &[Call], labels: &[Label], filter: Option<&Filter>) -> Option<Vec<u8>> {
    const HEADERS: u64 = 64 + 56;
    const ADDRESS: u64 = 0x40_0000;
    const END: [u8; 4] = (-1_i32).to_le_bytes();
    let (code, machine) = code()?;
    let after_calls = |count: usize| HEADERS + (code.len() + count * Call::SIZE + END.len()) as u64;
    let own_calls = 2 * labels.len() + filter.iter().len();
    let data_address = ADDRESS + after_calls(calls.len() + own_calls);
    let (mut own, mut data) = (Vec::with_capacity(own_calls), Vec::new());
    for label in labels {
        let place = data_address + data.len() as u64;
        data.extend(label.file.to_bytes_with_nul());
        own.push(Call::open_below(label.procfs(), place));
        let request = label.request.as_bytes();
        own.push(Call::write_opened(data_address + data.len() as u64, request.len()));
        data.extend(request);
    }
    if let Some(filter) = filter {
        data.resize(data.len().next_multiple_of(8), 0);
        let place = data_address + data.len() as u64;
        own.push(Call::load_filter(filter.flags, place));
        data.extend(encoded(filter, place));
    }
    let size = after_calls(calls.len() + own_calls) + data.len() as u64;
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
    image.extend(calls.iter().chain(&own).flat_map(|call| call.encoded()));
    image.extend(END);
    image.extend(data);
    Some(image)
}

/// The filter as the kernel reads it, to be found at `address`: a sock_fprog, and the instructions that it points to.
fn encoded(filter: &Filter, address: u64) -> Vec<u8> {
    const FPROG: u64 = size_of::<sock_fprog>() as u64;
    let mut bytes = (filter.program.len() as u64).to_le_bytes().to_vec(); // a short, and padding
    bytes.extend((address + FPROG).to_le_bytes());
    for instruction in &filter.program {
        bytes.extend(instruction.code.to_le_bytes());
        bytes.extend([instruction.jt, instruction.jf]);
        bytes.extend(instruction.k.to_le_bytes());
    }
    bytes
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

/// What a container is told whose program leads back here.
#[cfg(target_arch = "x86_64")]
macro_rules! executed_again {
    () => {
        "ptyrun: /proc/self/exe of a process that is still ptyrun's is no program of the container's"
    };
}

// At entry the stack holds argc, argv, a null, envp, a null. argv[0] is the path to execute, argv[1..] its argv.
#[cfg(target_arch = "x86_64")]
std::arch::global_asm!(
    ".pushsection .rodata.ptyrun_trampoline, \"a\"",
    ".globl ptyrun_trampoline",
    ".globl ptyrun_trampoline_end",
    "ptyrun_trampoline:",
    "lea r12, [rip + ptyrun_trampoline_end]", // the calls
    "2:",                                     // make the next one
    "mov eax, [r12]",
    "test eax, eax",
    "js 5f", // there is none
    "mov r13d, [r12 + 4]",
    "mov rdi, [r12 + 8]",
    "mov rsi, [r12 + 16]",
    "mov rdx, [r12 + 24]",
    "add r12, 32",
    "lea rcx, [rsp - 64]",
    "cmp r13d, 5", // Uses: what
    "cmove rdi, r14",
    "cmp r13d, 3", // Hears: to where
    "cmove rsi, rcx",
    "syscall",
    "test rax, rax",
    "js 4f",
    "cmp r13d, 2",
    "jb 2b",
    "ja 3f",
    "test rax, rax", // Forks: who is the new one goes on
    "jz 2b",
    "xor ebx, ebx",
    "mov byte ptr [rsp - 16], 66", // "B" and the pid
    "mov [rsp - 15], eax",
    "mov edx, 5",
    "jmp 7f",
    "3:",
    "cmp r13d, 4", // Opens
    "cmove r14, rax",
    "jae 2b",
    "test rax, rax", // Hears: something, or the end
    "jnz 2b",
    "mov ebx, 1",
    "jmp 8f",
    "4:", // an error: MayFail
    "cmp r13d, 1",
    "je 2b",
    "mov ecx, [r12 - 32]",
    "jmp 6f",
    "5:", // execve(argv[0], argv + 1, envp)
    "mov rbx, [rsp]",
    "mov rdi, [rsp + 8]",
    "lea rsi, [rsp + 16]",
    "lea rdx, [rsp + rbx*8 + 16]",
    "mov eax, 59",
    "syscall",
    "mov ecx, 59",
    "6:", // "X", the result and the call
    "mov ebx, 1",
    "mov byte ptr [rsp - 16], 88",
    "mov [rsp - 15], eax",
    "mov [rsp - 11], ecx",
    "mov edx, 9",
    "7:", // write(report, it)
    "mov edi, [rip + 9f]",
    "lea rsi, [rsp - 16]",
    "mov eax, 1",
    "syscall",
    "cmp rax, -9", // EBADF: the program was executed, and is this one again, by way of /proc/self/exe
    "jne 8f",
    "mov edi, 2",
    "lea rsi, [rip + 22f]",
    "mov edx, {length}",
    "mov eax, 1",
    "syscall",
    "8:", // exit
    "mov edi, ebx",
    "mov eax, 60",
    "syscall",
    "ud2", // a filter may forbid even that
    "22:",
    concat!(".ascii \"", executed_again!(), "\\n\""),
    "9:",
    ".long 0", // the report descriptor
    "ptyrun_trampoline_end:",
    ".popsection",
    length = const executed_again!().len() + 1,
);
