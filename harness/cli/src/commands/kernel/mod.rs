mod fleet;
mod outcome;
mod reporters;

use super::compare::{Side, check_kernels};
use super::task::{jobs, watched};
use crate::arguments::{Acceleration, Kernel as Arguments};
use crate::exit::{Exit, Refusal};
use crate::filter::select;
use fleet::Fleet;
use outcome::Outcome;
use ptyproof_cases::{SURVIVAL, container_cases, kernel_cases, reference_runtime};
use ptyproof_guest::inside::{self, Provisions};
use ptyproof_guest::outside::{Accelerator, Guests, Image, Kernel, Program, find_qemu, needed};
use ptyproof_harness::{case::Case, runner::Interrupt};
use reporters::View;
use std::io::{self, Write};
use std::path::Path;

/// To be called before anything else: where the program is the first process of a guest, it does that work and
/// turns the machine off.
pub fn guest() {
    inside::dispatch(&Provisions { cases: ptyproof_cases::all(), runtime: reference_runtime(), profile: "ptyrun" });
}

/// Boots kernels and runs the suite in each. All that can be wrong with the command line is told before anything is
/// started; a kernel that cannot be used does not keep the others.
pub fn kernel(arguments: &Arguments) -> Result<Exit, Refusal> {
    let (kernel_cases, container_cases) = selected(arguments)?;
    if let Some(directory) = &arguments.reports {
        reporters::prepare(directory)?;
    }
    let qemu = find_qemu().map_err(Refusal::machine)?;
    let mut outcome = Outcome::default();
    let mut kernels = Vec::new();
    for path in &arguments.images {
        match usable(path, arguments) {
            Ok(kernel) => kernels.push(kernel),
            Err(why) => outcome.unusable(&why),
        }
    }
    if kernels.is_empty() {
        return Ok(outcome.exit());
    }
    let interrupt = watched()?;
    let guests = Guests {
        qemu,
        program: Program::running().map_err(Refusal::machine)?,
        parameters: arguments.append.clone(),
        settings: arguments.sysctl.clone(),
        kernel_cases,
        container_cases,
        survival: &SURVIVAL,
        timeout: arguments.timeout,
        strict: arguments.strict,
    };
    let accelerator = accelerator(arguments.accel, &guests, &kernels, &interrupt)?;
    let fleet = Fleet { guests: &guests, accelerator, interrupt: &interrupt, jobs: jobs(arguments.jobs) };
    let mut view = View::new(&kernels, arguments)?;
    fleet.run(&kernels, |news| view.take(news, &mut outcome));
    let reports = view.close(&mut outcome);
    if arguments.check && !reports.is_empty() {
        check(&reports, &mut outcome)?;
    }
    Ok(outcome.exit())
}

/// Holds each kernel that has a report to its baseline.
fn check(reports: &[Side], outcome: &mut Outcome) -> Result<(), Refusal> {
    let mut output = io::stdout().lock();
    for check in check_kernels(reports)? {
        match check {
            Ok(check) => {
                outcome.failed |= check.fails();
                if let Err(error) = write!(output, "\n{}", check.text()) {
                    outcome.add_error(&format!("writing to standard output: {error}"));
                }
            }
            Err(refusal) => outcome.add_error(&refusal.message),
        }
    }
    Ok(())
}

/// The cases about the bare kernel, and those about containers only: what can be asked of both is asked of the kernel.
fn selected(arguments: &Arguments) -> Result<(Vec<&'static Case>, Vec<&'static Case>), Refusal> {
    let kernel = kernel_cases();
    let about_kernel = |case: &&Case| kernel.iter().any(|about| about.id == case.id);
    let mut all = container_cases();
    all.retain(|case| !about_kernel(case));
    all.splice(..0, kernel.iter().copied());
    // It can be asked for, alone even, and comes with every run.
    all.push(&SURVIVAL);
    let mut selected = select(all, &arguments.filters, arguments.level)?;
    selected.retain(|case| case.id != SURVIVAL.id);
    Ok(selected.into_iter().partition(about_kernel))
}

fn usable(path: &Path, arguments: &Arguments) -> Result<Kernel, String> {
    let image = Image::open(path).map_err(|error| error.to_string())?;
    let modules = needed(&image, &arguments.modules).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Kernel { image, modules })
}

/// The processor runs the guests itself where it can; elsewhere qemu translates them, unless kvm was asked for.
fn accelerator(
    wanted: Acceleration,
    guests: &Guests<'_>,
    kernels: &[Kernel],
    interrupt: &Interrupt,
) -> Result<Accelerator, Refusal> {
    if wanted == Acceleration::Tcg {
        return Ok(Accelerator::Tcg);
    }
    let examined = guests.examine_kvm(kernels, Some(interrupt));
    if interrupt.came() {
        return Err(Refusal::machine("interrupted before the first kernel"));
    }
    match examined {
        Ok(()) => Ok(Accelerator::Kvm),
        Err(why) if wanted == Acceleration::Kvm => Err(Refusal::machine(format!("--accel kvm: {why}"))),
        Err(why) => {
            eprintln!("ptyproof: kvm cannot be used, so qemu translates, which is slower: {why}");
            Ok(Accelerator::Tcg)
        }
    }
}
