//! `linux.resources`: what a container may use of the machine (config-linux.md, "Control groups").

use super::fields::or_default;
use super::linux::DeviceRule;
use super::{ConfigError, fields};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::{ops::RangeInclusive, path::Path};

/// What a container may use. What is left out, null or 0 asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Resources {
    /// Which device nodes it may use, applied in this order.
    #[serde(deserialize_with = "or_default")]
    pub devices: Vec<DeviceRule>,
    /// Memory and swap.
    #[serde(deserialize_with = "or_default")]
    pub memory: Memory,
    /// Processors.
    #[serde(deserialize_with = "or_default")]
    pub cpu: Cpu,
    /// Processes and threads.
    #[serde(deserialize_with = "or_default")]
    pub pids: Pids,
    /// Traffic of block devices.
    #[serde(rename = "blockIO", deserialize_with = "or_default")]
    pub block_io: BlockIo,
    /// Huge pages, for each size of page.
    #[serde(deserialize_with = "or_default")]
    pub hugepage_limits: Vec<HugepageLimit>,
    /// Marks of network traffic.
    #[serde(deserialize_with = "or_default")]
    pub network: Network,
    /// RDMA devices, by name.
    #[serde(deserialize_with = "or_default")]
    pub rdma: BTreeMap<String, Rdma>,
    /// Files of a cgroup v2 with what is written to them.
    #[serde(deserialize_with = "or_default")]
    pub unified: BTreeMap<String, String>,
}

/// A limit as the spec writes it: 0 asks for nothing, a negative number for no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Limit {
    /// It stays as it is.
    #[default]
    Unset,
    /// None.
    Unlimited,
    /// This much.
    At(u64),
}

impl From<i64> for Limit {
    fn from(number: i64) -> Limit {
        match u64::try_from(number) {
            Ok(0) => Limit::Unset,
            Ok(limit) => Limit::At(limit),
            Err(_) => Limit::Unlimited,
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Limit, D::Error> {
        Ok(Option::<i64>::deserialize(deserializer)?.map_or(Limit::Unset, Limit::from))
    }
}

/// Limits of memory, in bytes. `kernel` is ignored as the spec permits: no kernel since 5.16 has it. `useHierarchy` is what
/// every kernel since 5.11 does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Memory {
    /// Of memory.
    pub limit: Limit,
    /// What it is pushed back to when memory gets short.
    pub reservation: Limit,
    /// Of memory and swap together.
    pub swap: Limit,
    /// Of buffers for TCP.
    #[serde(rename = "kernelTCP")]
    pub kernel_tcp: Limit,
    /// How much it is inclined to swap, 0 to 100.
    pub swappiness: Option<u64>,
    /// Whether its processes wait, rather than be killed, where there is no memory left.
    #[serde(rename = "disableOOMKiller", deserialize_with = "or_default")]
    pub disable_oom_killer: bool,
    /// Whether a limit that is below what is used already is refused.
    #[serde(deserialize_with = "or_default")]
    pub check_before_update: bool,
}

/// Limits of processors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Cpu {
    /// Its part, compared with that of others, who have 1024 each.
    #[serde(deserialize_with = "or_default")]
    pub shares: u64,
    /// Microseconds in each period.
    pub quota: Limit,
    /// Microseconds that it may save for later.
    pub burst: Option<u64>,
    /// The period, in microseconds.
    #[serde(deserialize_with = "or_default")]
    pub period: u64,
    /// Microseconds in each period for processes that are scheduled in real time.
    #[serde(deserialize_with = "or_default")]
    pub realtime_runtime: i64,
    /// That period, in microseconds.
    #[serde(deserialize_with = "or_default")]
    pub realtime_period: u64,
    /// Which processors, such as `0-3,7`.
    #[serde(deserialize_with = "or_default")]
    pub cpus: String,
    /// Which memory nodes.
    #[serde(deserialize_with = "or_default")]
    pub mems: String,
    /// 1 for what runs only when nothing else does.
    pub idle: Option<i64>,
}

/// Limits of processes and threads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Pids {
    /// How many.
    pub limit: Limit,
}

/// Limits of block devices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BlockIo {
    /// Its part, compared with that of others: 10 to 1000.
    #[serde(deserialize_with = "or_default")]
    pub weight: u16,
    /// The same for its own processes, beside the cgroups in it.
    #[serde(deserialize_with = "or_default")]
    pub leaf_weight: u16,
    /// The same for single devices.
    #[serde(deserialize_with = "or_default")]
    pub weight_device: Vec<WeightDevice>,
    /// Bytes read in a second.
    #[serde(deserialize_with = "or_default")]
    pub throttle_read_bps_device: Vec<ThrottleDevice>,
    /// Bytes written in a second.
    #[serde(deserialize_with = "or_default")]
    pub throttle_write_bps_device: Vec<ThrottleDevice>,
    /// Reads in a second.
    #[serde(rename = "throttleReadIOPSDevice", deserialize_with = "or_default")]
    pub throttle_read_iops_device: Vec<ThrottleDevice>,
    /// Writes in a second.
    #[serde(rename = "throttleWriteIOPSDevice", deserialize_with = "or_default")]
    pub throttle_write_iops_device: Vec<ThrottleDevice>,
}

/// A block device's weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct WeightDevice {
    pub major: u32,
    pub minor: u32,
    #[serde(default, deserialize_with = "or_default")]
    pub weight: u16,
    #[serde(default, deserialize_with = "or_default")]
    pub leaf_weight: u16,
}

/// How much of a block device's traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)]
pub struct ThrottleDevice {
    pub major: u32,
    pub minor: u32,
    pub rate: u64,
}

/// How many bytes in huge pages of one size.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HugepageLimit {
    /// Such as `2MB`, as the kernel's files are named.
    pub page_size: String,
    /// Bytes; 0 is a limit, too.
    pub limit: u64,
}

/// How its network traffic is marked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Network {
    /// The class of its packets; 0 is none.
    #[serde(rename = "classID", deserialize_with = "or_default")]
    pub class_id: u32,
    /// The priority of its packets on single interfaces.
    #[serde(deserialize_with = "or_default")]
    pub priorities: Vec<InterfacePriority>,
}

/// A priority on an interface.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)]
pub struct InterfacePriority {
    pub name: String,
    pub priority: u32,
}

/// Limits of one RDMA device; what is left out is without limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs)]
pub struct Rdma {
    pub hca_handles: Option<u32>,
    pub hca_objects: Option<u32>,
}

/// What the kernel takes as `cpu.shares`; it would change others silently.
const SHARES: RangeInclusive<u64> = 2..=262_144;
/// What the spec permits as a weight.
const WEIGHT: RangeInclusive<u16> = 10..=1000;

impl Resources {
    /// Reads and checks limits, as `update` takes them; `path` is for messages only.
    pub fn from_text(path: &Path, text: &str) -> Result<Resources, ConfigError> {
        let resources: Resources = fields::read_typed(path, text)?;
        resources.problem().map_or(Ok(resources), |(field, reason)| Err(ConfigError::invalid(path, field, reason)))
    }

    /// The field, below `linux.resources`, of a value that cannot be, and what is wrong with it.
    pub fn problem(&self) -> Option<(String, String)> {
        let Self { memory, cpu, block_io, hugepage_limits, unified, .. } = self;
        let out_of = |value: u64, range: RangeInclusive<u64>| {
            format!("{value} is out of range, expected {} to {}", range.start(), range.end())
        };
        let swappiness =
            memory.swappiness.filter(|it| *it > 100).map(|it| ("memory.swappiness".to_owned(), it, 0..=100));
        let shares = Some(cpu.shares).filter(|it| *it != 0 && !SHARES.contains(it));
        let shares = shares.map(|it| ("cpu.shares".to_owned(), it, SHARES));
        let weights = block_io.weight_device.iter().enumerate();
        let weights = weights.map(|(index, device)| (format!("blockIO.weightDevice[{index}].weight"), device.weight));
        let mut weights = [("blockIO.weight".to_owned(), block_io.weight)].into_iter().chain(weights);
        let weight = weights.find(|(_, weight)| *weight != 0 && !WEIGHT.contains(weight));
        let weight = weight.map(|(field, weight)| (field, weight.into(), 10..=1000));
        if let Some((field, value, range)) = swappiness.or(shares).or(weight) {
            return Some((field, out_of(value, range)));
        }
        let leaf = block_io.weight_device.iter().position(|device| device.leaf_weight != 0);
        let leaf = leaf.map(|index| format!("blockIO.weightDevice[{index}].leafWeight"));
        let leaf = leaf.or((block_io.leaf_weight != 0).then(|| "blockIO.leafWeight".to_owned()));
        if let Some(field) = leaf {
            return Some((field, "is not supported: no kernel since 5.0 has it".to_owned()));
        }
        let size = hugepage_limits.iter().position(|it| !it.page_size.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if let Some(index) = size {
            let reason =
                format!("{:?} is no size of a page, expected one such as 2MB", hugepage_limits[index].page_size);
            return Some((format!("hugepageLimits[{index}].pageSize"), reason));
        }
        let file = unified.keys().find(|file| file.contains('/') || !file.contains('.'))?;
        Some(("unified".to_owned(), format!("{file:?} is no file of a cgroup, expected a name such as memory.high")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(text: &Value) -> Result<Resources, String> {
        Resources::from_text(Path::new("r"), &text.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_null_or_nothing_is_like_absent() {
        let zero = json!({"memory": {"limit": 0, "swap": null}, "cpu": null, "pids": {"limit": 0}, "blockIO": {"weight": 0},
            "hugepageLimits": null, "network": {"classID": null}, "x-unknown": 5});
        assert_eq!(read(&zero), Ok(Resources::default()));
    }

    #[test]
    fn a_limit_is_unlimited_below_zero() {
        let resources = read(&json!({"memory": {"limit": -1, "swap": -7}, "pids": {"limit": 9}})).unwrap();
        assert_eq!((resources.memory.limit, resources.memory.swap), (Limit::Unlimited, Limit::Unlimited));
        assert_eq!(resources.pids.limit, Limit::At(9));
    }

    #[test]
    fn what_cannot_be_is_named() {
        for (resources, field) in [
            (json!({"memory": {"swappiness": 101}}), "memory.swappiness"),
            (json!({"cpu": {"shares": 1}}), "cpu.shares"),
            (json!({"cpu": {"shares": 262_145}}), "cpu.shares"),
            (json!({"blockIO": {"weight": 9}}), "blockIO.weight"),
            (json!({"blockIO": {"leafWeight": 10}}), "blockIO.leafWeight"),
            (
                json!({"blockIO": {"weightDevice": [{"major": 8, "minor": 0, "weight": 1001}]}}),
                "blockIO.weightDevice[0].weight",
            ),
            (
                json!({"blockIO": {"weightDevice": [{"major": 8, "minor": 0, "leafWeight": 1}]}}),
                "blockIO.weightDevice[0].leafWeight",
            ),
            (json!({"hugepageLimits": [{"pageSize": "../2MB", "limit": 1}]}), "hugepageLimits[0].pageSize"),
            (json!({"unified": {"../memory.max": "1"}}), "unified"),
        ] {
            let error = read(&resources).unwrap_err();
            assert!(error.starts_with(&format!("r: {field}: ")), "{error}");
        }
    }
}
