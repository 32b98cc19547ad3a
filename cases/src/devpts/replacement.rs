//! A `/dev/ptmx` that the image brings.

use super::ptmx::leads_to_its_instance;
use crate::prelude::*;
use nix::fcntl::{OFlag, open};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use nix::{errno, sys::stat::Mode, unistd::mkfifo};
use serde_json::json;

/// The cases of a `/dev/ptmx` in the rootfs.
pub const CASES: &[Case] = &[
    Case {
        id: "devpts/stale-ptmx-file-is-replaced",
        title: "start a container whose rootfs brings a regular file at /dev/ptmx, with no mount on /dev",
        requirement: "/dev/ptmx leads to the container's /dev/pts/ptmx, and allocates ptys",
        why: "images made by copying a running system bring such files; a program that opens one gets no terminal",
        references: &[RUNC_ROOTFS, SPEC_LINUX.at("#default-devices")],
        covers: &["A16"],
        caught_by: &[("device and inode of /dev/ptmx, which is no symbolic link", &["stale-ptmx-kept"])],
        body: |t| {
            replaced(t, |rootfs| {
                rootfs.file("dev/ptmx", b"stale\n", 0o644);
            })
        },
        ..Case::TERMINAL
    },
    Case {
        id: "devpts/stale-ptmx-link-is-replaced",
        title: "start a container whose rootfs brings /dev/ptmx as a symbolic link to a file of its own",
        requirement: "/dev/ptmx leads to the container's /dev/pts/ptmx, and the link's target stays as it was",
        why: "a runtime that follows the link mounts over or destroys a file that the image chose, with root's rights",
        references: &[RUNC_ROOTFS, SPEC_LINUX.at("#default-devices"), CVE_2025_52565],
        covers: &["A16"],
        caught_by: &[("target of the symbolic link /dev/ptmx", &["stale-ptmx-kept"])],
        body: |t| {
            replaced(t, |rootfs| {
                rootfs.symlink("dev/ptmx", "/etc/precious");
            })
        },
        ..Case::TERMINAL
    },
    Case {
        id: "devpts/stale-ptmx-node-is-replaced",
        title: "start a container whose rootfs brings /dev/ptmx as a device node 5:2 with mode 0000",
        requirement: "/dev/ptmx leads to the container's /dev/pts/ptmx rather than being a node of the image",
        why: "the image's node has the image's owner and mode: here it would lock every user but root out",
        level: Level::Convention,
        references: &[RUNC_ROOTFS, SPEC_LINUX.at("#default-devices")],
        covers: &["A16"],
        needs: &[Need::Terminal, Need::MachineRoot],
        caught_by: &[("device and inode of /dev/ptmx, which is no symbolic link", &["stale-ptmx-kept"])],
        body: |t| {
            replaced(t, |rootfs| {
                rootfs.device("dev/ptmx", DeviceNumber::PTMX, 0o000);
            })
        },
    },
    Case {
        id: "devpts/ptmx-that-stays-is-not-opened",
        title: "bind a fifo of the host to /dev/ptmx, which therefore cannot be removed",
        requirement: "create fails, or /dev/ptmx leads to the container's /dev/pts/ptmx; nobody opens the fifo",
        why: "whoever opens what stands there, only to look at it or to mount over it, waits for ever in a fifo, and makes a \
              device act",
        references: &[SPEC_LINUX.at("#default-devices"), manual("fifo(7)"), manual("open(2)").at("O_PATH")],
        covers: &["A16"],
        caught_by: &[("create opens the fifo", &["ptmx-opened-to-look"])],
        body: |t| {
            let fifo = t.directory()?.join("fifo");
            let failed = |errno| Stop::Error(format!("a fifo to look at: {errno}"));
            mkfifo(&fifo, Mode::S_IRWXU).map_err(failed)?;
            // It is held, so that who opens it is told of at once rather than kept waiting.
            let _held = open(&fifo, OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty()).map_err(failed)?;
            let watch = Inotify::init(InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC).map_err(failed)?;
            watch.add_watch(&fifo, AddWatchFlags::IN_OPEN).map_err(failed)?;
            let mount = json!({ "destination": "/dev/ptmx", "type": "bind", "source": fifo, "options": ["bind"] });
            let plan = t.container()?.configured(|config| {
                if let Some(mounts) = config["mounts"].as_array_mut() {
                    mounts.push(mount);
                }
            });
            let attempt = t.attempt(plan)?;
            let opened = match watch.read_events() {
                Err(errno::Errno::EAGAIN) => false,
                events => events.map(|events| !events.is_empty()).map_err(failed)?,
            };
            t.equal("create opens the fifo", opened, false)?;
            if !attempt.finished.status.success() {
                return t.equal("the container exists", attempt.created.lifecycle.is_known()?, false);
            }
            leads_to_its_instance(t, &attempt.succeeded()?.start()?.probe.observe()?)
        },
        ..Case::TERMINAL
    },
];

/// Entries of `/dev` that images bring.
const CVE_2025_52565: Reference =
    issue("CVE-2025-52565", "https://github.com/opencontainers/runc/security/advisories/GHSA-qw9x-cqr3-wc7r");

/// Starts a container on the rootfs's own `/dev`, and looks at its `/dev/ptmx`; a pty allocated through that is
/// one of the container's instance.
fn replaced(t: &Trial, bring: fn(&mut Rootfs)) -> Judgement {
    let plan = t
        .container()?
        .configured(|config| {
            if let Some(mounts) = config["mounts"].as_array_mut() {
                mounts.retain(|mount| mount["destination"] != "/dev");
            }
        })
        .rootfs(|rootfs| {
            rootfs.file(PRECIOUS, CONTENT, 0o644);
            bring(rootfs);
        });
    let precious = plan.directory().join("rootfs").join(PRECIOUS);
    let mut container = plan.start()?;
    leads_to_its_instance(t, &container.probe.observe()?)?;
    let pty = container.probe.open_pty()?;
    t.equal(
        "device that holds the slave of a pty allocated inside",
        pty.slave.map(|slave| slave.status.device),
        Ok(container.probe.stat("/dev/pts")?.device),
    )?;
    t.equal("kind of a file of the rootfs", container.probe.lstat(&format!("/{PRECIOUS}"))?.kind, FileKind::Regular)?;
    let content = std::fs::read(&precious)
        .map_err(|error| Stop::fail("a file of the rootfs", "it is there", error.to_string()))?;
    t.equal("content of a file of the rootfs", content, CONTENT.to_vec())
}

const PRECIOUS: &str = "etc/precious";
const CONTENT: &[u8] = b"must stay as it is\n";
