//! What was found, in the words of whoever found it: a place for each finding that the reports meet.

use crate::group::Case;
use crate::html::{Html, address};
use crate::knowledge::Knowledge;
use ptyproof_report::CaseId;
use ptyproof_report::deviation::Deviation;
use std::collections::BTreeMap;

/// A finding, and the behaviours that meet it.
pub(crate) struct Met<'k, 'r> {
    deviation: &'k Deviation,
    by: Vec<&'r CaseId>,
}

/// The findings that cases meet, by their ids.
pub(crate) fn met<'k, 'c, 'r: 'c>(
    cases: impl Iterator<Item = &'c Case<'r>>,
    knowledge: &'k dyn Knowledge,
) -> BTreeMap<&'k str, Met<'k, 'r>> {
    let mut all: BTreeMap<&str, Met> = BTreeMap::new();
    for case in cases {
        let known = case.groups.iter().filter_map(|group| group.result?.known.as_ref());
        for (id, deviation) in known.filter_map(|known| knowledge.finding(known)) {
            let met = all.entry(id).or_insert_with(|| Met { deviation, by: Vec::new() });
            if met.by.last() != Some(&case.id) {
                met.by.push(case.id);
            }
        }
    }
    all
}

/// The id of a finding's place. No case has a colon there.
fn place(id: &str) -> String {
    format!("finding:{id}")
}

/// A link to a finding.
pub(crate) fn link(html: &mut Html, id: &str) {
    html.with_text("a", &[("href", &address(&place(id)))], id);
}

/// What there is, to be chosen from.
pub(crate) fn list(html: &mut Html, findings: &BTreeMap<&str, Met<'_, '_>>) {
    if findings.is_empty() {
        return;
    }
    html.markup("<h2>Findings<small> what no tracker has yet</small></h2><ul class=\"findings\">");
    for (id, met) in findings {
        html.element("li", &[], |html| {
            link(html, id);
            let number = met.by.len();
            let behaviours = if number == 1 { "behaviour" } else { "behaviours" };
            html.with_text("small", &[], &format!(" {}; {number} {behaviours}", met.deviation.runtimes));
        });
    }
    html.markup("</ul>");
}

/// The place of a finding.
pub(crate) fn article(html: &mut Html, id: &str, met: &Met<'_, '_>) {
    let Met { deviation: Deviation { runtimes, says, does, reproduction, issue }, by } = met;
    html.element("article", &[("id", &place(id)), ("class", "finding")], |html| {
        html.markup("<p class=\"path\"><a href=\"#matrix\">matrix</a> / finding</p>");
        html.element("h2", &[], |html| link(html, id));
        html.element("dl", &[("class", "facts")], |html| {
            for (name, text) in [("runtimes", runtimes), ("what is written", says), ("what happens", does)] {
                html.with_text("dt", &[], name).with_text("dd", &[], text.trim());
            }
            html.markup("<dt>behaviours</dt>");
            html.element("dd", &[], |html| {
                for case in by {
                    html.element("span", &[("class", "line")], |html| {
                        html.with_text("a", &[("href", &address(case.as_str()))], case.as_str());
                    });
                }
            });
        });
        html.markup("<h3>Shell lines that show it</h3>").with_lines("pre", reproduction.trim());
        html.markup("<h3>For its maintainers</h3>").with_lines("pre", issue.trim());
    });
    html.markup("\n");
}
