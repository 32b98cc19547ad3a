//! What ptyproof says of bad runtimes.

use crate::fake::Fake;
use crate::{Bench, Test, text};
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use serial_test::file_serial;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// The tests of this file.
pub const TESTS: &[Test] = &[
    ("a_path_that_does_not_exist", a_path_that_does_not_exist),
    ("a_directory", a_directory),
    ("a_file_that_is_not_executable", a_file_that_is_not_executable),
    ("a_script_whose_interpreter_is_missing", a_script_whose_interpreter_is_missing),
    ("a_script_that_only_fails", a_script_that_only_fails),
    ("a_runtime_that_does_nothing", a_runtime_that_does_nothing),
    ("a_runtime_that_hangs", a_runtime_that_hangs),
    ("a_runtime_that_hangs_when_asked_for_its_version", a_runtime_that_hangs_when_asked_for_its_version),
    ("a_runtime_that_floods", a_runtime_that_floods),
    ("a_runtime_that_leaves_a_child", a_runtime_that_leaves_a_child),
    ("a_runtime_that_sends_no_descriptor", a_runtime_that_sends_no_descriptor),
    ("a_runtime_that_sends_two_descriptors", a_runtime_that_sends_two_descriptors),
    ("a_runtime_that_sends_no_master", a_runtime_that_sends_no_master),
    ("a_runtime_that_writes_no_process_id", a_runtime_that_writes_no_process_id),
    ("a_runtime_inherits_nothing_but_its_streams", a_runtime_inherits_nothing_but_its_streams),
];

/// Exit status 2 and one line on standard error.
fn refused(bench: &Bench, name: &str, message: &str) {
    let path = bench.programs.path().join(name);
    let output = bench.run(&path);
    assert_eq!(output.status.code(), Some(2));
    let expected = message.replace("PATH", path.to_str().expect("it is UTF-8"));
    assert_eq!(text(&output.stderr), expected);
    assert_eq!(text(&output.stdout), "");
}

#[file_serial(machine)]
fn a_path_that_does_not_exist() {
    let message = "ptyproof: --runtime: PATH: No such file or directory (os error 2)\n";
    refused(&Bench::new(), "nothing", message);
}

#[file_serial(machine)]
fn a_directory() {
    let bench = Bench::new();
    fs::create_dir(bench.programs.path().join("directory")).expect("it can be made");
    let message = "ptyproof: --runtime: PATH: not a file; give the path of the runtime's binary\n";
    refused(&bench, "directory", message);
}

fn write(bench: &Bench, name: &str, content: &str, mode: u32) {
    let path = bench.programs.path().join(name);
    fs::write(&path, content).expect("it can be written");
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[file_serial(machine)]
fn a_file_that_is_not_executable() {
    let bench = Bench::new();
    write(&bench, "file", "#!/bin/sh\n", 0o644);
    let message = "ptyproof: --runtime: PATH: not executable; chmod +x it, or give another path\n";
    refused(&bench, "file", message);
}

#[file_serial(machine)]
fn a_script_whose_interpreter_is_missing() {
    let bench = Bench::new();
    write(&bench, "script", "#!/no/such/interpreter\n", 0o755);
    let message = "ptyproof: --runtime: PATH: asked for its version, but PATH --version: cannot be started: \
                   No such file or directory (os error 2); is it an OCI runtime?\n";
    refused(&bench, "script", message);
}

#[file_serial(machine)]
fn a_script_that_only_fails() {
    let bench = Bench::new();
    write(&bench, "script", "#!/bin/sh\nprintf '\\033[31mno\\n' >&2\nexit 7\n", 0o755);
    let output = bench.run(&bench.programs.path().join("script"));
    assert_eq!(output.status.code(), Some(1));
    let text = text(&output.stdout);
    has_lines(
        &text,
        &[
            "  reason       create of the runtime",
            "  expected     exit status 0",
            "  observed     exit status 7, standard error \"\\x1b[31mno\"",
        ],
    );
}

fn has_lines(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.lines().any(|found| found == *line), "no line {line:?} in:\n{text}");
    }
}

/// The only case fails, is the only one counted, and says this.
fn fails(fake: Fake, lines: &[&str]) {
    let bench = Bench::new();
    let path = bench.install(fake);
    let output = bench.run(&path);
    let text = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    has_lines(&text, lines);
    let again =
        format!("  again        ptyproof run console/is-the-terminal --runtime {} --timeout 2s", path.display());
    has_lines(&text, &[&again]);
    let last = text.lines().last().expect("there is a last line");
    assert!(last.starts_with("1 fail; "), "{text}");
}

const ONE_MASTER: &str = "  expected     one message with one descriptor, a pty master";

#[file_serial(machine)]
fn a_runtime_that_does_nothing() {
    fails(Fake::DoesNothing, &[ONE_MASTER, "  observed     no connection"]);
}

#[file_serial(machine)]
fn a_runtime_that_hangs() {
    let bench = Bench::new();
    let output = bench.run(&bench.install(Fake::Hangs));
    let text = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let last = text.lines().last().expect("there is a last line");
    assert!(last.starts_with("1 timeout, 1 left something behind; "), "{text}");
    // A runtime that is killed cannot remove its cgroup; ptyproof does, and says so.
    has_lines(&text, &["  left behind  cgroup c2"]);
    assert!(text.contains(": not finished after 1s; "), "{text}");
}

#[file_serial(machine)]
fn a_runtime_that_hangs_when_asked_for_its_version() {
    let bench = Bench::new();
    bench.install(Fake::HangsAtVersion);
    let message = "ptyproof: --runtime: PATH: asked for its version, but PATH --version: not finished after 2s; \
                   standard output \"\", standard error \"\"; is it an OCI runtime?\n";
    refused(&bench, Fake::HangsAtVersion.name(), message);
}

#[file_serial(machine)]
fn a_runtime_that_floods() {
    fails(Fake::Floods, &[ONE_MASTER, "  observed     no connection"]);
}

#[file_serial(machine)]
fn a_runtime_that_leaves_a_child() {
    let bench = Bench::new();
    let output = bench.run(&bench.install(Fake::LeavesAChild));
    let text = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let left = text.lines().filter(|line| line.starts_with("  left behind  process "));
    // One of create, one of delete.
    assert_eq!(left.count(), 2, "{text}");
    let last = text.lines().last().expect("there is a last line");
    assert!(last.starts_with("1 fail, 1 left something behind; "), "{text}");
}

#[file_serial(machine)]
fn a_runtime_that_sends_no_descriptor() {
    let observed = "  observed     a connection with [payload \"/dev/ptmx\", 0 descriptors: ]";
    fails(Fake::SendsNone, &[ONE_MASTER, observed]);
}

#[file_serial(machine)]
fn a_runtime_that_sends_two_descriptors() {
    // This case takes the first one, and fails for want of a process; that there is only one is a case's own
    // business.
    fails(Fake::SendsTwo, &["  reason       the file of --pid-file"]);
}

#[file_serial(machine)]
fn a_runtime_that_sends_no_master() {
    let bench = Bench::new();
    let output = bench.run(&bench.install(Fake::SendsNoMaster));
    let text = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    has_lines(&text, &[ONE_MASTER]);
    let observed = "  observed     a connection with [payload \"/dev/ptmx\", 1 descriptors: /dev/null]; ";
    assert!(text.lines().any(|line| line.starts_with(observed)), "{text}");
}

#[file_serial(machine)]
fn a_runtime_that_writes_no_process_id() {
    let observed = "  observed     \"\\x1b[2Jnot a number\\n\"";
    fails(Fake::WritesNoPid, &["  expected     a process id", observed]);
}

#[file_serial(machine)]
fn a_runtime_inherits_nothing_but_its_streams() {
    let observed = "  observed     exit status 1, standard error \"shows-inheritance: blocked [], open [\"0\", \"1\", \
                    \"2\"]\"";
    let bench = Bench::new();
    // Not close-on-exec, as a careless caller leaves it.
    let leaked = nix::fcntl::open("/dev/null", OFlag::O_RDONLY, Mode::empty()).expect("it is there");
    let output = bench.run(&bench.install(Fake::ShowsInheritance));
    drop(leaked);
    has_lines(&text(&output.stdout), &[observed]);
}
