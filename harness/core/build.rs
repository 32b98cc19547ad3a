//! Builds the probe, so that the harness can carry it along.

fn main() {
    let probe = ptyproof_embed::static_binary("../probe", "ptyproof-probe", "", "embedded");
    println!("cargo::rustc-env=PTYPROOF_PROBE={}", probe.display());
}
