//! Builds the reference runtime, so that the suite carries it along (it meets it only as a binary); makes a case of each
//! vector in `line-discipline/`; and lists the files of `baselines/`, `catalogue/`, `editions/` and `expectations/`.

use ptyproof_embed::{array_of, static_binary, toml_files, write};
use serde::Deserialize;
use std::{collections::BTreeMap, error::Error, fmt::Write as _, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    static_binary("../runtime-under-test", "ptyrun", "PTYPROOF_PTYRUN");
    write("vectors.rs", &cases_of(&toml_files("line-discipline"))?);
    for directory in ["baselines", "catalogue", "findings", "editions", "expectations"] {
        write(&format!("{directory}.rs"), &array_of(&toml_files(directory)));
    }
    write("runtimes.rs", &array_of(&toml_files("baselines/runtimes")));
    Ok(())
}

/// As much of a file of vectors as a case is made of; the suite itself reads the rest.
#[derive(Deserialize)]
struct File {
    vector: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    id: String,
    title: String,
    #[serde(default)]
    covers: Vec<String>,
}

/// Rust: the files with their text, a case for each of their vectors, and in which of the files each vector stands.
fn cases_of(paths: &[PathBuf]) -> Result<String, Box<dyn Error>> {
    let files = array_of(paths);
    let mut cases = String::new();
    let mut places = BTreeMap::new();
    for (number, path) in paths.iter().enumerate() {
        let text = std::fs::read_to_string(path)?;
        let file: File = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        for vector in &file.vector {
            let id = format!("line-discipline/{}", vector.id);
            let (title, covers) = (&vector.title, &vector.covers);
            writeln!(cases, "    vector({id:?}, {title:?}, &{covers:?}),")?;
            places.insert(vector.id.clone(), number);
        }
    }
    let places = Vec::from_iter(places);
    Ok(format!(
        "const FILES: &[(&str, &str)] = &{files};\n\n\
         /// Each vector, in order, and the place of its file in [`FILES`].\nconst PLACES: &[(&str, usize)] = &{places:?};\n\n\
         /// A case for each vector.\npub const CASES: &[Case] = &[\n{cases}];\n"
    ))
}
