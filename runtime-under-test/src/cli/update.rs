//! `update`: other limits for a container that runs.

use super::{grammar::Parameter, mistake::Stop, parse::Matches};
use crate::config::{BlockIo, Cpu, Limit, Memory, Pids, Resources};
use crate::container::{ContainerError, ContainerId, Store, update};
use std::path::{Path, PathBuf};
use std::{fs, io, str::FromStr};

/// Where the limits are from, if not from [`LIMITS`].
pub(super) const RESOURCES: &[Parameter] = &[Parameter::option(
    "resources",
    "FILE",
    "File with the limits as JSON (the `linux.resources` of a config.json), - for standard input",
)
.letters("r")];

/// The limits one by one. What is left out stays as it is.
pub(super) const LIMITS: &[Parameter] = &[
    Parameter::option("memory", "SIZE", "Memory, in bytes or such as 100M; -1 for no limit").negative(),
    Parameter::option("memory-reservation", "SIZE", "Memory that it is pushed back to when there is little left")
        .negative(),
    Parameter::option("memory-swap", "SIZE", "Memory and swap together").negative(),
    Parameter::option("cpu-share", "N", "Part of the processors, compared with that of others, who have 1024")
        .alias("cpu-shares"),
    Parameter::option("cpu-period", "TIME", "Period of --cpu-quota, in microseconds"),
    Parameter::option("cpu-quota", "TIME", "Microseconds of processors in each period; -1 for no limit").negative(),
    Parameter::option("cpu-burst", "TIME", "Microseconds of a quota that may be saved for later"),
    Parameter::option("cpu-rt-period", "TIME", "Period of --cpu-rt-runtime, in microseconds"),
    Parameter::option("cpu-rt-runtime", "TIME", "Microseconds in each period for processes scheduled in real time")
        .negative(),
    Parameter::option("cpu-idle", "0|1", "1 to run only when nothing else does").negative(),
    Parameter::option("cpuset-cpus", "LIST", "Processors that may be used, such as 0-3,7"),
    Parameter::option("cpuset-mems", "LIST", "Memory nodes that may be used"),
    Parameter::option(
        "blkio-weight",
        "N",
        "Part of the traffic of block devices, compared with that of others, 10 to 1000",
    ),
    Parameter::option("pids-limit", "N", "Processes and threads; -1 for no limit").negative(),
];

#[derive(Debug)]
pub(super) struct Update {
    resources: Option<PathBuf>,
    limits: Limits,
    id: ContainerId,
}

#[derive(Debug)]
struct Limits {
    memory: Option<Size>,
    memory_reservation: Option<Size>,
    memory_swap: Option<Size>,
    cpu_share: Option<u64>,
    cpu_period: Option<u64>,
    cpu_quota: Option<i64>,
    cpu_burst: Option<u64>,
    cpu_rt_period: Option<u64>,
    cpu_rt_runtime: Option<i64>,
    cpu_idle: Option<i64>,
    cpuset_cpus: Option<String>,
    cpuset_mems: Option<String>,
    blkio_weight: Option<u16>,
    pids_limit: Option<i64>,
}

impl Update {
    pub(super) fn of(given: &Matches) -> Result<Self, Stop> {
        given.refuse_beside("resources", LIMITS)?;
        Ok(Update {
            resources: given.optional_path("resources")?,
            limits: Limits {
                memory: given.optional("memory")?,
                memory_reservation: given.optional("memory-reservation")?,
                memory_swap: given.optional("memory-swap")?,
                cpu_share: given.optional("cpu-share")?,
                cpu_period: given.optional("cpu-period")?,
                cpu_quota: given.optional("cpu-quota")?,
                cpu_burst: given.optional("cpu-burst")?,
                cpu_rt_period: given.optional("cpu-rt-period")?,
                cpu_rt_runtime: given.optional("cpu-rt-runtime")?,
                cpu_idle: given.optional("cpu-idle")?,
                cpuset_cpus: given.optional("cpuset-cpus")?,
                cpuset_mems: given.optional("cpuset-mems")?,
                blkio_weight: given.optional("blkio-weight")?,
                pids_limit: given.optional("pids-limit")?,
            },
            id: given.one("ID")?,
        })
    }
}

/// Changes the limits that the arguments say.
pub(super) fn run(store: &Store, wanted: &Update) -> Result<(), ContainerError> {
    let resources = match &wanted.resources {
        Some(file) => read(file)?,
        None => wanted.limits.resources(),
    };
    if let Some((field, reason)) = resources.problem() {
        return Err(ContainerError::Setup(format!("{field}: {reason}")));
    }
    update(&store.open(&wanted.id)?, &resources)
}

fn read(file: &Path) -> Result<Resources, ContainerError> {
    let (name, text) = match file.to_str() {
        Some("-") => (Path::new("standard input"), io::read_to_string(io::stdin())),
        _ => (file, fs::read_to_string(file)),
    };
    Ok(Resources::from_text(name, &text.map_err(ContainerError::file("reading", name))?)?)
}

impl Limits {
    fn resources(&self) -> Resources {
        let size = |size: Option<Size>| size.map_or(Limit::Unset, |size| Limit::from(size.0));
        let number = |number: Option<i64>| number.map_or(Limit::Unset, Limit::from);
        Resources {
            memory: Memory {
                limit: size(self.memory),
                reservation: size(self.memory_reservation),
                swap: size(self.memory_swap),
                ..Memory::default()
            },
            cpu: Cpu {
                shares: self.cpu_share.unwrap_or_default(),
                quota: number(self.cpu_quota),
                burst: self.cpu_burst,
                period: self.cpu_period.unwrap_or_default(),
                realtime_runtime: self.cpu_rt_runtime.unwrap_or_default(),
                realtime_period: self.cpu_rt_period.unwrap_or_default(),
                cpus: self.cpuset_cpus.clone().unwrap_or_default(),
                mems: self.cpuset_mems.clone().unwrap_or_default(),
                idle: self.cpu_idle,
            },
            block_io: BlockIo { weight: self.blkio_weight.unwrap_or_default(), ..BlockIo::default() },
            pids: Pids { limit: number(self.pids_limit) },
            ..Resources::default()
        }
    }
}

/// Bytes, as people write them: `-1`, `1048576`, `100M`, `1.5GiB`; in powers of 1024.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Size(i64);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Size, String> {
        let malformed = || format!("{text:?} is no size, expected such as 1048576, 100M or 1.5G, or -1 for no limit");
        if let Ok(number) = text.parse() {
            return Ok(Size(number));
        }
        let digits = text.find(|byte: char| !byte.is_ascii_digit() && byte != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let number: f64 = number.parse().map_err(|_| malformed())?;
        let unit = unit.trim_start().to_ascii_lowercase();
        let power = match unit.strip_suffix("ib").or(unit.strip_suffix('b')).unwrap_or(&unit) {
            "" => 0,
            "k" => 1,
            "m" => 2,
            "g" => 3,
            "t" => 4,
            "p" => 5,
            _ => return Err(malformed()),
        };
        Ok(Size((number * 1024_f64.powi(power)) as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::Size;

    #[test]
    fn sizes_are_understood_as_people_write_them() {
        for (text, bytes) in
            [("-1", -1), ("0", 0), ("4096", 4096), ("10b", 10), ("2k", 2048), ("1.5M", 1_572_864), ("3GiB", 3 << 30)]
        {
            assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
        }
        for bad in ["", "M", "-2M", "1X", "1.2.3"] {
            assert!(bad.parse::<Size>().is_err(), "{bad}");
        }
    }
}
