//! With a terminal, all three standard streams are that terminal.

use crate::prelude::*;
use nix::fcntl::OFlag;

pub const CASES: &[Case] = &[
    Case {
        id: "stdio/all-three-are-terminals",
        title: "isatty of descriptors 0, 1 and 2 in a container with a terminal",
        requirement: "all three are terminals",
        why: "a program whose standard error is no terminal does not prompt or colour, and its messages go elsewhere",
        level: Level::Must,
        references: &[SPEC_CONFIG.at("#process"), manual("isatty(3)")],
        covers: &["D01"],
        needs: &[Need::Terminal],
        caught_by: &[("errors of tcgetattr on 0, 1 and 2", &["stdin-dev-null", "stderr-not-terminal"])],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            let refusals: [Option<Errno>; 3] = streams(&seen)?.map(|fd| fd.terminal.clone().err());
            t.equal("errors of tcgetattr on 0, 1 and 2", refusals, [None; 3])
        },
    },
    Case {
        id: "stdio/one-open-file",
        title: "compare descriptors 0, 1 and 2 with fstat and kcmp in a container with a terminal",
        requirement: "all three are one open file",
        why: "a login shell's streams are duplicates, and programs rely on it: less reads keys from standard error, and \
              O_NONBLOCK set on one is seen on all",
        references: &[SPEC_CONFIG.at("#process"), TERMINALS.at("#new-terminal"), manual("kcmp(2)")],
        covers: &["D02"],
        caught_by: &[
            ("1 and 2 share the open file of 0", &["tty-opens-separately"]),
            ("files behind 1 and 2", &["stderr-not-terminal"]),
        ],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            let [stdin, stdout, stderr] = streams(&seen)?.map(|fd| fd.status.file());
            t.equal("files behind 1 and 2", [stdout, stderr], [stdin; 2])?;
            t.equal("1 and 2 share the open file of 0", seen.shares_open_file_with_stdin, [Ok(true), Ok(true)])
        },
        ..Case::TERMINAL
    },
    Case {
        id: "stdio/links-lead-to-the-terminal",
        title: "follow /proc/self/fd/0, 1 and 2 by their text in a container with a terminal",
        requirement: "each names an entry of /dev/pts in the container that is the descriptor's own file",
        why: "a link to a host path or to nothing makes ttyname, tmux, screen and sudo fail with: not a tty",
        references: &[manual("proc_pid_fd(5)"), manual("ttyname(3)")],
        covers: &["D03"],
        caught_by: &[("link of descriptor 0", &["pty-from-host"])],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            for fd in streams(&seen)? {
                let name = format!("/dev/pts/{}", fd.status.node.minor);
                t.equal(&format!("link of descriptor {}", fd.number), &fd.link, &name)?;
                let what = format!("file behind {name}");
                t.equal(&what, fd.link_status.as_ref().map(|found| found.file()), Ok(fd.status.file()))?;
            }
            Ok(())
        },
        ..Case::TERMINAL
    },
    Case {
        id: "stdio/ttyname-names-the-terminal",
        title: "ttyname of descriptors 0, 1 and 2, and of /dev/tty, in a container with a terminal",
        requirement: "each of the three is /dev/pts/N, where N is the number of the pty",
        why: "tty, mesg, write, sudo and systemd ask for the name and refuse to work without it",
        references: &[manual("ttyname(3)"), manual("pts(4)")],
        covers: &["D04"],
        caught_by: &[("ttyname of descriptor 0", &["pty-from-host"])],
        body: |t| {
            let seen = t.standard_terminal()?;
            let number = seen.master.as_ref().map(|master| master.number);
            let name = number.map(|number| Ok(format!("/dev/pts/{number}")));
            for fd in streams(&seen.inside)? {
                let found = fd.terminal.clone().and_then(|terminal| terminal.name);
                t.equal(&format!("ttyname of descriptor {}", fd.number), Some(found), name.clone())?;
            }
            Ok(())
        },
        ..Case::TERMINAL
    },
    Case {
        id: "stdio/read-write-and-blocking",
        title: "F_GETFL of descriptors 0, 1 and 2 in a container with a terminal",
        requirement: "each can be read and written, and none has O_NONBLOCK",
        why: "with O_NONBLOCK a program that reads its input ends with EAGAIN, and long output is cut off",
        references: &[manual("F_GETFL(2const)"), manual("open(2), O_NONBLOCK")],
        covers: &["D05"],
        caught_by: &[("access mode and O_NONBLOCK", &["tty-nonblock", "stdin-read-only"])],
        body: |t| {
            let seen = t.standard_terminal()?.inside;
            let both = OFlag::O_ACCMODE | OFlag::O_NONBLOCK;
            let flags = streams(&seen)?.map(|fd| OFlag::from_bits_retain(fd.flags) & both);
            t.equal("access mode and O_NONBLOCK", flags, [OFlag::O_RDWR; 3])
        },
        ..Case::TERMINAL
    },
    Case {
        id: "stdio/dev-links",
        title: "readlink of /dev/fd, /dev/stdin, /dev/stdout and /dev/stderr in a container with a terminal",
        requirement: "they are symbolic links to /proc/self/fd, /proc/self/fd/0, 1 and 2",
        why: "scripts and log configurations write to /dev/stdout and /dev/stderr; process substitution uses /dev/fd",
        level: Level::Must,
        references: &[SPEC_RUNTIME_LINUX.at("#dev-symbolic-links")],
        covers: &["D06"],
        needs: &[Need::Terminal],
        caught_by: &[("targets of /dev/fd, stdin, stdout, stderr", &["dev-fd-links-missing"])],
        body: |t| dev_links(t, &t.standard_terminal()?.inside),
    },
    Case {
        id: "stdio/dev-links-without-terminal",
        title: "readlink of /dev/fd, /dev/stdin, /dev/stdout and /dev/stderr in a container without a terminal",
        requirement: "they are symbolic links to /proc/self/fd, /proc/self/fd/0, 1 and 2",
        why: "services log to /dev/stdout; where it is a file instead, the log fills the container's /dev",
        level: Level::Must,
        references: &[SPEC_RUNTIME_LINUX.at("#dev-symbolic-links")],
        covers: &["D06"],
        needs: &[],
        caught_by: &[("targets of /dev/fd, stdin, stdout, stderr", &["dev-fd-links-missing"])],
        body: |t| {
            let seen = t.standard_pipes()?.inside;
            dev_links(t, &seen)
        },
    },
    Case {
        id: "stdio/user-reopens-the-terminal",
        title: "open /dev/stdin, /dev/stdout and /dev/stderr as user 1000 in a container with a terminal",
        requirement: "all three open and lead to the terminal",
        why: "nginx and apache log to /dev/stdout without being root: permission denied ends them at start",
        level: Level::Convention,
        references: &[manual("stdout(3)"), manual("proc_pid_fd(5)")],
        covers: &["D07"],
        needs: &[Need::Terminal, Need::ManyIds],
        caught_by: &[("opening /dev/stdout", &["slave-owner-root", "dev-fd-links-missing"])],
        body: |t| {
            let mut c = t.container()?.user(1000, 1000).start()?;
            for (path, bytes) in [("/dev/stdout", b"output, "), ("/dev/stderr", b"problems")] {
                let opened = c.probe.try_open(path, OFlag::O_WRONLY.bits())?;
                c.probe.write(t.succeeds(&format!("opening {path}"), opened)?.descriptor, bytes)?;
            }
            c.receives("output, problems")?;
            let opened = c.probe.try_open("/dev/stdin", OFlag::O_RDONLY.bits())?;
            let stdin = t.succeeds("opening /dev/stdin", opened)?.descriptor;
            c.types("input\n")?;
            t.equal_bytes("a line read from /dev/stdin", &c.probe.read(stdin)?, b"input\n")
        },
    },
    Case {
        id: "stdio/output-and-errors-keep-their-order",
        title: "write to descriptors 1, 2, 1 and 2 in turn in a container with a terminal",
        requirement: "the master receives the bytes in that order",
        why: "error messages must appear beside the output that they belong to",
        references: &[TERMINALS.at("#new-terminal")],
        covers: &["D13"],
        caught_by: &[("bytes written to 2", &["stderr-not-terminal"])],
        body: |t| {
            let mut c = t.container()?.start()?;
            for (descriptor, bytes) in [(1, "one "), (2, "two "), (1, "three "), (2, "four")] {
                let written = c.probe.try_write(descriptor, bytes.as_bytes())?;
                t.equal(&format!("bytes written to {descriptor}"), written, Ok(bytes.len() as i64))?;
            }
            c.receives("one two three four").map_err(Stop::from)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "stdio/callers-terminal-stays-outside",
        title: "run a container with a terminal in the foreground of somebody's terminal, and look at its descriptors",
        requirement: "no descriptor in the container is the caller's terminal; 0, 1 and 2 are of the container's \
                      own devpts, and the controlling terminal is that one",
        why: "with the caller's terminal a container can push keystrokes into the caller's shell (TIOCSTI), read what \
              is typed there after it has ended, and change its settings",
        level: Level::Security,
        references: &[TERMINALS.at("#foreground"), manual("ioctl_tty(2), TIOCSTI")],
        covers: &["D19"],
        needs: &[Need::Foreground, Need::Attended],
        caught_by: &[
            ("descriptors that are the caller's terminal", &["caller-terminal-leaked", "stderr-not-terminal"]),
            ("filesystem that holds 0, 1 and 2", &["pty-from-host"]),
        ],
        body: |t| {
            let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
            let mut probe = run.probe()?;
            let seen = probe.observe()?;
            let callers = run.callers_terminal()?;
            probe.end(Ending::Exit(0))?;
            run.returns()?;
            let leaked: Vec<_> = seen.descriptors.iter().filter(|fd| fd.status.file() == callers).collect();
            t.equal("descriptors that are the caller's terminal", leaked, Vec::new())?;
            let devpts = seen.mount_at("/dev/pts").map(|mount| mount.device);
            let devices = streams(&seen)?.map(|fd| Some(fd.status.device));
            t.equal("filesystem that holds 0, 1 and 2", devices, [devpts; 3])?;
            let session = streams(&seen)?[0].terminal.clone().and_then(|terminal| terminal.session);
            t.equal("session of the terminal on 0", session, Ok(seen.process.session))
        },
    },
];

/// The standard streams, all three or a finding.
fn streams(seen: &Facts) -> Result<[&Descriptor; 3], Stop> {
    let stream = |number| {
        seen.descriptor(number).ok_or_else(|| Stop::fail(format!("descriptor {number}"), "it is open", "it is closed"))
    };
    Ok([stream(0)?, stream(1)?, stream(2)?])
}

/// The symbolic links that runtime-linux.md asks for.
fn dev_links(t: &Trial, seen: &Facts) -> Judgement {
    let links = ["fd", "stdin", "stdout", "stderr"];
    let targets = links.map(|name| seen.dev_entry(name).and_then(|entry| entry.target.as_deref()));
    let expected = ["/proc/self/fd", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"];
    t.equal("targets of /dev/fd, stdin, stdout, stderr", targets, expected.map(Some))
}
