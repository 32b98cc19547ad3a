//! The thread that answers for the calls of one command, from its execve until the last of its processes has ended.

use super::filter::{install, program};
use super::held::Held;
use super::listener::{Listener, Notification};
use super::{Answer, Call, Change, Hits, World};
use crate::{ledger, pidfd::pidfd};
use nix::errno::Errno as SysErrno;
use nix::libc::{self, SECCOMP_FILTER_FLAG_NEW_LISTENER, SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, c_ulong};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use ptyproof_probe::Errno;
use rustix::process::{PidfdGetfdFlags, pidfd_getfd};
use std::fs;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What is done at a call. The answer is for one hit, after those that are skipped, and then used up.
pub(super) struct Rule {
    pub call: Call,
    pub skipped: usize,
    pub answer: Option<Answer>,
}

/// How listeners are asked for. Before Linux 5.19, which has the first, a signal restarts a call that is held.
pub(super) const LISTENER: [c_ulong; 2] =
    [SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, SECCOMP_FILTER_FLAG_NEW_LISTENER];

/// Makes `command` stop at the calls of `rules`, and a thread answer. To be called last before it is started: what its
/// process does before is not watched.
pub(super) fn supervise(
    command: &mut Command,
    container: &Path,
    rules: Vec<Rule>,
    hits: Hits,
    ways: &'static [c_ulong],
) -> io::Result<()> {
    let file = fs::metadata(container)?;
    let mut patterns = Vec::new();
    for pattern in rules.iter().flat_map(|rule| rule.call.patterns()) {
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    let filter = program(&patterns, libc::SECCOMP_RET_USER_NOTIF);
    let (ours, mut theirs) = UnixStream::pair()?;
    // SAFETY: system calls that are async-signal-safe, and nothing is allocated.
    unsafe {
        command.pre_exec(move || {
            let mut installed = Err(SysErrno::EINVAL);
            for &flags in ways {
                if installed == Err(SysErrno::EINVAL) {
                    installed = install(&filter, flags);
                }
            }
            // The listener cannot be sent: sending may be what is watched, and nobody answers yet.
            let listener = installed?;
            let told = i64::from(libc::getpid()) << 32 | i64::from(listener);
            // By calls that nobody watches, for the same reason.
            if theirs.write_vectored(&[IoSlice::new(&told.to_ne_bytes())])? < 8
                || theirs.read_vectored(&mut [IoSliceMut::new(&mut [0])])? < 1
            {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            SysErrno::result(libc::close(listener))?;
            Ok(())
        });
    }
    thread::spawn(move || match take_listener(ours) {
        Ok(Some(listener)) => {
            let (listener, program) = (Arc::new(listener), (file.dev(), file.ino()));
            Supervisor { listener, program, rules, hits, undelivered: Vec::new() }.serve();
        }
        Ok(None) => {}
        Err(error) => hits.breaks(format!("taking the listener of seccomp: {error}")),
    });
    Ok(())
}

/// Takes the listener out of the child, which waits for it; nothing where the command was not started.
fn take_listener(mut child: UnixStream) -> io::Result<Option<Listener>> {
    let mut told = [0; 8];
    match child.read_exact(&mut told) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        outcome => outcome?,
    }
    let told = i64::from_ne_bytes(told);
    let listener = pidfd_getfd(pidfd((told >> 32) as i32)?, told as i32, PidfdGetfdFlags::empty())?;
    child.write_all(&[0])?;
    Ok(Some(Listener(listener)))
}

struct Supervisor {
    listener: Arc<Listener>,
    program: (u64, u64),
    rules: Vec<Rule>,
    hits: Hits,
    /// Hits whose answer the kernel has not taken yet, each with process and call. Where a signal restarts the call, it
    /// comes once more, under another id.
    undelivered: Vec<(u32, libc::seccomp_data, Arc<Hold>)>,
}

/// A hit that is to be answered.
struct Hold {
    listener: Arc<Listener>,
    state: Mutex<State>,
}

struct State {
    id: u64,
    /// The answer once it is known: going on, or a failure.
    answer: Option<Option<Errno>>,
    delivered: bool,
}

impl Hold {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something of it and answers, if there is an answer.
    fn update(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        if let Some(answer) = state.answer {
            // It fails for a process that has died, and where a signal has just restarted the call.
            state.delivered = self.listener.answer(state.id, answer.map(|errno| errno.0)).is_ok();
        }
    }
}

impl Supervisor {
    fn serve(mut self) {
        loop {
            let mut watched = [PollFd::new(self.listener.0.as_fd(), PollFlags::POLLIN)];
            match poll(&mut watched, PollTimeout::NONE) {
                Err(SysErrno::EINTR) => continue,
                // With nothing to receive it is the hang-up: no process is left.
                Ok(_) if watched[0].revents().is_some_and(|events| events.contains(PollFlags::POLLIN)) => {}
                _ => return,
            }
            // It fails where the process has died since.
            if let Ok(notification) = self.listener.receive() {
                self.attend(&notification);
            }
        }
    }

    fn attend(&mut self, held: &Notification) {
        self.undelivered.retain(|(_, _, hold)| !hold.state().delivered);
        let restarted = |(pid, data, _): &&(u32, libc::seccomp_data, _)| (*pid, *data) == (held.pid, held.data);
        if let Some((_, _, hold)) = self.undelivered.iter().find(restarted) {
            return hold.update(|state| state.id = held.id);
        }
        let state = Mutex::new(State { id: held.id, answer: None, delivered: false });
        let hold = Arc::new(Hold { listener: Arc::clone(&self.listener), state });
        self.undelivered.push((held.pid, held.data, Arc::clone(&hold)));
        match self.decide(held) {
            Some((Answer::Wait(change), world)) => {
                let hits = self.hits.clone();
                thread::spawn(move || {
                    perform(change, &world, &hits);
                    hold.update(|state| state.answer = Some(None));
                });
            }
            Some((Answer::Fail(errno), _)) => hold.update(|state| state.answer = Some(Some(errno))),
            None => hold.update(|state| state.answer = Some(None)),
        }
    }

    /// What the case wants of it, if anything.
    fn decide(&mut self, notification: &Notification) -> Option<(Answer, World)> {
        let pid = notification.pid.cast_signed();
        if Held::runs(pid, self.program) {
            return None;
        }
        let held = Held::look(pid, notification.data);
        if !self.listener.holds(notification.id) {
            return None;
        }
        let held = held.map_err(|error| self.hits.breaks(format!("looking at a call that is held: {error}"))).ok()?;
        let (mut told, mut wanted) = (Vec::new(), None);
        for rule in self.rules.iter_mut().filter(|rule| rule.call.is(&held)) {
            let hit = held.hit(rule.call);
            if !told.contains(&rule.call) {
                told.push(rule.call);
                self.hits.add(hit.clone());
            }
            match rule.skipped.checked_sub(1) {
                Some(left) => rule.skipped = left,
                None => wanted = wanted.or_else(|| Some((rule.answer.take()?, World { hit }))),
            }
        }
        for call in told {
            let answer = wanted.as_ref().filter(|(_, world)| world.hit.call == call);
            let answer = answer.map_or_else(|| "goes on".to_owned(), |(answer, _)| answer.in_words());
            ledger::stopped(pid, call.to_string(), held.hit(call).in_words(), answer);
        }
        wanted
    }
}

fn perform(change: Change, world: &World, hits: &Hits) {
    match catch_unwind(AssertUnwindSafe(|| change(world))) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => hits.breaks(format!("changing the world at {}: {error}", world.hit.call)),
        Err(_) => hits.breaks("changing the world: panicked; see standard error".to_owned()),
    }
}
