//! Builds the floor: a program that does no more than starting a container takes.

fn main() {
    ptyproof_embed::static_binary("floor", "floor", "PTYPROOF_FLOOR");
}
