//! Who may fake input.

use super::{LEGACY_TIOCSTI, Outcome, TIOCSTI, acquire, fake};
use crate::{kernel::setting::Setting, prelude::*};

/// Most change a setting of the machine and change to another user.
pub const CASES: &[Case] = &[
    Case {
        id: "kernel-injection/own-terminal-or-privilege",
        title: "with dev.tty.legacy_tiocsti 1, where there is such a setting, fake input as user 1000 and as root, each on \
                the own and on a foreign controlling terminal",
        requirement: "success on the own; EPERM for the user on the foreign one, success for root",
        why: "a descriptor of another user's terminal, left open by accident, must not be enough to type there",
        level: Level::Security,
        references: &[TIOCSTI, CVE_2017_5226],
        covers: &["MS-02"],
        needs: NEEDS,
        body: |t| {
            let mut sessions = Sessions::begin(t)?;
            let legacy = Setting::remember(LEGACY_TIOCSTI)?;
            if let Some(legacy) = &legacy {
                legacy.set(&mut sessions.root, 1)?;
            }
            t.equal("user own, user foreign, root own, root foreign", sessions.try_all()?, FOR_EVERYBODY)?;
            let (roots, users) = (sessions.roots.master, sessions.users.master);
            t.equal_bytes("echo at the user's terminal", &sessions.root.read_count(users, 2)?, b"ad")?;
            t.equal_bytes("echo at root's terminal", &sessions.root.read_count(roots, 1)?, b"c")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-injection/only-root-where-it-is-off",
        title: "set dev.tty.legacy_tiocsti to 0, and fake input as user 1000 and as root, each on the own and on a foreign \
                controlling terminal",
        requirement: "EIO for the user on both; success for root, on some kernels EIO, too; kernels without the setting are \
                      as if it was on",
        why: "with TIOCSTI off, a program in a container can no longer type into the shell that started it",
        level: Level::Security,
        references: &[TIOCSTI, CVE_2017_5226],
        covers: &["MS-02"],
        needs: NEEDS,
        body: |t| {
            let mut sessions = Sessions::begin(t)?;
            let legacy = Setting::remember(LEGACY_TIOCSTI)?;
            if let Some(legacy) = &legacy {
                legacy.set(&mut sessions.root, 0)?;
            }
            let outcomes = sessions.try_all()?;
            let (done, off) = (Ok(0), Err(Errno::EIO));
            let mut known = vec![("new", [off, off, done, done]), ("broken", [off, off, off, off])];
            if legacy.is_none() {
                known = vec![("old", FOR_EVERYBODY)];
            }
            t.shows("user own, user foreign, root own, root foreign", outcomes, &known)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-injection/who-calls-counts-and-not-who-opened",
        title: "pass a slave opened by root to user 1000 with SCM_RIGHTS and one opened by user 1000 to root, and let each \
                fake input on it, with dev.tty.legacy_tiocsti 1 and 0",
        requirement: "the user gets EPERM, with 0 EIO; root may, but for kernels that refuse it when the setting is 0",
        why: "a terminal handed to a service must not carry root's right to type",
        level: Level::Security,
        references: &[TIOCSTI],
        covers: &["MS-03"],
        needs: NEEDS,
        body: |t| {
            let mut root = t.actor()?;
            let sockets = root.socket_pair()?;
            let mut user = root.fork(ChildGroup::OwnSession)?;
            user.become_user(1000, 1000)?;
            // Allocated after the fork, so that nothing is inherited.
            let roots = root.new_pty(0)?;
            let users = user.new_pty(0)?;
            root.send_descriptor(sockets[0], roots.slave)?;
            user.send_descriptor(sockets[1], users.slave)?;
            let of_root = user.receive_descriptor(sockets[1])?.descriptor;
            let of_user = root.receive_descriptor(sockets[0])?.descriptor;
            let mut both = || -> Result<[Outcome; 2], Stop> {
                Ok([fake(&mut user, of_root, b'a')?, fake(&mut root, of_user, b'b')?])
            };
            let legacy = Setting::remember(LEGACY_TIOCSTI)?;
            let (done, refused, off) = (Ok(0), Err(Errno::EPERM), Err(Errno::EIO));
            let Some(legacy) = legacy else {
                return t.shows("user on root's, root on the user's", both()?, &[("old", [refused, done])]);
            };
            let mut actor = t.actor()?;
            legacy.set(&mut actor, 1)?;
            t.equal("with 1: user on root's, root on the user's", both()?, [refused, done])?;
            legacy.set(&mut actor, 0)?;
            let seen = both()?;
            t.shows("with 0: user on root's, root on the user's", seen, &[("new", [off, done]), ("broken", [off, off])])
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-injection/a-request-has-32-bits",
        title: "fake a byte with bits set above the 32 of the request: without a filter of system calls, with one that \
                compares 64 bits of it with TIOCSTI, and with one that compares 32",
        requirement: "the kernel takes it for TIOCSTI, the first filter lets it pass where it stops plain TIOCSTI, the \
                      second stops both",
        why: "a sandbox that compares 64 bits forbids nothing to who sets one more: its programs type into the caller's shell",
        level: Level::Security,
        references: &[TIOCSTI, CVE_2019_10063, manual("seccomp(2)")],
        covers: &["L03"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            acquire(&mut actor, pty.slave)?;
            // 0, or an error where the machine has turned TIOCSTI off.
            let plain = fake(&mut actor, pty.slave, b'a')?;
            t.equal("bits above, without a filter", fake_with_upper_half(&mut actor, pty.slave)?, plain)?;
            let refused = Err(Errno::EXDEV);
            actor.refuse_ioctl(IoctlName::Tiocsti, true)?;
            t.equal("TIOCSTI, 64 bits compared", fake(&mut actor, pty.slave, b'a')?, refused)?;
            t.equal("bits above, 64 bits compared", fake_with_upper_half(&mut actor, pty.slave)?, plain)?;
            actor.refuse_ioctl(IoctlName::Tiocsti, false)?;
            t.equal("TIOCSTI, 32 bits compared", fake(&mut actor, pty.slave, b'a')?, refused)?;
            t.equal("bits above, 32 bits compared", fake_with_upper_half(&mut actor, pty.slave)?, refused)?;
            let echo: &[u8] = if plain.is_ok() { b"aaa." } else { b"." };
            actor.write(pty.slave, b".")?;
            t.equal_bytes("echo of what was faked", &actor.read_count(pty.master, echo.len())?, echo)
        },
        ..Case::KERNEL
    },
];

/// TIOCSTI with a bit above the 32 of the request.
fn fake_with_upper_half(probe: &mut Probe, terminal: i32) -> Result<Outcome, Stop> {
    Ok(probe.try_ioctl_with_upper_half(terminal, IoctlName::Tiocsti, 1, b'a'.into())?)
}

/// A filter that compared all 64 bits.
const CVE_2019_10063: Reference =
    issue("flatpak issue 2782 (CVE-2019-10063)", "https://github.com/flatpak/flatpak/issues/2782");

/// Terminals taken over from a sandbox.
const CVE_2017_5226: Reference = issue("CVE-2017-5226", "https://nvd.nist.gov/vuln/detail/CVE-2017-5226");

const NEEDS: &[Need] = &[Need::MachineRoot, Need::ManyIds, Need::Disturbs];

/// Two sessions with a controlling terminal each: of root and of user 1000. Both have both slaves open.
struct Sessions {
    root: Actor,
    user: Actor,
    roots: PtyDescriptors,
    users: PtyDescriptors,
}

impl Sessions {
    fn begin(t: &Trial) -> Result<Self, Stop> {
        let mut root = t.actor()?;
        let roots = root.new_pty(0)?;
        let users = root.new_pty(0)?;
        acquire(&mut root, roots.slave)?;
        let mut user = root.fork(ChildGroup::OwnSession)?;
        acquire(&mut user, users.slave)?;
        user.become_user(1000, 1000)?;
        Ok(Self { root, user, roots, users })
    }

    /// TIOCSTI: the user on its own and on a foreign terminal, root on its own and on a foreign one.
    fn try_all(&mut self) -> Result<[Outcome; 4], Stop> {
        let (roots, users) = (self.roots.slave, self.users.slave);
        Ok([
            fake(&mut self.user, users, b'a')?,
            fake(&mut self.user, roots, b'b')?,
            fake(&mut self.root, roots, b'c')?,
            fake(&mut self.root, users, b'd')?,
        ])
    }
}

/// What [`Sessions::try_all`] gives where anybody may fake input on their own terminal.
const FOR_EVERYBODY: [Outcome; 4] = [Ok(0), Err(Errno::EPERM), Ok(0), Ok(0)];
