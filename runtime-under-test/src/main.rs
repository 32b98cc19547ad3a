//! The `ptyrun` command.
//!
//! Its `main` is that of C: what Rust's own start does before one of Rust's (a look at the memory map, a stack for the handler
//! of overflows) takes a twentieth of a container's start. [`begin`] does what of it ptyrun needs.
#![no_main]

use ptyrun::syscall::process::{begin, end};
use std::ffi::{CStr, OsStr, OsString, c_char, c_int};
use std::os::unix::ffi::OsStrExt;

// SAFETY: no other function has this name, and this is what C's start calls by it.
#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, arguments: *const *const c_char) -> c_int {
    if let Err(errno) = begin() {
        eprintln!("ptyrun: a standard stream is closed, and /dev/null cannot be opened in its place: {errno}");
        return 1;
    }
    let arguments = (0..count as usize).map(|index| {
        // SAFETY: there are so many pointers, each to a text that ends with a zero byte and stays.
        let argument = unsafe { CStr::from_ptr(*arguments.add(index)) };
        OsString::from(OsStr::from_bytes(argument.to_bytes()))
    });
    end(ptyrun::cli::main(arguments, &ptyrun::DESIGN).0)
}
