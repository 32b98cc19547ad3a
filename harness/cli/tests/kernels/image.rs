//! Files that are kernels, and files that are none.

use crate::bench::{Bench, CASE};
use crate::{Body::Boots, Body::Quick, Test};
use crate::{fake::QEMU, qemu::REFUSAL};
use std::path::{Path, PathBuf};

/// The tests of this file.
pub const TESTS: &[Test] = &[
    (
        "a_file_that_is_no_kernel_is_refused",
        Quick(|| {
            for content in [&b""[..], b"#!/bin/sh\n", &[0; 1 << 20], &header()[..0x284]] {
                let bench = Bench::new();
                refused(&bench, &bench.file("vmlinuz", content), NO_KERNEL);
            }
        }),
    ),
    (
        "a_file_that_cannot_be_read_is_refused",
        Quick(|| {
            let bench = Bench::new();
            refused(&bench, &bench.path("vmlinuz"), "No such file or directory (os error 2)");
            let bench = Bench::new();
            refused(&bench, &bench.path(""), "is a directory; expected a file");
        }),
    ),
    (
        "a_truncated_image_is_refused",
        Quick(|| {
            let bench = Bench::new();
            let mut content = header();
            // The first sector, one more of setup code, and paragraphs of 16 bytes.
            content[0x1f1] = 1;
            content[0x1f4..0x1f8].copy_from_slice(&1000u32.to_le_bytes());
            let why = "cut short: 4096 bytes are there of the 17024 that its header tells of";
            refused(&bench, &bench.file("vmlinuz", &content), why);
        }),
    ),
    ("modules_of_another_kernel_are_refused", Quick(foreign_modules)),
    ("the_other_kernels_are_run_all_the_same", Boots(others_are_run)),
];

/// An image, and where its modules are.
pub struct Kernel {
    pub image: PathBuf,
    pub modules: PathBuf,
    /// The qemu to boot it in.
    pub qemu: PathBuf,
}

impl Kernel {
    pub fn find() -> Result<Self, String> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let qemu = std::env::split_paths(&path)
            .map(|directory| directory.join(QEMU))
            .find(|qemu| qemu.is_file())
            .ok_or("qemu is missing: ci/install-qemu installs it")?;
        if let Some(image) = std::env::var_os("PTYPROOF_KERNEL_IMAGE") {
            let image = PathBuf::from(image);
            let modules = std::env::var_os("PTYPROOF_KERNEL_MODULES");
            let modules = modules.map_or_else(|| root_of(&image), PathBuf::from);
            return Ok(Self { image, modules, qemu });
        }
        let missing = "no image of a kernel: `ci/kernels --fetch 6.12` gets one";
        let home = std::env::var_os("HOME").ok_or(missing)?;
        let images = Path::new(&home).join(".cache/ptyproof/kernels/images");
        let entries = std::fs::read_dir(images).map_err(|_| missing)?;
        let mut roots = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let found = roots.find_map(|root| {
            let release = root.file_name()?.to_str()?.to_owned();
            let image = root.join("boot").join(format!("vmlinuz-{release}"));
            let usable = root.join("complete").exists() && image.exists();
            (usable && release.starts_with("6.12")).then_some((image, root))
        });
        let (image, modules) = found.ok_or(missing)?;
        Ok(Self { image, modules, qemu })
    }
}

/// Below the directory that an image's package was unpacked to.
fn root_of(image: &Path) -> PathBuf {
    let root = image.parent().and_then(Path::parent);
    root.unwrap_or(Path::new("/")).to_owned()
}

/// What passes for the image of kernel 0.0-fake where nothing is booted. Linux, arch/x86/boot.rst
pub fn header() -> Vec<u8> {
    let mut content = vec![0; 4096];
    content[0x202..0x206].copy_from_slice(b"HdrS");
    content[0x20e..0x210].copy_from_slice(&0x80u16.to_le_bytes());
    content[0x280..0x290].copy_from_slice(b"0.0-fake (by me)");
    content
}

/// Fails unless the image is refused with that message, and qemu, which would hang, is not started.
#[track_caller]
fn refused(bench: &Bench, image: &Path, why: &str) {
    let said = bench.run(bench.command(Some("hangs")), &[image]);
    said.refuses(2, &format!("ptyproof: {}: {why}\n", image.display()));
}

const NO_KERNEL: &str = "no kernel for x86 that can be booted (a bzImage, most often called vmlinuz)";

fn foreign_modules() {
    let bench = Bench::new();
    let image = bench.image();
    let modules = bench.path("modules");
    std::fs::create_dir_all(modules.join("lib/modules/6.1.0-other/kernel")).expect("there is room");
    let mut command = bench.command(Some("hangs"));
    command.arg("--modules").arg(&modules);
    bench.run(command, &[&image]).refuses(
        2,
        &format!(
            "ptyproof: {}: --modules {}: no modules of kernel 0.0-fake there, nor in lib/modules/0.0-fake below it\n",
            image.display(),
            modules.display()
        ),
    );
}

fn others_are_run(kernel: &Kernel) {
    let bench = Bench::new();
    let mut content = std::fs::read(&kernel.image).expect("it can be read");
    content.truncate(64 << 10);
    let cut = bench.file("cut", &content);
    let empty = bench.file("empty", b"");
    let dies = bench.path("refused");
    std::os::unix::fs::symlink(&kernel.image, &dies).expect("there is room");
    let mut command = bench.command(Some("dies-once"));
    command.env(crate::fake::REAL, &kernel.qemu);
    command.arg("--modules").arg(&kernel.modules);
    let _guests = crate::boots::places(2);
    let said = bench.run(command, &[&cut, &empty, &dies, &kernel.image]);
    let lines: Vec<&str> = said.error.lines().collect();
    assert_eq!(lines.len(), 3, "{}", said.error);
    let beginning = format!("ptyproof: {}: cut short: 65536 bytes are there of the ", cut.display());
    assert!(lines[0].starts_with(&beginning), "{}", said.error);
    assert_eq!(lines[1], format!("ptyproof: {}: {NO_KERNEL}", empty.display()));
    assert!(lines[2].ends_with(&format!(": qemu has ended: exit status 1, {REFUSAL}")), "{}", said.error);
    assert!(said.output.contains("2 pass; "), "{}", said.output);
    assert!(!said.output.contains(CASE), "{}", said.output);
    assert_eq!(said.status, Some(3), "what is no kernel says least");
}
