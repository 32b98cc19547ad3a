//! `ptyproof explain ID --repro`: the shell lines of findings, run without ptyproof, show what was found. Each is ignored where
//! its runtime is not there (`ci/runtimes` gets them) or a program that the lines need.

#[path = "../../../harness/cli/tests/said/mod.rs"]
mod said;

use libtest_mimic::{Arguments, Completion, Trial};
use said::ptyproof;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// A case, the runtimes of which one will do, each below the cache of `ci/runtimes` or by its whole path, and what the lines
/// print.
const SHOWN: &[(&str, &[&str], &[&str])] = &[
    (
        "console/stale-node-is-mounted-over",
        &["testing/runc", "/usr/sbin/runc"],
        &["open /dev/console: operation not permitted", "it runs"],
    ),
    ("relay/the-callers-terminal-keeps-its-file-flags", &["testing/crun"], &["flags:\t04002"]),
    ("stdio/callers-streams-closed-in-the-foreground-without-terminal", &["testing/crun"], &["5\n", "139\n"]),
    (
        "devices/redundant-tty-device-is-accepted",
        &["testing/runc", "/usr/sbin/runc"],
        &["can't create /dev/tty: Operation not permitted", "written"],
    ),
    ("session/signals-start-as-default", &["cargo/youki/bin/youki"], &["1000\n"]),
    (
        "console/has-mode-and-owner-of-the-slave",
        &["cargo/youki/bin/youki"],
        &["can't create /dev/stdout: Permission denied"],
    ),
];

fn main() -> ExitCode {
    let trials = SHOWN.iter().map(|&(case, runtimes, shown)| {
        Trial::ignorable_test(case, move || {
            let missing =
                ["busybox", "jq", "python3", "script", "unshare", "bash"].into_iter().find(|program| !works(program));
            let runtime = runtimes.iter().find_map(|name| found(name));
            match (runtime, missing) {
                (_, Some(program)) => Ok(Completion::ignored_with(format!("there is no {program}"))),
                (None, None) => Ok(Completion::ignored_with(format!("there is none of {}", runtimes.join(", ")))),
                (Some(runtime), None) if nix::unistd::geteuid().is_root() => {
                    shows(case, &runtime, shown);
                    Ok(Completion::Completed)
                }
                _ => Ok(Completion::ignored_with("the lines are for root")),
            }
        })
    });
    // The containers of several findings have the same id, and so the same cgroup.
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn works(program: &str) -> bool {
    Command::new("sh")
        .args(["-c", "command -v \"$1\" > /dev/null", "sh", program])
        .status()
        .is_ok_and(|status| status.success())
}

fn found(name: &str) -> Option<PathBuf> {
    let cache = std::env::var_os("PTYPROOF_RUNTIMES").map(PathBuf::from).or_else(|| {
        let home = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
        Some(home?.join("ptyproof/runtimes"))
    })?;
    let place = cache.join(name);
    let in_package = place.join("usr/bin").join(place.file_name()?);
    [place, in_package].into_iter().find(|path| path.is_file())
}

fn shows(case: &str, runtime: &std::path::Path, shown: &[&str]) {
    let lines = ptyproof(&["explain", case, "--repro", "--runtime", runtime.to_str().expect("UTF-8")]);
    assert_eq!(lines.status, Some(0), "{}", lines.error);
    assert!(!lines.output.contains("ptyproof "), "{}", lines.output);
    let place = tempfile::tempdir().expect("a directory");
    let mut command = Command::new("timeout");
    command.args(["-k", "5", "60", "bash", "-c", &lines.output]).env("TMPDIR", place.path()).current_dir(place.path());
    let output = command.stdin(std::process::Stdio::null()).output().expect("it can be started");
    let said = [output.stdout, output.stderr].map(|stream| String::from_utf8_lossy(&stream).into_owned()).concat();
    let missing: Vec<_> = shown.iter().filter(|part| !said.contains(**part)).collect();
    assert!(missing.is_empty(), "{missing:?} is missing in:\n{said}\nof:\n{}", lines.output);
}
