//! A process that a runtime in the foreground attends: by `run` or `exec`, with a terminal of its own or without.

use crate::prelude::*;

/// How the runtime is called.
#[derive(Clone, Copy)]
pub(super) struct How {
    exec: bool,
    terminal: bool,
    caller: fn() -> Caller,
}

impl How {
    /// `run` by somebody at a terminal, with a terminal.
    pub(super) const RUN: Self = Self { exec: false, terminal: true, caller: Caller::at_a_terminal };
    /// `exec` by the same.
    pub(super) const EXEC: Self = Self { exec: true, ..Self::RUN };

    pub(super) fn without_terminal(self) -> Self {
        Self { terminal: false, ..self }
    }

    pub(super) fn from(self, caller: fn() -> Caller) -> Self {
        Self { caller, ..self }
    }

    /// Calls `exec` in a container, and waits until the process is attended.
    pub(super) fn exec_in(self, container: &Container) -> Result<(Foreground, Probe), Stop> {
        let plan = container.exec()?;
        let plan = if self.terminal { plan } else { plan.without_terminal() };
        self.attach(plan.foreground((self.caller)())?)
    }

    fn run(self, t: &Trial) -> Result<(Foreground, Probe), Stop> {
        let plan = t.container()?;
        let plan = if self.terminal { plan } else { plan.without_terminal() };
        self.attach(plan.foreground((self.caller)())?)
    }

    fn attach(self, mut run: Foreground) -> Result<(Foreground, Probe), Stop> {
        let is_typed = self.terminal && (self.caller)().stdin == CallerStream::Terminal;
        let probe = if is_typed { run.attached()? } else { run.probe()? };
        Ok((run, probe))
    }
}

/// Calls the runtime, and `act`s with it and its process.
pub(super) fn attended(t: &Trial, how: How, act: impl FnOnce(Foreground, Probe) -> Judgement) -> Judgement {
    if !how.exec {
        let (run, probe) = how.run(t)?;
        return act(run, probe);
    }
    let container = t.container()?.without_terminal().start()?;
    let (run, probe) = how.exec_in(&container)?;
    act(run, probe)
}

/// A container in the foreground whose process has said its last words and closed every descriptor of its terminal.
pub(super) fn without_slave(t: &Trial) -> Result<(Foreground, Probe), Stop> {
    let mut run = t.container()?.foreground(Caller::at_a_terminal())?;
    let mut probe = run.attached()?;
    probe.write(1, b"last words")?;
    for descriptor in 0..3 {
        probe.close(descriptor)?;
    }
    run.outer.receives("last words")?;
    Ok((run, probe))
}

/// What the process, which catches SIGHUP, writes can go nowhere: its terminal is hung up, or it is ended.
pub(super) fn hears_that_nobody_reads(t: &Trial, probe: &mut Probe) -> Judgement {
    let tried = probe.try_write_all(1, b"to nobody").and_then(|written| Ok((written, probe.next_signals()?)));
    match tried {
        Err(ProbeError::Gone { .. }) => Ok(()),
        tried => {
            let (written, signals) = tried?;
            // It may be hung up before.
            let permitted = |written: &Result<_, Errno>| matches!(written, Ok(_) | Err(Errno(nix::libc::EIO)));
            t.holds("write to the terminal", "success, or EIO", &written, permitted)?;
            t.equal("signals of the process", signals, vec![Signal::HUP])?;
            // A runtime that ends the process may hang its terminal up first, and end it by now.
            match probe.end(Ending::Exit(0)) {
                Err(ProbeError::Gone { .. }) => Ok(()),
                ended => Ok(ended?),
            }
        }
    }
}
