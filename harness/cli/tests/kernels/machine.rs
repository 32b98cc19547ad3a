//! A machine without room, or without what makes guests fast.

use crate::bench::{Bench, CASE, Said, program};
use crate::fake::{self, QEMU};
use crate::image::{Kernel, header};
use crate::interrupted::{Run, Signal};
use crate::{Body::AsRoot, Body::BootsAsRoot, Body::Quick, Test};
use crate::{boots::places, qemu::REFUSAL};
use std::fs::{self, Permissions};
use std::{os::unix::fs::PermissionsExt, path::Path, process::Command};

/// The tests of this file.
pub const TESTS: &[Test] = &[
    ("without_room_for_the_initramfs_the_place_is_named", AsRoot(no_room)),
    ("without_room_for_reports_the_run_goes_on_and_says_so", BootsAsRoot(no_room_for_reports)),
    (
        "without_kvm_qemu_translates_and_it_is_said_why",
        AsRoot(|| {
            accelerated("kvm", "hangs", "").refuses(3, &format!("ptyproof: --accel kvm: {NO_KVM}\n"));
            translates("", NO_KVM);
        }),
    ),
    (
        "a_kvm_that_does_not_work_is_not_used",
        AsRoot(|| {
            let said = accelerated("kvm", "panics", SOME_DEVICE);
            said.refuses(3, "ptyproof: --accel kvm: the kernel panicked: fake\n");
            translates(SOME_DEVICE, &format!("qemu has ended: exit status 1, {REFUSAL}"));
        }),
    ),
    ("a_kernel_that_panics_does_not_speak_for_kvm", AsRoot(panic_at_kvm)),
    ("a_run_interrupted_while_kvm_is_tried_has_not_passed", AsRoot(interrupted_at_kvm)),
    ("who_may_not_open_kvm_is_told_how_to", AsRoot(forbidden_kvm)),
    ("the_doctor_knows_about_qemu", Quick(doctor_and_qemu)),
    ("the_doctor_knows_about_kvm", AsRoot(doctor_and_kvm)),
];

/// The same command in a mount namespace of its own, in which these commands of the shell have been run before.
fn after(preparation: &str, command: &Command) -> Command {
    let mut changed = Command::new("unshare");
    // Its own search path is for what makes the changes.
    changed.args(["--mount", "sh", "-ec"]);
    changed.arg(format!("{preparation}\nPATH=${{SEARCH-$PATH}} exec \"$@\""));
    changed.arg("sh").arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        let name = if name == "PATH" { "SEARCH".as_ref() } else { name };
        changed.env(name, value.unwrap_or_default());
    }
    changed
}

/// In `/dev` there is nothing but `null`, and what these commands make there.
fn devices(preparation: &str) -> String {
    format!("mount -t tmpfs none /dev\nmknod -m 666 /dev/null c 1 3\n{preparation}")
}

/// A filesystem that has no room, on that directory.
fn full(directory: &Path) -> String {
    let path = directory.display();
    format!("mount -t tmpfs -o size=16k none {path}\nhead -c 16384 /dev/zero > {path}/all")
}

fn no_room() {
    let bench = Bench::new();
    let place = bench.path("full");
    fs::create_dir(&place).expect("there is room");
    let mut command = bench.command(Some("hangs"));
    command.env("TMPDIR", &place);
    let said = bench.run(after(&full(&place), &command), &[bench.image()]);
    let what = format!("writing the guest's initramfs in {}: No space left on device (os error 28)", place.display());
    said.refuses(3, &format!("ptyproof: 0.0-fake: {what}\n"));
}

fn no_room_for_reports(kernel: &Kernel) {
    let bench = Bench::new();
    let place = bench.path("full");
    fs::create_dir(&place).expect("there is room");
    let mut command = bench.command(None);
    command.arg("--modules").arg(&kernel.modules);
    command.arg("--reports").arg(&place).arg(&kernel.image);
    // The one about the kernel itself can be asked for alone, too.
    command.args(["--", "kernel-boot/survives-the-suite"]);
    let guest = places(1);
    let said = bench.finish(after(&full(&place), &command));
    drop(guest);
    bench.is_clean();
    let lines: Vec<&str> = said.error.lines().collect();
    let kinds = ["json", "tap", "ktap", "xml"];
    assert_eq!(lines.len(), kinds.len(), "{}", said.error);
    for (line, kind) in lines.into_iter().zip(kinds) {
        let beginning = format!("ptyproof: writing {}/", place.display());
        // What follows is the name that the file had until it was whole.
        let middle = format!(".{kind}: No space left on device (os error 28)");
        assert!(line.starts_with(&beginning) && line.contains(&middle), "{}", said.error);
    }
    assert!(said.output.contains("\n1 pass; "), "{}", said.output);
    assert_eq!(said.status, Some(3));
}

/// A machine that has these devices, and this in the place of qemu.
fn machine(bench: &Bench, fake: &str, preparation: &str, arguments: &[&str]) -> Command {
    let mut command = bench.ptyproof("kernel");
    command.env("PATH", fake::install(fake, &bench.path(""))).args(arguments);
    after(&devices(preparation), &command)
}

/// Runs with that accelerator in such a machine.
fn accelerated(accelerator: &str, fake: &str, preparation: &str) -> Said {
    let bench = Bench::new();
    bench.run(machine(&bench, fake, preparation, &["--accel", accelerator]), &[bench.image()])
}

const NO_KVM: &str =
    "/dev/kvm is not there: the processor does not offer it, or module kvm_intel or kvm_amd is not loaded";

/// What opens as `/dev/kvm` does, and is no such thing.
const SOME_DEVICE: &str = "mknod -m 600 /dev/kvm c 1 3";

/// For that reason kvm is not used; what is used instead is not there either.
fn translates(preparation: &str, why: &str) {
    let slow = format!("ptyproof: kvm cannot be used, so qemu translates, which is slower: {why}");
    let died = format!("ptyproof: 0.0-fake: qemu has ended: exit status 1, {REFUSAL}");
    accelerated("auto", "dies", preparation).refuses(3, &format!("{slow}\n{died}\n"));
}

fn panic_at_kvm() {
    let bench = Bench::new();
    let images = ["refused", "vmlinuz"].map(|name| bench.file(name, &header()));
    let said = bench.run(machine(&bench, "panics-once", SOME_DEVICE, &["--accel", "kvm"]), &images);
    assert_eq!(said.error, "");
    for reason in ["the kernel panicked", "the machine was turned off"] {
        let line = format!("\n  reason       {reason} before the first case\n");
        assert_eq!(said.output.matches(&line).count(), 1, "{}", said.output);
    }
    assert_eq!(said.status, Some(1));
}

fn interrupted_at_kvm() {
    let bench = Bench::new();
    let mut command = machine(&bench, "hangs", SOME_DEVICE, &[]);
    Run::start(command.arg(bench.image()), 1)
        .end(Signal::INT)
        .refuses(3, "ptyproof: interrupted before the first kernel\n");
    bench.is_clean();
}

fn forbidden_kvm() {
    // Where anybody may go; the target directory may be in somebody's home.
    let place = tempfile::tempdir().expect("a directory");
    fs::set_permissions(place.path(), Permissions::from_mode(0o755)).expect("it is ours");
    let [copy, image] = ["ptyproof", "vmlinuz"].map(|name| place.path().join(name));
    fs::copy(program(), &copy).expect("there is room");
    fs::set_permissions(&copy, Permissions::from_mode(0o755)).expect("it is ours");
    // It is only looked for.
    fs::write(place.path().join(QEMU), "").expect("there is room");
    fs::write(&image, header()).expect("there is room");
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
    command.arg("env").arg(format!("PATH={}", place.path().display()));
    command.arg(copy).args(["kernel", "--accel", "kvm"]).arg(image).args(["--", CASE]);
    Bench::new()
        .finish(after(&devices(SOME_DEVICE), &command))
        .refuses(3, "ptyproof: --accel kvm: user 65534 may not open /dev/kvm: its group may (most often kvm)\n");
}

/// What the doctor says of something, and how it ends.
fn doctor(bench: &Bench, command: Command, thing: &str) -> (String, Option<i32>) {
    let said = bench.finish(command);
    let mut lines = said.output.lines();
    let line = lines.find(|line| line.split_whitespace().nth(1) == Some(thing));
    (line.unwrap_or_default().to_owned(), said.status)
}

fn doctor_and_qemu() {
    let bench = Bench::new();
    let with = |path: &Path| {
        let mut command = bench.ptyproof("doctor");
        command.env("PATH", path);
        doctor(&bench, command, "qemu")
    };
    let there = fake::install("hangs", &bench.path(""));
    let (found, status) = with(&there);
    let path = there.join(QEMU);
    assert_eq!(found, format!("ok       qemu         {}, for ptyproof kernel", path.display()));
    let (missing, same) = with(&bench.path("nowhere"));
    assert_eq!(
        missing,
        "note     qemu         only ptyproof kernel needs it: there is no qemu-system-x86_64 in the search path: \
         install it (package qemu-system-x86, or qemu-kvm); `ci/install-qemu` does so on Debian"
    );
    assert_eq!(same, status, "a full run needs no qemu");
}

fn doctor_and_kvm() {
    let bench = Bench::new();
    for (preparation, expected) in [
        (SOME_DEVICE, "ok       kvm          /dev/kvm can be opened; ptyproof kernel tries it first".to_owned()),
        ("", format!("note     kvm          {NO_KVM}; without it, ptyproof kernel is slower")),
    ] {
        let command = after(&devices(preparation), &bench.ptyproof("doctor"));
        let (line, _) = doctor(&bench, command, "kvm");
        assert_eq!(line, expected);
    }
}
