use super::args::{Arguments, Command, Create, Delete, Global, Kill, List, ListFormat, Run};
use super::listing;
use super::log::{self, Level};
use crate::container::{
    ContainerError, Ended, Launch, Launched, Mode, Store, delete, kill, launch, start,
    store::write_atomically,
};
use crate::relay::{self, Signals};
use nix::unistd::Pid;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// Does what the arguments say.
pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let global = &arguments.global;
    match dispatch(arguments) {
        Ok(code) => code,
        Err(error) => {
            log::write(global, Level::Error, &error.to_string());
            match arguments.command {
                Command::Exec(_) => ExitCode::from(255),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn dispatch(arguments: &Arguments) -> Result<ExitCode, ContainerError> {
    let global = &arguments.global;
    if global.systemd_cgroup {
        return Err(ContainerError::Usage(
            "--systemd-cgroup is not implemented: leave it out, ptyrun uses cgroupfs",
        ));
    }
    let store = Store::at(global.root.clone().unwrap_or_else(Store::default_root));
    match &arguments.command {
        Command::Create(create) => {
            make(global, &store, create, Mode::Create).and_then(|launched| {
                write_pid(create.plumbing.pid_file.as_deref(), launched.pid)?;
                launched.keep();
                Ok(())
            })?
        }
        Command::Start(named) => start(&store.open(&named.id)?)?,
        Command::Run(run) => return run_container(global, &store, run),
        Command::Exec(_) => return Err(ContainerError::Usage("exec is not implemented yet")),
        Command::State(named) => {
            let entry = store.open(&named.id)?;
            let status = entry.status().to_string();
            print_json(&entry.record.oci_state(&status))?;
        }
        Command::Kill(wanted) => send(&store, wanted)?,
        Command::Delete(wanted) => remove(&store, wanted)?,
        Command::List(wanted) => list(&store, wanted)?,
        Command::Spec(_) => return Err(ContainerError::Usage("spec is not implemented yet")),
        Command::Features => return Err(ContainerError::Usage("features is not implemented yet")),
    }
    Ok(ExitCode::SUCCESS)
}

fn make(
    global: &Global,
    store: &Store,
    create: &Create,
    mode: Mode,
) -> Result<Launched, ContainerError> {
    let launched = launch(
        store,
        &Launch {
            id: &create.id,
            bundle: &create.bundle,
            console_socket: create.plumbing.console_socket.as_deref(),
            preserved: create.plumbing.preserve_fds,
            mode,
        },
    )?;
    for warning in &launched.config.warnings {
        log::write(global, Level::Warning, warning);
    }
    Ok(launched)
}

fn run_container(global: &Global, store: &Store, run: &Run) -> Result<ExitCode, ContainerError> {
    let pid_file = run.create.plumbing.pid_file.as_deref();
    if run.detach {
        let launched = make(global, store, &run.create, Mode::Detached)?;
        write_pid(pid_file, launched.pid)?;
        launched.keep();
        return Ok(ExitCode::SUCCESS);
    }
    let signals = Signals::catch().map_err(ContainerError::call("catching signals"))?;
    let mut launched = make(global, store, &run.create, Mode::Foreground)?;
    write_pid(pid_file, launched.pid)?;
    let relayed = relay::attend(&launched.process, launched.master.take(), &signals);
    let ended: Ended = launched.reap();
    relayed.map_err(|error| ContainerError::Setup(error.to_string()))?;
    Ok(ExitCode::from(ended.exit_code()))
}

fn write_pid(file: Option<&Path>, pid: Pid) -> Result<(), ContainerError> {
    file.map_or(Ok(()), |path| {
        write_atomically(path, pid.to_string().as_bytes())
            .map_err(ContainerError::file("writing", path))
    })
}

fn send(store: &Store, wanted: &Kill) -> Result<(), ContainerError> {
    kill(&store.open(&wanted.id)?, wanted.signal.0)
}

fn remove(store: &Store, wanted: &Delete) -> Result<(), ContainerError> {
    match store.open(&wanted.id) {
        Err(ContainerError::Absent(_)) if wanted.force => Ok(()),
        entry => delete(entry?, wanted.force),
    }
}

fn list(store: &Store, wanted: &List) -> Result<(), ContainerError> {
    let entries = store.list()?;
    if wanted.quiet {
        let ids: String = entries
            .iter()
            .map(|entry| entry.record.id.clone() + "\n")
            .collect();
        return print(&ids);
    }
    if wanted.format == ListFormat::Table {
        return print(&listing::table(&entries));
    }
    let status: Vec<String> = entries
        .iter()
        .map(|entry| entry.status().to_string())
        .collect();
    let states: Vec<_> = entries
        .iter()
        .zip(&status)
        .map(|(entry, status)| entry.record.oci_state(status))
        .collect();
    print_json(&states)
}

fn print_json(value: &impl serde::Serialize) -> Result<(), ContainerError> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| ContainerError::Setup(error.to_string()))?;
    print(&(text + "\n"))
}

fn print(text: &str) -> Result<(), ContainerError> {
    io::stdout()
        .write_all(text.as_bytes())
        .map_err(ContainerError::file("writing", "standard output"))
}
