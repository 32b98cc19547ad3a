use crate::arguments::Compare;
use crate::exit::{Exit, Refusal};
use ptyproof_cases::kernel_cases;
use ptyproof_report::baseline::{Baseline, BaselineError, Baselines, Check};
use ptyproof_report::comparison::{Comparison, Explanations, to_json};
use ptyproof_report::{Report, printable};
use std::collections::BTreeMap;
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
        let check = baselines.check(report, explanations);
        check.map_err(|error| of(path, &error))
    })
}

/// The new baselines join those that are there.
fn write(directory: &Path, sides: &[Side]) -> Result<String, Refusal> {
    let mut all = read(directory)?;
    let mut written = BTreeMap::new();
    for (path, report) in sides {
        let case = kernel_cases().into_iter().find(|case| !report.selected.contains(&case.id()));
        let baseline = Baseline::of(report).map_err(|error| of(path, &error))?;
        if let Some(case) = case {
            return Err(Refusal::usage(format!(
                "{}: {} was not selected; expected a report of all cases of the kernel",
                shown(path),
                case.id
            )));
        }
        let name = all.add(baseline).map_err(|error| of(path, &error))?;
        if let Some(other) = written.insert(name.clone(), path) {
            return Err(Refusal::usage(format!(
                "{} and {}: are both of {}; expected one report for each kernel",
                shown(other),
                shown(path),
                name.title()
            )));
        }
    }
    all.write(directory).map_err(Refusal::machine)?;
    let files = written.keys().map(|name| name.file() + "\n");
    Ok(files.collect())
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
