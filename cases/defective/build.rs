//! Builds ptyrun with its defects, apart from the suite: only tests need it.

fn main() {
    ptyproof_embed::static_binary("../../runtime-under-test/defects", "ptyrun-with-defects", "PTYRUN_WITH_DEFECTS");
}
