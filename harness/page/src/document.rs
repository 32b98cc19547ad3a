//! The whole document: what allows nothing but its own scripts, the header, and the views.
//!
//! Without scripts, an address chooses what is shown (`:target`); with them, filters and players come along.

use crate::html::Html;
use crate::{Sides, assets};
use indexmap::IndexSet;
use ptyproof_report::{Level, Verdict};

/// Puts a document around its views.
pub(crate) fn document(views: &Html, sides: &Sides<'_>, areas: &[&str]) -> String {
    let mut html = Html::default();
    html.markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.element_without_end("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &assets::policy())]);
    html.markup(
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n",
    );
    html.with_text("title", &[], &title(sides)).markup("\n");
    html.markup("<style>").markup(assets::PLAYER_STYLE).markup("</style>\n<style>");
    html.markup(assets::STYLE).markup("</style>\n</head>\n<body>\n");
    html.markup("<a class=\"skip-link\" href=\"#content\">to the content</a>\n");
    html.element("header", &[], |html| {
        html.element("h1", &[], |html| {
            html.markup("<a href=\"#matrix\">ptyproof</a>");
            html.with_text("small", &[], &format!(" {}", title(sides)));
        });
        filters(html, sides, areas);
    });
    html.markup("\n<main id=\"content\" tabindex=\"-1\">\n");
    html.append(views);
    html.markup("</main>\n");
    html.markup(include_str!("../assets/keys.html"));
    html.markup("<script>").markup(assets::PLAYER).markup("</script>\n<script>");
    html.markup(assets::SCRIPT).markup("</script>\n</body>\n</html>\n");
    html.into_string()
}

fn title(sides: &Sides<'_>) -> String {
    match &sides.names[..] {
        [only] => format!("how {only} handles terminals"),
        names => format!("how {} targets handle terminals", names.len()),
    }
}

/// What narrows the tables down. It is hidden where no script runs.
fn filters(html: &mut Html, sides: &Sides<'_>, areas: &[&str]) {
    let results = || sides.reports.iter().flat_map(|(_, report)| &report.results);
    let present: IndexSet<Verdict> = results().map(|result| result.verdict).collect();
    let verdicts: Vec<&str> = Verdict::ALL.iter().filter(|one| present.contains(*one)).map(|one| one.word()).collect();
    let levels: IndexSet<Level> = results().map(|result| result.level).collect();
    let levels: Vec<String> = levels.iter().map(ToString::to_string).collect();
    html.element("form", &[("id", "filters"), ("role", "search"), ("hidden", "")], |html| {
        html.markup(
            "<label>search <input type=\"search\" name=\"q\" autocomplete=\"off\" spellcheck=\"false\" \
             placeholder=\"id, words of the requirement\"></label>",
        );
        // On a narrow screen they are folded: there the tables are what one came for.
        html.element("details", &[("id", "more")], |html| {
            html.markup("<summary>filters<span></span></summary><div>");
            select(html, "area", areas.iter().copied());
            select(html, "verdict", verdicts.iter().copied());
            select(html, "level", levels.iter().map(String::as_str));
            if sides.names.len() > 1 {
                select(html, "target", sides.names.iter().map(String::as_str));
                html.markup("<label class=\"check\"><input type=\"checkbox\" name=\"differ\" checked> only where targets differ</label>");
            }
            html.markup("</div>");
        });
        html.markup("<p id=\"found\" role=\"status\"></p>");
    });
}

fn select<'o>(html: &mut Html, name: &'static str, options: impl Iterator<Item = &'o str>) {
    html.element("label", &[], |html| {
        html.markup(name).markup(" ");
        html.element("select", &[("name", name)], |html| {
            html.markup("<option value=\"\">any</option>");
            for option in options {
                html.with_text("option", &[], option);
            }
        });
    });
}
