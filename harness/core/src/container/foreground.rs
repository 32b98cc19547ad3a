//! A runtime in the foreground: its caller has a terminal, and the runtime relays.

use crate::case::Need;
use crate::container::background_job;
use crate::container::caller::{Caller, CallerSide, CallerState, setup};
use crate::container::{ContainerError, Lifecycle, Streams, Workbench, file_behind};
use crate::intervention::Interventions;
use crate::probe::{ControlSocket, Probe, ProbeError};
use crate::scheduler::{Vigil, all_asleep};
use crate::target::{Finished, Running};
use crate::terminal::{Pair, Terminal, TerminalError, acquire_controlling_terminal};
use crate::{container::drain::Drain, deadline::Deadline};
use nix::libc::{ECHO, ICANON};
use nix::poll::PollFlags;
use ptyproof_probe::{DeviceNumber, Ending, Signal};
use ptyproof_report::escaped;
use serde_json::Value;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};
use std::{os::unix::process::CommandExt, process::Command, rc::Rc};

/// A runtime in the foreground.
pub struct Foreground {
    // Before the runtime itself, to see whether it still runs when it is let go of.
    _unless_ended: Option<UnlessEnded>,
    // Where a case is over before the runtime is, the runtime is killed while it relays: were its terminal hung up first,
    // it would be killed amid the removal of its container.
    running: Running,
    /// The caller's terminal, from outside.
    pub outer: Terminal,
    /// The harness's ends of the caller's streams, where they are pipes.
    pub streams: Streams,
    /// What had come on the caller's terminal when its program had not.
    said: Vec<u8>,
    /// The container, unless this is `exec`.
    pub lifecycle: Option<Lifecycle>,
    /// How terminal and streams looked when the runtime was called.
    pub before: CallerState,
    verb: &'static str,
    side: CallerSide,
    control: Option<ControlSocket>,
    pub(super) hook: Option<ControlSocket>,
    bench: Rc<Workbench>,
    /// Whether it starts a container.
    counts: bool,
    began: Instant,
}

/// What is called in the foreground.
pub(super) enum Errand {
    /// A new container of a runtime's.
    Run(Lifecycle),
    /// A new program of a launcher's, by its id.
    Launch(String),
    /// A further process in a container.
    Exec,
    /// Another caller for a program that runs.
    Join,
}

/// Dropped before the runtime has ended: the case has killed it, and what it leaves of its container is not its fault.
struct UnlessEnded {
    container: String,
    bench: Rc<Workbench>,
    exit: OwnedFd,
}

impl Drop for UnlessEnded {
    fn drop(&mut self) {
        let at_once = Deadline::after(Duration::ZERO);
        if !at_once.wait_for(&self.exit, PollFlags::POLLIN).unwrap_or(false) {
            self.bench.is_cut_short(&self.container);
        }
    }
}

/// What is left when the runtime has returned to its caller.
#[derive(Debug)]
pub struct Returned {
    /// How the runtime ended.
    pub finished: Finished,
    /// What came on the caller's terminal until the hang-up and was not taken before.
    pub output: Vec<u8>,
    /// What came on standard output, where that was a pipe or a file.
    pub stdout: Vec<u8>,
    /// What came on standard error, where that was a pipe or a file.
    pub stderr: Vec<u8>,
    /// How terminal and streams looked when the runtime was called.
    pub before: CallerState,
    /// How they looked when it had returned.
    pub after: CallerState,
}

impl Foreground {
    pub(super) fn begin(
        bench: &Rc<Workbench>,
        mut command: Command,
        interventions: Interventions,
        caller: Caller,
        control: Option<ControlSocket>,
        errand: Errand,
    ) -> Result<Self, ContainerError> {
        let Pair { master, slave } = Pair::open().map_err(setup)?;
        let mut outer = bench.terminal("the caller's terminal", master)?;
        crate::terminal::set_size(&outer, caller.size).map_err(setup)?;
        let (streams, pipes) = Streams::open(bench.patience)?;
        let side = CallerSide::new(&caller, slave, pipes)?;
        side.give_to(&mut command)?;
        let before = side.look()?;
        outer.types(caller.typed_ahead)?;
        let terminal = side.terminal().duplicate().map_err(setup)?;
        // SAFETY: these calls are async-signal-safe and allocate nothing.
        unsafe {
            command.pre_exec(move || {
                nix::unistd::setsid()?;
                if caller.controlling {
                    acquire_controlling_terminal(terminal.as_fd())
                        .map_err(|errno| std::io::Error::from_raw_os_error(errno.0))?;
                }
                if caller.background {
                    background_job::become_one()?;
                }
                Ok(())
            });
        }
        interventions.impose_on(&mut command, bench.probe())?;
        let began = Instant::now();
        let running = Running::start_with_streams(command)?;
        let exit = running.exit_event().try_clone().map_err(|error| setup(error.into()))?;
        let (verb, id, lifecycle) = match errand {
            Errand::Run(lifecycle) => ("run", Some(lifecycle.id().to_owned()), Some(lifecycle)),
            Errand::Launch(id) => ("the launcher", Some(id), None),
            Errand::Exec => ("exec", None, None),
            Errand::Join => ("attach", None, None),
        };
        let unless_ended = id.map(|container| UnlessEnded { container, bench: Rc::clone(bench), exit });
        Ok(Self {
            counts: unless_ended.is_some(),
            bench: Rc::clone(bench),
            _unless_ended: unless_ended,
            verb,
            outer,
            said: Vec::new(),
            streams,
            lifecycle,
            before,
            side,
            running,
            control,
            hook: None,
            began,
        })
    }

    /// Waits for the probe; the runtime's end ends the wait.
    pub fn probe(&mut self) -> Result<Probe, ContainerError> {
        let control = self
            .control
            .take()
            .ok_or_else(|| ProbeError::NotConnected { why: "its probe was met before".to_owned() })?;
        let probe = control.accept(&[self.running.exit_event().as_fd()]).inspect_err(|_| {
            // What was said instead, a question for example, is to be read in the transcript.
            self.said = self.outer.takes();
        })?;
        if self.counts {
            self.bench.started_in(self.began.elapsed());
        }
        Ok(probe)
    }

    /// Waits for the hook of [`Plan::waiting_after_start`](crate::container::Plan::waiting_after_start). `None`
    /// where the runtime calls it before the process runs, by the state that it gives to the hook: then the hook
    /// has ended already, or the process would never run.
    pub fn hook(&mut self) -> Result<Option<Probe>, ContainerError> {
        let why = "no hook was planned, or it was met before";
        let hook = self.hook.take().ok_or_else(|| ProbeError::NotConnected { why: why.to_owned() })?;
        let mut hook = hook.accept(&[self.running.exit_event().as_fd()])?;
        let given = hook.read(0)?;
        let state: Value = serde_json::from_slice(&given).unwrap_or_default();
        match state["status"].as_str() {
            Some("running") => return Ok(Some(hook)),
            Some(_) => hook.end(Ending::Exit(0))?,
            None => {
                return Err(ContainerError::Wrong {
                    what: "what a poststart hook reads".to_owned(),
                    expected: "the container's state in JSON, with status",
                    observed: format!("\"{}\"", escaped(&given)),
                });
            }
        }
        Ok(None)
    }

    /// Waits for the probe, and until the relay works both ways: the caller's terminal is raw, and a byte that is
    /// typed there reaches the container. Nothing of that is left on either terminal.
    pub fn attached(&mut self) -> Result<Probe, ContainerError> {
        let mut probe = self.probe()?;
        self.relays(&mut probe)?;
        Ok(probe)
    }

    /// Waits for the probe, and where the target relays, until it does so both ways: from then on the program is at its
    /// caller's terminal, by itself or by the relay.
    pub fn joined(&mut self) -> Result<Probe, ContainerError> {
        if self.bench.target.lacks(Need::Relay).is_some() { self.probe() } else { self.attached() }
    }

    /// How many bytes are there to be read by whoever reads the caller's terminal next.
    pub fn pending_input(&self) -> Result<i32, ContainerError> {
        crate::terminal::unread(self.side.terminal().as_fd()).map_err(setup)
    }

    /// As [`attached`](Self::attached), with a probe that was met already. The runtime's end ends the wait.
    pub fn relays(&mut self, probe: &mut Probe) -> Result<(), ContainerError> {
        const KEY: &[u8] = b"k";
        if let Some(why) = self.bench.target.lacks(Need::Relay) {
            return Err(ContainerError::Stopped(why));
        }
        self.outer.turns_raw(Some(self.running.exit_event().as_fd()))?;
        let settings = probe.termios(0)?;
        let mut silent = settings;
        silent.local &= !(ICANON | ECHO);
        probe.set_termios(0, silent)?;
        self.outer.types(KEY)?;
        let received = probe.read(0)?;
        probe.set_termios(0, settings)?;
        if received != KEY {
            let expected = KEY.to_vec();
            return Err(TerminalError::Other { expected, received }.into());
        }
        Ok(())
    }

    /// Process id of the runtime; of the shell whose background job it is, where it is one.
    pub fn pid(&self) -> i32 {
        self.running.pid()
    }

    /// Sends the runtime a signal, any of the 64. kill(2).
    pub fn signal(&self, signal: Signal) -> Result<(), ContainerError> {
        // SAFETY: kill takes integers only; the runtime was not waited for, so the number is its own.
        let sent = unsafe { nix::libc::kill(self.pid(), signal.0) };
        nix::errno::Errno::result(sent).map(drop).map_err(|errno| setup(errno.into()))
    }

    /// The container as the runtime knows it.
    pub fn container(&self) -> Result<&Lifecycle, ContainerError> {
        self.lifecycle.as_ref().ok_or_else(|| self.bench.not_offered("state, kill and delete of a container"))
    }

    /// Waits for the runtime's end, not longer than `time`; whether it has come.
    pub fn ends_within(&self, time: Duration) -> Result<bool, ContainerError> {
        let ended = Deadline::after(time).wait_for(self.running.exit_event(), PollFlags::POLLIN);
        ended.map_err(|errno| setup(errno.into()))
    }

    /// The shell that leads the session brings the runtime, a background job of it, to the foreground: the builtin `fg`. To be
    /// called once.
    pub fn to_the_foreground(&self) -> Result<(), ContainerError> {
        self.signal(background_job::FG)
    }

    /// Waits until the runtime has ended, or does nothing: all its threads wait for something, at two looks. What it was told of
    /// before, it has then seen to; a runtime that never rests is given up on in silence.
    pub fn rests(&self) -> Result<(), ContainerError> {
        let deadline = Deadline::after(self.bench.patience);
        let mut rested = false;
        while !deadline.is_over() && !self.ends_within(Duration::from_millis(5))? {
            let asleep = all_asleep(self.pid()).unwrap_or(false); // a thread may be gone between two looks
            if asleep && rested {
                break;
            }
            rested = asleep;
        }
        Ok(())
    }

    /// Watches from now on for how long the runtime and all that it has started do nothing.
    pub fn vigil(&self) -> Vigil {
        Vigil::over(self.pid())
    }

    /// The caller is gone: its terminal hangs up, and its pipes have nobody at the other end. What is left is the runtime.
    pub fn leave(self) -> Running {
        self.running
    }

    /// What makes a descriptor in a container the caller's terminal, as in
    /// [`FileStatus::file`](ptyproof_probe::FileStatus::file).
    pub fn callers_terminal(&self) -> Result<(DeviceNumber, u64), ContainerError> {
        file_behind(self.side.terminal())
    }

    /// How the caller's terminal and streams look now.
    pub fn look(&self) -> Result<CallerState, ContainerError> {
        self.side.look()
    }

    /// Waits for the runtime's end and takes everything that comes meanwhile: a runtime that cannot write to
    /// its caller does not end.
    ///
    /// Like a shell, the caller keeps its terminal open until then; the hang-up afterwards says that there is no
    /// more. A process that the runtime left behind and that holds the terminal or a pipe ends in an error, as does a runtime
    /// that comes to no end: both are what it does wrong, and not a fault of whoever waits.
    pub fn returns(self) -> Result<Returned, ContainerError> {
        let deadline = Deadline::after(self.bench.patience);
        let mut drain = Drain::new(self.outer, self.said, self.streams);
        while !drain.wait(Some(self.running.exit_event().as_fd()), deadline)? {
            drain.take();
            if deadline.is_over() {
                return Err(ContainerError::Wrong {
                    what: format!("the return of {}", self.verb),
                    expected: "one",
                    observed: self.running.give_up(self.bench.patience).to_string(),
                });
            }
        }
        let finished = self.running.finish(self.bench.patience)?;
        let after = self.side.look()?;
        let [written, complained] = [self.side.written(1)?, self.side.written(2)?];
        // Only now can everything hang up.
        drop(self.side);
        while drain.take() {
            drain.wait(None, deadline)?;
            if deadline.is_over() {
                return Err(TerminalError::TooLittle {
                    expected: "a hang-up once the runtime has returned".to_owned(),
                    received: drain.output,
                    waited: self.bench.patience,
                }
                .into());
            }
        }
        let [stdout, stderr] = drain.pipes;
        Ok(Returned {
            finished,
            output: drain.output,
            stdout: written.unwrap_or(stdout.received),
            stderr: complained.unwrap_or(stderr.received),
            before: self.before,
            after,
        })
    }
}
