//! What shows in a container while a process is added to it.

use crate::prelude::*;
use nix::libc;
use ptyproof_harness::intervention::Call;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, Sender};

/// What a runtime may do on the way into a container, and the kernel only for it.
const STEPS: &[Call] = &[
    Call::Fork,
    Call::StartSession,
    Call::OpenMaster,
    Call::SetOwner,
    Call::HandOver,
    Call::PlaceStream,
    Call::AcquireTerminal,
    Call::SystemCall(libc::SYS_setns),
    Call::SystemCall(libc::SYS_unshare),
    Call::SystemCall(libc::SYS_close_range),
    PRCTL,
    Call::SystemCall(libc::SYS_capset),
    Call::SystemCall(libc::SYS_setresgid),
    Call::SystemCall(libc::SYS_setresuid),
    Call::SystemCall(libc::SYS_chdir),
    Call::SystemCall(libc::SYS_execveat),
];

/// Of calls that are made again and again, the first.
const OF_EACH: usize = 6;

const PRCTL: Call = Call::SystemCall(libc::SYS_prctl);

const PROGRAM: Call = Call::Execute("probe");

/// A variable of the caller's environment.
const SECRET: (&str, &str) = ("PTYPROOF_SECRET", "of the engine");

pub(super) const CASES: &[Case] = &[Case {
    id: "exec/nothing-of-the-host-shows-inside",
    title: "exec about 50 times, hold the runtime at one of its steps each time, and look from inside, with CAP_SYS_PTRACE, \
            into every process that has appeared",
    requirement: "root, working directory and files of each lie in the container, its executable cannot be written, and it shows neither arguments nor environment of the runtime's caller",
    why: "a container that is allowed to debug its own processes (docker run --cap-add SYS_PTRACE) reads and writes the host's \
          files through /proc/PID/root, replaces the runtime through /proc/PID/exe, or takes the engine's secrets from its \
          memory, as soon as somebody execs into it",
    level: Level::Security,
    references: &[
        issue("CVE-2016-9962", "https://nvd.nist.gov/vuln/detail/CVE-2016-9962"),
        issue("CVE-2019-5736", "https://nvd.nist.gov/vuln/detail/CVE-2019-5736"),
        manual("pid_namespaces(7)"),
    ],
    covers: &["L12"],
    needs: &[Need::Foreground, Need::Exec, Need::Interventions],
    caught_by: &[
        ("what it has of the host's files", &["exec-appears-on-the-host"]),
        ("what it runs of the host's", &["exec-appears-as-ptyrun"]),
        ("what it shows of the caller", &["exec-environment-of-the-caller"]),
    ],
    body: |t| {
        let mut container = t.container()?.configured(may_trace).start()?;
        let mut seen = Seen { execs: 0, processes: 0, of_the_host: BTreeMap::new(), now: PROGRAM };
        let plan = STEPS.iter().fold(container.exec()?.performing(&[]), |plan, &step| plan.when(step).is_seen());
        let hits = plan.hits();
        plan.foreground(Caller::at_a_terminal())?.returns()?;
        for &step in STEPS {
            // The harness itself makes the first prctl, between the filter and the execve.
            for after in usize::from(step == PRCTL)..hits.of(step)?.len().min(OF_EACH) {
                held(t, &mut container, step, after, &mut seen)?;
            }
        }
        t.records("execs", seen.execs);
        // Who may open these links (map_files of proc_pid_map_files(5)) has the machine anyhow.
        t.records("files of the host's that are mapped", seen.of(&[MAPPED]));
        // A runtime of which nothing was seen was not looked at.
        t.holds("processes that appeared", "one for each exec", &seen.processes, |&count| count >= seen.execs)?;
        t.equal("what it has of the host's files", seen.of(&[ROOT, DIRECTORY, DESCRIPTOR]), Vec::new())?;
        t.equal("what it runs of the host's", seen.of(&[EXECUTABLE]), Vec::new())?;
        t.equal("what it shows of the caller", seen.of(&[ARGUMENTS, ENVIRONMENT]), Vec::new())
    },
}];

/// `/dev/null`. null(4)
const NULL: DeviceNumber = DeviceNumber { major: 1, minor: 3 };

const ROOT: &str = "root";
const DIRECTORY: &str = "working directory";
const DESCRIPTOR: &str = "descriptor";
const EXECUTABLE: &str = "executable";
const MAPPED: &str = "mapped file";
const ARGUMENTS: &str = "arguments";
const ENVIRONMENT: &str = "environment";

fn may_trace(config: &mut Value) {
    let sets = config["process"]["capabilities"].as_object_mut();
    for names in sets.into_iter().flat_map(|sets| sets.values_mut()).filter_map(Value::as_array_mut) {
        names.push("CAP_SYS_PTRACE".into());
    }
}

/// What was found in all processes together.
struct Seen {
    execs: usize,
    processes: usize,
    /// Each with the step at which it was seen first.
    of_the_host: BTreeMap<(&'static str, String), Call>,
    now: Call,
}

impl Seen {
    fn add(&mut self, what: &'static str, which: impl Into<String>) {
        self.of_the_host.entry((what, which.into())).or_insert(self.now);
    }

    fn of(&self, kinds: &[&str]) -> Vec<String> {
        let found = self.of_the_host.iter().filter(|((what, _), _)| kinds.contains(what));
        found.map(|((what, which), step)| format!("{what}{which} ({step})")).collect()
    }
}

/// The runtime is held, until this is dropped.
struct Moment {
    step: Call,
    _release: Sender<()>,
}

/// Looks at that step of an exec, and at the execve of its program.
fn held(t: &Trial, container: &mut Container, step: Call, after: usize, seen: &mut Seen) -> Judgement {
    let (arrives, moments) = mpsc::channel();
    let patience = t.patience();
    let hold = |step| {
        let arrives = arrives.clone();
        move |_: &_| {
            let (release, released) = mpsc::channel();
            if arrives.send(Moment { step, _release: release }).is_ok() {
                let _ = released.recv_timeout(patience);
            }
            Ok(())
        }
    };
    let plan = container.exec()?.performing(&[]).called_with(SECRET.0, SECRET.1);
    let plan = plan.when(step).after(after).waits_while(hold(step)).when(PROGRAM).waits_while(hold(PROGRAM));
    let run = plan.foreground(Caller::at_a_terminal())?;
    drop(arrives);
    look_until_the_last(t, &mut container.probe, &moments, seen)?;
    let ended = run.returns()?.finished;
    seen.execs += 1;
    t.holds("exec that was held", "exit status 0", &ended.describe(), |_| ended.status.success())
}

fn look_until_the_last(t: &Trial, probe: &mut Probe, moments: &Receiver<Moment>, seen: &mut Seen) -> Judgement {
    loop {
        let never = |_| Stop::Error("the runtime never comes to the execve of the program".to_owned());
        let moment = moments.recv_timeout(t.patience()).map_err(never)?;
        seen.now = moment.step;
        let entries = probe.list("/proc")?;
        let numbers = entries.iter().filter_map(|entry| entry.name.parse::<u32>().ok());
        for number in numbers.filter(|&number| number != 1) {
            seen.processes += 1;
            Process { number, probe }.look(t, seen)?;
        }
        if moment.step == PROGRAM {
            return Ok(());
        }
    }
}

/// A process that has appeared. What cannot be looked at, or is gone, leads nowhere.
struct Process<'p> {
    number: u32,
    probe: &'p mut Probe,
}

impl Process<'_> {
    fn at(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.number)
    }

    fn look(&mut self, t: &Trial, seen: &mut Seen) -> Judgement {
        let root = self.probe.stat("/")?.file();
        let above = "../".repeat(32);
        if self.leads_elsewhere(&self.at("root/"), root)? {
            seen.add(ROOT, "");
        }
        if self.leads_elsewhere(&self.at(&format!("cwd/{above}")), root)? {
            seen.add(DIRECTORY, "");
        }
        let executable = self.probe.try_stat(&self.at("exe"))?.ok().map(|found| found.file());
        for entry in self.probe.try_list(&self.at("fd"))?.unwrap_or_default() {
            let (name, path) = (entry.target.unwrap_or_default(), self.at(&format!("fd/{}", entry.name)));
            let Ok(file) = self.probe.try_stat(&path)? else { continue };
            let of_the_host = match file.kind {
                // Whoever has that has nothing.
                FileKind::CharacterDevice if file.node == NULL => false,
                // What it runs is judged as that.
                FileKind::Regular if Some(file.file()) == executable => false,
                FileKind::Directory => {
                    let top = format!("{path}/{above}");
                    self.leads_elsewhere(&top, root)? && !self.shows_own_processes_only(&top)?
                }
                FileKind::Regular | FileKind::CharacterDevice | FileKind::BlockDevice => {
                    !self.is_inside(&name, file.inode)?
                }
                _ => false,
            };
            if of_the_host && !is_memory(&name) {
                seen.add(DESCRIPTOR, format!(" {}: {name}", entry.name));
            }
        }
        let executable = self.executable(seen)?;
        self.mapped(executable, seen)?;
        let state = t.bench().state().display().to_string();
        if self.text("cmdline")?.contains(&state) {
            seen.add(ARGUMENTS, "");
        }
        if self.text("environ")?.contains(SECRET.1) {
            seen.add(ENVIRONMENT, "");
        }
        Ok(())
    }

    fn leads_elsewhere(&mut self, path: &str, root: (DeviceNumber, u64)) -> Result<bool, Stop> {
        Ok(self.probe.try_stat(path)?.is_ok_and(|found| found.file() != root))
    }

    /// Whether it is the top of a /proc of the container's own processes with nothing else in it, as runtimes mount it
    /// for themselves. proc(5), subset=pid
    fn shows_own_processes_only(&mut self, top: &str) -> Result<bool, Stop> {
        let [own, found] = ["/proc/self".to_owned(), format!("{top}self")].map(|link| self.probe.try_read_link(&link));
        let (Ok(own), Ok(found)) = (own?, found?) else { return Ok(false) };
        Ok(own == found && self.probe.try_stat(&format!("{top}sys"))?.is_err())
    }

    /// Whether the name that the kernel gives a file leads to it in the container.
    fn is_inside(&mut self, name: &str, inode: u64) -> Result<bool, Stop> {
        Ok(self.probe.try_stat(name)?.is_ok_and(|found| found.inode == inode))
    }

    /// Its inode. It may be the container's program, a sealed copy, or lie on a read-only mount.
    fn executable(&mut self, seen: &mut Seen) -> Result<Option<u64>, Stop> {
        let path = self.at("exe");
        let (Ok(file), Ok(name)) = (self.probe.try_stat(&path)?, self.probe.try_read_link(&path)?) else {
            return Ok(None);
        };
        if file.file() == self.probe.stat(PROBE_PATH)?.file() || self.probe.try_is_read_only(&path)? == Ok(true) {
            return Ok(Some(file.inode));
        }
        if let Ok(opened) = self.probe.try_open(&path, O_RDONLY)? {
            let sealed = self.probe.try_seals(opened.descriptor)?.is_ok_and(|seals| seals & libc::F_SEAL_WRITE != 0);
            self.probe.close(opened.descriptor)?;
            if !sealed {
                seen.add(EXECUTABLE, format!(" {}", String::from_utf8_lossy(&name)));
            }
        }
        Ok(Some(file.inode))
    }

    fn mapped(&mut self, executable: Option<u64>, seen: &mut Seen) -> Judgement {
        for line in self.text("maps")?.lines() {
            // Addresses, permissions, offset, device, inode, and behind spaces the name. proc_pid_maps(5)
            let mut fields = line.splitn(6, ' ');
            let (inode, name) =
                (fields.nth(4).and_then(|inode| inode.parse().ok()), fields.next().unwrap_or("").trim());
            let Some(inode) = inode.filter(|&inode| inode != 0 && Some(inode) != executable) else { continue };
            if !is_memory(name) && !self.is_inside(name, inode)? {
                seen.add(MAPPED, format!(" {name}"));
            }
        }
        Ok(())
    }

    fn text(&mut self, name: &str) -> Result<String, Stop> {
        let Ok(opened) = self.probe.try_open(&self.at(name), O_RDONLY)? else { return Ok(String::new()) };
        let text = self.probe.read_count(opened.descriptor, 1 << 16);
        self.probe.close(opened.descriptor)?;
        Ok(String::from_utf8_lossy(&text?).into_owned())
    }
}

fn is_memory(name: &str) -> bool {
    name.starts_with("/memfd:")
}
