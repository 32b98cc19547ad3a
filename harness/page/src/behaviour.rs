//! The place of one behaviour: what must be, why, and what each target did.

use crate::group::{Case, Group};
use crate::html::{Html, address};
use crate::knowledge::Knowledge;
use crate::{Sides, called, evidence, finding, rerun, terminal};
use ptyproof_report::{CaseResult, Known};

/// The article of a case.
pub(crate) fn article(html: &mut Html, case: &Case<'_>, sides: &Sides<'_>, knowledge: &dyn Knowledge, limit: usize) {
    let id = case.id.as_str();
    html.element("article", &[("id", id), ("class", "case")], |html| {
        let area = case.id.area();
        html.element("p", &[("class", "path")], |html| {
            html.element("a", &[("href", "#matrix")], |html| {
                html.markup("matrix");
            });
            html.markup(" / ").with_text("a", &[("href", &address(area))], area);
        });
        html.element("h2", &[], |html| {
            html.with_text("a", &[("href", &address(id))], id);
        });
        html.element("dl", &[("class", "facts")], |html| facts(html, case, knowledge));
        for group in &case.groups {
            html.element("section", &[("class", "did")], |html| did(html, group, case, sides, knowledge, limit));
        }
    });
    html.markup("\n");
}

fn facts(html: &mut Html, case: &Case<'_>, knowledge: &dyn Knowledge) {
    let about = knowledge.about(case.id);
    if let Some(result) = case.result {
        fact(html, "done", |html| {
            html.text(&result.title);
        });
        fact(html, "required", |html| {
            let level = result.level.to_string();
            html.with_text("b", &[("class", "level")], &level).markup(" ");
            html.with_text("span", &[("class", "requirement")], &result.requirement);
        });
    }
    if let Some(about) = &about {
        fact(html, "why it matters", |html| {
            html.text(&about.why);
        });
    }
    if let Some(result) = case.result {
        if !result.references.is_empty() {
            fact(html, "source", |html| {
                for reference in &result.references {
                    html.element("span", &[("class", "line")], |html| self::reference(html, reference));
                }
            });
        }
        if !result.covers.is_empty() {
            fact(html, "catalogue", |html| {
                html.text(&result.covers.join(", "));
            });
        }
    }
    let catches = about.map(|about| about.catches).unwrap_or_default();
    if !catches.is_empty() {
        fact(html, "catches", |html| {
            for (defect, at) in &catches {
                html.element("span", &[("class", "line")], |html| {
                    html.with_text("code", &[], defect).markup(" at: ").text(at);
                });
            }
        });
    }
}

fn fact(html: &mut Html, name: &'static str, inside: impl FnOnce(&mut Html)) {
    html.element("dt", &[], |html| {
        html.markup(name);
    });
    html.element("dd", &[], inside);
}

/// A document's name, and its address where it can be followed.
fn reference(html: &mut Html, reference: &str) {
    let parts = reference.strip_suffix('>').and_then(|rest| rest.rsplit_once(" <"));
    match parts {
        Some((name, address)) => link(html, address, name),
        None => {
            html.text(reference);
        }
    }
}

/// A link to the web; what would lead anywhere else is told, not linked.
fn link(html: &mut Html, address: &str, name: &str) {
    let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain && (address.starts_with("https://") || address.starts_with("http://")) {
        html.with_text("a", &[("href", address), ("rel", "noreferrer noopener external")], name);
    } else {
        html.text(name);
        if name != address {
            html.markup(" ").with_text("code", &[], address);
        }
    }
}

fn did(
    html: &mut Html,
    group: &Group<'_>,
    case: &Case<'_>,
    sides: &Sides<'_>,
    knowledge: &dyn Knowledge,
    limit: usize,
) {
    let names: Vec<&str> = group.targets.iter().map(|&target| sides.names[target].as_str()).collect();
    html.element("h3", &[], |html| {
        let word = group.result.map_or("not done", |result| result.verdict.word());
        html.with_text("span", &[("class", &format!("verdict {}", class(group.result)))], word).markup(" ");
        html.text(&names.join(", "));
    });
    match group.result {
        None => {
            html.element("p", &[], |html| {
                html.markup("The run was interrupted before.");
            });
        }
        Some(result) => seen(html, result, knowledge, limit),
    }
    // Where all is well, one target stands for the others: a page of many would hold little else.
    let failed = group.result.filter(|result| result.verdict.is_failure());
    let shown = if failed.is_some() { group.targets.len() } else { 1 };
    let targets = group.targets.iter().take(shown).map(|&target| &sides.reports[target].1.target);
    html.element("p", &[("class", "again")], |html| {
        html.markup("run it again");
        for target in targets {
            let launched = knowledge.is_launched(target);
            html.with_text("code", &[], &rerun::command(case.id, target, launched));
            // Where somebody wrote the lines down, they are here.
            let written =
                failed.and_then(|result| result.known.as_ref()).is_some_and(|known| knowledge.finding(known).is_some());
            if failed.is_some() && !written && !launched && !target.is_kernel() {
                html.with_text("code", &[], &rerun::shell(case.id, target));
            }
        }
    });
}

fn seen(html: &mut Html, result: &CaseResult, knowledge: &dyn Knowledge, limit: usize) {
    if let Some(reason) = &result.reason {
        html.with_text("p", &[("class", "reason")], reason);
    }
    evidence::compared(html, result.expected.as_ref(), result.observed.as_ref(), limit);
    if let Some(known) = &result.known {
        self::known(html, known, knowledge);
    }
    let records = result.records.iter().map(|record| (&record.what, None, &record.value));
    let shown = result.shown.iter().map(|shown| (&shown.what, Some(&shown.behaviour), &shown.value));
    let seen: Vec<_> = shown.chain(records).collect();
    if !seen.is_empty() {
        html.element("dl", &[("class", "records")], |html| {
            for (what, behaviour, value) in seen {
                html.with_text("dt", &[], what);
                html.element("dd", &[], |html| {
                    if let Some(behaviour) = behaviour {
                        html.with_text("b", &[], behaviour).markup(": ");
                    }
                    evidence::value(html, value, limit);
                });
            }
        });
    }
    if !result.teardown.is_empty() {
        html.element("div", &[("class", "left")], |html| {
            html.markup("<b>left behind</b>");
            html.element("ul", &[], |html| {
                for left in &result.teardown {
                    html.with_text("li", &[], left);
                }
            });
        });
    }
    for (number, (name, entries)) in result.transcript.iter().enumerate() {
        // The first of a failure is what somebody came for.
        let open = number == 0 && result.verdict.is_failure();
        terminal::terminal(html, name, entries, limit, open);
    }
    called::called(html, result, limit);
}

fn known(html: &mut Html, known: &Known, knowledge: &dyn Knowledge) {
    let finding = knowledge.finding(known);
    html.element("div", &[("class", "known")], |html| {
        html.markup("<b>known</b> ").text(&known.because).markup(" ");
        match finding {
            Some((id, _)) => finding::link(html, id),
            None => link(html, &known.link, &known.link),
        }
        html.element("p", &[], |html| {
            html.markup("known as ").with_text("code", &[], &known.observed);
        });
    });
    if let Some((_, deviation)) = finding {
        html.element("details", &[("class", "shell")], |html| {
            html.markup("<summary>shell lines that show it</summary>");
            html.with_lines("pre", deviation.reproduction.trim());
        });
    }
}

/// The class of a verdict, which colours it.
pub(crate) fn class(result: Option<&CaseResult>) -> &'static str {
    result.map_or("skip", |result| result.verdict.word())
}
