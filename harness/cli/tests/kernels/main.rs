//! `ptyproof kernel`: kernels that cannot be booted, guests that end in every way but the right one, runs that are
//! killed, and a change of a kernel's terminals, which must be seen.
//!
//! What boots needs qemu (`ci/install-qemu`) and an image: `PTYPROOF_KERNEL_IMAGE`, or what `ci/kernels --fetch 6.12`
//! has got; these tests are run by the package in `ci/slow`. Each other test has a program of its own in the place of qemu.

mod bench;
mod boots;
mod comparison;
mod fake;
mod image;
mod interrupted;
mod machine;
mod qemu;
#[path = "../said/mod.rs"]
mod said;

use image::Kernel;
use libtest_mimic::{Arguments, Completion, Trial};
use nix::sys::stat::Mode;
use std::{process::ExitCode, sync::Arc};

fn main() -> ExitCode {
    if let Some(status) = fake::act() {
        return status;
    }
    // What the tests make is for runs to use, whatever the umask of who starts them.
    nix::sys::stat::umask(Mode::from_bits_truncate(0o022));
    let kernel = Arc::new(Kernel::find());
    let root = nix::unistd::geteuid().is_root();
    let tests = [image::TESTS, qemu::TESTS, machine::TESTS, interrupted::TESTS, boots::TESTS, comparison::TESTS];
    let slow = env!("CARGO_PKG_NAME") == "ptyproof-slow";
    let mut tests = tests.concat();
    tests.retain(|(_, body)| matches!(body, Body::Boots(_) | Body::BootsAsRoot(_)) == slow);
    let trials = tests.into_iter().map(|(name, body)| {
        let kernel = Arc::clone(&kernel);
        let missing = match (body, kernel.as_ref()) {
            (Body::Boots(_) | Body::BootsAsRoot(_), Err(why)) => Some(why.clone()),
            (Body::AsRoot(_) | Body::BootsAsRoot(_), _) if !root => Some("it needs root".to_owned()),
            _ => None,
        };
        let run = move || {
            match (missing, body, kernel.as_ref()) {
                (None, Body::Boots(test) | Body::BootsAsRoot(test), Ok(kernel)) => test(kernel),
                (None, Body::Quick(test) | Body::AsRoot(test), _) => test(),
                (missing, ..) => return Ok(Completion::ignored_with(missing.unwrap_or_default())),
            }
            Ok(Completion::Completed)
        };
        // The flag of an ignored test would hide the reason.
        Trial::ignorable_test(name, run)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

/// A test's name, and what it does: it fails by panicking.
type Test = (&'static str, Body);

/// What a test does, by what it needs.
#[derive(Clone, Copy)]
enum Body {
    /// Nothing is booted.
    Quick(fn()),
    /// Nor here, but it changes the machine for a process of its own.
    AsRoot(fn()),
    /// A kernel is booted.
    Boots(fn(&Kernel)),
    /// So here, and the machine is changed for a process of its own.
    BootsAsRoot(fn(&Kernel)),
}
