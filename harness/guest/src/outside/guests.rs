//! Guests that differ in their kernel only.

use super::boot::{Ended, Ending, Heard, Patience, boot};
use super::initramfs::{Initramfs, InitramfsError};
use super::machine::{Accelerator, Machine, MachineError};
use super::verdict::{CannotRun, Relay};
use super::{image::Image, kernel_modules::KernelModule, kvm::open_kvm, program::Program};
use crate::message::Message;
use crate::order::{MODULES, ORDER, Order, Setting, Suite, Task};
use ptyproof_harness::{case::Case, runner::Interrupt};
use ptyproof_report::{Event, Target};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Why nothing came of a kernel.
#[derive(Debug, thiserror::Error)]
pub enum GuestError {
    /// The machine could not be made.
    #[error("{0}")]
    Machine(#[from] MachineError),
    /// Nor what it starts with.
    #[error("{0}")]
    Initramfs(#[from] InitramfsError),
    /// The suite could not be run in it.
    #[error("{0}")]
    CannotRun(#[from] CannotRun),
}

impl GuestError {
    /// The last lines of the guest's console, where there was one.
    pub fn console(&self) -> Option<&str> {
        match self {
            Self::CannotRun(error) if !error.console.is_empty() => Some(&error.console),
            _ => None,
        }
    }
}

/// A kernel, and the modules that it needs.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// Its image.
    pub image: Image,
    /// Modules, in the order of loading.
    pub modules: Vec<KernelModule>,
}

/// What all guests of a run share.
pub struct Guests<'g> {
    /// The program that makes machines.
    pub qemu: PathBuf,
    /// The program that runs in them.
    pub program: Program,
    /// Further parameters of their kernels.
    pub parameters: String,
    /// Settings to write in each.
    pub settings: Vec<Setting>,
    /// The cases about the bare kernel.
    pub kernel_cases: Vec<&'g Case>,
    /// Those about containers.
    pub container_cases: Vec<&'g Case>,
    /// The verdict on a guest itself is about this one.
    pub survival: &'g Case,
    /// The longest that one case may take.
    pub timeout: Duration,
    /// Whether a skip is a failure.
    pub strict: bool,
}

/// A processor that works starts a kernel in a second or two.
const SANITY: Duration = Duration::from_secs(20);

/// A machine that is busy with other things may take that long for what takes seconds else.
const BUSY: Duration = Duration::from_secs(120);

impl Guests<'_> {
    /// Whether the processor can be used for guests: `/dev/kvm` may be there and open, and then not work. If not, why.
    ///
    /// A kernel that cannot be booted says nothing about that, so then the next one is tried.
    pub fn examine_kvm(&self, kernels: &[Kernel], interrupt: Option<&Interrupt>) -> Result<(), String> {
        open_kvm().map_err(|error| error.to_string())?;
        let mut first = None;
        for kernel in kernels {
            let (ended, greeted) = self.greet(kernel, interrupt).map_err(|error| error.to_string())?;
            let why = match ended.ending {
                Ending::TurnedOff if greeted => return Ok(()),
                // It was executed well enough to find what its kernel lacks.
                Ending::Unable { .. } => return Ok(()),
                Ending::TurnedOff => "the machine was turned off at once".to_owned(),
                Ending::Panic { said } => format!("the kernel panicked: {said}"),
                Ending::Reset => "the machine was reset".to_owned(),
                Ending::Stopped => return Err(format!("it stops: {}", ended.qemu)),
                Ending::Failed { why } => return Err(why),
                Ending::Silent { waited } => {
                    return Err(format!("nothing was heard for {}", humantime::format_duration(waited)));
                }
                Ending::Interrupted => return Err("the run was interrupted".to_owned()),
            };
            first.get_or_insert(why);
        }
        first.map_or(Ok(()), Err)
    }

    /// How a guest ends that only has to say hello, and whether it has done so.
    fn greet(&self, kernel: &Kernel, interrupt: Option<&Interrupt>) -> Result<(Ended, bool), GuestError> {
        let patience = Patience { greeting: SANITY, silence: SANITY };
        let mut greeted = false;
        let mut listen = |heard| {
            if let Heard::Message(message) = heard {
                greeted |= matches!(message, Message::Hello { .. });
            }
        };
        let ended = self.start(kernel, Task::Greet, Accelerator::Kvm, patience, interrupt, &mut listen)?;
        Ok((ended, greeted))
    }

    /// Runs the cases in one kernel, and tells what reporters are to be told, a few times a second at least.
    pub fn run(
        &self,
        kernel: &Kernel,
        accelerator: Accelerator,
        interrupt: Option<&Interrupt>,
        tell: &mut dyn FnMut(Event<'static>),
    ) -> Result<(), GuestError> {
        let image = &kernel.image;
        let target =
            Target::booted(image.path.display().to_string(), image.sha256.clone(), image.release.clone(), None);
        let ids = |cases: &[&Case]| cases.iter().map(|case| case.id()).collect();
        let suite = Suite {
            target: target.clone(),
            kernel: ids(&self.kernel_cases),
            containers: ids(&self.container_cases),
            timeout: self.timeout,
            strict: self.strict,
        };
        let cases = self.kernel_cases.iter().chain(&self.container_cases);
        let mut relay = Relay::begin(self.survival, cases.copied().collect(), target, self.strict);
        let began = Instant::now();
        let patience = Patience { greeting: BUSY, silence: BUSY };
        let mut listen = |heard| {
            if let Heard::Message(message) = heard
                && let Some(event) = relay.take(message)
            {
                tell(event);
            }
            let elapsed = began.elapsed();
            tell(Event::Tick { elapsed });
        };
        let ended = self.start(kernel, Task::Run(Box::new(suite)), accelerator, patience, interrupt, &mut listen)?;
        for event in relay.end(&ended)? {
            tell(event);
        }
        Ok(())
    }

    fn start(
        &self,
        kernel: &Kernel,
        task: Task,
        accelerator: Accelerator,
        patience: Patience,
        interrupt: Option<&Interrupt>,
        listen: &mut dyn FnMut(Heard),
    ) -> Result<Ended, GuestError> {
        let initramfs = self.program.archive.to_file(self.own(kernel, task)?)?;
        let machine = Machine {
            qemu: &self.qemu,
            image: &kernel.image.path,
            initramfs: &initramfs,
            environment: &self.program.environment,
            parameters: &self.parameters,
            accelerator,
        };
        Ok(boot(&machine, patience, interrupt, listen)?)
    }

    /// What only this kernel's guest gets.
    fn own(&self, kernel: &Kernel, task: Task) -> Result<Initramfs, InitramfsError> {
        let mut own = Initramfs::default();
        let mut modules = Vec::new();
        for module in &kernel.modules {
            let place = format!("{MODULES}/{}", module.file);
            own.file(&place, &module.content)?;
            modules.push(PathBuf::from(place));
        }
        let order = Order { modules, settings: self.settings.clone(), task };
        let order = serde_json::to_vec(&order).map_err(std::io::Error::from)?;
        own.file(ORDER, &order)?;
        Ok(own)
    }
}
