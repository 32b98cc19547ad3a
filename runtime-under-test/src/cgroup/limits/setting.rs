use crate::config::Limit;
use std::{borrow::Cow, fmt};

/// A controller, by its name in a v2 hierarchy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controller(Cow<'static, str>);

impl Controller {
    pub(in crate::cgroup) const MEMORY: Controller = Controller(Cow::Borrowed("memory"));
    pub(in crate::cgroup) const CPU: Controller = Controller(Cow::Borrowed("cpu"));
    pub(in crate::cgroup) const CPUSET: Controller = Controller(Cow::Borrowed("cpuset"));
    pub(in crate::cgroup) const PIDS: Controller = Controller(Cow::Borrowed("pids"));
    pub(in crate::cgroup) const IO: Controller = Controller(Cow::Borrowed("io"));
    pub(in crate::cgroup) const HUGETLB: Controller = Controller(Cow::Borrowed("hugetlb"));
    pub(in crate::cgroup) const RDMA: Controller = Controller(Cow::Borrowed("rdma"));
    /// Only v1 has it; it counts what the processors are used for.
    pub(in crate::cgroup) const CPUACCT: Controller = Controller(Cow::Borrowed("cpuacct"));
    /// Only v1 has it.
    pub(in crate::cgroup) const NET_CLS: Controller = Controller(Cow::Borrowed("net_cls"));
    /// Only v1 has it.
    pub(in crate::cgroup) const NET_PRIO: Controller = Controller(Cow::Borrowed("net_prio"));

    /// The one whose file this is; none for what every cgroup has.
    pub(super) fn of_file(file: &str) -> Option<Controller> {
        let name = file.split('.').next().filter(|name| *name != "cgroup")?;
        Some(Controller(Cow::Owned(name.to_owned())))
    }

    /// Its name on v2.
    pub(in crate::cgroup) fn name(&self) -> &str {
        &self.0
    }

    /// Its name on v1.
    pub(in crate::cgroup) fn v1_name(&self) -> &str {
        if *self == Self::IO { "blkio" } else { &self.0 }
    }
}

impl fmt::Display for Controller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.v1_name() {
            v1 if v1 == self.name() => v1,
            _ => "io (blkio on v1)",
        })
    }
}

/// The two interfaces of cgroups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// A hierarchy for each controller, or several.
    V1,
    /// One for all.
    V2,
}

/// What a limit has to fit to.
pub trait Surroundings {
    /// Which interface the controller has on this machine, if any.
    fn version(&self, controller: &Controller) -> Option<Version>;

    /// What a file of the container's cgroup holds, if it exists yet.
    fn read(&self, controller: &Controller, file: &str) -> Option<String>;
}

/// A value for a file of a cgroup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// What asks for it, below `linux.resources`.
    pub field: String,
    /// Whose file it is; none for a file of every v2 cgroup.
    pub controller: Option<Controller>,
    /// In which interface.
    pub version: Version,
    /// Files of which the first that exists takes the value, with that value.
    pub choices: Vec<(String, String)>,
    /// Whether all is well where none of them exists.
    pub dispensable: bool,
    /// For a file with a line for each device: the device, and the rest of a line that limits nothing.
    pub line: Option<(String, &'static str)>,
}

impl Setting {
    pub(super) fn new(
        field: &str,
        controller: &Controller,
        version: Version,
        file: &str,
        value: impl ToString,
    ) -> Setting {
        Setting {
            field: field.to_owned(),
            controller: Some(controller.clone()),
            version,
            choices: vec![(file.to_owned(), value.to_string())],
            dispensable: false,
            line: None,
        }
    }

    /// The same by another file, where the first does not exist.
    pub(super) fn or(mut self, file: &str, value: impl ToString) -> Setting {
        self.choices.push((file.to_owned(), value.to_string()));
        self
    }

    pub(super) fn if_exists(mut self) -> Setting {
        self.dispensable = true;
        self
    }

    /// The value is a line about one device.
    pub(super) fn about(mut self, device: impl ToString, without_limit: &'static str) -> Setting {
        self.line = Some((device.to_string(), without_limit));
        self
    }
}

impl Version {
    /// How a limit is written; none where there is nothing to write.
    pub(super) fn number(self, limit: Limit) -> Option<String> {
        match (limit, self) {
            (Limit::Unset, _) => None,
            (Limit::Unlimited, Version::V1) => Some("-1".to_owned()),
            (Limit::Unlimited, Version::V2) => Some("max".to_owned()),
            (Limit::At(limit), _) => Some(limit.to_string()),
        }
    }
}
