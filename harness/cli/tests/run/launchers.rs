//! Targets that run programs at their caller's terminal: a tool that every machine has, and some that lie.

use super::said::{Bench, Said, program, ptyproof};
use nix::sys::statvfs::{FsFlags, statvfs};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::{collections::BTreeSet, fs, process::Command};

pub const TESTS: &[(&str, fn())] = &[
    ("a_tool_of_the_machine_is_judged", a_tool_of_the_machine_is_judged),
    ("what_cannot_be_launched_is_refused", what_cannot_be_launched_is_refused),
    ("what_is_not_installed_is_refused_with_the_remedy", not_installed),
    ("a_daemon_that_is_not_there_is_no_failure", a_daemon_that_is_not_there_is_no_failure),
    ("a_daemon_that_does_not_answer_is_no_failure", a_daemon_that_does_not_answer_is_no_failure),
    ("a_daemon_that_dies_amid_the_run_is_no_failure", a_daemon_that_dies),
    ("an_image_that_is_not_there_is_not_pulled", an_image_that_is_not_there_is_not_pulled),
    ("a_launcher_that_shares_no_cgroup_begins_in_its_own", a_cgroup_for_each_call),
    ("a_launcher_that_ends_early_fails", a_launcher_that_ends_early_fails),
    ("a_launcher_that_says_something_itself_fails", a_launcher_that_talks),
    ("a_launcher_that_asks_for_a_password_fails", a_launcher_that_asks),
    ("a_capability_that_is_not_there_is_found", a_capability_that_is_not_there_is_found),
];

impl Bench {
    fn path(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// A program that is a script of a shell. It finds its other files by `$here`.
    fn script(&self, script: &str) -> PathBuf {
        let path = self.path("script");
        let here = self.files.path().display();
        fs::write(&path, format!("#!/bin/sh\nhere='{here}'\n{script}\n")).expect("there is room");
        fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("it is there");
        path
    }

    /// A launcher of one's own, with these further lines.
    fn profile(&self, program: &Path, words: &str, more: &str) -> String {
        let path = self.path("mine.toml");
        let head = format!("name = 'mine'\nprogram = '{}'\nroot = 'machine'", program.display());
        fs::write(&path, format!("{head}\n{more}\n[verbs]\nforeground = [{words}]\n")).expect("there is room");
        path.to_str().expect("it is UTF-8").to_owned()
    }

    /// Runs cases for a target, and fails unless nothing is left.
    fn run(&self, target: &str, arguments: &[&str]) -> Said {
        let mut command = Command::new(program());
        command.args(["run", "--target", target]).args(arguments).env("TMPDIR", self.temporary.path());
        let said = Said::from(command.env_remove("GITHUB_ACTIONS").output().expect("it can be started"));
        self.is_clean();
        said
    }
}

fn a_tool_of_the_machine_is_judged() {
    let said = ptyproof(&["run", "--target", "script", "foreground/a-line-each-way", "console/is-the-terminal"]);
    assert_eq!(said.status, Some(0), "{}{}", said.output, said.error);
    assert!(said.output.contains("\n1 pass, 1 not-applicable; "), "{}", said.output);
}

fn what_cannot_be_launched_is_refused() {
    let said = ptyproof(&["run", "--target", "kernle"]);
    assert_eq!((said.status, said.output.as_str()), (Some(2), ""));
    assert!(said.error.starts_with("ptyproof: --target: no target is called kernle; there are "), "{}", said.error);
    let said = ptyproof(&["run", "--target", "script=/no/such/script"]);
    assert_eq!((said.status, said.output.as_str()), (Some(2), ""));
    assert!(said.error.starts_with("ptyproof: --target: /no/such/script: "), "{}", said.error);
}

fn not_installed() {
    let nothing = tempfile::tempdir().expect("a directory");
    let mut command = Command::new(program());
    let said =
        Said::from(command.args(["run", "--target", "bwrap"]).env("PATH", nothing.path()).output().expect("it starts"));
    let remedy = "install it, or give its path: --target bwrap=PATH";
    said.refuses(2, &format!("ptyproof: --target: there is no bwrap in PATH, which target bwrap calls: {remedy}\n"));
}

/// A hundred programs in one case, in as many cgroups.
fn a_cgroup_for_each_call() {
    let bench = Bench::new();
    let script = r#"case $1 in --version) echo mine 1;; run) shift; grep ^0:: /proc/self/cgroup >> "$here/cgroups"; exec "$@";; esac"#;
    let own = "own_cgroup = true\ncgroups_stay = true\n[offers]\nrelay = false\ndevpts = false";
    let mine = bench.profile(&bench.script(script), "'run', '{program}'", own);
    let said = bench.run(&mine, &["lifecycle/a-hundred-in-a-row"]);
    assert_eq!(said.status, Some(0), "{}{}", said.output, said.error);
    let told = fs::read_to_string(bench.path("cgroups")).expect("programs were run");
    let cgroups: BTreeSet<&str> = told.lines().collect();
    // Whoever may make none has one for all.
    let layout = ptyproof(&["doctor"]).output;
    let has_v2 = ["ok       cgroups", "v2 hierarchy of their own"].iter().any(|words| layout.contains(words));
    let can = nix::unistd::geteuid().is_root() && has_v2 && !is_read_only("/sys/fs/cgroup/cgroup.procs");
    assert_eq!(cgroups.len(), if can { told.lines().count() } else { 1 }, "{told}");
}

/// As the hierarchy of a container often is.
fn is_read_only(path: &str) -> bool {
    statvfs(path).is_ok_and(|found| found.flags().contains(FsFlags::ST_RDONLY))
}

fn a_daemon_that_is_not_there_is_no_failure() {
    let bench = Bench::new();
    let mine = bench.profile(Path::new("env"), "'{program}'", "before = ['echo no daemon >&2; exit 7']");
    let said = bench.run(&mine, &["foreground/"]);
    assert_eq!(said.status, Some(3), "{}{}", said.output, said.error);
    let why = "what comes before a program of mine: exit status 7, standard error \"no daemon\"";
    assert!(said.output.contains(why), "{}", said.output);
    assert!(said.output.contains("foreground/simplest-program: error, and nothing else is tried"), "{}", said.output);
}

/// Neither to the import of the image nor to the removals afterwards.
fn a_daemon_that_does_not_answer_is_no_failure() {
    let bench = Bench::new();
    let client = bench.script(r#"case $1 in --version) echo client 1;; *) sh -c 'sleep 1000; :' "$here";; esac"#);
    let said = bench.run(&format!("docker={}", client.display()), &["foreground/", "--timeout", "500ms"]);
    assert_eq!(said.status, Some(3), "{}{}", said.output, said.error);
    for part in ["what comes before a program of docker: ", "import - ptyproof-", ": not finished after 500ms"] {
        assert!(said.output.contains(part), "{part}: {}", said.output);
    }
    assert!(said.output.contains("foreground/simplest-program: error, and nothing else is tried"), "{}", said.output);
}

fn a_daemon_that_dies() {
    let bench = Bench::new();
    let client = bench.script(
        r#"case $1 in
           --version) echo client 1;;
           import) if [ -e "$here/dead" ]; then echo the daemon is gone >&2; exit 1; fi;;
           run) : > "$here/dead"; shift; exec "$@";;
           esac"#,
    );
    let before = format!("before = ['{} import']\n[offers]\nrelay = false\ndevpts = false", client.display());
    let mine = bench.profile(&client, "'run', '{program}'", &before);
    let said = bench.run(&mine, &["foreground/simplest-program", "foreground/a-line-each-way"]);
    assert_eq!(said.status, Some(3), "{}{}", said.output, said.error);
    assert!(said.output.contains("pass    foreground/simplest-program"), "{}", said.output);
    assert!(said.output.contains("error   foreground/a-line-each-way"), "{}", said.output);
    assert!(said.output.contains("exit status 1, standard error \"the daemon is gone\""), "{}", said.output);
}

fn an_image_that_is_not_there_is_not_pulled() {
    let bench = Bench::new();
    let client = bench.script(
        r#"echo "$*" >> "$here/calls"
           case $1 in
           --version) echo client 1;;
           import) cat > /dev/null;;
           run) echo No such image >&2; exit 125;;
           esac"#,
    );
    let said =
        bench.run(&format!("docker={}", client.display()), &["foreground/simplest-program", "engine/stop-asks-first"]);
    assert_eq!(said.status, Some(1), "{}{}", said.output, said.error);
    assert!(said.output.contains("No such image"), "{}", said.output);
    let calls = fs::read_to_string(bench.path("calls")).expect("it was called");
    let (runs, others): (Vec<_>, Vec<_>) = calls.lines().partition(|call| call.starts_with("run "));
    assert!(!runs.is_empty() && runs.iter().all(|run| run.contains(" --pull never ")), "{calls}");
    assert!(
        others.iter().all(|call| ["--version", "import", "rm ", "rmi "].iter().any(|verb| call.starts_with(verb))),
        "{calls}"
    );
}

fn a_launcher_that_ends_early_fails() {
    let bench = Bench::new();
    let said = bench.run(&bench.profile(Path::new("env"), "'false'", ""), &["foreground/simplest-program"]);
    assert_eq!(said.status, Some(1), "{}{}", said.output, said.error);
    assert!(said.output.contains("the container's process never reported: it ended first"), "{}", said.output);
}

fn a_launcher_that_talks() {
    let bench = Bench::new();
    let client = bench.script(r#"case $1 in --version) echo client 1;; *) echo Welcome; exec "$@";; esac"#);
    let mine = bench.profile(&client, "'{program}'", "[offers]\nrelay = false\ndevpts = false");
    let said = bench.run(&mine, &["foreground/simplest-program", "foreground/a-line-each-way"]);
    assert_eq!(said.status, Some(1), "{}{}", said.output, said.error);
    assert!(said.output.contains("pass    foreground/simplest-program"), "{}", said.output);
    assert!(said.output.contains("fail    foreground/a-line-each-way"), "{}", said.output);
    assert!(said.output.contains("observed     \"Welcome\\r\\n"), "{}", said.output);
}

fn a_launcher_that_asks() {
    let bench = Bench::new();
    let client =
        bench.script("case $1 in --version) echo client 1;; *) printf 'Password: '; read -r word; exit 1;; esac");
    let mine = bench.profile(&client, "'{program}'", "");
    let said = bench.run(&mine, &["foreground/simplest-program", "--timeout", "500ms"]);
    assert_eq!(said.status, Some(1), "{}{}", said.output, said.error);
    assert!(said.output.contains("the container's process never reported: nothing within 500ms"), "{}", said.output);
    assert!(said.output.contains("< \"Password: \""), "{}", said.output);
}

fn a_capability_that_is_not_there_is_found() {
    let bench = Bench::new();
    // It gives the program its caller's terminal, and says that it relays.
    let mine = bench.profile(Path::new("env"), "'{program}'", "[offers]\ndevpts = false");
    let said = ptyproof(&["doctor", "--target", &mine]);
    assert_eq!(said.status, Some(3), "{}{}", said.output, said.error);
    assert!(said.output.contains("ok       foreground   works (foreground/simplest-program)"), "{}", said.output);
    assert!(said.output.contains("MISSING  relay        foreground/a-raw-program-leaves-"), "{}", said.output);
}
