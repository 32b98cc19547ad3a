//! A machine without room, or without what makes guests fast.

use crate::bench::{Bench, CASE, Said};
use crate::boots::places;
use crate::fake::{Fake, QEMU};
use crate::image::{Kernel, header};
use crate::interrupted::{Run, Signal};
use crate::{Body, Outcome, Test};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// The tests of this file.
pub const TESTS: &[Test] = &[
    ("without_room_for_the_initramfs_the_place_is_named", Body::AsRoot(no_room)),
    ("without_room_for_reports_the_run_goes_on_and_says_so", Body::BootsAsRoot(no_room_for_reports)),
    ("without_kvm_qemu_translates_and_it_is_said_why", Body::AsRoot(no_kvm)),
    ("a_kvm_that_does_not_work_is_not_used", Body::AsRoot(broken_kvm)),
    ("a_kernel_that_panics_does_not_speak_for_kvm", Body::AsRoot(panic_at_kvm)),
    ("a_run_interrupted_while_kvm_is_tried_has_not_passed", Body::AsRoot(interrupted_at_kvm)),
    ("who_may_not_open_kvm_is_told_how_to", Body::AsRoot(forbidden_kvm)),
    ("the_doctor_knows_about_qemu", Body::Quick(doctor_and_qemu)),
    ("the_doctor_knows_about_kvm", Body::AsRoot(doctor_and_kvm)),
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

fn no_room() -> Outcome {
    let bench = Bench::new();
    let image = bench.file("vmlinuz", &header());
    let place = bench.path("full");
    fs::create_dir(&place)?;
    let mut command = bench.command(Some(Fake::Hangs));
    command.env("TMPDIR", &place);
    let place = place.display();
    let command = after(&full(&bench.path("full")), &command);
    let said = bench.run(command, &[&image]);
    said.refuses(
        3,
        &format!(
            "ptyproof: 0.0-fake: writing the guest's initramfs in {place}: No space left on device (os error 28)\n"
        ),
    );
    Ok(())
}

fn no_room_for_reports(kernel: &Kernel) -> Outcome {
    let bench = Bench::new();
    let place = bench.path("full");
    fs::create_dir(&place)?;
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
    assert_eq!(lines.len(), 3, "{}", said.error);
    for (line, kind) in lines.into_iter().zip(["json", "tap", "xml"]) {
        let beginning = format!("ptyproof: writing {}/", place.display());
        // What follows is the name that the file had until it was whole.
        let middle = format!(".{kind}: No space left on device (os error 28)");
        assert!(line.starts_with(&beginning) && line.contains(&middle), "{}", said.error);
    }
    assert!(said.output.contains("\n1 pass; "), "{}", said.output);
    assert_eq!(said.status, Some(3));
    Ok(())
}

/// Runs with that accelerator and these devices, in a machine that does as `fake` does.
fn accelerated(accelerator: &str, fake: Fake, preparation: &str) -> Said {
    let bench = Bench::new();
    let image = bench.file("vmlinuz", &header());
    let mut command = bench.ptyproof("kernel");
    command.env("PATH", fake.install(&bench.path("")));
    command.args(["--accel", accelerator]);
    bench.run(after(&devices(preparation), &command), &[&image])
}

const NO_KVM: &str =
    "/dev/kvm is not there: the processor does not offer it, or module kvm_intel or kvm_amd is not loaded";

/// What a machine says that dies, with either accelerator.
const DIED: &str = "qemu has ended: exit status 1, standard error \"qemu-system-x86_64: -accel tcg: \\x1b[31mnot \
                    today\\x1b[m\"";

/// What opens as `/dev/kvm` does, and is no such thing.
const SOME_DEVICE: &str = "mknod -m 600 /dev/kvm c 1 3";

const TRANSLATES: &str = "ptyproof: kvm cannot be used, so qemu translates, which is slower";

fn no_kvm() -> Outcome {
    let said = accelerated("kvm", Fake::Hangs, "");
    said.refuses(3, &format!("ptyproof: --accel kvm: {NO_KVM}\n"));
    let said = accelerated("auto", Fake::Dies, "");
    said.refuses(3, &format!("{TRANSLATES}: {NO_KVM}\nptyproof: 0.0-fake: {DIED}\n"));
    Ok(())
}

fn broken_kvm() -> Outcome {
    let said = accelerated("kvm", Fake::Panics, SOME_DEVICE);
    said.refuses(3, "ptyproof: --accel kvm: the kernel panicked: fake\n");
    let said = accelerated("auto", Fake::Dies, SOME_DEVICE);
    said.refuses(3, &format!("{TRANSLATES}: {DIED}\nptyproof: 0.0-fake: {DIED}\n"));
    Ok(())
}

fn panic_at_kvm() -> Outcome {
    let bench = Bench::new();
    let images = ["refused", "vmlinuz"].map(|name| bench.file(name, &header()));
    let mut command = bench.ptyproof("kernel");
    command.env("PATH", Fake::PanicsOnce.install(&bench.path("")));
    command.args(["--accel", "kvm"]);
    let said = bench.run(after(&devices(SOME_DEVICE), &command), &images);
    assert_eq!(said.error, "");
    for reason in ["the kernel panicked", "the machine was turned off"] {
        let line = format!("\n  reason       {reason} before the first case\n");
        assert_eq!(said.output.matches(&line).count(), 1, "{}", said.output);
    }
    assert_eq!(said.status, Some(1));
    Ok(())
}

fn interrupted_at_kvm() -> Outcome {
    let bench = Bench::new();
    let image = bench.file("vmlinuz", &header());
    let mut command = bench.ptyproof("kernel");
    command.env("PATH", Fake::Hangs.install(&bench.path("")));
    command.arg(&image);
    let said = Run::start(after(&devices(SOME_DEVICE), &command), 1).end(Signal::INT);
    said.refuses(3, "ptyproof: interrupted before the first kernel\n");
    bench.is_clean();
    Ok(())
}

fn forbidden_kvm() -> Outcome {
    // Where anybody may go; the target directory may be in somebody's home.
    let place = tempfile::tempdir()?;
    fs::set_permissions(place.path(), Permissions::from_mode(0o755))?;
    let program = place.path().join("ptyproof");
    fs::copy(crate::bench::program(), &program)?;
    // It is only looked for.
    fs::write(place.path().join(QEMU), "")?;
    let image = place.path().join("vmlinuz");
    fs::write(&image, header())?;
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
    command.arg("env").arg(format!("PATH={}", place.path().display()));
    command.arg(program).args(["kernel", "--accel", "kvm"]).arg(image).args(["--", CASE]);
    let bench = Bench::new();
    bench
        .finish(after(&devices(SOME_DEVICE), &command))
        .refuses(3, "ptyproof: --accel kvm: user 65534 may not open /dev/kvm: its group may (most often kvm)\n");
    Ok(())
}

/// What the doctor says of something, and how it ends.
fn doctor(bench: &Bench, command: Command, thing: &str) -> (String, Option<i32>) {
    let said = bench.finish(command);
    let mut lines = said.output.lines();
    let line = lines.find(|line| line.split_whitespace().nth(1) == Some(thing));
    (line.unwrap_or_default().to_owned(), said.status)
}

fn doctor_and_qemu() -> Outcome {
    let bench = Bench::new();
    let with = |path: &Path| {
        let mut command = bench.ptyproof("doctor");
        command.env("PATH", path);
        doctor(&bench, command, "qemu")
    };
    let there = Fake::Hangs.install(&bench.path(""));
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
    Ok(())
}

fn doctor_and_kvm() -> Outcome {
    let bench = Bench::new();
    for (preparation, expected) in [
        (SOME_DEVICE, "ok       kvm          /dev/kvm can be opened; ptyproof kernel tries it first".to_owned()),
        ("", format!("note     kvm          {NO_KVM}; without it, ptyproof kernel is slower")),
    ] {
        let command = after(&devices(preparation), &bench.ptyproof("doctor"));
        let (line, _) = doctor(&bench, command, "kvm");
        assert_eq!(line, expected);
    }
    Ok(())
}
