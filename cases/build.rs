//! Builds the reference runtime, once as it is and once with its defects, so that the suite carries both along.
//! The suite meets it only as a binary.

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
}
