use super::ExitStatus;
use super::making::Exec as Options;
use super::{commands::exit_status, log::Log};
use crate::config::Process;
use crate::container::{ContainerError, Ended, Store};
use crate::exec::{Exec, exec};
use crate::relay;
use crate::steps::Steps;

/// Runs a process in a container; in the foreground its exit status is the result.
pub(super) fn run(steps: &Steps, log: &Log, store: &Store, options: &Options) -> Result<ExitStatus, ContainerError> {
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
            pidfd_socket: options.plumbing.pidfd_socket.as_deref(),
            parts: &options.cgroup,
            ignore_paused: options.ignore_paused,
            detached: options.detach,
        },
    )?;
    log.warn(&executed.warnings);
    log.debug(|| format!("container {}: process {} runs {:?}", options.id, executed.pid, process.args));
    options.plumbing.write_pid(executed.pid)?;
    if options.detach {
        return Ok(ExitStatus::SUCCESS);
    }
    let relayed = relay::attend(steps, &executed.process, executed.master.take(), &signals);
    let ended = Ended::wait(&executed.process);
    Ok(exit_status(steps, log, &relayed, (steps.exit_code)(ended)))
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
    if let Some(user) = options.user {
        user.apply(&mut process.user);
    }
    process.user.additional_gids.extend(&options.additional_gids);
    process.capabilities.grant(&options.capabilities);
    process.no_new_privileges |= options.no_new_privileges;
    process.apparmor_profile = options.apparmor.clone().or(process.apparmor_profile);
    process.selinux_label = options.process_label.clone().or(process.selinux_label);
    process.env.extend(options.env.iter().cloned());
    Ok(process)
}
