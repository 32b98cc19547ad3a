//! Kernels that boot, and lack what the suite needs.

use crate::bench::{Bench, Said};
use crate::image::Kernel;
use crate::{Body::Boots, Test};
use std::fs;
use std::sync::{Condvar, Mutex, PoisonError};

/// The tests of this file.
pub const TESTS: &[Test] = &[
    ("a_kernel_without_virtio_is_told_what_it_needs", Boots(no_virtio)),
    ("a_kernel_without_devpts_is_told_what_it_needs", Boots(no_devpts)),
    ("a_kernel_that_panics_has_failed", Boots(panics)),
    ("a_kernel_that_panics_cannot_be_held_to_a_baseline_and_has_failed", Boots(panics_and_is_checked)),
    ("a_kernel_that_becomes_tainted_has_failed", Boots(becomes_tainted)),
];

/// How many guests there may be at a time: each needs a processor, and 512 MiB.
const GUESTS: usize = 2;

static FREE: Mutex<usize> = Mutex::new(GUESTS);
static FREED: Condvar = Condvar::new();

/// The right to so many guests, until it is dropped.
pub struct Places(usize);

/// Waits until so many guests are free.
pub fn places(count: usize) -> Places {
    let free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    let enough = FREED.wait_while(free, |free| *free < count);
    *enough.unwrap_or_else(PoisonError::into_inner) -= count;
    Places(count)
}

impl Drop for Places {
    fn drop(&mut self) {
        *FREE.lock().unwrap_or_else(PoisonError::into_inner) += self.0;
        FREED.notify_all();
    }
}

/// Boots with these arguments, and nothing beside the image.
fn boot(kernel: &Kernel, modules: bool, arguments: &[&str]) -> Said {
    let bench = Bench::new();
    let mut command = bench.command(None);
    let image = bench.path("alone");
    fs::create_dir(&image).expect("there is room");
    let image = image.join("vmlinuz");
    fs::copy(&kernel.image, &image).expect("there is room");
    if modules {
        command.arg("--modules").arg(&kernel.modules);
    }
    command.args(arguments);
    let _guest = places(1);
    bench.run(command, &[&image])
}

/// Fails unless the kernel could not be used for that reason, and the end of its console is shown.
#[track_caller]
fn cannot_run(said: &Said, why: &str) {
    let mut lines = said.error.lines();
    let first = lines.next().unwrap_or_default();
    let (_, after) = first.split_once("ptyproof: ").unwrap_or_default();
    let (_, after) = after.split_once(": ").unwrap_or_default();
    assert_eq!(after, why, "{}", said.error);
    let last = lines.next_back().unwrap_or_default();
    assert!(last.ends_with("] reboot: Power down"), "{}", said.error);
    assert_eq!(said.output, "");
    assert_eq!(said.status, Some(3));
}

fn no_virtio(kernel: &Kernel) {
    // Some have it as modules, which are not there then, and some built in.
    let said = boot(kernel, false, &["--append", "initcall_blacklist=virtio_pci_driver_init"]);
    cannot_run(&said, "no virtio port: the kernel needs virtio_pci and virtio_console, built in or by --modules");
}

fn no_devpts(kernel: &Kernel) {
    let said = boot(kernel, true, &["--append", "initcall_blacklist=init_devpts_fs"]);
    cannot_run(&said, "the kernel has no devpts: it was built without CONFIG_UNIX98_PTYS");
}

fn panics(kernel: &Kernel) {
    // No first process, and no filesystem to find another one on.
    let said = boot(kernel, true, &["--append", "rdinit=/nowhere"]);
    assert_eq!(said.error, "");
    let observed = "\n  observed     VFS: Unable to mount root fs on ";
    for part in ["\n  reason       the kernel panicked before the first case\n", observed] {
        assert!(said.output.contains(part), "{part:?}: {}", said.output);
    }
    let last = said.output.lines().last().unwrap_or_default();
    assert!(last.starts_with("cut short after 1 of 2 cases: 1 fail; "), "{}", said.output);
    assert_eq!(said.status, Some(1));
}

fn panics_and_is_checked(kernel: &Kernel) {
    let said = boot(kernel, false, &["--check", "--append", "rdinit=/nowhere"]);
    let why = ": the run was interrupted; expected a report of all cases\n";
    assert!(said.error.ends_with(why), "{}", said.error);
    assert_eq!(said.error.lines().count(), 1, "{}", said.error);
    assert_eq!(said.status, Some(1));
}

fn becomes_tainted(kernel: &Kernel) {
    // As after a WARN: the kernel lets root say so.
    let said = boot(kernel, true, &["--sysctl", "kernel.tainted=512"]);
    assert_eq!(said.error, "");
    for line in [
        "\n  reason       the kernel became tainted before the first case\n",
        "\n  observed     512: a warning (WARN)\n",
        "\n1 pass, 1 fail; ",
    ] {
        assert!(said.output.contains(line), "{line:?}: {}", said.output);
    }
    assert_eq!(said.status, Some(1));
}
