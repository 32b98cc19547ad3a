use super::compare::Side;
use crate::arguments;
use crate::exit::Refusal;
use crate::page;
use ptyproof_page::Place;
use ptyproof_report::comparison::to_json;
use ptyproof_report::matrix::Matrix;
use ptyproof_report::{Report, printable};
use std::path::Path;

/// The matrix of reports, or the name of the page that was written of them.
pub fn report(arguments: &arguments::Report) -> Result<String, Refusal> {
    let sides: Vec<Side> = arguments
        .reports
        .iter()
        .map(|path| Ok((path.clone(), Report::read(path).map_err(Refusal::usage)?)))
        .collect::<Result<_, Refusal>>()?;
    let sides: Vec<(&Path, &Report)> = sides.iter().map(|(path, report)| (path.as_path(), report)).collect();
    if let Some(path) = &arguments.html {
        let place = Place::of(path);
        place.prepare().map_err(|error| Refusal::usage(format!("--html: {error}")))?;
        page::write(&place, &sides).map_err(Refusal::machine)?;
        return Ok(format!("{}\n", printable(&place.page().to_string_lossy())));
    }
    let explanations = ptyproof_cases::explanations().map_err(Refusal::machine)?;
    let matrix = Matrix::of(&sides, &explanations);
    if arguments.json { to_json(&matrix).map_err(Refusal::machine) } else { Ok(matrix.text()) }
}
