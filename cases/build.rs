//! Builds the reference runtime, once as it is and once with its defects, so that the suite carries both along.
//!
//! A nested build, because `cargo test` and `cargo run` do not build the binaries of other packages, and
//! because the runtime is to be static whatever `RUSTFLAGS` says. The suite meets it only as a binary.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let runtime = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"))
        .join("../runtime-under-test");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    // OUT_DIR is <target>/<profile>/build/<package>/out.
    let target = out
        .ancestors()
        .nth(4)
        .expect("OUT_DIR lies in the target directory");
    println!("cargo::rerun-if-changed={}", runtime.join("src").display());
    println!(
        "cargo::rerun-if-changed={}",
        runtime.join("Cargo.toml").display()
    );
    for (variable, directory, features) in [
        ("PTYPROOF_PTYRUN", "embedded", ""),
        (
            "PTYPROOF_PTYRUN_WITH_DEFECTS",
            "embedded-defects",
            "defects",
        ),
    ] {
        let binary = build(&runtime, &target.join(directory), features);
        println!("cargo::rustc-env={variable}={}", binary.display());
    }
}

fn build(runtime: &Path, target: &Path, features: &str) -> PathBuf {
    let triple = env::var("TARGET").expect("cargo sets it");
    let mut cargo = Command::new(env::var_os("CARGO").expect("cargo sets it"));
    cargo
        .args([
            "build",
            "--release",
            "--locked",
            "--quiet",
            "--bin",
            "ptyrun",
        ])
        .args(["--target", &triple, "--features", features])
        .arg("--manifest-path")
        .arg(runtime.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target)
        .env(
            "CARGO_ENCODED_RUSTFLAGS",
            "-Ctarget-feature=+crt-static\x1f-Crelocation-model=static\x1f-Cstrip=symbols",
        );
    for variable in [
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTC_WRAPPER",
        "RUSTFLAGS",
        "CARGO_TARGET_DIR",
        "CARGO_BUILD_TARGET",
        "CARGO_MAKEFLAGS",
    ] {
        cargo.env_remove(variable);
    }
    let status = cargo.status().expect("cargo can be started");
    assert!(status.success(), "building ptyrun failed: {status}");
    target.join(triple).join("release/ptyrun")
}
