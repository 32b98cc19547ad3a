//! Builds the reference runtime, once as it is and once with its defects, so that the suite carries both along (it meets
//! it only as a binary); and makes a case of each vector in `line-discipline/`.

use serde::Deserialize;
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    for (variable, features, target) in [
        ("PTYPROOF_PTYRUN", "", "embedded"),
        (
            "PTYPROOF_PTYRUN_WITH_DEFECTS",
            "defects",
            "embedded-defects",
        ),
    ] {
        let ptyrun =
            ptyproof_embed::static_binary("../runtime-under-test", "ptyrun", features, target);
        println!("cargo::rustc-env={variable}={}", ptyrun.display());
    }
    let output = PathBuf::from(std::env::var("OUT_DIR")?).join("vectors.rs");
    let vectors = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("line-discipline");
    println!("cargo::rerun-if-changed={}", vectors.display());
    std::fs::write(output, cases_of(&vectors)?)?;
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

/// Rust: the files with their text, and a case for each of their vectors.
fn cases_of(directory: &Path) -> Result<String, Box<dyn Error>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(directory)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    paths.sort();
    let mut files = String::new();
    let mut cases = String::new();
    for path in paths {
        let text = std::fs::read_to_string(&path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let file: File =
            toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        writeln!(files, "    ({name:?}, include_str!({path:?})),")?;
        for vector in &file.vector {
            let id = format!("line-discipline/{}", vector.id);
            let (title, covers) = (&vector.title, &vector.covers);
            writeln!(cases, "    vector({id:?}, {title:?}, &{covers:?}),")?;
        }
    }
    Ok(format!(
        "const FILES: &[(&str, &str)] = &[\n{files}];\n\n\
         /// A case for each vector.\npub const CASES: &[Case] = &[\n{cases}];\n"
    ))
}
