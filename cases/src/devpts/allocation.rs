//! Allocating ptys inside a container, as tmux, script, ssh and sudo do.

use crate::prelude::*;

/// The cases of allocation.
pub const CASES: &[Case] = &[
    Case {
        id: "devpts/user-allocates-a-pty",
        title: "posix_openpt, grantpt, unlockpt, ptsname and opening the slave, as user 1000",
        requirement: "each step succeeds, the slave belongs to user 1000 and group 5 with mode 0620, and carries bytes",
        why: "tmux, screen, script, sshd and expect need a terminal of their own; where a step fails, none of them \
              starts for an ordinary user",
        level: Level::Kernel,
        references: &[DEVPTS, manual("posix_openpt(3)"), manual("grantpt(3)"), SYSTEMD_337],
        covers: &["A21"],
        needs: &[Need::Terminal, Need::ManyIds],
        caught_by: &[("posix_openpt", &["ptmx-mode-000"])],
        body: |t| {
            let mut container = t.container()?.user(1000, 1000).start()?;
            let pty = t.succeeds("posix_openpt", container.probe.try_open_pty()?)?;
            t.equal("grantpt and unlockpt", (pty.granted, pty.unlocked), (Ok(()), Ok(())))?;
            let slave = pty.slave.as_ref().map(|slave| &slave.status);
            let seen = slave.map(|s| (s.user, s.group, format!("{:04o}", s.mode)));
            t.equal("user, group and mode of the slave", seen, Ok((1000, 5, "0620".to_owned())))?;
            carries_lines(t, &mut container.probe, &pty)
        },
    },
    Case {
        id: "devpts/ptsname-names-the-slave",
        title: "allocate a pty through /dev/ptmx, and look at what ptsname(3) and TIOCGPTN say",
        requirement: "the name is /dev/pts/N with N of TIOCGPTN, and that file is 136:N, the slave of this master",
        why: "every program opens the slave by that name; in another instance it is missing or another terminal",
        level: Level::Kernel,
        references: &[DEVPTS, manual("ptsname(3)"), manual("ioctl_tty(2), TIOCGPTN"), manual("pts(4)")],
        covers: &["A22"],
        needs: &[Need::Terminal],
        caught_by: &[("device and inode of what was opened as /dev/ptmx", &["ptmx-of-the-host", "ptmx-is-mknod-node"])],
        body: |t| {
            let mut container = t.container()?.start()?;
            let pty = container.probe.open_pty()?;
            t.equal(
                "device and inode of what was opened as /dev/ptmx",
                pty.master.status.file(),
                container.probe.stat("/dev/pts/ptmx")?.file(),
            )?;
            let number = container.probe.ioctl(pty.master.descriptor, IoctlName::Tiocgptn, 0)?;
            t.equal("ptsname", pty.name.as_str(), format!("/dev/pts/{number}").as_str())?;
            let named = container.probe.stat(&pty.name)?;
            let node = DeviceNumber { major: 136, minor: u64::from(pty.number) };
            t.equal("device of the slave", named.node, node)?;
            let seen = pty.slave.as_ref().map(|slave| slave.status.file());
            t.equal("device and inode of the slave", seen, Ok(named.file()))?;
            carries_lines(t, &mut container.probe, &pty)
        },
    },
    Case {
        id: "devpts/exec-allocates-a-pty",
        title: "allocate a pty through /dev/ptmx in a process of exec that has a terminal, as script and tmux do there",
        requirement: "it is of the container's devpts, its slave opens by its name, and carries bytes",
        why: "`exec -it ID tmux` is how people keep a session open in a container",
        level: Level::Convention,
        references: &[DEVPTS, manual("script(1)"), manual("ptsname(3)")],
        covers: &["J11"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("device and inode of what was opened as /dev/ptmx", &["ptmx-of-the-host", "ptmx-is-mknod-node"])],
        body: |t| {
            let container = t.container()?.start()?;
            let mut exec = container.exec()?.start()?;
            let pty = exec.probe.open_pty()?;
            let own = exec.probe.stat("/dev/pts/ptmx")?.file();
            t.equal("device and inode of what was opened as /dev/ptmx", pty.master.status.file(), own)?;
            carries_lines(t, &mut exec.probe, &pty)
        },
    },
];

/// Users who cannot use the terminals that they allocate.
const SYSTEMD_337: Reference = issue("systemd issue 337", "https://github.com/systemd/systemd/issues/337");

/// Master and slave of the two numbers belong together: a line goes in, and a line comes out.
fn carries_lines(t: &Trial, probe: &mut Probe, pty: &PtyAllocation) -> Judgement {
    let slave = match &pty.slave {
        Ok(slave) => slave.descriptor,
        Err(errno) => {
            return Err(Stop::fail("opening the slave", "success", errno.to_string()));
        }
    };
    probe.write(slave, b"out\n")?;
    t.equal("what the master reads", probe.read_count(pty.master.descriptor, 5)?, b"out\r\n".to_vec())?;
    probe.write(pty.master.descriptor, b"in\n")?;
    t.equal("what the slave reads", probe.read(slave)?, b"in\n".to_vec())
}
