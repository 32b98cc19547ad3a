//! The last output of a process that ends.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-hangup/last-output-comes-before-the-end",
        title: "fifty times: a process with the only slave writes 3000 bytes and ends, and the master reads until it fails",
        requirement: "the master reads all 3000 bytes, and then EIO",
        why: "the last lines of a command, often the error that ended it, must not be lost",
        references: &[manual("pty(7)")],
        covers: &["HU-08"],
        body: |t| {
            let mut emulator = t.actor()?;
            let output = [b'x'; 3000];
            for _ in 0..ROUNDS {
                let pty = emulator.new_pty(0)?;
                let mut child = emulator.fork(ChildGroup::OwnSession)?;
                child.close(pty.master)?;
                emulator.close(pty.slave)?;
                child.write_and_end(pty.slave, &output, Ending::Exit(0))?;
                let mut received = Vec::new();
                let end = loop {
                    match emulator.try_read(pty.master)? {
                        Ok(bytes) if bytes.is_empty() => break Ok(()),
                        Ok(bytes) => received.extend(bytes),
                        Err(errno) => break Err(errno),
                    }
                };
                t.equal_bytes("what the master reads", &received, &output)?;
                t.equal("what follows", end, Err(Errno::EIO))?;
                emulator.wait_for_end(child.pid())?;
                emulator.close(pty.master)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-hangup/last-output-is-there-after-the-end",
        title: "fifty times: a process writes and ends, is waited for, and the master is read without waiting",
        requirement: "all of the output is there at once, then EIO; never EAGAIN",
        why: "sshd reads what is left when it is told of the child's end; before Linux 4.7 it could lose it",
        references: &[manual("pty(7)"), manual("read(2)").at("EAGAIN")],
        covers: &["HU-08"],
        body: |t| {
            let mut emulator = t.actor()?;
            for _ in 0..ROUNDS {
                let pty = emulator.new_pty(O_NONBLOCK)?;
                let mut child = emulator.fork(ChildGroup::OwnSession)?;
                child.close(pty.master)?;
                emulator.close(pty.slave)?;
                child.write_and_end(pty.slave, b"the last words", Ending::Exit(0))?;
                emulator.wait_for_end(child.pid())?;
                t.equal("read after the end", emulator.try_read(pty.master)?, Ok(b"the last words".to_vec()))?;
                t.equal("the next read", emulator.try_read(pty.master)?, Err(Errno::EIO))?;
                emulator.close(pty.master)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];

/// How often a process is tried: the output is handed on by a kernel worker, which loses races only now and then.
const ROUNDS: usize = 50;
