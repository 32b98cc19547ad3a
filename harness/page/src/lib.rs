//! Reports as a page for a browser: one matrix, a place for each behaviour, terminals that play.
//!
//! A page is one HTML document that asks nothing of anybody: its scripts, its styles and the player come along, it
//! works from a file, and it can be read where no script runs. It is a pure function of the reports, and of what
//! whoever knows the suite adds ([`Knowledge`]). Whatever came out of a container is hostile: it is text, and
//! nothing else.

mod assets;
mod behaviour;
mod called;
mod diff;
mod document;
mod evidence;
mod finding;
mod group;
mod html;
mod knowledge;
mod overview;
mod place;
mod rerun;
mod table;
mod terminal;

pub use knowledge::{About, Knowledge};
pub use place::{Place, PlaceError};

use html::Html;
use ptyproof_report::Report;
use ptyproof_report::comparison::Explanations;
use ptyproof_report::matrix::Matrix;
use std::collections::HashSet;
use std::path::Path;

/// The reports of a page, with their names.
pub(crate) struct Sides<'r> {
    /// Short names, all different.
    names: Vec<String>,
    /// Each with the file that it was read from.
    reports: &'r [(&'r Path, &'r Report)],
}

/// Of one piece of a transcript and of one value so many bytes are shown, where the page would become too large else.
const LIMITS: &[usize] = &[usize::MAX, 256 * 1024, 64 * 1024, 16 * 1024, 4 * 1024, 1024];

/// So large may what was said on terminals be on one page: what a browser opens at once.
const LARGEST: usize = 4 * 1024 * 1024;

/// The page of reports, each with the file that it was read from.
pub fn page(reports: &[(&Path, &Report)], explanations: &Explanations, knowledge: &dyn Knowledge) -> String {
    let matrix = Matrix::of(reports, explanations);
    let names = matrix.targets.iter().map(|target| target.name.clone()).collect();
    let sides = Sides { names, reports };
    let areas = group::by_area(reports);
    let differing: HashSet<String> =
        matrix.differences.iter().map(|difference| difference.case.as_str().to_owned()).collect();
    let mut views = Html::default();
    let findings = finding::met(areas.values().flatten(), knowledge);
    overview::overview(&mut views, &matrix, &areas, &sides, &differing, &findings);
    for (name, cases) in &areas {
        table::area(&mut views, name, cases, &sides, &differing);
    }
    let limit = limit(areas.values().flatten());
    for case in areas.values().flatten() {
        behaviour::article(&mut views, case, &sides, knowledge, limit);
    }
    for (id, met) in &findings {
        finding::article(&mut views, id, met);
    }
    views.markup("<section id=\"nothing\"><p>No behaviour is like that.</p></section>\n");
    let names: Vec<&str> = areas.keys().map(String::as_str).collect();
    document::document(&views, &sides, &names)
}

/// How much of each piece is shown, so that the whole stays readable.
fn limit<'c, 'r: 'c>(cases: impl Iterator<Item = &'c group::Case<'r>>) -> usize {
    let results = cases.flat_map(|case| &case.groups).filter_map(|group| group.result);
    let sizes: Vec<usize> = results
        .flat_map(|result| {
            let said = result.transcript.iter().flat_map(|(_, entries)| entries).map(|entry| entry.bytes.len());
            let values = [&result.expected, &result.observed].into_iter().flatten();
            let recorded = result.records.iter().map(|record| &record.value);
            let values = values.chain(recorded).filter_map(|value| value.value().as_str()).map(str::len);
            let printed = result.calls.iter().flat_map(|call| [call.stdout.len(), call.stderr.len()]);
            said.chain(values).chain(printed).collect::<Vec<_>>()
        })
        .collect();
    let fits = |limit: &&usize| sizes.iter().map(|size| size.min(*limit)).sum::<usize>() <= LARGEST;
    LIMITS.iter().find(fits).or(LIMITS.last()).copied().unwrap_or(usize::MAX)
}
