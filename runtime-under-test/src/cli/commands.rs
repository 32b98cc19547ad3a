use super::args::{Arguments, Command, Create, Delete, Global, Kill, List, ListFormat, Ps, Run, Spec};
use super::log::{self, warn};
use super::{events, exec, listing, plumbing::require_preserved, processes, update};
use crate::container::{
    ContainerError, Launch, Launched, Mode, Store, clear, delete, kill, launch, pause, resume, start,
};
use crate::relay::{self, RelayError};
use crate::{container, features, spec, steps::Steps};
use nix::unistd::{getegid, geteuid};
use std::io::{self, Write};
use std::{fs::OpenOptions, process::ExitCode};

/// Does what the arguments say.
pub(super) fn run(arguments: &Arguments, steps: &Steps) -> ExitCode {
    let global = &arguments.global;
    match dispatch(arguments, steps) {
        Ok(code) => code,
        Err(error) => {
            log::fail(steps, global, &error.to_string());
            match arguments.command {
                Command::Exec(_) => ExitCode::from(255),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn dispatch(arguments: &Arguments, steps: &Steps) -> Result<ExitCode, ContainerError> {
    let global = &arguments.global;
    if global.systemd_cgroup {
        return Err(ContainerError::Usage("--systemd-cgroup is not implemented: leave it out, ptyrun uses cgroupfs"));
    }
    require_preserved(&arguments.command)?;
    let store = Store::at(global.root.clone().unwrap_or_else(Store::default_root));
    match &arguments.command {
        Command::Create(create) => make(steps, global, &store, create, Mode::Create).and_then(|launched| {
            create.plumbing.write_pid(launched.pid)?;
            launched.keep();
            Ok(())
        })?,
        Command::Start(named) => warn(global, &start(&store.open(&named.id)?)?),
        Command::Run(run) => return run_container(steps, global, &store, run),
        Command::Exec(options) => return exec::run(steps, global, &store, options),
        Command::State(named) => {
            let entry = store.open(&named.id)?;
            print_json(&entry.record.oci_state(&entry.status().to_string()))?;
        }
        Command::Kill(wanted) => send(steps, &store, wanted)?,
        Command::Pause(named) => pause(&store.open(&named.id)?)?,
        Command::Resume(named) => resume(&store.open(&named.id)?)?,
        Command::Events(wanted) => events::run(&store, wanted)?,
        Command::Update(wanted) => update::run(&store, wanted)?,
        Command::Ps(wanted) => list_processes(&store, wanted)?,
        Command::Delete(wanted) => remove(steps, global, &store, wanted)?,
        Command::List(wanted) => list(steps, global, &store, wanted)?,
        Command::Spec(wanted) => write_spec(wanted)?,
        Command::Features => print_json(&features::document())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn make(
    steps: &Steps,
    global: &Global,
    store: &Store,
    create: &Create,
    mode: Mode,
) -> Result<Launched, ContainerError> {
    let launched = launch(
        steps,
        store,
        &Launch {
            id: &create.id,
            bundle: &create.bundle,
            console_socket: create.plumbing.console_socket.as_deref(),
            new_keyring: !create.no_new_keyring,
            preserved: create.plumbing.preserve_fds,
            mode,
        },
    )?;
    warn(global, &launched.config.warnings);
    if mode != Mode::Create {
        warn(global, &launched.after_start());
    }
    Ok(launched)
}

fn run_container(steps: &Steps, global: &Global, store: &Store, run: &Run) -> Result<ExitCode, ContainerError> {
    if run.detach {
        let launched = make(steps, global, store, &run.create, Mode::Detached)?;
        run.create.plumbing.write_pid(launched.pid)?;
        launched.keep();
        return Ok(ExitCode::SUCCESS);
    }
    let signals = (steps.catch_signals)().map_err(ContainerError::call("catching signals"))?;
    let mut launched = make(steps, global, store, &run.create, Mode::Foreground)?;
    run.create.plumbing.write_pid(launched.pid)?;
    let relayed = relay::attend(steps, &launched.process, launched.master.take(), &signals);
    let ended = launched.reap();
    warn(global, &launched.finish());
    Ok(exit_status(steps, global, &relayed, (steps.exit_code)(ended)))
}

/// What the foreground ptyrun ends with: its process's status, but no success where the relay broke.
pub(super) fn exit_status(steps: &Steps, global: &Global, relayed: &Result<(), RelayError>, status: u8) -> ExitCode {
    let Err(error) = relayed else { return ExitCode::from(status) };
    log::fail(steps, global, &error.to_string());
    ExitCode::from(status.max(1))
}

fn send(steps: &Steps, store: &Store, wanted: &Kill) -> Result<(), ContainerError> {
    kill(steps, &store.open(&wanted.id)?, wanted.signal.0, wanted.all)
}

fn remove(steps: &Steps, global: &Global, store: &Store, wanted: &Delete) -> Result<(), ContainerError> {
    match store.open(&wanted.id) {
        Err(_) if wanted.force => clear(steps, store.remains(&wanted.id)),
        entry => delete(steps, entry?, wanted.force).map(|warnings| warn(global, &warnings)),
    }
}

fn list(steps: &Steps, global: &Global, store: &Store, wanted: &List) -> Result<(), ContainerError> {
    // One whose record is damaged is told of, and keeps none of the others out of the list.
    let told = |error: ContainerError| log::fail(steps, global, &error.to_string());
    let entries: Vec<_> = store.list()?.into_iter().filter_map(|entry| entry.map_err(told).ok()).collect();
    if wanted.quiet {
        let ids: String = entries.iter().map(|entry| entry.record.id.clone() + "\n").collect();
        return print(&ids);
    }
    if wanted.format == ListFormat::Table {
        return print(&listing::table(&entries));
    }
    print_json(&entries.iter().map(|entry| entry.record.oci_state(&entry.status().to_string())).collect::<Vec<_>>())
}

fn list_processes(store: &Store, wanted: &Ps) -> Result<(), ContainerError> {
    let pids = container::processes(&store.open(&wanted.id)?)?;
    match wanted.format {
        ListFormat::Table => print(&processes::table(&pids, &wanted.options)?),
        ListFormat::Json => print_json(&pids),
    }
}

fn print_json(value: &impl serde::Serialize) -> Result<(), ContainerError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| ContainerError::Setup(error.to_string()))?;
    print(&(text + "\n"))
}

pub(super) fn print(text: &str) -> Result<(), ContainerError> {
    io::stdout().write_all(text.as_bytes()).map_err(ContainerError::file("writing", "standard output"))
}

fn write_spec(wanted: &Spec) -> Result<(), ContainerError> {
    let config = match wanted.rootless {
        false => spec::default_config(),
        true => spec::rootless_config(geteuid().as_raw(), getegid().as_raw()),
    };
    let path = wanted.bundle.join("config.json");
    let text = serde_json::to_string_pretty(&config).map_err(ContainerError::setup)?;
    // Like runc: what is there already is somebody's work.
    let mut file =
        OpenOptions::new().write(true).create_new(true).open(&path).map_err(ContainerError::file("creating", &path))?;
    file.write_all((text + "\n").as_bytes()).map_err(ContainerError::file("writing", path))
}
