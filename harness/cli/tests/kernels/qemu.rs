//! A qemu that is not there, or does not do its work.

use crate::bench::{Bench, Said};
use crate::fake::Fake;
use crate::image::header;
use crate::interrupted::{Run, Signal};
use crate::{Body, Outcome, Test};

/// The tests of this file.
pub const TESTS: &[Test] = &[
    ("without_qemu_the_remedy_is_named", Body::Quick(no_qemu)),
    ("a_qemu_that_dies_says_why", Body::Quick(dies)),
    ("a_qemu_that_is_killed_is_told_from_one_that_ends", Body::Quick(is_killed)),
    ("a_qemu_that_prints_much_is_not_held_up", Body::Quick(floods)),
    ("a_panic_before_anything_else_is_a_verdict", Body::Quick(panics)),
    ("what_is_no_message_is_shown_escaped", Body::Quick(babbles)),
    ("a_console_without_end_does_not_keep_a_run_from_ending", Body::Quick(floods_console)),
    ("a_silent_guest_does_not_keep_a_run_from_ending", Body::Quick(hangs)),
];

/// Runs two kernels in it: what happens to one must not keep the other.
fn run(fake: Option<Fake>) -> Said {
    let bench = Bench::new();
    let image = bench.file("vmlinuz", &header());
    bench.run(bench.command(fake), &[&image, &image])
}

/// Without a path that leads to one.
fn no_qemu() -> Outcome {
    let bench = Bench::new();
    let image = bench.file("vmlinuz", &header());
    let mut command = bench.command(None);
    command.env("PATH", bench.path("nowhere"));
    bench.run(command, &[&image]).refuses(
        3,
        "ptyproof: there is no qemu-system-x86_64 in the search path: install it (package qemu-system-x86, or \
         qemu-kvm); `ci/install-qemu` does so on Debian\n",
    );
    Ok(())
}

/// Fails unless each of the two kernels ends with this.
#[track_caller]
fn both_end(said: &Said, how: &str) {
    // In any order.
    let mut lines: Vec<&str> = said.error.lines().collect();
    lines.sort_unstable();
    let mut expected = ["", "-2"].map(|number| format!("ptyproof: 0.0-fake{number}: {how}"));
    expected.sort_unstable();
    assert_eq!(lines, expected);
    let expected = format!("0.0-fake    {how}\n0.0-fake-2  {how}\n");
    assert_eq!(said.output, expected);
    assert_eq!(said.status, Some(3));
}

fn dies() -> Outcome {
    both_end(
        &run(Some(Fake::Dies)),
        "qemu has ended: exit status 1, standard error \"qemu-system-x86_64: -accel tcg: \\x1b[31mnot today\\x1b[m\"",
    );
    Ok(())
}

fn is_killed() -> Outcome {
    let how = "qemu has ended: killed by SIGKILL, standard error \"\"";
    both_end(&run(Some(Fake::IsKilled)), how);
    Ok(())
}

fn floods() -> Outcome {
    // The first MiB is kept, and the end of that is shown.
    let shown = "x".repeat(600);
    let how = format!(
        "qemu has ended: exit status 1, standard error \"...{shown}\" and {} bytes more",
        200 * 100_000 + "qemu-system-x86_64: the end\n".len() - (1 << 20)
    );
    both_end(&run(Some(Fake::Floods)), &how);
    Ok(())
}

fn panics() -> Outcome {
    let said = run(Some(Fake::Panics));
    assert_eq!(said.error, "");
    let reason = "\n  reason       the kernel panicked before the first case\n";
    assert_eq!(said.output.matches(reason).count(), 2, "{}", said.output);
    assert_eq!(said.output.matches("\n  observed     fake\n").count(), 2, "{}", said.output);
    assert_eq!(said.status, Some(1));
    Ok(())
}

fn babbles() -> Outcome {
    both_end(
        &run(Some(Fake::Babbles)),
        "the guest said \"\\u{1b}[2J{}\", which is no message: expected value at line 1 column 1",
    );
    Ok(())
}

/// Ends a run while its qemu does that for ever.
fn end(fake: Fake) -> Outcome {
    let bench = Bench::new();
    let image = bench.file("vmlinuz", &header());
    let mut command = bench.command(Some(fake));
    command.args([&image, &image]);
    let said = Run::start(command, 2).end(Signal::INT);
    assert!(said.error.contains("ptyproof: 0.0-fake: the run was interrupted\n"), "{}", said.error);
    assert!(said.error.contains("ptyproof: 0.0-fake-2: the run was interrupted\n"), "{}", said.error);
    let how = "the run was interrupted";
    assert_eq!(said.output, format!("0.0-fake    {how}\n0.0-fake-2  {how}\n"));
    assert_eq!(said.status, Some(3));
    bench.is_clean();
    Ok(())
}

fn floods_console() -> Outcome {
    end(Fake::FloodsConsole)
}

fn hangs() -> Outcome {
    end(Fake::Hangs)
}
