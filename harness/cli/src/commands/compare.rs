use crate::arguments::Compare;
use crate::exit::{Exit, Refusal};
use ptyproof_cases::{container_cases, kernel_cases};
use ptyproof_harness::case::Case;
use ptyproof_report::baseline::{
    Baseline, BaselineError, Baselines, Check, KernelName, RuntimeBaseline, RuntimeBaselines, RuntimeError,
};
use ptyproof_report::comparison::{Comparison, Explanations, to_json};
use ptyproof_report::{CaseId, Report, printable};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A report, and the file that it was read from.
pub type Side = (PathBuf, Report);

/// What there is to say, and how the command ends.
pub fn compare(arguments: &Compare) -> Result<(String, Exit), Refusal> {
    let explanations = ptyproof_cases::explanations().map_err(Refusal::machine)?;
    let sides: Vec<Side> = arguments
        .reports
        .iter()
        .map(|path| Ok((path.clone(), Report::read(path).map_err(Refusal::usage)?)))
        .collect::<Result<_, Refusal>>()?;
    if let Some(directory) = &arguments.write_baselines {
        Ok((write(directory, &sides)?, Exit::AsExpected))
    } else if arguments.check {
        check(arguments, &sides, &explanations)
    } else {
        side_by_side(arguments, &sides, &explanations)
    }
}

fn side_by_side(arguments: &Compare, sides: &[Side], explanations: &Explanations) -> Result<(String, Exit), Refusal> {
    if let [(only, _)] = sides {
        return Err(Refusal::usage(format!("{}: is one report; expected two or more, or --check", shown(only))));
    }
    let sides: Vec<(&Path, &Report)> = sides.iter().map(|(path, report)| (path.as_path(), report)).collect();
    let comparison = Comparison::of(&sides, explanations);
    if comparison.in_common() == 0 {
        let files: Vec<String> = sides.iter().map(|(path, _)| shown(path)).collect();
        return Err(Refusal::usage(format!(
            "{}: no case is in two of them; expected reports of the same kind of target",
            files.join(", ")
        )));
    }
    let text = if arguments.json { to_json(&comparison).map_err(Refusal::machine)? } else { comparison.text() };
    let failed = arguments.fail_on_difference && !comparison.differences.is_empty();
    Ok((text, exit(failed)))
}

fn check(arguments: &Compare, sides: &[Side], explanations: &Explanations) -> Result<(String, Exit), Refusal> {
    let baselines = match &arguments.baselines {
        Some(directory) => read(directory)?,
        None => own_baselines()?,
    };
    let checks: Vec<Check> = each_check(&baselines, sides, explanations).collect::<Result<_, Refusal>>()?;
    let text = if arguments.json {
        to_json(&checks).map_err(Refusal::machine)?
    } else {
        let texts: Vec<String> = checks.iter().map(Check::text).collect();
        texts.join("\n")
    };
    Ok((text, exit(checks.iter().any(Check::fails))))
}

/// Holds kernels that have just been run to the baselines that come along. Each is called by its release; one that
/// cannot be held to any, because its run was cut short, keeps no other.
pub fn check_kernels(sides: &[Side]) -> Result<Vec<Result<Check, Refusal>>, Refusal> {
    let explanations = ptyproof_cases::explanations().map_err(Refusal::machine)?;
    Ok(each_check(&own_baselines()?, sides, &explanations).collect())
}

fn own_baselines() -> Result<Baselines, Refusal> {
    ptyproof_cases::baselines().map_err(Refusal::machine)
}

fn each_check(
    baselines: &Baselines,
    sides: &[Side],
    explanations: &Explanations,
) -> impl Iterator<Item = Result<Check, Refusal>> {
    sides.iter().map(move |(path, report)| {
        let check = baselines.check(&of_the_kernel(report), explanations);
        check.map_err(|error| of(path, &error))
    })
}

/// What a report says of the kernel itself. What containers of the reference runtime do in it, and what that runtime does not
/// do, is in no baseline: they change with ptyrun and with the suite, and say nothing of kernels that were run without any.
fn of_the_kernel(report: &Report) -> Report {
    let kernel: BTreeSet<CaseId> = kernel_cases().iter().map(|case| case.id()).collect();
    let containers: BTreeSet<CaseId> = container_cases().iter().map(|case| case.id()).collect();
    let is_meant = |id: &CaseId| kernel.contains(id) || !containers.contains(id);
    let mut report = report.clone();
    report.selected.retain(is_meant);
    report.results.retain(|result| is_meant(&result.id));
    report
}

/// The new baselines join those that are there: of kernels, and of runtimes.
fn write(directory: &Path, sides: &[Side]) -> Result<String, Refusal> {
    let (kernels, runtimes): (Vec<&Side>, Vec<&Side>) = sides.iter().partition(|(_, report)| report.target.is_kernel());
    // All that can be wrong is found before anything is written.
    let kernels = (!kernels.is_empty()).then(|| with_kernels(directory, &kernels)).transpose()?;
    let runtimes = (!runtimes.is_empty()).then(|| with_runtimes(directory, &runtimes)).transpose()?;
    let mut files = Vec::new();
    if let Some((all, written)) = kernels {
        all.write(directory).map_err(Refusal::machine)?;
        files.extend(written);
    }
    if let Some((all, written)) = runtimes {
        all.write(directory).map_err(Refusal::machine)?;
        files.extend(written);
    }
    Ok(files.iter().map(|file| format!("{file}\n")).collect())
}

/// The baselines of runtimes with those that reports make, and the names of these.
fn with_runtimes(directory: &Path, sides: &[&Side]) -> Result<(RuntimeBaselines, Vec<String>), Refusal> {
    let mut all = RuntimeBaselines::read(directory).map_err(Refusal::usage)?;
    let mut written = BTreeMap::new();
    for (path, report) in sides {
        let refused = |error: RuntimeError| Refusal::usage(format!("{}: {error}", shown(path)));
        all_selected(path, report, &container_cases(), "containers")?;
        let name = all.add(RuntimeBaseline::of(report).map_err(refused)?).map_err(refused)?;
        if let Some(other) = written.insert(name.file(), path) {
            return Err(twice(other, path, &format!("{} {name}", name.runtime), "version"));
        }
    }
    Ok((all, written.into_keys().map(|file| format!("runtimes/{file}")).collect()))
}

fn all_selected(path: &Path, report: &Report, cases: &[&Case], of: &str) -> Result<(), Refusal> {
    match cases.iter().find(|case| !report.selected.contains(&case.id())) {
        None => Ok(()),
        Some(case) => Err(Refusal::usage(format!(
            "{}: {} was not selected; expected a report of all cases of {of}",
            shown(path),
            case.id
        ))),
    }
}

fn twice(one: &Path, other: &Path, of: &str, each: &str) -> Refusal {
    Refusal::usage(format!(
        "{} and {}: are both of {of}; expected one report for each {each}",
        shown(one),
        shown(other)
    ))
}

/// The baselines of kernels with those that reports make, and the names of these.
fn with_kernels(directory: &Path, sides: &[&Side]) -> Result<(Baselines, Vec<String>), Refusal> {
    let mut all = read(directory)?;
    let mut written = BTreeMap::new();
    for (path, report) in sides {
        let baseline = Baseline::of(&of_the_kernel(report)).map_err(|error| of(path, &error))?;
        all_selected(path, report, &kernel_cases(), "the kernel")?;
        let name = all.add(baseline).map_err(|error| of(path, &error))?;
        if let Some(other) = written.insert(name.clone(), path) {
            return Err(twice(other, path, &name.title(), "kernel"));
        }
    }
    Ok((all, written.keys().map(KernelName::file).collect()))
}

fn read(directory: &Path) -> Result<Baselines, Refusal> {
    Baselines::read(directory).map_err(Refusal::usage)
}

fn of(path: &Path, error: &BaselineError) -> Refusal {
    Refusal::usage(format!("{}: {error}", shown(path)))
}

fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

fn exit(failed: bool) -> Exit {
    if failed { Exit::NotAsExpected } else { Exit::AsExpected }
}
