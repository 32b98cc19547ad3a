//! What ptyproof says of bad runtimes.

use crate::{Bench, Test, text};
use nix::{fcntl::OFlag, sys::stat::Mode};
use ptyproof_report::Verdict;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::{path::Path, process::Command};

/// The tests of this file.
pub const TESTS: &[Test] = &[
    ("a_path_that_does_not_exist", || refused(|_| {}, "No such file or directory (os error 2)")),
    ("a_directory", || refused(|path| fs::create_dir(path).expect("it can be made"), NO_FILE)),
    ("a_fifo", || refused(|path| nix::unistd::mkfifo(path, Mode::S_IRWXU).expect("it can be made"), NO_FILE)),
    ("a_device", || refused(|path| symlink("/dev/zero", path).expect("a link"), NO_FILE)),
    ("an_empty_file", || refused(|path| write(path, b"", 0o755), "empty; give the path of the runtime's binary")),
    ("a_file_that_is_not_executable", || {
        let message = "not executable; chmod +x it, or give another path";
        refused(|path| write(path, b"#!/bin/sh\n", 0o644), message);
    }),
    ("a_text_without_an_interpreter", || {
        let message = "neither a program (ELF) nor a script that begins with #!";
        refused(|path| write(path, b"echo runc version 1.1.5\n", 0o755), message);
    }),
    ("a_program_for_another_machine", a_program_for_another_machine),
    ("a_link_is_called_by_its_own_name", a_link_is_called_by_its_own_name),
    ("a_run_in_which_nothing_is_judged", a_run_in_which_nothing_is_judged),
    ("nothing_passes_where_nothing_is_done", nothing_passes_where_nothing_is_done),
    ("a_runtime_that_does_nothing", || fails("does-nothing", &[ONE_MASTER, NO_CONNECTION])),
    ("a_runtime_that_hangs", a_runtime_that_hangs),
    ("a_runtime_that_hangs_when_asked_for_its_version", || {
        let bench = Bench::new();
        let message = "asked for its version, but PATH --version: not finished after 2s; standard output \"\", standard \
                       error \"\"; is it an OCI runtime?";
        is_refused(&bench, &bench.install("hangs-at-version"), message);
    }),
    ("a_runtime_that_floods", || fails("floods", &[ONE_MASTER, NO_CONNECTION])),
    ("a_runtime_that_floods_the_socket", || {
        let bench = Bench::new();
        has_lines(&said(&bench, &bench.install("floods-the-socket")), &[ONE_MASTER]);
    }),
    ("a_runtime_that_leaves_a_child", a_runtime_that_leaves_a_child),
    ("a_runtime_that_sends_no_descriptor", || {
        let observed = "  observed     a connection with [payload \"/dev/ptmx\", 0 descriptors: ]";
        fails("sends-none", &[ONE_MASTER, observed]);
    }),
    // This case takes the first one, and fails for want of a process; that there is only one is a case's own business.
    ("a_runtime_that_sends_two_descriptors", || fails("sends-two", &["  reason       the file of --pid-file"])),
    // All of them arrive.
    ("a_runtime_that_sends_many_descriptors", || fails("sends-many", &["  reason       the file of --pid-file"])),
    ("a_runtime_that_sends_no_master", || {
        let bench = Bench::new();
        let text = said(&bench, &bench.install("sends-no-master"));
        has_lines(&text, &[ONE_MASTER]);
        let observed = "  observed     a connection with [payload \"/dev/ptmx\", 1 descriptors: /dev/null]; ";
        assert!(text.lines().any(|line| line.starts_with(observed)), "{text}");
    }),
    ("a_runtime_that_writes_no_process_id", || {
        fails("writes-no-pid", &["  expected     a process id", "  observed     \"\\x1b[2Jnot a number\\n\""]);
    }),
    ("a_runtime_that_writes_a_process_id_of_minus_one", || {
        fails("writes-minus-one", &["  expected     a process id", "  observed     \"-1\""]);
    }),
    ("a_runtime_inherits_nothing_but_its_streams", a_runtime_inherits_nothing_but_its_streams),
];

/// Alone, because a program that another test starts meanwhile has the script open for a moment, for writing.
pub const ALONE: &[Test] = &[
    ("a_script_whose_interpreter_is_missing", || {
        let message = "asked for its version, but PATH --version: cannot be started: No such file or directory (os error \
                       2); is it an OCI runtime?";
        refused(|path| write(path, b"#!/no/such/interpreter\n", 0o755), message);
    }),
    ("a_script_that_only_fails", || {
        let bench = Bench::new();
        let path = bench.programs.path().join("script");
        write(&path, b"#!/bin/sh\nprintf '\\033[31mno\\n' >&2\nexit 7\n", 0o755);
        let observed = "  observed     exit status 7, standard error \"\\x1b[31mno\"";
        let lines = ["  reason       create of the runtime", "  expected     exit status 0", observed];
        has_lines(&said(&bench, &path), &lines);
    }),
    ("what_everything_builds_on_is_tried_first_though_others_were_selected", || {
        let bench = Bench::new();
        let path = bench.programs.path().join("script");
        write(&path, b"#!/bin/sh\necho no cgroup >&2\nexit 7\n", 0o755);
        let output = bench.command(&["console/", "size/"], &path).output().expect("it can be started");
        let text = text(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{text}");
        has_lines(&text, &["  observed     exit status 7, standard error \"no cgroup\"", "lifecycle  1 fail"]);
        assert!(text.lines().filter(|line| line.starts_with("fail ")).all(|line| line.contains(SIMPLEST)), "{text}");
    }),
    ("a_machine_that_lacks_what_the_profile_requires_is_at_fault", || {
        let bench = Bench::new();
        let [path, profile] = ["script", "needy.toml"].map(|name| bench.programs.path().join(name));
        write(&path, b"#!/bin/sh\nexit 7\n", 0o755);
        write(&profile, b"name = 'needy'\nrequires = ['devpts', 'many-ids']\n", 0o644);
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", env!("CARGO_BIN_EXE_ptyproof"), "run", SIMPLEST, "--runtime"]);
        command.arg(&path).arg("--profile").arg(&profile).env("TMPDIR", bench.temporary.path());
        let output = command.output().expect("it can be started");
        let text = text(&output.stdout);
        assert_eq!(output.status.code(), Some(3), "{text}");
        let why = "the machine lacks what profile needy requires: more than one user and group id; see ptyproof doctor";
        has_lines(&text, &[&format!("  reason       {why}")]);
    }),
];

const SIMPLEST: &str = "lifecycle/simplest-container";

const NO_FILE: &str = "not a file; give the path of the runtime's binary";
const ONE_MASTER: &str = "  expected     one message with one descriptor, a pty master";
const NO_CONNECTION: &str = "  observed     no connection";

/// What is made at a path is refused as a runtime.
fn refused(make: fn(&Path), message: &str) {
    let bench = Bench::new();
    let path = bench.programs.path().join("made");
    make(&path);
    is_refused(&bench, &path, message);
}

/// Exit status 2 and one line on standard error.
fn is_refused(bench: &Bench, path: &Path, message: &str) {
    let output = bench.run(path);
    assert_eq!(output.status.code(), Some(2));
    let expected =
        format!("ptyproof: --runtime: PATH: {message}\n").replace("PATH", path.to_str().expect("it is UTF-8"));
    assert_eq!(text(&output.stderr), expected);
    assert_eq!(text(&output.stdout), "");
}

fn write(path: &Path, content: &[u8], mode: u32) {
    fs::write(path, content).expect("it can be written");
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
}

/// What is said of a runtime that has failed.
fn said(bench: &Bench, runtime: &Path) -> String {
    let output = bench.run(runtime);
    let text = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    text
}

fn has_lines(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.lines().any(|found| found == *line), "no line {line:?} in:\n{text}");
    }
}

fn ends_with(text: &str, last: &str) {
    assert!(text.lines().last().is_some_and(|line| line.starts_with(last)), "{text}");
}

/// The only case fails, is the only one counted, and says this.
fn fails(fake: &str, lines: &[&str]) {
    let bench = Bench::new();
    let path = bench.install(fake);
    let text = said(&bench, &path);
    has_lines(&text, lines);
    let again = "  again        ptyproof run console/is-the-terminal --runtime";
    has_lines(&text, &[&format!("{again} {} --timeout 2s", path.display())]);
    ends_with(&text, "1 fail; ");
}

fn a_runtime_that_hangs() {
    let bench = Bench::new();
    let text = said(&bench, &bench.install("hangs"));
    ends_with(&text, "1 timeout, 1 left something behind; ");
    // A runtime that is killed cannot remove its cgroup; ptyproof does, and says so.
    has_lines(&text, &["  left behind  cgroup c2"]);
    assert!(text.contains(": not finished after 2s; "), "{text}");
}

fn a_runtime_that_leaves_a_child() {
    let bench = Bench::new();
    let text = said(&bench, &bench.install("leaves-a-child"));
    let left = text.lines().filter(|line| line.starts_with("  left behind  process "));
    // One of create, one of delete.
    assert_eq!(left.count(), 2, "{text}");
    ends_with(&text, "1 fail, 1 left something behind; ");
}

fn a_runtime_inherits_nothing_but_its_streams() {
    let bench = Bench::new();
    // Not close-on-exec, as a careless caller leaves it.
    let leaked = nix::fcntl::open("/dev/null", OFlag::O_RDONLY, Mode::empty()).expect("it is there");
    let text = said(&bench, &bench.install("shows-inheritance"));
    drop(leaked);
    let shown = "shows-inheritance: blocked [], open [\"0\", \"1\", \"2\"]";
    has_lines(&text, &[&format!("  observed     exit status 1, standard error \"{shown}\"")]);
}

fn a_program_for_another_machine() {
    let bench = Bench::new();
    let path = bench.programs.path().join("foreign");
    let mut program = fs::read("/proc/self/exe").expect("it can be read");
    // e_machine, elf(5): MIPS.
    program[18..20].copy_from_slice(&8_u16.to_le_bytes());
    write(&path, &program[..4096], 0o755);
    let own = std::env::consts::ARCH;
    is_refused(&bench, &path, &format!("a program for another machine (MIPS I Architecture); this one is {own}"));
}

fn a_link_is_called_by_its_own_name() {
    let bench = Bench::new();
    let file = bench.install("does-nothing");
    // What it does depends on its name, as with many programs in one file.
    let link = bench.programs.path().join("shows-its-name");
    symlink(&file, &link).expect("a link");
    let (text, link) = (said(&bench, &link), link.display());
    let first = format!("1 case for {link} -> {} (fake 1.0, profile default)", file.display());
    assert!(text.starts_with(&first), "{text}");
    has_lines(&text, &[&format!("  observed     exit status 1, standard error \"shows-its-name: {link}\"")]);
}

fn a_run_in_which_nothing_is_judged() {
    let bench = Bench::new();
    let case = "console-socket/missing-is-an-error";
    let mut command = bench.command(&[case, "--timeout=2s"], &bench.install("refuses"));
    let output = command.output().expect("ptyproof can be started");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stdout));
    assert_eq!(text(&output.stderr), "ptyproof: nothing was judged: every case was skipped, or is not applicable\n");
    assert!(text(&output.stdout).contains(&format!("\nskip    {case} ")));
}

/// Not one case takes a runtime's word for what it has not done.
fn nothing_passes_where_nothing_is_done() {
    let bench = Bench::new();
    for fake in ["does-nothing", "silent", "refuses"] {
        // The profile with all that a case may need.
        let mut command = bench.command(&["--profile=ptyrun", "--timeout=4s"], &bench.install(fake));
        let output = command.output().expect("ptyproof can be started");
        assert_eq!(output.status.code(), Some(1), "{fake}");
        let report = bench.report().expect("it was written");
        let good = [Verdict::Pass, Verdict::Info, Verdict::Error];
        let good = report.results.iter().filter(|result| good.contains(&result.verdict));
        let good: Vec<_> = good.map(|result| (result.verdict, result.id.as_str())).collect();
        assert!(good.is_empty(), "{fake}: {good:?}");
    }
    bench.is_clean();
}
