//! Builds the probe as a static binary, so that the harness can carry it along.
//!
//! A nested build, because `crt-static` for the whole workspace would be lost as soon as somebody sets
//! `RUSTFLAGS`. It shares one target directory with other embedded programs to compile their
//! dependencies once.

use std::env;
use std::path::PathBuf;
use std::process::Command;

fn main() {
    let probe =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../probe");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    // OUT_DIR is <target>/<profile>/build/<package>/out.
    let target = out
        .ancestors()
        .nth(4)
        .expect("OUT_DIR lies in the target directory")
        .join("embedded");
    println!("cargo::rerun-if-changed={}", probe.join("src").display());
    println!(
        "cargo::rerun-if-changed={}",
        probe.join("Cargo.toml").display()
    );
    let triple = env::var("TARGET").expect("cargo sets it");
    let mut cargo = Command::new(env::var_os("CARGO").expect("cargo sets it"));
    cargo
        .args([
            "build",
            "--release",
            "--locked",
            "--quiet",
            "--bin",
            "ptyproof-probe",
            "--target",
            &triple,
        ])
        .arg("--manifest-path")
        .arg(probe.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
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
    assert!(
        status.success(),
        "building the static probe failed: {status}"
    );
    println!(
        "cargo::rustc-env=PTYPROOF_PROBE={}",
        target
            .join(&triple)
            .join("release/ptyproof-probe")
            .display()
    );
}
