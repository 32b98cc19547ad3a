//! Short names for reports, so that they fit into a line.

use crate::{Report, printable, width::fit};
use std::{collections::BTreeSet, path::Path};

/// The longest name, in columns.
const LONGEST: usize = 28;

/// A name for each report, all different: what was tested, and only as much more as makes them differ.
pub(super) fn names(sides: &[(&Path, &Report)]) -> Vec<String> {
    let kernels = sides.iter().filter(|(_, report)| report.target.is_kernel()).count();
    // Among others, a number alone says too little.
    let is_mixed = kernels > 0 && kernels < sides.len();
    let ways: [fn(&Path, &Report) -> String; 4] = [
        |_, report| long(report),
        |_, report| format!("{} on {}", short(report), release(report)),
        |path, _| path.file_stem().unwrap_or_default().display().to_string(),
        |path, _| path.display().to_string(),
    ];
    let names = |way: &fn(&Path, &Report) -> String| -> Vec<String> {
        let names = sides.iter().map(|(path, report)| way(path, report));
        names.map(|name| fit(&printable(&name), LONGEST)).collect()
    };
    let first: fn(&Path, &Report) -> String =
        if is_mixed { |_, report| titled(report) } else { |_, report| short(report) };
    let mut all = std::iter::once(&first).chain(&ways).map(names);
    all.find(|names| names.iter().collect::<BTreeSet<_>>().len() == names.len())
        .unwrap_or_else(|| (1..=sides.len()).map(|number| format!("#{number}")).collect())
}

/// `Linux 6.1.0` of a kernel that has no other name.
fn titled(report: &Report) -> String {
    let is_linux = report.target.is_kernel() && report.target.called.is_none();
    if is_linux { format!("Linux {}", release(report)) } else { short(report) }
}

/// `6.1.0` of the kernel 6.1.0-28-cloud-amd64; `runc 1.1.5+ds1` of a runtime.
fn short(report: &Report) -> String {
    if report.target.is_kernel() { release(report) } else { long(report) }
}

fn long(report: &Report) -> String {
    if report.target.is_kernel() {
        return called(report, &report.environment.kernel);
    }
    let first = report.target.version.lines().next().unwrap_or_default();
    if first.is_empty() {
        report.target.profile.clone()
    } else {
        first.replacen(" version: ", " ", 1).replacen(" version ", " ", 1)
    }
}

/// The number that a kernel's release begins with.
fn release(report: &Report) -> String {
    let all = &report.environment.kernel;
    let end = all.find(|c: char| !c.is_ascii_digit() && c != '.');
    called(report, &all[..end.unwrap_or(all.len())])
}

/// `gvisor 4.4.0` of a kernel that is called so.
fn called(report: &Report, release: &str) -> String {
    report.target.called.iter().map(String::as_str).chain([release]).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::test_reports::{kernel, runtime};
    use super::*;

    fn named(sides: &[(&str, Report)]) -> Vec<String> {
        let sides: Vec<_> = sides.iter().map(|(path, report)| (Path::new(*path), report)).collect();
        names(&sides)
    }

    #[test]
    fn kernels_are_named_by_as_much_of_their_release_as_makes_them_differ() {
        let one = ("a.json", kernel("6.1.0-28-cloud-amd64"));
        let other = ("b.json", kernel("6.12.9+bpo-cloud-amd64"));
        assert_eq!(named(&[one.clone(), other]), ["6.1.0", "6.12.9"]);
        let rebuilt = ("b.json", kernel("6.1.0-29-cloud-amd64"));
        assert_eq!(named(&[one, rebuilt]), ["6.1.0-28-cloud-amd64", "6.1.0-29-cloud-amd64"]);
    }

    #[test]
    fn a_kernel_that_is_called_something_else_is_named_so() {
        let mut other = kernel("4.4.0");
        other.target.called = Some("gvisor".to_owned());
        assert_eq!(named(&[("a.json", kernel("6.1.0-28-cloud-amd64")), ("b.json", other)]), ["6.1.0", "gvisor 4.4.0"]);
    }

    #[test]
    fn runtimes_are_named_by_their_version_and_where_needed_by_the_kernel() {
        let one = ("a.json", runtime("runc version 1.1.5+ds1\nspec: 1", "6.1.0"));
        let other = ("b.json", runtime("crun version 1.8.1\n", "6.1.0"));
        assert_eq!(named(&[one.clone(), other]), ["runc 1.1.5+ds1", "crun 1.8.1"]);
        let elsewhere = ("b.json", runtime("runc version 1.1.5+ds1\n", "6.12.1-x"));
        assert_eq!(named(&[one, elsewhere]), ["runc 1.1.5+ds1 on 6.1.0", "runc 1.1.5+ds1 on 6.12.1"]);
    }

    #[test]
    fn a_kernel_among_runtimes_says_that_it_is_one() {
        let one = ("a.json", kernel("6.1.0-28-cloud-amd64"));
        let other = ("b.json", runtime("crun version 1.8.1\n", "6.1.0"));
        assert_eq!(named(&[one, other]), ["Linux 6.1.0", "crun 1.8.1"]);
    }

    #[test]
    fn the_same_twice_is_named_by_file_by_path_or_by_number() {
        let same = kernel("6.1.0");
        let named = |paths: [&str; 2]| named(&paths.map(|path| (path, same.clone())));
        assert_eq!(named(["x/before.json", "x/after.json"]), ["before", "after"]);
        assert_eq!(named(["x/r.json", "y/r.json"]), ["x/r.json", "y/r.json"]);
        assert_eq!(named(["r.json", "r.json"]), ["#1", "#2"]);
    }

    #[test]
    fn a_name_is_short_and_harmless() {
        let hostile = ("a", runtime(&format!("\u{1b}c{}", "x".repeat(80)), "6.1"));
        let name = named(&[hostile]).remove(0);
        assert_eq!(name, format!("\\u{{1b}}c{}...", "x".repeat(18)));
    }
}
