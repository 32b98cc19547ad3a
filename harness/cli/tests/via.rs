//! `ptyproof run --via`: through commands that do what they should, and through such as do not. Each is a shell's script, and what
//! it reaches is the kernel that runs.

mod said;

use libtest_mimic::{Arguments, Completion, Trial};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use ptyproof_harness::intervention::refuse_calls;
use ptyproof_report::{Report, Verdict};
use said::{Bench, Said, entries, program, ptyproof};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{fs, io::Read, time::Duration};

/// The one case that is run where it does not matter which.
const CASE: &str = "kernel-size/starts-without-a-size";

/// No test takes nearly as long: then the command hangs.
const DEADLINE: Duration = Duration::from_secs(100);

const TESTS: &[(&str, fn())] = &[
    ("a_run_elsewhere_is_told_as_one_here", as_one_here),
    ("what_a_command_says_itself_is_left_out", own_words),
    ("a_command_that_buffers_is_read_to_its_end", buffers),
    ("a_command_that_buffers_for_too_long_is_told_so", buffers_for_too_long),
    ("what_a_command_lets_go_when_it_is_asked_to_end_is_told", lets_go),
    ("filters_arrive_as_they_were_given", filters_arrive),
    ("a_known_failure_is_known_here", known_here),
    ("a_command_that_writes_into_a_message_breaks_the_run", writes_into_a_message),
    ("a_command_that_ends_early_is_told_with_what_it_said", ends_early),
    ("a_command_that_ends_amid_the_run_is_an_error_of_what_ran", ends_amid),
    ("a_command_that_asks_for_a_password_gets_nothing", asks),
    ("a_command_that_hangs_is_ended", hangs),
    ("a_command_that_floods_is_ended", floods),
    ("another_ptyproof_there_is_refused", another_program),
    ("what_cannot_work_there_is_told", cannot_work),
    ("an_interrupt_ends_both_sides", interrupt),
    ("a_packed_program_is_as_good", packed),
    ("a_packed_program_needs_no_libraries_there", no_libraries),
    ("a_packed_program_needs_no_shell_there", no_shell),
    ("a_kernel_needs_no_call_that_came_after_linux_4_14", needs_nothing_new),
];

/// What of them only root can do.
const OF_ROOT: &[(&str, &str)] = &[
    ("a_packed_program_needs_no_libraries_there", "only root can make another root directory"),
    ("a_packed_program_needs_no_shell_there", "only root can make another root directory"),
    ("a_kernel_needs_no_call_that_came_after_linux_4_14", "only root can have calls refused"),
];

fn main() -> ExitCode {
    let said = ptyproof(&["doctor"]).output;
    let can_run = ["workers", "devpts"].iter().all(|what| said.contains(&format!("ok       {what}")));
    let reason = (!can_run).then(|| format!("this machine cannot run cases:\n{said}"));
    let mut trials: Vec<Trial> = TESTS
        .iter()
        .map(|&(name, test)| {
            let of_root = OF_ROOT.iter().find(|(of_root, _)| *of_root == name && !nix::unistd::geteuid().is_root());
            let reason = reason.clone().or(of_root.map(|(_, why)| (*why).to_owned()));
            Trial::ignorable_test(name, move || match reason {
                Some(reason) => Ok(Completion::ignored_with(reason)),
                None => {
                    test();
                    Ok(Completion::Completed)
                }
            })
        })
        .collect();
    trials.push(Trial::test("mistakes_in_the_call_are_refused", || {
        mistakes();
        Ok(())
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

impl Bench {
    /// A command that is a line of a shell; `"$@"` is what it is to start.
    fn script(&self, script: &str) -> String {
        let path = self.files.path().join("script");
        fs::write(&path, format!("# {}\n{script}\n", self.files.path().display())).expect("there is room");
        format!("sh {}", path.display())
    }

    fn command(&self, via: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(["run", "--target", "kernel", "--via", via]).args(arguments);
        command.arg(format!("--report=json={}", self.files.path().join("report.json").display()));
        command.env("TMPDIR", self.temporary.path());
        command
    }

    /// Runs it to its end, and fails unless nothing is left.
    fn run(&self, script: &str, arguments: &[&str]) -> Said {
        let command = self.command(&self.script(script), arguments);
        let output = assert_cmd::Command::from_std(command).timeout(DEADLINE).output().expect("it can be started");
        self.is_clean();
        Said::from(output)
    }

    /// Packs the program into a new directory.
    fn pack(&self, directory: &Path) {
        let said = ptyproof(&["pack", directory.to_str().expect("UTF-8")]);
        assert_eq!((said.status, said.output, said.error), (Some(0), String::new(), String::new()));
    }

    /// A root directory with the packed program, and what a kernel gives, and nothing else.
    fn root(&self) -> PathBuf {
        let root = self.files.path().join("root");
        for directory in ["", "proc", "dev", "tmp"] {
            fs::create_dir(root.join(directory)).expect("there is room");
        }
        self.pack(&root.join("packed"));
        root
    }

    /// Runs the case in that root directory; fails unless nothing is left there.
    fn run_below(&self, root: &Path, words: &str, path: &str) -> Said {
        let script = format!(
            r#"exec unshare --mount sh -c 'mount --rbind "$0" "$0"; mount --rbind /proc "$0"/proc; mount --rbind /dev "$0"/dev
            TMPDIR=/tmp exec chroot "$0" "$@"' '{}' {words} "$@""#,
            root.display()
        );
        let said = self.run(&script, &[CASE, "--via-path", path]);
        assert_eq!(entries(&root.join("tmp")), Vec::<PathBuf>::new());
        said
    }

    fn report(&self) -> Report {
        Report::read(&self.files.path().join("report.json")).expect("it was written")
    }
}

fn as_one_here() {
    let bench = Bench::new();
    let said = bench.run(r#"exec "$@""#, &[CASE, "--as", "other"]);
    assert_eq!((said.status, said.error.as_str()), (Some(0), ""), "{}", said.output);
    let report = bench.report();
    assert!(report.target.path.starts_with("sh /") && report.target.is_kernel(), "{:?}", report.target);
    let here = nix::sys::utsname::uname().expect("a kernel").release().to_string_lossy().into_owned();
    assert_eq!((report.environment.kernel, report.target.called.as_deref()), (here, Some("other")));
    let results: Vec<_> = report.results.iter().map(|result| (result.id.as_str(), result.verdict)).collect();
    assert_eq!((results, report.interrupted), (vec![(CASE, Verdict::Pass)], false));
    assert!(said.output.contains(&format!("pass    {CASE}")), "{}", said.output);
}

fn own_words() {
    let script = r#"printf 'Welcome to \033[31mnode\nloading... '; "$@"; printf 'Connection closed\n'; exit 5"#;
    let said = Bench::new().run(script, &[CASE]);
    assert_eq!((said.status, said.error.as_str()), (Some(0), ""), "{}", said.output);
    assert!(!said.output.contains("Welcome") && !said.output.contains("closed"), "{}", said.output);
}

fn buffers() {
    let bench = Bench::new();
    let said = bench.run(r#""$@" > "$0".out; cat "$0".out"#, &["kernel-size/"]);
    assert_eq!((said.status, said.error.as_str()), (Some(0), ""), "{}", said.output);
    assert!(bench.report().results.len() > 3);
}

/// Ends no earlier than when it is asked to, in place of a suite that takes longer than silence may.
const LONG: &str = r#""$@" > "$0".out; read -r _ < "$0".fifo"#;

/// Whether the suite began cannot be known, and is not claimed.
fn buffers_for_too_long() {
    let bench = Bench::new();
    nix::unistd::mkfifo(&bench.files.path().join("script.fifo"), nix::sys::stat::Mode::S_IRWXU).expect("a fifo");
    let said = bench.run(&format!(r#"{LONG}; cat "$0".out"#), &[CASE, "--timeout=100ms"]);
    assert_eq!((said.status, said.output.as_str()), (Some(3), ""));
    assert!(!said.error.contains("did not begin"), "{}", said.error);
    for part in ["nothing came back for 2s", "keeps back what the program there says until it ends", "--partition"] {
        assert!(said.error.contains(part), "{part}: {}", said.error);
    }
}

fn lets_go() {
    let bench = Bench::new();
    nix::unistd::mkfifo(&bench.files.path().join("script.fifo"), nix::sys::stat::Mode::S_IRWXU).expect("a fifo");
    // Without the last two messages: the last result, and the end.
    let script = format!(r#"trap 'head -n -2 "$0".out; exit 7' TERM; {LONG}"#);
    let said = bench.run(&script, &["kernel-size/", "--timeout=100ms", "--jobs=1"]);
    assert_eq!(said.status, Some(3), "{}", said.output);
    assert!(said.error.contains("all at once when the command was asked to end: it keeps back"), "{}", said.error);
    let report = bench.report();
    let verdicts: Vec<_> = report.results.iter().map(|result| result.verdict).collect();
    assert_eq!(verdicts, vec![Verdict::Pass; report.selected.len() - 1]);
    assert!(report.interrupted);
}

/// Through a shell that splits and expands the words once more, as that of ssh does.
fn filters_arrive() {
    let bench = Bench::new();
    let said = bench.run(r#"eval "$*""#, &["kernel-s?ze/starts*", "--timeout", "7s", "--level", "must"]);
    assert_eq!((said.status, said.error.as_str()), (Some(0), ""), "{}", said.output);
    assert_eq!(bench.report().selected.len(), 1);
}

fn known_here() {
    let bench = Bench::new();
    let file = bench.files.path().join("known.toml");
    let text = format!("[[expect]]\ncase = '{CASE}'\nbecause = 'x'\nobserved = 'y'\nlink = 'https://example.org/1'\n");
    fs::write(&file, text).expect("there is room");
    let said = bench.run(r#"exec "$@""#, &[CASE, "--expect", file.to_str().expect("UTF-8")]);
    assert_eq!(said.status, Some(1), "{}", said.output);
    assert_eq!(bench.report().results[0].verdict, Verdict::Xpass);
}

fn writes_into_a_message() {
    let bench = Bench::new();
    let said = bench.run(r#""$@" | { head -c 40; echo oops; cat; }"#, &[CASE]);
    assert_eq!(said.status, Some(3), "{}", said.output);
    assert!(said.error.contains("oops") && said.error.contains("something else writes into"), "{}", said.error);
}

fn ends_early() {
    let said = Bench::new().run("echo 'no route to node'; echo denied >&2; exit 255", &[CASE]);
    assert_eq!((said.status, said.output.as_str()), (Some(3), ""));
    for part in ["the suite did not begin there", "exit status 255", "denied", "\n  no route to node\n"] {
        assert!(said.error.contains(part), "{part}: {}", said.error);
    }
}

fn ends_amid() {
    let bench = Bench::new();
    // The first message says what comes, the second that a case has begun.
    let said = bench.run(r#""$@" | grep -m 2 -a began"#, &["kernel-size/"]);
    assert_eq!(said.status, Some(3), "{}", said.output);
    assert!(said.error.contains("before the suite had ended: the command ended"), "{}", said.error);
    let report = bench.report();
    assert!(report.interrupted);
    let verdicts: Vec<_> = report.results.iter().map(|result| result.verdict).collect();
    assert_eq!(verdicts, [Verdict::Error]);
}

fn asks() {
    let script = "printf 'password: ' >&2; if read line < /dev/tty || read line; then exit 0; fi; exit 9";
    let said = Bench::new().run(script, &[CASE]);
    assert_eq!(said.status, Some(3), "{}", said.output);
    for part in ["exit status 9", "password:", "neither a terminal nor input"] {
        assert!(said.error.contains(part), "{part}: {}", said.error);
    }
}

fn hangs() {
    // What it has started itself has to end, too.
    let said = Bench::new()
        .run("trap '' TERM; sh \"$0\".missing; cat /dev/zero > /dev/null & wait", &[CASE, "--timeout=100ms"]);
    assert_eq!(said.status, Some(3), "{}", said.output);
    assert!(said.error.contains("nothing came back for 2s"), "{}", said.error);
}

fn floods() {
    let said = Bench::new().run("exec yes 'Connecting...'", &[CASE, "--timeout=100ms"]);
    assert_eq!(said.status, Some(3), "{}", said.output);
    assert!(said.error.contains("nothing came back for 2s"), "{}", said.error);
    assert!(said.error.contains("\n  Connecting...\n") && said.error.len() < 2000, "{}", said.error);
}

fn another_program() {
    let said = Bench::new().run(r#""$@" | sed 's/"ptyproof":"[^"]*"/"ptyproof":"0.0.9"/'"#, &[CASE]);
    assert_eq!((said.status, said.output.as_str()), (Some(3), ""));
    assert!(said.error.contains("version 0.0.9, 1 cases") && said.error.contains("--via-path"), "{}", said.error);
    let said = Bench::new().run(r#"shift; exec true "$@""#, &[CASE, "--via-path", "/missing"]);
    assert!(said.error.contains("the suite did not begin there"), "{}", said.error);
}

fn cannot_work() {
    let said = Bench::new().run(r#"TMPDIR=/proc exec "$@""#, &[CASE]);
    assert_eq!((said.status, said.output.as_str()), (Some(3), ""));
    let why = "the suite cannot be run there: the workers: making a directory in /proc";
    assert!(said.error.contains(why), "{}", said.error);
}

fn interrupt() {
    let bench = Bench::new();
    let marker = bench.files.path().join("begun");
    nix::unistd::mkfifo(&marker, nix::sys::stat::Mode::S_IRWXU).expect("a fifo");
    // It says by the fifo that a case has begun.
    let script = format!(
        r#""$@" | while IFS= read -r line; do printf '%s\n' "$line"; case $line in *case-began*) : > '{}';; esac; done"#,
        marker.display()
    );
    let mut command = bench.command(&bench.script(&script), &[]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut run = command.spawn().expect("it can be started");
    fs::read(&marker).expect("a case begins");
    // Who is started in the background ignores SIGINT, and so would it.
    kill(Pid::from_raw(run.id().cast_signed()), Signal::SIGTERM).expect("it runs");
    let status = run.wait().expect("it ends");
    let mut error = String::new();
    run.stderr.take().expect("it is piped").read_to_string(&mut error).expect("UTF-8");
    assert_eq!(status.code(), Some(3), "{error}");
    // The other side sees that nobody listens any more, and ends in order.
    wait_until_nothing_is_left(bench.temporary.path());
    bench.is_clean();
    assert!(bench.report().interrupted);
}

fn wait_until_nothing_is_left(directory: &Path) {
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while !entries(directory).is_empty() && std::time::Instant::now() < deadline {
        std::thread::yield_now();
    }
}

fn packed() {
    let bench = Bench::new();
    let directory = bench.files.path().join("packed");
    bench.pack(&directory);
    let starter = directory.join("ptyproof").display().to_string();
    // On the other side, and on both.
    let said = bench.run(r#"exec "$@""#, &[CASE, "--via-path", &starter]);
    assert_eq!((said.status, said.error.as_str()), (Some(0), ""), "{}", said.output);
    let run = |arguments: &[&str]| Said::from(Command::new(&starter).args(arguments).output().expect("a program"));
    let said = run(&["run", "--target", "kernel", CASE, "--via", "env"]);
    assert_eq!((said.status, said.error.as_str()), (Some(0), ""), "{}", said.output);
    // It can be packed again.
    let again = bench.files.path().join("again");
    let said = run(&["pack", again.to_str().expect("UTF-8")]);
    assert_eq!((said.status, said.error.as_str()), (Some(0), ""));
    let files = |directory: &Path| {
        let mut files = entries(&directory.join("lib"));
        files.push(directory.join("ptyproof"));
        let content = |path: &PathBuf| (path.file_name().map(ToOwned::to_owned), fs::read(path).expect("a file"));
        files.iter().map(content).collect::<BTreeMap<_, _>>()
    };
    assert!(files(&directory) == files(&again));
    let said = run(&["pack", again.to_str().expect("UTF-8")]);
    assert_eq!(said.status, Some(2), "{}", said.output);
    assert!(said.error.contains("/again: File exists"), "{}", said.error);
}

/// Where there is a shell, with what it is linked with, and nothing of what only ptyproof is linked with.
fn no_libraries() {
    let bench = Bench::new();
    let root = bench.root();
    let linked = Command::new("ldd").arg("/bin/sh").output().expect("it comes with the C library").stdout;
    let linked = String::from_utf8(linked).expect("UTF-8");
    for path in linked.split_whitespace().filter(|word| word.starts_with('/')).chain(["/bin/sh"]) {
        let place = root.join(&path[1..]);
        fs::create_dir_all(place.parent().expect("it is below the root")).expect("there is room");
        fs::copy(path, place).expect("there is room");
    }
    fs::copy(program(), root.join("ptyproof")).expect("there is room");
    let bare = bench.run_below(&root, "", "/ptyproof");
    assert!(bare.error.contains("error while loading shared libraries"), "{}{}", bare.output, bare.error);
    let said = bench.run_below(&root, "", "/packed/ptyproof");
    assert_eq!((said.status, said.error.as_str()), (Some(0), ""), "{}", said.output);
}

/// The loader is called by the command, as it would be in an empty image.
fn no_shell() {
    let bench = Bench::new();
    let root = bench.root();
    let libraries = entries(&root.join("packed/lib"));
    let names = libraries.iter().filter_map(|path| path.file_name()?.to_str());
    let loader = names.into_iter().find(|name| name.starts_with("ld-")).expect("it is linked by one");
    let words = format!("/packed/lib/{loader} --library-path /packed/lib");
    let said = bench.run_below(&root, &words, "/packed/lib/ptyproof");
    assert_eq!((said.status, said.error.as_str()), (Some(0), ""), "{}", said.output);
}

/// No kernel as old can be had, but this one can act as if it had no newer calls.
fn needs_nothing_new() {
    const NEW: [nix::libc::c_long; 16] = [
        nix::libc::SYS_rseq,
        nix::libc::SYS_pidfd_send_signal,
        nix::libc::SYS_io_uring_setup,
        nix::libc::SYS_open_tree,
        nix::libc::SYS_move_mount,
        nix::libc::SYS_fsopen,
        nix::libc::SYS_fsconfig,
        nix::libc::SYS_fsmount,
        nix::libc::SYS_fspick,
        nix::libc::SYS_pidfd_open,
        nix::libc::SYS_clone3,
        nix::libc::SYS_close_range,
        nix::libc::SYS_openat2,
        nix::libc::SYS_pidfd_getfd,
        nix::libc::SYS_faccessat2,
        nix::libc::SYS_mount_setattr,
    ];
    let bench = Bench::new();
    let mut command = bench.command(&bench.script(r#"exec "$@""#), &["kernel-*", "line-discipline/word-erase*"]);
    refuse_calls(&mut command, &NEW, nix::libc::ENOSYS);
    let said = Said::from(command.output().expect("it can be started"));
    bench.is_clean();
    assert_eq!(said.status, Some(0), "{}{}", said.output, said.error);
    let judged = bench.report().results.into_iter().filter(|result| result.verdict == Verdict::Pass).count();
    assert!(judged > 250, "{judged}");
}

fn mistakes() {
    let refused = |arguments: &[&str]| {
        let said = ptyproof(&[&["run"], arguments].concat());
        assert_eq!((said.status, said.output.as_str()), (Some(2), ""), "{arguments:?}: {}", said.error);
        said.error
    };
    let kernel = ["--target", "kernel", CASE];
    let of = |more: &[&str]| refused(&[&kernel, more].concat());
    assert_eq!(
        refused(&["--via", "env"]),
        "ptyproof: --via reaches a kernel: add --target kernel, or leave --via out\n"
    );
    assert!(of(&["--via", " "]).contains("--via: there is no command"));
    assert!(of(&["--via", "ssh 'node"]).contains("a quote has no end"));
    let missing = of(&["--via", "/missing/ssh node"]);
    assert!(
        missing.starts_with("ptyproof: --via: /missing/ssh node ") && missing.contains("No such file"),
        "{missing}"
    );
    for name in ["linux", "Ab", "../x", "9"] {
        assert!(of(&["--via", "env", "--as", name]).contains("small letters"), "{name}");
    }
}
