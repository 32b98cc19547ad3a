//! The least that starting a container with a terminal can cost: the namespaces, mounts and device nodes of the benchmark's
//! bundle, one pty, one execve. It reads no config, keeps no state, checks nothing, and relays nothing.
//!
//! It is called like a runtime, `floor run --bundle BUNDLE ID`, so that it takes its turn among them. Under the name
//! `floor-with-cgroups` it makes a cgroup in each hierarchy as well, and removes it.

mod cgroups;
mod container;

use cgroups::Cgroups;
use nix::sys::wait::{WaitStatus, waitpid};
use std::path::Path;
use std::process::ExitCode;
use std::{env, io};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    if arguments.iter().any(|argument| argument == "--version") {
        println!("floor {}", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    let Some(bundle) = arguments.iter().skip_while(|argument| *argument != "--bundle").nth(1) else {
        eprintln!("floor: calls are `floor run --bundle BUNDLE ID`");
        return ExitCode::from(2);
    };
    match run(Path::new(bundle)) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("floor: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(bundle: &Path) -> io::Result<u8> {
    let own = env::current_exe()?;
    // The benchmark writes both into one directory.
    let probe = own.with_file_name("probe");
    let with = own.ends_with("floor-with-cgroups");
    let cgroups = if with { cgroups::make()? } else { Cgroups::default() };
    let process = container::start(bundle, &probe, &cgroups)?;
    let status = match waitpid(process, None)? {
        WaitStatus::Exited(_, status) => status as u8,
        _ => 255,
    };
    cgroups.remove()?;
    Ok(status)
}
