//! The commands, by their users: containers are made, so each test is ignored, with the reason, where that cannot be.

/// The tests of a file.
macro_rules! tests {
    ($($test:ident,)*) => {
        pub const TESTS: &[crate::Test] = &[$((stringify!($test), $test)),*];
    };
}

mod agent;
mod bundle;
mod errors;
mod foreground;
mod lifecycle;
mod mounts;
mod namespaces;
mod process;
mod resources;
mod rootfs;
mod seccomp;

use libtest_mimic::{Arguments, Completion, Trial};
use nix::unistd::getuid;
use std::path::Path;
use std::process::{Command, ExitCode};

/// A test's name, and what it does: it fails by panicking.
type Test = (&'static str, fn());

fn main() -> ExitCode {
    // Bundles are for containers' users, too, whatever the umask of who starts the tests.
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o022));
    let root = getuid().is_root();
    let namespaces = root || user_namespaces_work();
    let as_root = [
        agent::TESTS,
        errors::TESTS,
        foreground::TESTS,
        lifecycle::TESTS,
        mounts::TESTS,
        namespaces::TESTS,
        process::TESTS,
        resources::TESTS,
        seccomp::TESTS,
    ]
    .concat();
    let as_anybody = rootfs::TESTS.to_vec();
    let engines_profile = root && Path::new(seccomp::ENGINES_PROFILE).exists();
    let trials = [
        (as_root, root, "it needs root"),
        (seccomp::PROFILE_TESTS.to_vec(), engines_profile, "it needs root and containers-common's profile"),
        (as_anybody, namespaces, "it needs root, or to be allowed to make user namespaces"),
    ];
    let trials = trials.into_iter().flat_map(|(tests, can_run, reason)| {
        tests.into_iter().map(move |(name, test)| {
            Trial::ignorable_test(name, move || {
                if !can_run {
                    return Ok(Completion::ignored_with(reason));
                }
                test();
                Ok(Completion::Completed)
            })
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

fn user_namespaces_work() -> bool {
    let tried = Command::new("unshare").args(["--user", "--map-root-user", "--mount", "true"]).status();
    tried.is_ok_and(|status| status.success())
}
