//! What the flags of open(2) do to either side, and how often a slave can be open.

use crate::kernel::events::{WRITABLE, events};
use crate::prelude::*;
use nix::fcntl::OFlag;
use nix::libc::{O_ACCMODE, O_CLOEXEC};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/opening-a-master-honours-the-flags",
        title: "open /dev/ptmx with each combination of O_NONBLOCK and O_CLOEXEC",
        requirement: "the open file has just these, and with O_NONBLOCK a read does not wait",
        why: "a master that a child inherits keeps the terminal alive, and one that waits stops an event loop",
        references: &[manual("open(2)"), manual("posix_openpt(3)")],
        covers: &["PT-38"],
        body: |t| {
            let mut actor = t.actor()?;
            for extra in [0, O_NONBLOCK, O_CLOEXEC, O_NONBLOCK | O_CLOEXEC] {
                let wanted = O_RDWR | extra;
                let opened = actor.open_exactly("/dev/ptmx", wanted | O_NOCTTY)?;
                let seen = actor.flags(opened.descriptor)? & KEPT;
                let [seen, wanted] = [seen, wanted].map(OFlag::from_bits_retain);
                t.equal(&format!("flags of {}", wanted.evidence()), seen, wanted)?;
                if extra & O_NONBLOCK != 0 {
                    t.equal("a read", actor.try_read(opened.descriptor)?, Err(Errno::EAGAIN))?;
                }
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/opening-the-peer-honours-the-flags",
        title: "open slaves by TIOCGPTPEER with each access mode, O_NONBLOCK and O_CLOEXEC",
        requirement: "the open files have just these",
        why: "runtimes open the container's terminal this way, and no other process of theirs may inherit it",
        references: &[manual("ioctl_tty(2)").at("TIOCGPTPEER")],
        covers: &["PT-14"],
        body: |t| {
            let mut actor = t.actor()?;
            let master = actor.new_pty(0)?.master;
            for access in [O_RDONLY, O_WRONLY, O_RDWR] {
                for extra in [0, O_NONBLOCK, O_CLOEXEC, O_NONBLOCK | O_CLOEXEC] {
                    let wanted = access | extra;
                    let opened = actor.open_peer_exactly(master, wanted | O_NOCTTY)?;
                    let seen = actor.flags(opened.descriptor)? & KEPT;
                    let [seen, wanted] = [seen, wanted].map(OFlag::from_bits_retain);
                    t.equal(&format!("flags of {}", wanted.evidence()), seen, wanted)?;
                }
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-peer-for-one-direction-refuses-the-other",
        title: "read and write slaves from TIOCGPTPEER with O_RDONLY, O_WRONLY and O_NONBLOCK",
        requirement: "EBADF for what they are not open for, and EAGAIN where a read would wait",
        why: "a descriptor for output only, handed to a program, must not let it read what is typed",
        references: &[manual("ioctl_tty(2)").at("TIOCGPTPEER"), manual("read(2)").at("EBADF")],
        covers: &["PT-14"],
        body: |t| {
            let mut actor = t.actor()?;
            let master = actor.new_pty(0)?.master;
            let flags = O_NOCTTY | O_NONBLOCK;
            let reads = actor.open_peer(master, flags | O_RDONLY)?.descriptor;
            let writes = actor.open_peer(master, flags | O_WRONLY)?.descriptor;
            t.equal("a write with O_RDONLY", actor.try_write(reads, b"x")?, Err(Errno::EBADF))?;
            t.equal("a read with O_RDONLY", actor.try_read(reads)?, Err(Errno::EAGAIN))?;
            t.equal("a read with O_WRONLY", actor.try_read(writes)?, Err(Errno::EBADF))?;
            t.equal("a write with O_WRONLY", actor.try_write(writes, b"x")?, Ok(1))?;
            t.equal_bytes("what the master reads", &actor.read(master)?, b"x")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/opening-the-peer-acquires-the-terminal-unless-told-not-to",
        title: "as leader of a session without a terminal, use TIOCGPTPEER with O_NOCTTY and then without",
        requirement: "the first leaves the session without a terminal, the second makes the slave its controlling terminal",
        why: "the ioctl is an open like any other: a daemon that forgets O_NOCTTY is killed by the terminal's hang-up",
        references: &[manual("ioctl_tty(2)").at("TIOCGPTPEER"), manual("open(2)").at("O_NOCTTY")],
        covers: &["PT-14"],
        body: |t| {
            let mut actor = t.actor()?;
            let master = actor.new_pty(0)?.master;
            let none = actor.try_open("/dev/tty", O_RDWR)?.map(|_| ());
            t.equal("/dev/tty after O_NOCTTY", none, Err(Errno(nix::libc::ENXIO)))?;
            let slave = actor.open_peer(master, O_RDWR)?.descriptor;
            let session = actor.try_ioctl(slave, IoctlName::Tiocgsid, 0)?;
            t.equal("the session of the slave", session, Ok(i64::from(actor.pid())))?;
            t.equal("/dev/tty after an open without it", actor.try_open("/dev/tty", O_RDWR)?.map(|_| ()), Ok(()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-slave-is-open-4096-times",
        title: "open one slave 4096 times in eight processes, and let them end",
        requirement: "all succeed, and the hang-up comes with the last close and not before",
        why: "every process of a session has its terminal open three times",
        references: &[manual("pty(7)")],
        covers: &["PT-36"],
        body: |t| {
            const PROCESSES: usize = 8;
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            let open = step::OpenPeer { master: pty.master, flags: O_RDWR | O_NOCTTY, or_by_name: true };
            let mut holders = Vec::new();
            for _ in 0..PROCESSES {
                let mut holder = actor.fork(ChildGroup::Parents)?;
                let before = vec![open.clone().into(); 4096 / PROCESSES - 1];
                let opened = holder.try_ask(step::InTurn(before, open.clone()))?;
                let is_slave = opened.map(|opened| opened.status.node.is_pty_slave());
                t.equal("512 opens of the slave", is_slave, Ok(true))?;
                holders.push(holder);
            }
            actor.close(pty.slave)?;
            for mut holder in holders {
                t.equal("poll before the last close", events(&mut actor, pty.master)?, WRITABLE)?;
                holder.end(Ending::Exit(0))?;
                actor.wait_for_end(holder.pid())?;
            }
            t.equal("poll after the last close", events(&mut actor, pty.master)?, WRITABLE | PollFlags::POLLHUP)
        },
        ..Case::KERNEL
    },
];

/// The flags that are looked at. The kernel adds others, such as O_LARGEFILE.
const KEPT: i32 = O_ACCMODE | O_NONBLOCK | O_CLOEXEC;
