//! What the program does where a command has started it in another kernel: the suite, and its events come back over standard
//! output.

use super::{MARK, Obstacle, power_off, refused, surroundings};
use crate::message::Message;
use nix::sys::signal::{Signal, kill};
use nix::sys::statfs::{PROC_SUPER_MAGIC, statfs};
use nix::unistd::{Pid, dup, dup2_stdout};
use ptyproof_harness::case::Case;
use ptyproof_harness::runner::{Interrupt, Selection, Settings, Supervisor, run_all};
use ptyproof_harness::target::Kernel;
use ptyproof_report::{Event, Reporter};
use std::io::{self, Write};
use std::{fs::File, os::fd::OwnedFd, time::Duration};

/// How cases are run there.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Workers at a time.
    pub jobs: usize,
    /// The longest that one case may wait for any one thing.
    pub timeout: Duration,
    /// Whether a skip is a failure.
    pub strict: bool,
    /// Whether cases may change settings of the whole machine.
    pub may_disturb: bool,
    /// Begins the cases in another order.
    pub shuffle: Option<u64>,
}

/// Runs cases on the kernel that runs, tells whoever has started this, and ends: what was told says how it went. `asked` says
/// what is to be run, or why that is unknown.
///
/// As the first process of a kernel that was booted for this, it mounts what a machine has, and turns the machine off.
pub fn run<'c>(asked: impl FnOnce() -> Result<(Vec<&'c Case>, Manner), String>) -> ! {
    let first = is_first();
    let done = follow(first, asked);
    if let Err(error) = &done {
        eprintln!("{MARK}{error}");
    }
    if first {
        power_off();
    }
    std::process::exit(i32::from(done.is_err()))
}

/// Whether nobody else has begun to make a machine of this kernel. The root may be that of another one, and its `/proc` too.
fn is_first() -> bool {
    let is_procfs = statfs("/proc").is_ok_and(|status| status.filesystem_type() == PROC_SUPER_MAGIC);
    nix::unistd::getpid().as_raw() == 1 && !is_procfs
}

fn follow<'c>(first: bool, asked: impl FnOnce() -> Result<(Vec<&'c Case>, Manner), String>) -> Result<(), Obstacle> {
    let mut stream = Stream::take().map_err(refused("standard output"))?;
    let done = prepare(first)
        .and_then(|()| asked().map_err(Obstacle::Refused))
        .and_then(|(cases, manner)| try_to_run(&cases, manner, &mut stream));
    if let Err(Obstacle::Refused(why)) = &done {
        let told = stream.send(&Message::Refused { why: why.clone() });
        return told.map_err(|error| Obstacle::Mute(format!("standard output: {error}")));
    }
    done
}

fn prepare(first: bool) -> Result<(), Obstacle> {
    if first {
        surroundings::prepare_machine()?;
        surroundings::prepare_terminals()?;
    }
    Ok(())
}

fn try_to_run(cases: &[&Case], manner: Manner, stream: &mut Stream) -> Result<(), Obstacle> {
    let interrupt = Interrupt::watch().map_err(refused("watching signals"))?;
    let supervisor = Supervisor::begin_until(interrupt).map_err(refused("the workers"))?;
    let supervisor = supervisor.disturbing(manner.may_disturb);
    let target = Kernel::target();
    let selections = [Selection { target: &target, cases }];
    let Manner { jobs, strict, shuffle, .. } = manner;
    let settings = Settings { jobs, strict, shuffle, ..Settings::plain(manner.timeout) };
    let mut reporters: Vec<Box<dyn Reporter + '_>> = vec![Box::new(stream)];
    let outcome = run_all(&supervisor, &target.described(), &selections, &settings, &mut reporters);
    match outcome.reporter_errors.into_iter().next() {
        None => Ok(()),
        Some(error) => Err(Obstacle::Mute(format!("standard output: {error}"))),
    }
}

/// The way back. Others may write into it on the way.
struct Stream {
    output: File,
    ticked: Option<Duration>,
}

/// So often is enough to see that this lives.
const PAUSE: Duration = Duration::from_secs(1);

impl Stream {
    /// Takes standard output for this alone: whatever else is printed goes where errors go.
    fn take() -> io::Result<Self> {
        let output: OwnedFd = dup(io::stdout())?;
        dup2_stdout(io::stderr())?;
        Ok(Self { output: output.into(), ticked: None })
    }

    /// Where nobody reads any more, the run ends, as after a signal.
    fn send(&mut self, message: &Message<'_>) -> io::Result<()> {
        self.output.write_all(&message.to_record()?).inspect_err(|_| {
            let _ = kill(Pid::this(), Signal::SIGTERM);
        })
    }
}

impl Reporter for &mut Stream {
    fn take(&mut self, event: &Event<'_>) -> io::Result<()> {
        if let Event::Tick { elapsed } = event {
            if self.ticked.is_some_and(|ticked| *elapsed < ticked + PAUSE) {
                return Ok(());
            }
            self.ticked = Some(*elapsed);
        }
        self.send(&Message::Event(Box::new(event.clone())))
    }
}
