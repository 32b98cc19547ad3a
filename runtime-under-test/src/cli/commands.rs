use super::args::{Arguments, Command, Delete, Kill, List, ListFormat, Ps, Spec};
use super::log::Log;
use super::making::{Create, Run};
use super::{ExitStatus, events, exec, listing, plumbing::require_preserved, processes, update};
use crate::cgroup::Driver;
use crate::container::{
    ContainerError, Launch, Launched, Mode, Store, clear, delete, kill, launch, pause, resume, start,
};
use crate::relay::{self, RelayError};
use crate::{container, features, spec, steps::Steps};
use nix::unistd::{getegid, geteuid};
use std::fs::OpenOptions;
use std::io::{self, Write};

/// Does what the arguments say.
pub(super) fn run(arguments: &Arguments, steps: &Steps) -> ExitStatus {
    // What is to be preserved is looked at before anything of ptyrun's own could get such a number.
    let preserved = require_preserved(&arguments.command);
    let (log, opened) = match Log::open(&arguments.global) {
        Ok(log) => (log, Ok(())),
        Err(error) => (Log::none(), Err(error)),
    };
    match opened.and(preserved).and_then(|()| dispatch(arguments, &log, steps)) {
        Ok(code) => code,
        Err(error) => {
            log.fail(steps, &error.to_string());
            match arguments.command {
                Command::Exec(_) => ExitStatus(255),
                _ => ExitStatus::FAILURE,
            }
        }
    }
}

fn dispatch(arguments: &Arguments, log: &Log, steps: &Steps) -> Result<ExitStatus, ContainerError> {
    let global = &arguments.global;
    let driver = if global.systemd_cgroup { Driver::Systemd } else { Driver::Cgroupfs };
    let store = Store::at(global.root.clone().unwrap_or_else(Store::default_root));
    match &arguments.command {
        Command::Create(create) => make(steps, log, &store, driver, create, Mode::Create).and_then(|launched| {
            create.plumbing.write_pid(launched.pid)?;
            launched.keep();
            Ok(())
        })?,
        Command::Start(named) => {
            log.warn(&start(&store.open(&named.id)?)?);
            log.debug(|| format!("container {}: its program runs", named.id));
        }
        Command::Run(run) => return run_container(steps, log, &store, driver, run),
        Command::Exec(options) => return exec::run(steps, log, &store, options),
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
        Command::Delete(wanted) => remove(steps, log, &store, wanted)?,
        Command::List(wanted) => list(steps, log, &store, wanted)?,
        Command::Spec(wanted) => write_spec(wanted)?,
        Command::Features => print_json(&features::document())?,
    }
    Ok(ExitStatus::SUCCESS)
}

fn make(
    steps: &Steps,
    log: &Log,
    store: &Store,
    cgroup_driver: Driver,
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
            pidfd_socket: create.plumbing.pidfd_socket.as_deref(),
            pivot: !create.no_pivot,
            cgroup_driver,
            mode,
        },
    )?;
    log.warn(&launched.config.warnings);
    log.debug(|| made(&launched));
    if mode != Mode::Create {
        log.warn(&launched.after_start());
    }
    Ok(launched)
}

fn run_container(
    steps: &Steps,
    log: &Log,
    store: &Store,
    cgroup_driver: Driver,
    run: &Run,
) -> Result<ExitStatus, ContainerError> {
    if run.detach {
        let launched = make(steps, log, store, cgroup_driver, &run.create, Mode::Detached)?;
        run.create.plumbing.write_pid(launched.pid)?;
        launched.keep();
        return Ok(ExitStatus::SUCCESS);
    }
    let signals = (steps.catch_signals)().map_err(ContainerError::call("catching signals"))?;
    let mut launched = make(steps, log, store, cgroup_driver, &run.create, Mode::Foreground)?;
    run.create.plumbing.write_pid(launched.pid)?;
    let relayed = relay::attend(steps, &launched.process, launched.master.take(), &signals);
    let ended = launched.reap();
    match run.keep {
        true => launched.keep(),
        false => log.warn(&launched.finish()),
    }
    Ok(exit_status(steps, log, &relayed, (steps.exit_code)(ended)))
}

/// What of a new container cannot be seen from its config, for who looks for a mistake.
fn made(launched: &Launched) -> String {
    let (config, record) = (&launched.config, &launched.record);
    let namespaces: Vec<_> = config.linux.namespaces.iter().map(|namespace| namespace.kind.to_string()).collect();
    format!(
        "container {}: process {} in new or joined namespaces ({}), root {}, {} mounts, terminal {}, cgroups {:?}",
        record.id,
        launched.pid,
        namespaces.join(", "),
        record.rootfs.display(),
        config.mounts.len(),
        config.process.terminal,
        record.cgroup.directories(),
    )
}

/// What the foreground ptyrun ends with: its process's status, but no success where the relay broke.
pub(super) fn exit_status(steps: &Steps, log: &Log, relayed: &Result<(), RelayError>, status: u8) -> ExitStatus {
    let Err(error) = relayed else { return ExitStatus(status) };
    log.fail(steps, &error.to_string());
    ExitStatus(status.max(1))
}

fn send(steps: &Steps, store: &Store, wanted: &Kill) -> Result<(), ContainerError> {
    kill(steps, &store.open(&wanted.id)?, wanted.signal.0, wanted.all)
}

fn remove(steps: &Steps, log: &Log, store: &Store, wanted: &Delete) -> Result<(), ContainerError> {
    match store.open(&wanted.id) {
        Err(_) if wanted.force => clear(steps, store.remains(&wanted.id)),
        entry => delete(steps, entry?, wanted.force).map(|warnings| log.warn(&warnings)),
    }
}

fn list(steps: &Steps, log: &Log, store: &Store, wanted: &List) -> Result<(), ContainerError> {
    // One whose record is damaged is told of, and keeps none of the others out of the list.
    let told = |error: ContainerError| log.fail(steps, &error.to_string());
    let entries: Vec<_> = store.list()?.into_iter().filter_map(|entry| entry.map_err(told).ok()).collect();
    if wanted.quiet {
        let ids: String = entries.iter().map(|entry| entry.record.id.clone() + "\n").collect();
        return print(&ids);
    }
    if wanted.format == ListFormat::Table {
        return print(&listing::table(&entries));
    }
    print_line(&entries.iter().map(|entry| entry.record.oci_state(&entry.status().to_string())).collect::<Vec<_>>())
}

fn list_processes(store: &Store, wanted: &Ps) -> Result<(), ContainerError> {
    let pids = container::processes(&store.open(&wanted.id)?)?;
    match wanted.format {
        ListFormat::Table => print(&processes::table(&pids, &wanted.options)?),
        ListFormat::Json => print_line(&pids),
    }
}

/// As runc prints a list.
pub(super) fn print_line(value: &impl serde::Serialize) -> Result<(), ContainerError> {
    print(&(serde_json::to_string(value).map_err(ContainerError::setup)? + "\n"))
}

fn print_json(value: &impl serde::Serialize) -> Result<(), ContainerError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| ContainerError::Setup(error.to_string()))?;
    print(&(text + "\n"))
}

fn print(text: &str) -> Result<(), ContainerError> {
    let mut output = io::stdout();
    let written = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    written.map_err(ContainerError::file("writing", "standard output"))
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
