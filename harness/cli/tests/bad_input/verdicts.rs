//! What ptyproof says of bad runtimes.

use crate::fake::Fake;
use crate::{Bench, Test, text};
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use ptyproof_report::{Report, Verdict};
use serial_test::file_serial;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

/// The tests of this file.
pub const TESTS: &[Test] = &[
    ("a_path_that_does_not_exist", a_path_that_does_not_exist),
    ("a_directory", a_directory),
    ("a_file_that_is_not_executable", a_file_that_is_not_executable),
    ("a_script_whose_interpreter_is_missing", a_script_whose_interpreter_is_missing),
    ("a_script_that_only_fails", a_script_that_only_fails),
    ("a_runtime_that_does_nothing", a_runtime_that_does_nothing),
    ("an_empty_file_a_fifo_and_a_device", an_empty_file_a_fifo_and_a_device),
    ("a_program_for_another_machine", a_program_for_another_machine),
    ("a_link_is_called_by_its_own_name", a_link_is_called_by_its_own_name),
    ("a_run_in_which_nothing_is_judged", a_run_in_which_nothing_is_judged),
    ("nothing_passes_where_nothing_is_done", nothing_passes_where_nothing_is_done),
    ("a_runtime_that_sends_many_descriptors", a_runtime_that_sends_many_descriptors),
    ("a_runtime_that_floods_the_socket", a_runtime_that_floods_the_socket),
    ("a_runtime_that_writes_a_process_id_of_minus_one", a_runtime_that_writes_a_process_id_of_minus_one),
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
    assert!(text.contains(": not finished after 2s; "), "{text}");
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

#[file_serial(machine)]
fn an_empty_file_a_fifo_and_a_device() {
    let bench = Bench::new();
    write(&bench, "empty", "", 0o755);
    refused(&bench, "empty", "ptyproof: --runtime: PATH: empty; give the path of the runtime's binary\n");
    write(&bench, "text", "echo runc version 1.1.5\n", 0o755);
    refused(&bench, "text", "ptyproof: --runtime: PATH: neither a program (ELF) nor a script that begins with #!\n");
    let no_file = "ptyproof: --runtime: PATH: not a file; give the path of the runtime's binary\n";
    let fifo = bench.programs.path().join("fifo");
    nix::unistd::mkfifo(&fifo, Mode::S_IRWXU).expect("it can be made");
    refused(&bench, "fifo", no_file);
    std::os::unix::fs::symlink("/dev/zero", bench.programs.path().join("device")).expect("a link");
    refused(&bench, "device", no_file);
}

#[file_serial(machine)]
fn a_program_for_another_machine() {
    let bench = Bench::new();
    let path = bench.programs.path().join("foreign");
    let mut program = fs::read("/proc/self/exe").expect("it can be read");
    // e_machine, elf(5): MIPS.
    program[18..20].copy_from_slice(&8_u16.to_le_bytes());
    fs::write(&path, &program[..4096]).expect("it can be written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let message = format!(
        "ptyproof: --runtime: PATH: a program for another machine (MIPS I Architecture); this one is {}\n",
        std::env::consts::ARCH
    );
    refused(&bench, "foreign", &message);
}

#[file_serial(machine)]
fn a_link_is_called_by_its_own_name() {
    let bench = Bench::new();
    let file = bench.install(Fake::DoesNothing);
    // What it does depends on its name, as with many programs in one file.
    let link = bench.programs.path().join(Fake::ShowsItsName.name());
    std::os::unix::fs::symlink(&file, &link).expect("a link");
    let text = text(&bench.run(&link).stdout);
    let first = format!("1 case for {} -> {} (fake 1.0, profile default)", link.display(), file.display());
    assert!(text.starts_with(&first), "{text}");
    let called = format!("  observed     exit status 1, standard error \"shows-its-name: {}\"", link.display());
    has_lines(&text, &[&called]);
}

#[file_serial(machine)]
fn a_run_in_which_nothing_is_judged() {
    let bench = Bench::new();
    let path = bench.install(Fake::Refuses);
    let output = Command::new(env!("CARGO_BIN_EXE_ptyproof"))
        .args(["run", "console-socket/missing-is-an-error", "--timeout", "2s", "--runtime"])
        .arg(&path)
        .env("TMPDIR", bench.temporary.path())
        .output()
        .expect("ptyproof can be started");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stdout));
    assert_eq!(text(&output.stderr), "ptyproof: nothing was judged: every case was skipped\n");
    assert!(text(&output.stdout).contains("\nskip    console-socket/missing-is-an-error "));
}

/// Not one case takes a runtime's word for what it has not done.
#[file_serial(machine)]
fn nothing_passes_where_nothing_is_done() {
    let bench = Bench::new();
    for fake in [Fake::DoesNothing, Fake::Silent, Fake::Refuses] {
        let report = bench.programs.path().join("report.json");
        let output = Command::new(env!("CARGO_BIN_EXE_ptyproof"))
            // The profile with all that a case may need.
            .args(["run", "--profile", "ptyrun", "--timeout", "4s", "--runtime"])
            .arg(bench.install(fake))
            .arg("--report")
            .arg(format!("json={}", report.display()))
            .env("TMPDIR", bench.temporary.path())
            .output()
            .expect("ptyproof can be started");
        assert_eq!(output.status.code(), Some(1), "{fake:?}");
        let report = Report::from_json(&fs::read_to_string(&report).expect("it was written")).expect("it is whole");
        let good = [Verdict::Pass, Verdict::Info, Verdict::Error];
        let good = report.results.iter().filter(|result| good.contains(&result.verdict));
        let good: Vec<_> = good.map(|result| (result.verdict, result.id.as_str())).collect();
        assert!(good.is_empty(), "{fake:?}: {good:?}");
    }
    bench.is_clean();
}

#[file_serial(machine)]
fn a_runtime_that_sends_many_descriptors() {
    // All of them arrive, and the first one is a master; what fails is that there is no process.
    fails(Fake::SendsMany, &["  reason       the file of --pid-file"]);
}

#[file_serial(machine)]
fn a_runtime_that_floods_the_socket() {
    let bench = Bench::new();
    let output = bench.run(&bench.install(Fake::FloodsTheSocket));
    let text = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    has_lines(&text, &[ONE_MASTER]);
}

#[file_serial(machine)]
fn a_runtime_that_writes_a_process_id_of_minus_one() {
    fails(Fake::WritesMinusOne, &["  expected     a process id", "  observed     \"-1\""]);
}
