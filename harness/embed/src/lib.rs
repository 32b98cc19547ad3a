//! For build scripts: builds a program of this workspace as a static binary, to be carried along in another.
//!
//! A nested build, because neither `cargo run` nor `cargo test` builds the binaries of other packages, and because
//! `crt-static` for the whole workspace would be lost as soon as somebody sets `RUSTFLAGS`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What changes how cargo builds, and must not reach the nested one.
const OUTER_BUILDS: [&str; 6] = [
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_TARGET",
    "CARGO_MAKEFLAGS",
];

/// Builds the binary `name` of the package in `directory`, relative to the calling package, with `features`, and
/// returns its path. The calling build script runs again when the package's sources change.
///
/// Builds that share a `target` name share what they compile.
///
/// # Panics
///
/// Where the build fails, as a build script does.
pub fn static_binary(directory: &str, name: &str, features: &str, target: &str) -> PathBuf {
    let package = Path::new(&variable("CARGO_MANIFEST_DIR")).join(directory);
    let out = PathBuf::from(variable("OUT_DIR"));
    // OUT_DIR is <target>/<profile>/build/<package>/out.
    let target = out.ancestors().nth(4).expect("OUT_DIR lies in the target directory").join(target);
    for source in ["src", "Cargo.toml"] {
        println!("cargo::rerun-if-changed={}", package.join(source).display());
    }
    let triple = variable("TARGET");
    let mut cargo = Command::new(variable("CARGO"));
    cargo
        .args(["build", "--release", "--locked", "--quiet"])
        .args(["--bin", name, "--target", &triple, "--features", features])
        .arg("--manifest-path")
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .env("CARGO_ENCODED_RUSTFLAGS", "-Ctarget-feature=+crt-static\x1f-Crelocation-model=static\x1f-Cstrip=symbols");
    for variable in OUTER_BUILDS {
        cargo.env_remove(variable);
    }
    let status = cargo.status().expect("cargo can be started");
    assert!(status.success(), "building {name} failed: {status}");
    target.join(triple).join("release").join(name)
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|error| panic!("cargo sets {name}: {error}"))
}
