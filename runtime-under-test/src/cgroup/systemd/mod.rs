//! systemd's cgroup driver, `--systemd-cgroup`: the container's cgroup is a scope that systemd makes and removes, at the
//! place that `SLICE:PREFIX:NAME` says (org.freedesktop.systemd1(5), systemd.scope(5), and "Control Group APIs and
//! Delegation" of systemd). The files in it are ptyrun's then.

mod bus;
mod error;
mod names;
mod placeholder;
mod properties;
mod wire;

use super::limits::Setting;
use bus::{Bus, Method, OF_BUS};
pub use error::SystemdError;
use names::Names;
pub use placeholder::Placeholder;
use properties::of_settings;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use wire::{Argument, Property, Value, Word};

/// There where systemd is the machine's first process (sd_booted(3)).
const BOOTED: &str = "/run/systemd/system";

const MANAGER: Method<'_> = Method {
    destination: "org.freedesktop.systemd1",
    path: "/org/freedesktop/systemd1",
    interface: "org.freedesktop.systemd1.Manager",
    name: "",
};

/// A scope, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Scope {
    unit: String,
    /// Whether it is the user's systemd that has it.
    of_user: bool,
}

/// A scope that is to be made.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) scope: Scope,
    slice: String,
}

impl Plan {
    /// Fails where there is no systemd, or `asked`, the config's `cgroupsPath`, is not for it.
    pub(super) fn new(asked: Option<&Path>, id: &str, of_user: bool) -> Result<Plan, SystemdError> {
        if !Path::new(BOOTED).is_dir() {
            return Err(SystemdError::Absent(BOOTED.into()));
        }
        let Names { slice, unit } = Names::new(asked, id, of_user)?;
        Ok(Plan { scope: Scope { unit, of_user }, slice })
    }

    /// Makes the scope with these limits. Gives its cgroup, as a path from the hierarchy's root, and what keeps it until
    /// another process is there.
    pub(super) fn start(&self, settings: &[&Setting]) -> Result<(PathBuf, Placeholder), SystemdError> {
        let unit = &self.scope.unit;
        let placeholder = Placeholder::new()?;
        let mut properties: Vec<Property> = vec![
            ("Description", Value::Text("ptyrun container".to_owned())),
            ("Slice", Value::Text(self.slice.clone())),
            ("Delegate", Value::Flag(true)),
            ("DefaultDependencies", Value::Flag(false)),
            ("PIDs", Value::Numbers(vec![placeholder.pid()])),
        ];
        let counted = ["MemoryAccounting", "CPUAccounting", "IOAccounting", "TasksAccounting"];
        properties.extend(counted.map(|name| (name, Value::Flag(true))));
        properties.extend(of_settings(settings.iter().copied()));
        let mut bus = self.scope.connect()?;
        let _ = self.scope.forget_failure(&mut bus); // of an earlier one of that name
        let arguments =
            [Argument::Text(unit), Argument::Text("fail"), Argument::Properties(&properties), Argument::NoUnits];
        self.scope.run_job(&mut bus, "start", "StartTransientUnit", &arguments)?;
        let path = bus.ask(Method { name: "GetUnit", ..MANAGER }, &[Argument::Text(unit)])?;
        let get = Method { path: &path, interface: "org.freedesktop.DBus.Properties", name: "Get", ..MANAGER };
        let property = ["org.freedesktop.systemd1.Scope", "ControlGroup"].map(Argument::Text);
        let group = bus.ask(get, &property)?;
        match group.strip_prefix('/') {
            Some(path) if !path.is_empty() => Ok((path.into(), placeholder)),
            _ => Err(SystemdError::Job("start", unit.clone(), "it has no cgroup".to_owned())),
        }
    }
}

impl Scope {
    /// What it is called.
    pub(super) fn unit(&self) -> &str {
        &self.unit
    }

    /// Changes its limits.
    pub(super) fn change(&self, settings: &[&Setting]) -> Result<(), SystemdError> {
        let properties = of_settings(settings.iter().copied());
        if properties.is_empty() {
            return Ok(());
        }
        let method = Method { name: "SetUnitProperties", ..MANAGER };
        let arguments = [Argument::Text(&self.unit), Argument::Flag(true), Argument::Properties(&properties)];
        self.connect()?.call(method, &arguments).map(drop)
    }

    /// Ends it. That it is gone already is no error: it goes with its last process.
    pub(super) fn stop(&self) -> Result<(), SystemdError> {
        let mut bus = self.connect()?;
        let stopped = self.run_job(&mut bus, "stop", "StopUnit", &[&self.unit, "replace"].map(Argument::Text));
        let _ = self.forget_failure(&mut bus);
        match stopped {
            Err(SystemdError::Refused { name, .. }) if name == "org.freedesktop.systemd1.NoSuchUnit" => Ok(()),
            stopped => stopped,
        }
    }

    /// One whose processes were killed is kept for whoever wants to know why.
    fn forget_failure(&self, bus: &mut Bus) -> Result<(), SystemdError> {
        bus.call(Method { name: "ResetFailedUnit", ..MANAGER }, &[Argument::Text(&self.unit)]).map(drop)
    }

    /// Asks for a job and waits until it is done.
    fn run_job(
        &self,
        bus: &mut Bus,
        verb: &'static str,
        name: &str,
        arguments: &[Argument<'_>],
    ) -> Result<(), SystemdError> {
        let ours = bus.ask(Method { name, ..MANAGER }, arguments)?;
        let result = bus.await_signal("JobRemoved", |body| match body {
            [Word::Number(_), Word::Text(job), Word::Text(_), Word::Text(result)] if *job == ours => {
                Some(result.clone())
            }
            _ => None,
        })?;
        match &*result {
            "done" => Ok(()),
            _ => Err(SystemdError::Job(verb, self.unit.clone(), result)),
        }
    }

    /// A connection on which systemd tells of its jobs.
    fn connect(&self) -> Result<Bus, SystemdError> {
        let mut bus = Bus::connect(&if self.of_user { users_bus() } else { "/run/dbus/system_bus_socket".into() })?;
        let rule = "type='signal',sender='org.freedesktop.systemd1',member='JobRemoved'";
        bus.call(Method { name: "AddMatch", ..OF_BUS }, &[Argument::Text(rule)])?;
        bus.call(Method { name: "Subscribe", ..MANAGER }, &[])?;
        Ok(bus)
    }
}

/// Where the environment says, or else where systemd puts it.
fn users_bus() -> PathBuf {
    let address = std::env::var("DBUS_SESSION_BUS_ADDRESS").unwrap_or_default();
    let path = address.strip_prefix("unix:path=").and_then(|path| path.split([',', ';']).next());
    let runtime = || std::env::var_os("XDG_RUNTIME_DIR").map(|directory| Path::new(&directory).join("bus"));
    let user = || format!("/run/user/{}/bus", nix::unistd::getuid()).into();
    path.map(PathBuf::from).or_else(runtime).unwrap_or_else(user)
}
