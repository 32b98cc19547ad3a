//! Builds the probe, so that the harness can carry it along, and lists the profiles of runtimes and launchers.

use ptyproof_embed::{array_of, static_binary, toml_files, write};

fn main() {
    static_binary("../probe", "ptyproof-probe", "PTYPROOF_PROBE");
    write("profiles.rs", &array_of(&toml_files("src/target/profiles")));
    write("launchers.rs", &array_of(&toml_files("src/target/launchers")));
}
