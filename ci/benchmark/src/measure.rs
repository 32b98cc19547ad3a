//! The measurements, each on one runtime.

use crate::crowd::{Crowd, gather, value_kib};
use crate::sample::Sample;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SaFlags, SigAction, SigEvent, SigHandler, SigSet, SigevNotify, Signal, sigaction};
use nix::sys::timer::{Expiration, Timer, TimerSetTimeFlags};
use nix::time::ClockId;
use ptyproof_harness::container::{Caller, CallerStream, ContainerError, Foreground, Plan, Workbench};
use ptyproof_harness::terminal::Pair;
use ptyproof_probe::{Bytes, Ending, Lines, step};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};
use std::{io, rc::Rc};

/// What is relayed for the rate.
const RELAYED: usize = 64 << 20;

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum MeasureError {
    /// A container did not do as it must.
    #[error("{0}")]
    Container(#[from] ContainerError),
    /// The kernel refused.
    #[error("{0}")]
    System(#[from] io::Error),
    /// The program did not run to its end.
    #[error("{runtime}: {how}; on its terminal {said:?}")]
    Failed { runtime: String, how: String, said: String },
    /// Less than was written came out.
    #[error("{runtime}: only {total} bytes came")]
    Short { runtime: String, total: usize },
    /// A terminal fell silent.
    #[error("{runtime}: nothing came within a minute")]
    Silent { runtime: String },
}

impl From<Errno> for MeasureError {
    fn from(errno: Errno) -> Self {
        Self::System(errno.into())
    }
}

/// What a subject can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// All of it.
    Runtime,
    /// It starts the benchmark's container and does nothing else, not even a cgroup.
    Floor,
    /// The same in a cgroup of each hierarchy.
    FloorWithCgroups,
}

/// One runtime and what was measured of it.
pub struct Subject {
    /// Name of the binary.
    pub name: String,
    /// First line of its version text.
    pub version: String,
    /// Milliseconds from calling `run` to its end.
    pub start_ms: Sample,
    /// The same where the config asks for no cgroup.
    pub start_without_cgroup_ms: Sample,
    /// MiB a second where the caller's standard output is a pipe.
    pub pipe_rate: Sample,
    /// MiB a second where it is the caller's terminal.
    pub terminal_rate: Sample,
    /// Bytes of the relays that did not come out.
    pub lost: usize,
    /// Microseconds from a key to its echo.
    pub echo_us: Sample,
    /// Resident KiB of the foreground process.
    pub resident_kib: Sample,
    /// Many containers at once.
    pub crowd: Option<Crowd>,
    /// What can be measured of it.
    pub role: Role,
    bench: Rc<Workbench>,
}

impl Subject {
    /// A runtime that nothing was measured of yet.
    pub fn new(name: String, version: String, role: Role, bench: Rc<Workbench>) -> Self {
        Self {
            name,
            version,
            role,
            start_without_cgroup_ms: Sample::default(),
            crowd: None,
            start_ms: Sample::default(),
            pipe_rate: Sample::default(),
            terminal_rate: Sample::default(),
            lost: 0,
            echo_us: Sample::default(),
            resident_kib: Sample::default(),
            bench,
        }
    }

    /// The container that every measurement starts from.
    pub fn plan(&self) -> Result<Plan, ContainerError> {
        Plan::new(&self.bench)
    }

    /// Starts one container that is not measured.
    pub fn warm_up(&mut self) -> Result<(), MeasureError> {
        self.time_starts()?;
        self.start_ms = Sample::default();
        self.start_without_cgroup_ms = Sample::default();
        Ok(())
    }

    /// From calling `run` of a program that ends at once to the runtime's end.
    pub fn time_starts(&mut self) -> Result<(), MeasureError> {
        let bench = Rc::clone(&self.bench);
        let plan = || Ok::<_, ContainerError>(Plan::new(&bench)?.arguments(&["/probe", "exit", "0"]));
        let without_cgroup = |config: &mut serde_json::Value| {
            if let Some(linux) = config["linux"].as_object_mut() {
                linux.remove("cgroupsPath");
            }
        };
        if self.role != Role::Floor {
            let took = time_of(plan()?, &self.name)?;
            self.start_ms.add(took);
        }
        if self.role != Role::FloorWithCgroups {
            let took = time_of(plan()?.configured(without_cgroup), &self.name)?;
            self.start_without_cgroup_ms.add(took);
        }
        Ok(())
    }

    /// The rate of 64 MiB out of a container through the runtime to its caller: to a pipe, and to a terminal, which
    /// takes the same work once more.
    pub fn time_relay(&mut self) -> Result<(), MeasureError> {
        let steps = [
            step::WritePattern { descriptor: 1, lines: Lines::Unbroken, count: RELAYED }.into(),
            step::End { ending: Ending::Exit(0) }.into(),
        ];
        let caller = Caller::at_a_terminal().stdout(CallerStream::Pipe);
        let foreground = self.plan()?.performing(&steps).foreground(caller)?;
        let rate = rate_of(foreground.streams.stdout.as_fd(), &self.name, &|| has_ended(&foreground));
        self.lost += add_rate(&mut self.pipe_rate, rate)?;
        foreground.returns()?;
        let caller = Caller::at_a_terminal();
        let foreground = self.plan()?.performing(&steps).foreground(caller)?;
        let rate = rate_of_master(foreground.outer.as_fd(), &self.name, &|| has_ended(&foreground));
        self.lost += add_rate(&mut self.terminal_rate, rate)?;
        foreground.returns()?;
        Ok(())
    }

    /// From a key typed on the caller's terminal to its echo there; and the memory of the runtime meanwhile.
    pub fn time_keys(&mut self, keys: usize) -> Result<(), MeasureError> {
        let mut foreground: Foreground = self.plan()?.foreground(Caller::at_a_terminal())?;
        let mut probe = foreground.probe()?;
        // Without lines the queue of the terminal never fills, however many keys there are.
        let mut termios = probe.termios(0).map_err(ContainerError::from)?;
        termios.local &= !nix::libc::ICANON;
        probe.set_termios(0, termios).map_err(ContainerError::from)?;
        let outer = foreground.outer.as_fd();
        for _ in 0..keys {
            let began = Instant::now();
            nix::unistd::write(outer, b"k")?;
            wait_for_input(outer, &self.name)?;
            self.echo_us.add(began.elapsed().as_secs_f64() * 1e6);
            nix::unistd::read(outer, &mut [0; 64])?;
            // The program takes its input as a program does, outside of what is measured.
            probe.read(0).map_err(ContainerError::from)?;
        }
        self.resident_kib.add(resident_kib(foreground.pid())?);
        probe.end(Ending::Exit(0)).map_err(ContainerError::from)?;
        foreground.returns()?;
        Ok(())
    }

    /// Starts so many containers at once.
    pub fn gather_crowd(&mut self, count: usize) -> Result<(), MeasureError> {
        self.crowd = Some(gather(self, count)?);
        Ok(())
    }

    /// Deletes what may be left of its containers.
    pub fn clean(&self) {
        for id in self.bench.containers() {
            // A container that has ended is deleted already, and the runtime says so.
            let _ = self.bench.call("delete", &["--force", &id]);
        }
    }
}

fn has_ended(foreground: &Foreground) -> bool {
    foreground.ends_within(Duration::ZERO).unwrap_or(true)
}

fn time_of(plan: Plan, name: &str) -> Result<f64, MeasureError> {
    let returned = plan.foreground(Caller::at_a_terminal())?.returns()?;
    // One that gives up halfway is quick.
    match returned.finished.status.success() {
        true => Ok(returned.finished.took.as_secs_f64() * 1e3),
        false => Err(MeasureError::Failed {
            runtime: name.to_owned(),
            how: returned.finished.describe(),
            said: String::from_utf8_lossy(&returned.output).into_owned(),
        }),
    }
}

/// The rate of the same bytes through one pty pair, read in the same way: what no relay can beat.
pub fn bare_pair() -> Result<f64, MeasureError> {
    let Pair { master, slave } = Pair::open().map_err(|errno| io::Error::from_raw_os_error(errno.0))?;
    let slave = OwnedFd::from(slave);
    let writer = std::thread::spawn(move || {
        let pattern = Bytes::pattern(Lines::Unbroken, RELAYED).0;
        let mut rest = pattern.as_slice();
        while !rest.is_empty() {
            rest = &rest[nix::unistd::write(&slave, rest)?..];
        }
        Ok::<(), Errno>(())
    });
    let rate = rate_of_master(master.as_fd(), "bare pty pair", &|| false)?;
    writer.join().map_err(|_| io::Error::other("the writer panicked"))??;
    Ok(rate)
}

/// The rate of a master. The harness reads its own without blocking; here that would cost a poll for every read.
fn rate_of_master(master: BorrowedFd<'_>, name: &str, has_ended: Ended<'_>) -> Result<f64, MeasureError> {
    fcntl(master, FcntlArg::F_SETFL(OFlag::O_RDWR))?;
    let rate = rate_of(master, name, has_ended);
    fcntl(master, FcntlArg::F_SETFL(OFlag::O_RDWR | OFlag::O_NONBLOCK))?;
    rate
}

/// Adds a rate to its sample, or returns how many bytes a relay lost that did not come to its end: it has none.
fn add_rate(sample: &mut Sample, rate: Result<f64, MeasureError>) -> Result<usize, MeasureError> {
    match rate {
        Err(MeasureError::Short { total, .. }) => Ok(RELAYED - total),
        rate => {
            sample.add(rate?);
            Ok(0)
        }
    }
}

/// Whether who writes is gone: the caller's terminal does not hang up before the caller is.
type Ended<'a> = &'a dyn Fn() -> bool;

/// MiB a second from the first byte to the last.
fn rate_of(stream: BorrowedFd<'_>, name: &str, has_ended: Ended<'_>) -> Result<f64, MeasureError> {
    let short = |total| Err(MeasureError::Short { runtime: name.to_owned(), total });
    let mut buffer = vec![0; 1 << 16];
    let mut total = 0;
    wait_for_input(stream, name)?;
    let mut interruptions = Interruptions::set()?;
    let began = Instant::now();
    while total < RELAYED {
        match nix::unistd::read(stream, &mut buffer) {
            Ok(0) => return short(total),
            // The runtime lost a byte, or keeps it.
            Err(Errno::EINTR) if has_ended() || interruptions.came_after_silence(total) => return short(total),
            Err(Errno::EINTR) => {}
            count => total += count?,
        }
    }
    Ok(total as f64 / f64::from(1 << 20) / began.elapsed().as_secs_f64())
}

/// While it is there, a read that waits ends every second with EINTR. signal(7)
struct Interruptions {
    /// Not alarm(2): its one signal might come between two reads.
    _timer: Timer,
    total: usize,
    silent: u32,
}

impl Interruptions {
    fn set() -> Result<Self, Errno> {
        extern "C" fn interrupts_the_read(_: i32) {}
        let handler = SigHandler::Handler(interrupts_the_read);
        // SAFETY: the handler does nothing.
        unsafe { sigaction(Signal::SIGALRM, &SigAction::new(handler, SaFlags::empty(), SigSet::empty())) }?;
        let signal = SigevNotify::SigevSignal { signal: Signal::SIGALRM, si_value: 0 };
        let mut timer = Timer::new(ClockId::CLOCK_MONOTONIC, SigEvent::new(signal))?;
        timer.set(Expiration::Interval(Duration::from_secs(1).into()), TimerSetTimeFlags::empty())?;
        Ok(Self { _timer: timer, total: 0, silent: 0 })
    }

    /// Whether this was the sixtieth in a row without a byte more than `total`.
    fn came_after_silence(&mut self, total: usize) -> bool {
        self.silent = if self.total == total { self.silent + 1 } else { 0 };
        self.total = total;
        self.silent >= 60
    }
}

fn wait_for_input(master: BorrowedFd<'_>, name: &str) -> Result<(), MeasureError> {
    let mut watched = [PollFd::new(master, PollFlags::POLLIN)];
    if poll(&mut watched, PollTimeout::from(60_000_u16))? == 0 {
        return Err(MeasureError::Silent { runtime: name.to_owned() });
    }
    Ok(())
}

fn resident_kib(pid: i32) -> io::Result<f64> {
    value_kib(&format!("/proc/{pid}/status"), "VmRSS:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_that_loses_bytes_has_no_rate() {
        let mut sample = Sample::default();
        let short = MeasureError::Short { runtime: "crun".into(), total: RELAYED - 3 };
        assert_eq!(add_rate(&mut sample, Err(short)).unwrap(), 3);
        assert_eq!((add_rate(&mut sample, Ok(7.0)).unwrap(), sample.median()), (0, Some(7.0)));
        assert!(add_rate(&mut sample, Err(MeasureError::Silent { runtime: "crun".into() })).is_err());
        assert_eq!(sample.largest(), Some(7.0));
    }
}
