//! One step of a runtime fails, once: it either ends what the caller wanted, and says so, or does no harm.

use crate::prelude::*;
use ptyproof_harness::intervention::{Call, Hits};

/// Which step fails: after so many that do not, and how.
#[derive(Clone, Copy)]
pub(super) struct Fault {
    pub call: Call,
    pub after: usize,
    pub errno: Errno,
}

/// What is done with a runtime of which one step fails.
pub(super) type Attempted = fn(&Trial, Fault) -> Judgement;

/// The first of these steps fails with each of `errnos`, one after another.
pub(super) fn each(t: &Trial, attempted: Attempted, call: Call, errnos: &[nix::errno::Errno]) -> Judgement {
    errnos.iter().try_for_each(|&errno| attempted(t, Fault { call, after: 0, errno: errno.into() }))
}

/// What the terminal is asked to be like.
const SIZE: Size = Size::new(40, 120);

fn planned(t: &Trial) -> Result<Plan, Stop> {
    Ok(t.container()?.console_size(SIZE))
}

/// `create`, and `start` where it succeeds.
pub(super) fn create(t: &Trial, fault: Fault) -> Judgement {
    let plan = planned(t)?.when(fault.call).after(fault.after).fails_with(fault.errno);
    let (hits, before, errno) = (plan.hits(), t.mounts()?, fault.errno);
    let attempt = t.attempt(plan)?;
    hits.taken(fault.call, fault.after)?;
    let finished = if attempt.finished.status.success() {
        match attempt.created.start() {
            Ok(mut container) => {
                is_whole(t, errno, &mut container.probe, true)?;
                return Ok(container.lifecycle.delete()?);
            }
            Err(ContainerError::Status { finished, .. }) => finished,
            Err(other) => return Err(other.into()),
        }
    } else {
        t.equal(&format!("the container exists after {errno}"), attempt.created.lifecycle.is_known()?, false)?;
        attempt.finished
    };
    says_why(t, errno, &finished.stderr.bytes)?;
    t.mounts_are_as(&before)
}

/// `create` and `start`, which succeed all the same.
pub(super) fn does_no_harm(t: &Trial, Fault { call, after, errno }: Fault) -> Judgement {
    let plan = planned(t)?.user(1000, 1000).when(call).after(after).fails_with(errno);
    let hits = plan.hits();
    let attempt = t.attempt(plan)?;
    hits.taken(call, after)?;
    let what = format!("create after {errno}");
    t.holds(&what, "exit status 0", &attempt.finished.describe(), |_| attempt.finished.status.success())?;
    is_whole(t, errno, &mut attempt.created.start()?.probe, true)
}

/// `run` in the foreground.
pub(super) fn run(t: &Trial, fault: Fault) -> Judgement {
    let plan = planned(t)?.when(fault.call).after(fault.after).fails_with(fault.errno);
    let hits = plan.hits();
    ends_or_works(t, plan.foreground(Caller::at_a_terminal().sized(SIZE))?, fault, &hits)
}

/// `exec` in the foreground.
pub(super) fn exec(t: &Trial, fault: Fault) -> Judgement {
    let mut container = t.container()?.start()?;
    let plan = container.exec()?.console_size(SIZE).when(fault.call).after(fault.after).fails_with(fault.errno);
    let hits = plan.hits();
    ends_or_works(t, plan.foreground(Caller::at_a_terminal().sized(SIZE))?, fault, &hits)?;
    // The container is none the worse.
    container.probe.write(1, b"alive\n")?;
    container.receives("alive\r\n")?;
    Ok(container.lifecycle.delete()?)
}

fn ends_or_works(t: &Trial, mut run: Foreground, fault: Fault, hits: &Hits) -> Judgement {
    let errno = fault.errno;
    let lifecycle = run.lifecycle.take();
    let mut met = run.probe();
    let works = met.as_mut().is_ok_and(|probe| run.relays(probe).is_ok());
    hits.taken(fault.call, fault.after)?;
    match met {
        Ok(mut probe) if works => {
            // A first size may come with a signal, later than the first look.
            probe.catch(&[Signal::WINCH])?;
            while probe.size(0)? != SIZE && !probe.next_signals()?.is_empty() {}
            is_whole(t, errno, &mut probe, lifecycle.is_some())?;
            probe.end(Ending::Exit(0))?;
            let returned = run.returns()?;
            t.equal(&format!("exit status of the runtime after {errno}"), returned.finished.status.code(), Some(0))
        }
        // The program may run already, and the runtime end before it relays anything.
        Ok(_) | Err(ContainerError::Probe(ProbeError::NotConnected { .. } | ProbeError::Gone { .. })) => {
            let returned = run.returns()?;
            let what = format!("exit status of the runtime after {errno}");
            t.holds(&what, "not 0", &returned.finished.status, |status| !status.success())?;
            says_why(t, errno, &returned.output)?;
            let what = format!("settings of the caller's terminal after {errno}");
            t.equal(&what, returned.after.termios, returned.before.termios)?;
            match lifecycle {
                Some(container) => {
                    t.equal(&format!("the container exists after {errno}"), container.is_known()?, false)
                }
                None => Ok(()),
            }
        }
        Err(other) => Err(other.into()),
    }
}

fn says_why(t: &Trial, errno: Errno, message: &[u8]) -> Judgement {
    t.holds(&format!("a message about {errno}"), "one", &!message.is_empty(), |&said| said)
}

/// Nothing of the terminal design is missing in a container that works in spite of the failure.
fn is_whole(t: &Trial, errno: Errno, probe: &mut Probe, has_console: bool) -> Judgement {
    let seen = probe.observe()?;
    let Some((stdin, Ok(terminal))) = seen.descriptor(0).map(|stdin| (stdin, stdin.terminal.as_ref())) else {
        return Err(Stop::fail(format!("what is missing after {errno}"), "nothing", "a terminal on descriptor 0"));
    };
    let file = stdin.status.file();
    let same = |number: i32| seen.descriptor(number).is_some_and(|other| other.status.file() == file);
    let console = probe.try_stat("/dev/console")?.is_ok_and(|console| console.file() == file);
    let wrong = [
        (!same(1) || !same(2), "one terminal on 0, 1 and 2"),
        (seen.process.session != seen.process.pid, "a session of its own"),
        (seen.process.terminal != stdin.status.node, "the controlling terminal"),
        (!seen.pts.iter().any(|entry| entry.status.file() == file), "a terminal of the container's devpts"),
        (terminal.size != SIZE, "the size"),
        (has_console && !console, "the terminal at /dev/console"),
        (!has_console && console, "the first process's terminal at /dev/console"),
    ];
    let missing: Vec<_> = wrong.into_iter().filter(|(missing, _)| *missing).map(|(_, what)| what.to_owned()).collect();
    t.equal(&format!("what is missing after {errno}"), missing, Vec::new())
}
