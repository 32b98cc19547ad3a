//! The page in a real browser: of a run of three targets, of hostile content, of twelve targets, and without scripts.
//!
//! Ignored with the reason where there is no browser or no axe-core; `ci/install-browser` gets both.

mod accessible;
mod browser;
mod driver;
mod hostile;
mod large;
mod material;
mod pictures;
mod visit;
mod without_scripts;

use libtest_mimic::{Arguments, Failed, Trial};
use std::process::ExitCode;

/// A test, and what it needs beside a browser.
const TESTS: &[(&str, fn())] = &[
    ("the_page_of_a_real_run_is_read_as_people_do", visit::as_people_do),
    ("the_address_holds_the_state", visit::address),
    ("keys_do_all", visit::keys),
    ("a_terminal_plays", visit::terminal),
    ("hostile_content_is_shown_and_nothing_runs", hostile::nothing_runs),
    ("no_request_leaves", hostile::no_request),
    ("it_can_be_read_without_scripts", without_scripts::read),
    ("on_a_narrow_screen_filters_are_folded", visit::folded),
    ("twelve_targets_open_in_a_second", large::opens),
    ("pictures_are_kept", pictures::kept),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let browser = driver::missing();
    let axe = browser.clone().or_else(accessible::missing);
    let trial = |name: &str, test: fn(), missing: &Option<String>| {
        let name = missing.as_ref().map_or(name.to_owned(), |missing| format!("{name} ({missing})"));
        Trial::test(name, move || {
            test();
            Ok::<(), Failed>(())
        })
        .with_ignored_flag(missing.is_some())
    };
    let mut trials: Vec<Trial> = TESTS.iter().map(|(name, test)| trial(name, *test, &browser)).collect();
    trials.push(trial("axe_core_finds_nothing", accessible::nothing_is_found, &axe));
    let conclusion = libtest_mimic::run(&arguments, trials);
    material::remove_site();
    conclusion.exit_code()
}
