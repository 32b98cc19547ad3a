//! Expected beside observed, with what differs marked.

use crate::diff::differing;
use crate::html::Html;
use crate::terminal::code;
use ptyproof_report::Evidence;
use serde_json::Value;
use std::collections::BTreeSet;
use std::ops::Range;

/// Expected beside observed: as fields where both have some, as a text of which the parts that differ are marked else.
pub(crate) fn compared(html: &mut Html, expected: Option<&Evidence>, observed: Option<&Evidence>, limit: usize) {
    match (expected, observed) {
        (Some(expected), Some(observed)) => {
            let (one, other) = differing(expected.as_words(), observed.as_words());
            html.element("dl", &[("class", "evidence")], |html| {
                side(html, "expected", expected, &one, limit);
                side(html, "observed", observed, &other, limit);
            });
            fields(html, expected.value(), observed.value());
        }
        (None, None) => {}
        (expected, observed) => {
            html.element("dl", &[("class", "evidence")], |html| {
                for (name, evidence) in [("expected", expected), ("observed", observed)] {
                    if let Some(evidence) = evidence {
                        side(html, name, evidence, &[], limit);
                    }
                }
            });
        }
    }
}

fn side(html: &mut Html, name: &'static str, evidence: &Evidence, marked: &[Range<usize>], limit: usize) {
    html.with_text("dt", &[], name);
    html.element("dd", &[("class", name)], |html| {
        let words = evidence.as_words();
        html.element("code", &[], |html| {
            let mut at = 0;
            for range in marked {
                html.text(&words[at..range.start]).with_text("mark", &[], &words[range.clone()]);
                at = range.end;
            }
            html.text(&words[at..]);
        });
        whole(html, evidence, limit);
    });
}

/// A value that nothing is compared with.
pub(crate) fn value(html: &mut Html, evidence: &Evidence, limit: usize) {
    html.with_text("code", &[], evidence.as_words());
    whole(html, evidence, limit);
}

/// Of many bytes the words tell an excerpt; here are all.
fn whole(html: &mut Html, evidence: &Evidence, limit: usize) {
    let Some(all) = evidence.value().as_str().filter(|all| all.len() > evidence.as_words().len()) else {
        return;
    };
    html.element("details", &[], |html| {
        html.with_text("summary", &[], &format!("all {} characters", all.len()));
        html.element("pre", &[], |html| {
            code(html, &all[..all.floor_char_boundary(limit)]);
            if all.len() > limit {
                html.with_text("em", &[], &format!("{} more are in the JSON report", all.len() - limit));
            }
        });
    });
}

/// The fields of two values, where both have some: those that differ are marked.
fn fields(html: &mut Html, expected: &Value, observed: &Value) {
    let rows: Vec<(String, Option<&Value>, Option<&Value>)> = match (expected, observed) {
        (Value::Object(one), Value::Object(other)) => {
            let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            names.into_iter().map(|name| (name.clone(), one.get(name), other.get(name))).collect()
        }
        (Value::Array(one), Value::Array(other)) if one.len().max(other.len()) > 1 => {
            let rows = 0..one.len().max(other.len());
            rows.map(|row| ((row + 1).to_string(), one.get(row), other.get(row))).collect()
        }
        _ => return,
    };
    html.element("table", &[("class", "fields")], |html| {
        html.markup("<thead><tr><th scope=\"col\">field</th><th scope=\"col\">expected</th><th scope=\"col\">observed</th></tr></thead>");
        for (name, one, other) in rows {
            let class = if one == other { "same" } else { "differs" };
            html.element("tr", &[("class", class)], |html| {
                html.with_text("th", &[("scope", "row")], &name);
                for value in [one, other] {
                    html.element("td", &[], |html| match value {
                        None => {
                            html.markup("not there");
                        }
                        Some(value) => {
                            let tag = if one == other { "code" } else { "mark" };
                            html.with_text(tag, &[], &words(value));
                        }
                    });
                }
            });
        }
    });
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expected: Evidence, observed: Evidence) -> String {
        let mut html = Html::default();
        compared(&mut html, Some(&expected), Some(&observed), 1000);
        html.into_string()
    }

    #[test]
    fn bytes_that_differ_are_marked() {
        let html = shown(Evidence::bytes(b"a\nb<"), Evidence::bytes(b"a\r\nb<"));
        assert!(html.contains("<code>&quot;a\\nb&lt;&quot;</code>"), "{html}");
        assert!(html.contains("<code>&quot;a<mark>\\r</mark>\\nb&lt;&quot;</code>"), "{html}");
    }

    #[test]
    fn fields_that_differ_are_marked() {
        let node = |mode: &str| Evidence::fields([("mode", Evidence::words(mode)), ("user", Evidence::of("0", 0))]);
        let html = shown(node("0620"), node("0600"));
        assert!(html.contains("<tr class=\"differs\"><th scope=\"row\">mode</th><td><mark>0620</mark></td>"), "{html}");
        assert!(html.contains("<tr class=\"same\"><th scope=\"row\">user</th><td><code>0</code></td>"), "{html}");
    }

    #[test]
    fn of_many_bytes_all_can_be_seen() {
        let html = shown(Evidence::bytes(b"x"), Evidence::bytes(&[b'a'; 900]));
        assert!(html.contains(&format!("<pre><code>{}</code></pre>", "a".repeat(900))), "{html}");
    }
}
