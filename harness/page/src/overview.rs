//! What one sees first: the targets, the matrix, and where targets differ.

use crate::Sides;
use crate::finding::{self, Met};
use crate::group::Case;
use crate::html::{Html, address};
use crate::table::table;
use indexmap::IndexMap;
use ptyproof_report::Report;
use ptyproof_report::matrix::{Matrix, Tally};
use std::collections::{BTreeMap, HashMap, HashSet};

/// So many behaviours on which targets differ are shown with the matrix.
const FIRST: usize = 40;

/// The matrix and what belongs to it.
pub(crate) fn overview(
    html: &mut Html,
    matrix: &Matrix,
    areas: &IndexMap<String, Vec<Case<'_>>>,
    sides: &Sides<'_>,
    differing: &HashSet<String>,
    findings: &BTreeMap<&str, Met<'_, '_>>,
) {
    html.element("section", &[("id", "matrix")], |html| {
        html.markup("<h2>Matrix</h2>");
        html.markup(
            "<p class=\"note\">In each area: how many behaviours are as they must be, of how many. ✗ counts those that are \
             not, known or unknown; ! errors of the machine or the harness; ∅ what could not be judged there.</p>",
        );
        self::matrix(html, matrix);
        if sides.names.len() > 1 {
            differences(html, matrix, areas, sides, differing);
        }
        finding::list(html, findings);
        html.markup("<h2>Targets</h2>");
        targets(html, matrix, sides);
        html.markup(include_str!("../assets/legend.html"));
    });
    html.markup("\n");
}

fn matrix(html: &mut Html, matrix: &Matrix) {
    let region = [("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-label", "targets by areas")];
    html.element("div", &region, |html| {
        html.element("table", &[("class", "matrix")], |html| {
            html.element("thead", &[], |html| {
                html.element("tr", &[], |html| {
                    html.markup("<th scope=\"col\">area</th>");
                    for target in &matrix.targets {
                        html.with_text("th", &[("scope", "col")], &target.name);
                    }
                });
            });
            html.element("tbody", &[], |html| {
                for area in &matrix.areas {
                    html.element("tr", &[], |html| {
                        html.element("th", &[("scope", "row")], |html| {
                            html.with_text("a", &[("href", &address(&area.name))], &area.name);
                        });
                        area.tallies.iter().for_each(|tally| cell(html, tally, true));
                    });
                }
            });
            html.element("tfoot", &[], |html| {
                html.element("tr", &[], |html| {
                    html.markup("<th scope=\"row\">all</th>");
                    (0..matrix.targets.len()).for_each(|target| cell(html, &matrix.total(target), false));
                });
            });
        });
    });
}

fn cell(html: &mut Html, tally: &Tally, coloured: bool) {
    let (met, failed, broken, unjudged) = (tally.met(), tally.failed(), tally.broken(), tally.unjudged());
    let class = match (failed, broken, met) {
        (0, 0, 0) => "none",
        (_, 1.., _) => "error",
        (0, ..) => "pass",
        _ => "fail",
    };
    let class = if coloured { class } else { "sum" };
    html.element("td", &[("class", class)], |html| {
        match tally.selected {
            0 => html.markup("not run"),
            selected => html.text(&format!("{met}/{selected}")),
        };
        for (number, sign) in [(failed, '✗'), (broken, '!'), (unjudged, '∅')] {
            if number > 0 {
                html.markup(" ").with_text("span", &[], &format!("{sign} {number}"));
            }
        }
    });
}

fn differences(
    html: &mut Html,
    matrix: &Matrix,
    areas: &IndexMap<String, Vec<Case<'_>>>,
    sides: &Sides<'_>,
    differing: &HashSet<String>,
) {
    let cases: HashMap<&str, &Case> = areas.values().flatten().map(|case| (case.id.as_str(), case)).collect();
    html.element("h2", &[], |html| {
        html.markup("Where targets differ");
        let number = matrix.differences.len();
        html.with_text("small", &[], &format!(" {number} behaviours, the most important first"));
    });
    let first = matrix.differences.iter().take(FIRST);
    let first = first.filter_map(|difference| cases.get(difference.case.as_str()).copied());
    table(html, "where targets differ", first, sides, differing);
    if matrix.differences.len() > FIRST {
        html.element("p", &[("class", "note")], |html| {
            html.markup("The others are in their areas.");
        });
    }
}

fn targets(html: &mut Html, matrix: &Matrix, sides: &Sides<'_>) {
    html.element("div", &[("class", "targets")], |html| {
        for (target, (_, report)) in matrix.targets.iter().zip(sides.reports) {
            html.element("div", &[("class", "target")], |html| {
                html.with_text("h3", &[], &target.name);
                html.element("dl", &[("class", "facts")], |html| {
                    for (name, value) in facts(report) {
                        if !value.is_empty() {
                            html.with_text("dt", &[], name);
                            html.with_text("dd", &[], &value);
                        }
                    }
                });
            });
        }
    });
}

fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let (target, environment) = (&report.target, &report.environment);
    let mut counts: Vec<String> = report.summary.in_words().map(|(_, words)| words).collect();
    if report.summary.left_behind > 0 {
        counts.push(format!("{} left something behind", report.summary.left_behind));
    }
    if report.interrupted {
        counts.push("interrupted".to_owned());
    }
    let settings = environment.sysctls.iter().map(|(name, value)| format!("{name}={value}"));
    vec![
        ("result", counts.join(", ")),
        ("as expected", if report.summary.as_expected { "yes" } else { "no" }.to_owned()),
        ("version", target.version.trim().lines().collect::<Vec<_>>().join("; ")),
        ("path", target.place()),
        ("sha256", target.sha256.clone()),
        ("profile", target.profile.clone()),
        ("with", target.with.clone().unwrap_or_default()),
        ("kernel", format!("Linux {} {}", environment.kernel, environment.architecture)),
        ("distribution", environment.distribution.clone()),
        ("cgroups", environment.cgroup_mode.clone()),
        ("user", environment.user.to_string()),
        ("settings", settings.collect::<Vec<_>>().join(" ")),
        ("ptyproof", environment.ptyproof.clone()),
    ]
}
