//! Tables of behaviours by targets.

use crate::Sides;
use crate::behaviour::class;
use crate::group::Case;
use crate::html::{Html, address};
use ptyproof_report::{CaseResult, printable};
use std::collections::HashSet;

/// The behaviours of an area, beneath a heading that can be linked to.
pub(crate) fn area(html: &mut Html, name: &str, cases: &[Case<'_>], sides: &Sides<'_>, differing: &HashSet<String>) {
    html.element("section", &[("id", name), ("class", "area")], |html| {
        html.element("p", &[("class", "path")], |html| {
            html.markup("<a href=\"#matrix\">matrix</a>");
        });
        html.element("h2", &[], |html| {
            html.with_text("a", &[("href", &address(name))], name);
            html.with_text("small", &[], &format!(" {} cases", cases.len()));
        });
        table(html, &format!("behaviours of {name}"), cases.iter(), sides, differing);
    });
    html.markup("\n");
}

/// A row for each behaviour, a column for each target.
pub(crate) fn table<'c, 'r: 'c>(
    html: &mut Html,
    label: &str,
    cases: impl Iterator<Item = &'c Case<'r>>,
    sides: &Sides<'_>,
    differing: &HashSet<String>,
) {
    let region = [("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-label", label)];
    html.element("div", &region, |html| {
        html.element("table", &[("class", "behaviours")], |html| {
            html.element("thead", &[], |html| {
                html.element("tr", &[], |html| {
                    html.markup("<th scope=\"col\">behaviour</th>");
                    for name in &sides.names {
                        html.with_text("th", &[("scope", "col")], name);
                    }
                });
            });
            html.element("tbody", &[], |html| {
                for case in cases {
                    row(html, case, differing.contains(&printable(case.id.as_str())));
                }
            });
        });
    });
}

fn row(html: &mut Html, case: &Case<'_>, differs: bool) {
    let level = case.result.map_or_else(String::new, |result| result.level.to_string());
    let mut attributes = vec![("data-level", level.as_str())];
    if differs {
        attributes.push(("class", "differs"));
    }
    html.element("tr", &attributes, |html| {
        html.element("th", &[("scope", "row")], |html| {
            html.with_text("a", &[("href", &address(case.id.as_str()))], case.id.as_str());
            if let Some(result) = case.result {
                html.with_text("small", &[], &result.title);
            }
        });
        for cell in &case.cells {
            match cell {
                None => {
                    html.markup("<td class=\"none\">not run</td>");
                }
                Some(result) => self::cell(html, *result),
            }
        }
    });
    html.markup("\n");
}

fn cell(html: &mut Html, result: Option<&CaseResult>) {
    let word = result.map_or("not done", |result| result.verdict.word());
    let left = result.is_some_and(|result| !result.teardown.is_empty());
    let class = class(result);
    if left {
        html.with_text("td", &[("class", &format!("{class} left"))], &format!("{word}, left something"));
    } else {
        html.with_text("td", &[("class", class)], word);
    }
}
