use super::args::{Exec as Options, Global};
use super::{commands::exit_status, log::warn};
use crate::config::{Process, User};
use crate::container::{ContainerError, Ended, Store};
use crate::exec::{Exec, exec};
use crate::relay;
use crate::steps::Steps;
use std::process::ExitCode;

/// Runs a process in a container; in the foreground its exit status is the result.
pub(super) fn run(
    steps: &Steps,
    global: &Global,
    store: &Store,
    options: &Options,
) -> Result<ExitCode, ContainerError> {
    let container = store.open(&options.id)?;
    let config = container.config()?;
    let process = match &options.process {
        Some(file) => (steps.process_of_file)(file, options.tty)?,
        None => from_options(steps, options, &config.process)?,
    };
    let signals = (steps.catch_signals)().map_err(ContainerError::call("catching signals"))?;
    let mut executed = exec(
        steps,
        &config,
        &Exec {
            container: &container,
            process: &process,
            console_socket: options.plumbing.console_socket.as_deref(),
            preserved: options.plumbing.preserve_fds,
            detached: options.detach,
        },
    )?;
    warn(global, &executed.warnings);
    options.plumbing.write_pid(executed.pid)?;
    if options.detach {
        return Ok(ExitCode::SUCCESS);
    }
    let relayed = relay::attend(steps, &executed.process, executed.master.take(), &signals);
    let ended = Ended::wait(&executed.process);
    Ok(exit_status(steps, global, &relayed, (steps.exit_code)(ended)))
}

/// The container's own process, with another program and what the options say.
fn from_options(steps: &Steps, options: &Options, model: &Process) -> Result<Process, ContainerError> {
    let mut process = (steps.process_of_words)(model, options.args.clone(), options.tty);
    if let Some(cwd) = &options.cwd {
        if !cwd.is_absolute() {
            return Err(ContainerError::Usage("--cwd is not an absolute path"));
        }
        process.cwd.clone_from(cwd);
    }
    if let Some(user) = &options.user {
        process.user = parse_user(user, model)?;
    }
    process.env.extend(options.env.iter().cloned());
    Ok(process)
}

fn parse_user(text: &str, model: &Process) -> Result<User, ContainerError> {
    let malformed = || ContainerError::Usage("--user is malformed, expected UID[:GID] in numbers");
    let (uid, gid) = text.split_once(':').map_or((text, None), |(uid, gid)| (uid, Some(gid)));
    let number = |text: &str| text.parse::<u32>().map_err(|_| malformed());
    let mut user = model.user.clone();
    user.uid = number(uid)?;
    user.gid = gid.map_or(Ok(0), number)?;
    user.additional_gids = Vec::new();
    Ok(user)
}
