//! For build scripts: builds a program of this workspace as a static binary, to be carried along in another, and lists
//! the files of a directory, so that one that is dropped there is carried along, too.
//!
//! A nested build, because neither `cargo run` nor `cargo test` builds the binaries of other packages, and because
//! `crt-static` for the whole workspace would be lost as soon as somebody sets `RUSTFLAGS`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The binaries of packages of the same names that are built at once, whichever is asked for first: the last step of one keeps
/// one core busy, and a build waits for another one in the same directory.
const TOGETHER: [&str; 2] = ["ptyproof-probe", "ptyrun"];

/// What changes how cargo builds, and must not reach the nested one.
const OUTER_BUILDS: [&str; 6] = [
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_TARGET",
    "CARGO_MAKEFLAGS",
];

/// Builds the binary `name` of the package in `directory`, relative to the calling package, and gives the calling package
/// its path as the environment variable `variable`. The calling build script runs again when a source of it changes.
///
/// # Panics
///
/// Where the build fails, as a build script does.
pub fn static_binary(directory: &str, name: &str, variable: &str) {
    let package = Path::new(&cargo("CARGO_MANIFEST_DIR")).join(directory);
    let out = PathBuf::from(cargo("OUT_DIR"));
    // OUT_DIR is <target>/<profile>/build/<package>/out. Builds that share a directory share what they compile.
    let target = out.ancestors().nth(4).unwrap_or(&out).join("embedded");
    let triple = cargo("TARGET");
    let binaries = match TOGETHER.contains(&name) {
        true => TOGETHER.iter().flat_map(|each| ["--package", each, "--bin", each]).collect(),
        false => vec!["--bin", name],
    };
    let mut build = Command::new(cargo("CARGO"));
    build
        .args(["build", "--profile", "embedded", "--locked", "--quiet", "--target", &triple])
        .args(binaries)
        .arg("--manifest-path")
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .env("CARGO_ENCODED_RUSTFLAGS", "-Ctarget-feature=+crt-static\x1f-Crelocation-model=static\x1f-Cstrip=symbols");
    for outer in OUTER_BUILDS {
        build.env_remove(outer);
    }
    let status = build.status().expect("cargo can be started");
    assert!(status.success(), "building {name} failed: {status}");
    let binary = target.join(&triple).join("embedded").join(name);
    watch(&binary.with_extension("d"));
    println!("cargo::rerun-if-changed={}", package.join("Cargo.toml").display());
    println!("cargo::rustc-env={variable}={}", binary.display());
}

/// The TOML files of a directory of the calling package, by name. The calling build script runs again when one comes.
///
/// # Panics
///
/// Where it cannot be read, as a build script does.
pub fn toml_files(directory: &str) -> Vec<PathBuf> {
    let directory = Path::new(&cargo("CARGO_MANIFEST_DIR")).join(directory);
    println!("cargo::rerun-if-changed={}", directory.display());
    let entries = directory.read_dir().expect("the directory is there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
}

/// Rust: an array of the names and texts of files.
pub fn array_of(paths: &[PathBuf]) -> String {
    let file = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        format!("    ({name:?}, include_str!({path:?})),\n")
    };
    format!("[\n{}]\n", paths.iter().map(file).collect::<String>())
}

/// Writes to `name` in `OUT_DIR`, for `include!`.
///
/// # Panics
///
/// Where that is impossible, as a build script does.
pub fn write(name: &str, content: &str) {
    std::fs::write(Path::new(&cargo("OUT_DIR")).join(name), content).expect("OUT_DIR can be written to");
}

/// Watches the sources that cargo names in `dependencies`: one line, the binary, a colon, and a path each. Spaces in a
/// path are escaped.
fn watch(dependencies: &Path) {
    let text = std::fs::read_to_string(dependencies)
        .unwrap_or_else(|error| panic!("reading {}: {error}", dependencies.display()));
    let (_, sources) = text.split_once(": ").unwrap_or_default();
    for source in sources.trim_end().replace("\\ ", "\0").split(' ') {
        println!("cargo::rerun-if-changed={}", source.replace('\0', " "));
    }
}

fn cargo(variable: &str) -> String {
    env::var(variable).unwrap_or_else(|error| panic!("cargo sets {variable}: {error}"))
}
