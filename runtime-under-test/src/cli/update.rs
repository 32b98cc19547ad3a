//! `update`: other limits for a container that runs.

use crate::config::{BlockIo, Cpu, Limit, Memory, Pids, Resources};
use crate::container::{ContainerError, ContainerId, Store, update};
use clap::Args;
use std::path::{Path, PathBuf};
use std::{fs, io, str::FromStr};

#[derive(Debug, Args)]
pub(super) struct Update {
    /// File with the limits as JSON (the `linux.resources` of a config.json), - for standard input
    #[arg(long, short, value_name = "FILE", conflicts_with = "Limits")]
    resources: Option<PathBuf>,
    #[command(flatten)]
    limits: Limits,
    /// The container
    id: ContainerId,
}

// What is left out stays as it is. (Not `///`: it would be the help of the command.)
#[derive(Debug, Args)]
struct Limits {
    /// Memory, in bytes or such as 100M; -1 for no limit
    #[arg(long, value_name = "SIZE", allow_negative_numbers = true)]
    memory: Option<Size>,
    /// Memory that it is pushed back to when there is little left
    #[arg(long, value_name = "SIZE", allow_negative_numbers = true)]
    memory_reservation: Option<Size>,
    /// Memory and swap together
    #[arg(long, value_name = "SIZE", allow_negative_numbers = true)]
    memory_swap: Option<Size>,
    /// Part of the processors, compared with that of others, who have 1024
    #[arg(long, visible_alias = "cpu-shares", value_name = "N")]
    cpu_share: Option<u64>,
    /// Period of --cpu-quota, in microseconds
    #[arg(long, value_name = "TIME")]
    cpu_period: Option<u64>,
    /// Microseconds of processors in each period; -1 for no limit
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    cpu_quota: Option<i64>,
    /// Microseconds of a quota that may be saved for later
    #[arg(long, value_name = "TIME")]
    cpu_burst: Option<u64>,
    /// Period of --cpu-rt-runtime, in microseconds
    #[arg(long, value_name = "TIME")]
    cpu_rt_period: Option<u64>,
    /// Microseconds in each period for processes scheduled in real time
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    cpu_rt_runtime: Option<i64>,
    /// 1 to run only when nothing else does
    #[arg(long, value_name = "0|1", allow_negative_numbers = true)]
    cpu_idle: Option<i64>,
    /// Processors that may be used, such as 0-3,7
    #[arg(long, value_name = "LIST")]
    cpuset_cpus: Option<String>,
    /// Memory nodes that may be used
    #[arg(long, value_name = "LIST")]
    cpuset_mems: Option<String>,
    /// Part of the traffic of block devices, compared with that of others, 10 to 1000
    #[arg(long, value_name = "N")]
    blkio_weight: Option<u16>,
    /// Processes and threads; -1 for no limit
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pids_limit: Option<i64>,
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
