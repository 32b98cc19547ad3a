mod declared;

use crate::arguments::Doctor;
use crate::exit::{Exit, Refusal};
use declared::declared;
use nix::unistd::{User, geteuid};
use ptyproof_guest::outside::{find_qemu, open_kvm};
use ptyproof_harness::case::Machine;
use ptyproof_harness::runner::{Examination, Supervisor, SurveyError};
use ptyproof_report::Environment;
use std::fs;
use std::path::{Path, PathBuf};

/// What was found about one thing.
struct Finding {
    state: State,
    thing: &'static str,
    found: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// As it has to be.
    Ok,
    /// Worth knowing, no obstacle.
    Note,
    /// Some or all cases cannot run.
    Missing,
}

impl State {
    fn of(self, thing: &'static str, found: impl ToString) -> Finding {
        Finding { state: self, thing, found: found.to_string() }
    }
}

impl Finding {
    fn line(&self) -> String {
        let word = match self.state {
            State::Ok => "ok",
            State::Note => "note",
            State::Missing => "MISSING",
        };
        format!("{word:8} {:12} {}\n", self.thing, self.found)
    }
}

/// A line for each thing that a full run needs, and whether one is possible.
pub fn doctor(arguments: &Doctor) -> Result<(String, Exit), Refusal> {
    let environment = ptyproof_harness::environment::look();
    let looked = Supervisor::begin().and_then(|supervisor| Ok((supervisor.examine()?, supervisor)));
    let mut findings = vec![kernel(&environment)];
    let mut of_target = Vec::new();
    match &looked {
        Ok((examination, supervisor)) => {
            findings.extend(workers(supervisor.machine(), examination, &environment));
            of_target = declared(arguments, supervisor)?;
        }
        Err(error) => findings.push(no_workers(error)),
    }
    findings.push(ptys(&environment));
    findings.extend(["runc", "crun"].map(runtime));
    findings.extend([qemu(), kvm()]);
    findings.extend(of_target);
    let possible = findings.iter().all(|finding| finding.state != State::Missing);
    let mut text: String = findings.iter().map(Finding::line).collect();
    text.push_str(if possible {
        "\nA full run is possible: ptyproof run\n"
    } else {
        "\nA full run is not possible on this machine as it is.\n"
    });
    let exit = if possible { Exit::AsExpected } else { Exit::Machine };
    Ok((text, exit))
}

fn kernel(environment: &Environment) -> Finding {
    let Environment { kernel, architecture, distribution, .. } = environment;
    State::Note.of("kernel", format!("Linux {kernel}, {architecture}, {distribution}"))
}

fn no_workers(error: &SurveyError) -> Finding {
    State::Missing.of("workers", error)
}

fn workers(machine: Machine, examination: &Examination, environment: &Environment) -> Vec<Finding> {
    let user = if machine.root {
        State::Ok.of("user", "root of the machine")
    } else {
        State::Missing.of(
            "user",
            format!(
                "user {} in a user namespace: cases that need root of the machine are skipped; run as root",
                environment.user
            ),
        )
    };
    let ids = match (machine.many_ids, subordinate_ids()) {
        (true, _) => State::Ok.of("ids", "users and groups 0 to 1000 can be used in containers"),
        (false, Ok(())) => State::Missing
            .of("ids", "newuidmap and newgidmap are there, but did not map a range; are they setuid root?"),
        (false, Err(problem)) => State::Missing.of("ids", problem),
    };
    let devpts = match &examination.devpts {
        Ok(()) => State::Ok.of("devpts", "a new instance can be mounted, and gives ptys"),
        Err(problem) => State::Missing.of(
            "devpts",
            format!("{problem}; the kernel needs CONFIG_UNIX98_PTYS, and the sandbox that this runs in must allow it"),
        ),
    };
    let layout = &environment.cgroup_mode;
    let cgroups = match (layout.as_str(), examination.cgroup2) {
        ("v2", _) => State::Ok.of("cgroups", "v2"),
        (_, true) => State::Note.of(
            "cgroups",
            format!("{layout} here; workers mount a v2 hierarchy of their own, which every runtime accepts"),
        ),
        (_, false) => State::Note.of(
            "cgroups",
            format!("{layout}; some runtimes refuse that: boot with systemd.unified_cgroup_hierarchy=1"),
        ),
    };
    let namespaces = State::Ok.of("workers", "mount, PID and IPC namespaces of their own");
    vec![user, namespaces, ids, devpts, cgroups]
}

/// newuidmap(1), newgidmap(1), subuid(5).
fn subordinate_ids() -> Result<(), String> {
    for program in ["newuidmap", "newgidmap"] {
        if find(program).is_none() {
            return Err(format!(
                "one user id only: there is no {program}; install it (package uidmap or shadow-utils)"
            ));
        }
    }
    let user = geteuid();
    let name = User::from_uid(user).ok().flatten().map(|user| user.name);
    let keys = [name.unwrap_or_default(), user.to_string()];
    for file in ["/etc/subuid", "/etc/subgid"] {
        let text = fs::read_to_string(file).unwrap_or_default();
        let mut owners = text.lines().filter_map(|line| line.split(':').next());
        if !owners.any(|owner| keys.iter().any(|key| key == owner)) {
            return Err(format!(
                "one user id only: {file} has no range for user {user}; add a line {user}:100000:65536"
            ));
        }
    }
    Ok(())
}

fn ptys(environment: &Environment) -> Finding {
    /// More than all workers of a big machine use at the same time.
    const ENOUGH: u64 = 256;
    let value = |name: &str| environment.sysctls.get(name)?.parse::<u64>().ok();
    let (Some(most), Some(used)) = (value("kernel.pty.max"), value("kernel.pty.nr")) else {
        return State::Note.of("ptys", "/proc/sys/kernel/pty cannot be read: how many are free is not known");
    };
    let free = most.saturating_sub(used);
    let found = format!("{free} of {most} are free");
    if free >= ENOUGH {
        State::Ok.of("ptys", found)
    } else {
        let remedy = used + 4 * ENOUGH;
        State::Missing.of("ptys", format!("{found}; sysctl kernel.pty.max={remedy}"))
    }
}

/// Nobody needs these; those who have them may want to see how they do.
fn runtime(name: &'static str) -> Finding {
    match find(name) {
        Some(path) => State::Note.of(name, format!("ptyproof run --runtime {}", path.display())),
        None => State::Note.of(name, "not installed, and not needed"),
    }
}

/// For other kernels than the one that runs; a full run needs none.
fn qemu() -> Finding {
    match find_qemu() {
        Ok(path) => State::Ok.of("qemu", format!("{}, for ptyproof kernel", path.display())),
        Err(why) => State::Note.of("qemu", format!("only ptyproof kernel needs it: {why}")),
    }
}

/// It may be there and not work, which only a guest can show.
fn kvm() -> Finding {
    match open_kvm() {
        Ok(()) => State::Ok.of("kvm", "/dev/kvm can be opened; ptyproof kernel tries it first"),
        Err(why) => State::Note.of("kvm", format!("{why}; without it, ptyproof kernel is slower")),
    }
}

/// A program in the search path, or where runtimes are else.
pub fn find(program: &str) -> Option<PathBuf> {
    let search = std::env::var_os("PATH").unwrap_or_default();
    // Runtimes live where the search path of an ordinary user does not go.
    let usual = ["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&search)
        .chain(usual)
        .map(|directory| directory.join(program))
        .find(|path| Path::new(path).is_file())
}
