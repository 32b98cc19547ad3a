//! The options that a config gives the devpts mount.

use super::ptmx_of;
use crate::prelude::*;

/// The cases of the mount's options.
pub const CASES: &[Case] = &[
    Case {
        id: "devpts/ptmx-is-closed-unless-asked",
        title: "mount devpts without ptmxmode=, and open /dev/pts/ptmx as user 1000",
        requirement: "the node has mode 0000, and the open fails with EACCES",
        why: "whoever leaves ptmxmode out wants users not to allocate terminals; a runtime that adds it on its own \
              takes that decision away",
        level: Level::Kernel,
        references: &[DEVPTS, PODMAN_10530],
        covers: &["A09"],
        needs: &[Need::Terminal, Need::ManyIds],
        caught_by: &[("mode of /dev/pts/ptmx", &["devpts-options-ignored"])],
        body: |t| {
            let mut container = t
                .container()?
                .user(1000, 1000)
                .devpts_options(&["nosuid", "noexec", "newinstance", "mode=0620", "gid=5"])
                .start()?;
            t.equal("mode of /dev/pts/ptmx", octal(container.probe.stat("/dev/pts/ptmx")?.mode).as_str(), "0000")?;
            let opened = container.probe.open_terminal("/dev/pts/ptmx")?;
            t.equal("opening /dev/pts/ptmx as user 1000", opened.map(|opened| opened.status.node), Err(Errno::EACCES))
        },
    },
    Case {
        id: "devpts/ptmxmode-is-honoured",
        title: "mount devpts with ptmxmode=0640",
        requirement: "/dev/pts/ptmx has mode 0640",
        why: "an administrator limits with ptmxmode who may allocate terminals",
        references: &[SPEC_CONFIG.at("#mounts"), DEVPTS, PODMAN_TEST],
        covers: &["A10"],
        caught_by: &[("mode of /dev/pts/ptmx", &["devpts-options-ignored", "ptmx-mode-000"])],
        body: |t| {
            let mut container = t
                .container()?
                .devpts_options(&["nosuid", "noexec", "newinstance", "ptmxmode=0640", "mode=0620"])
                .start()?;
            t.equal("mode of /dev/pts/ptmx", octal(ptmx_of(&container.probe.observe()?)?.status.mode).as_str(), "0640")
        },
        ..Case::TERMINAL
    },
    Case {
        id: "devpts/mode-is-honoured",
        title: "mount devpts with mode=0604",
        requirement: "the container's terminal and those allocated inside have mode 0604",
        why: "mode= decides whether other users may write to a terminal; another value opens it to them or breaks \
              write(1) and wall(1)",
        references: &[SPEC_CONFIG.at("#mounts"), DEVPTS, PODMAN_TEST],
        covers: &["A11"],
        caught_by: &[(
            "mode of the container's terminal",
            &["devpts-options-ignored", "devpts-mode-wrong", "slave-mode-666"],
        )],
        body: |t| {
            let options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0604"];
            both_terminals(t, &options, "mode", |status| octal(status.mode), octal(0o604))
        },
        ..Case::TERMINAL
    },
    Case {
        id: "devpts/gid-is-honoured",
        title: "mount devpts with gid=1001",
        requirement: "the container's terminal and those allocated inside belong to group 1001",
        why: "distributions differ in the number of their tty group; with a fixed one, set-group-id programs such as \
              write(1) do not work",
        level: Level::Convention,
        references: &[SPEC_CONFIG.at("#mounts"), DEVPTS, PODMAN_TEST, manual("mount(8)")],
        covers: &["A11"],
        needs: &[Need::Terminal, Need::ManyIds],
        caught_by: &[("group of the container's terminal", &["devpts-options-ignored", "devpts-gid-dropped"])],
        body: |t| {
            let options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=1001"];
            both_terminals(t, &options, "group", |status| status.group, 1001)
        },
    },
];

/// A ptmx that nobody may open.
const PODMAN_10530: Reference = issue("podman issue 10530", "https://github.com/containers/podman/issues/10530");

/// Options of devpts as users of an engine give them.
const PODMAN_TEST: Reference =
    issue("podman, test/e2e/run_test.go", "https://github.com/containers/podman/blob/main/test/e2e/run_test.go");

fn octal(mode: u32) -> String {
    format!("{mode:04o}")
}

/// The container's own terminal and one that is allocated inside agree in a property.
fn both_terminals<T: Evident + PartialEq + Clone>(
    t: &Trial,
    options: &[&str],
    what: &str,
    property: fn(&FileStatus) -> T,
    expected: T,
) -> Judgement {
    let mut container = t.container()?.devpts_options(options).start()?;
    let own = container.probe.stat("/proc/self/fd/0")?;
    t.equal(&format!("{what} of the container's terminal"), property(&own), expected.clone())?;
    let further = container.probe.open_pty()?.slave;
    let seen = further.map(|slave| property(&slave.status));
    t.equal(&format!("{what} of a terminal allocated inside"), seen, Ok(expected))
}
