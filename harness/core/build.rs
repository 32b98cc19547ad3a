//! Builds the probe, so that the harness can carry it along.

fn main() {
    ptyproof_embed::static_binary("../probe", "ptyproof-probe", "PTYPROOF_PROBE");
}
