//! The settings of the machines, and of what was tested, that are not the same everywhere.

use super::{difference::differ, explanation::Setting, stable::stable};
use crate::{Environment, Report, printable};
use std::collections::{BTreeMap, BTreeSet};

/// Counts how many ptys exist at this moment; no property of the machine.
const VOLATILE: &str = "kernel.pty.nr";

/// The sysctls that are properties of the machine.
pub(crate) fn sysctls(environment: &Environment) -> BTreeMap<String, String> {
    let all = environment.sysctls.iter();
    all.filter(|(name, _)| *name != VOLATILE).map(|(name, value)| (printable(name), stable(value))).collect()
}

/// The settings of which `all` have not the same value.
pub(crate) fn differing(all: &[BTreeMap<String, String>]) -> Vec<Setting> {
    let names: BTreeSet<&String> = all.iter().flat_map(BTreeMap::keys).collect();
    let settings = names
        .into_iter()
        .map(|name| Setting { name: name.clone(), values: all.iter().map(|one| one.get(name).cloned()).collect() });
    settings.filter(|setting| differ(setting.values.iter())).collect()
}

/// All settings of the reports that are not the same everywhere: first the machines, then what was tested.
pub(super) fn of(reports: &[&Report]) -> Vec<Setting> {
    let mut settings = Vec::new();
    let mut row = |name: &str, values: Vec<Option<String>>| {
        if differ(values.iter()) {
            let name = name.to_owned();
            settings.push(Setting { name, values });
        }
    };
    let of = |value: fn(&Environment) -> String| {
        let values = reports.iter().map(|report| &report.environment);
        values.map(|one| Some(stable(&value(one)))).collect()
    };
    row("kernel", of(|one| one.kernel.clone()));
    row("architecture", of(|one| one.architecture.clone()));
    row("command line", command_lines(reports));
    row("distribution", of(|one| one.distribution.clone()));
    row("cgroups", of(|one| one.cgroup_mode.clone()));
    row("user", of(|one| one.user.to_string()));
    row("ptyproof", of(|one| one.ptyproof.clone()));
    if !reports.iter().all(|report| report.target.is_kernel()) {
        let tested = |value: fn(&Report) -> String| {
            let values = reports.iter();
            values.map(|one| Some(stable(&value(one)))).collect()
        };
        row("version", tested(|one| one.target.version.clone()));
        row("profile", tested(|one| one.target.profile.clone()));
        row("binary (sha256)", tested(|one| digest(&one.target.sha256)));
    }
    let sysctls: Vec<_> = reports.iter().map(|one| sysctls(&one.environment)).collect();
    settings.extend(differing(&sysctls));
    settings
}

/// Enough of it to tell two builds apart.
fn digest(sha256: &str) -> String {
    sha256.chars().take(16).collect()
}

/// Of each kernel's command line the words that not all have: the whole is often longer than a screen is wide.
fn command_lines(reports: &[&Report]) -> Vec<Option<String>> {
    let words = |report: &Report| -> Vec<String> {
        let words = report.environment.cmdline.split_whitespace();
        words.map(stable).collect()
    };
    let all: Vec<Vec<String>> = reports.iter().map(|report| words(report)).collect();
    let own = all.iter().map(|words| {
        let own = words.iter().filter(|word| !all.iter().all(|other| other.contains(word)));
        let own: Vec<&str> = own.map(String::as_str).collect();
        (!own.is_empty()).then(|| own.join(" "))
    });
    own.collect()
}
