//! Builds the reference runtime, once as it is and once with its defects, so that the suite carries both along.
//! The suite meets it only as a binary. Lists the baselines, so that it carries all of them along, too.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
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
    let baselines = Path::new(&variable("CARGO_MANIFEST_DIR")).join("baselines");
    println!("cargo::rerun-if-changed={}", baselines.display());
    let list = Path::new(&variable("OUT_DIR")).join("baselines.rs");
    fs::write(list, listed(&baselines)).expect("OUT_DIR can be written");
}

fn variable(name: &str) -> String {
    env::var(name).expect("cargo sets it")
}

/// An array of names and texts, in Rust.
fn listed(directory: &Path) -> String {
    let entries = fs::read_dir(directory).expect("the baselines' directory is there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the directory can be read").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    let rows = files.iter().map(|path| {
        let name = path.strip_prefix(directory).expect("it is in there");
        let origin = Path::new("cases/baselines").join(name);
        format!("({origin:?}, include_str!({path:?})),\n")
    });
    format!("[{}]", rows.collect::<String>())
}
