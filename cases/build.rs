//! Builds the reference runtime, so that the suite carries it along (it meets it only as a binary); makes a case of each
//! vector in `line-discipline/`; and lists the files of `baselines/` and `catalogue/`.

use serde::Deserialize;
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    ptyproof_embed::static_binary("../runtime-under-test", "ptyrun", "PTYPROOF_PTYRUN");
    let output = PathBuf::from(std::env::var("OUT_DIR")?);
    let package = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let vectors = files_in(&package.join("line-discipline"))?;
    std::fs::write(output.join("vectors.rs"), cases_of(&vectors)?)?;
    for directory in ["baselines", "catalogue"] {
        let files = files_in(&package.join(directory))?;
        std::fs::write(output.join(directory).with_extension("rs"), list_of(&files)?)?;
    }
    Ok(())
}

/// The TOML files of a directory, by name.
fn files_in(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    println!("cargo::rerun-if-changed={}", directory.display());
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    Ok(paths)
}

/// Rust: an array of the files' names and texts.
fn list_of(paths: &[PathBuf]) -> Result<String, std::fmt::Error> {
    let mut files = String::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        writeln!(files, "    ({name:?}, include_str!({path:?})),")?;
    }
    Ok(format!("[\n{files}]\n"))
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

/// Rust: the files with their text, and a case for each of their vectors.
fn cases_of(paths: &[PathBuf]) -> Result<String, Box<dyn Error>> {
    let files = list_of(paths)?;
    let mut cases = String::new();
    for path in paths {
        let text = std::fs::read_to_string(path)?;
        let file: File = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        for vector in &file.vector {
            let id = format!("line-discipline/{}", vector.id);
            let (title, covers) = (&vector.title, &vector.covers);
            writeln!(cases, "    vector({id:?}, {title:?}, &{covers:?}),")?;
        }
    }
    Ok(format!(
        "const FILES: &[(&str, &str)] = &{files};\n\n\
         /// A case for each vector.\npub const CASES: &[Case] = &[\n{cases}];\n"
    ))
}
