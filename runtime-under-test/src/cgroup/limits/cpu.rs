//! Processors (Documentation/scheduler/sched-bwc.rst, Documentation/admin-guide/cgroup-v1/cpusets.rst; cgroup-v2.rst, "CPU"
//! and "Cpuset").

use super::{Controller, LimitError, Setting, Surroundings, Version};
use crate::config::Cpu;

pub(super) fn add(
    cpu: &Cpu,
    around: &(impl Surroundings + ?Sized),
    settings: &mut Vec<Setting>,
) -> Result<(), LimitError> {
    let version = around.version(&Controller::CPU).unwrap_or(Version::V1);
    let mut add = |field: &str, file: &str, value: Option<String>| {
        settings.extend(value.map(|value| Setting::new(field, &Controller::CPU, version, file, value)));
    };
    let number = |number: u64| (number != 0).then(|| number.to_string());
    add("cpu.idle", "cpu.idle", cpu.idle.map(|idle| idle.to_string()));
    let burst = cpu.burst.map(|burst| burst.to_string());
    match version {
        Version::V1 => {
            add("cpu.realtimePeriod", "cpu.rt_period_us", number(cpu.realtime_period));
            let runtime = (cpu.realtime_runtime != 0).then(|| cpu.realtime_runtime.to_string());
            add("cpu.realtimeRuntime", "cpu.rt_runtime_us", runtime);
            add("cpu.shares", "cpu.shares", number(cpu.shares));
            add("cpu.period", "cpu.cfs_period_us", number(cpu.period));
            add("cpu.quota", "cpu.cfs_quota_us", version.number(cpu.quota));
            add("cpu.burst", "cpu.cfs_burst_us", burst);
        }
        Version::V2 => {
            let realtime =
                [("cpu.realtimePeriod", cpu.realtime_period != 0), ("cpu.realtimeRuntime", cpu.realtime_runtime != 0)];
            if let Some((field, _)) = realtime.into_iter().find(|(_, asked)| *asked) {
                return Err(LimitError::impossible(field, "cgroup v2, which this machine has, knows no such limit"));
            }
            add("cpu.shares", "cpu.weight", number(cpu.shares).map(|_| weight_of_shares(cpu.shares).to_string()));
            let (field, max) = bandwidth(cpu, around);
            add(field, "cpu.max", max);
            add("cpu.burst", "cpu.max.burst", burst);
        }
    }
    let version = around.version(&Controller::CPUSET).unwrap_or(Version::V1);
    for (field, file, list) in [("cpu.cpus", "cpuset.cpus", &cpu.cpus), ("cpu.mems", "cpuset.mems", &cpu.mems)] {
        if !list.is_empty() {
            settings.push(Setting::new(field, &Controller::CPUSET, version, file, list));
        }
    }
    Ok(())
}

/// 2 to 262144 as 1 to 10000.
fn weight_of_shares(shares: u64) -> u64 {
    1 + (shares.saturating_sub(2) * 9999) / 262_142
}

/// Quota and period, which one file holds: `max` or a number, and the period. What is not asked for stays as it is.
fn bandwidth(cpu: &Cpu, around: &(impl Surroundings + ?Sized)) -> (&'static str, Option<String>) {
    let present = around.read(&Controller::CPU, "cpu.max").unwrap_or_default();
    let mut present = present.split_whitespace();
    let (present_quota, present_period) = (present.next().unwrap_or("max"), present.next());
    match (Version::V2.number(cpu.quota), cpu.period) {
        (None, 0) => ("cpu.quota", None),
        (Some(quota), 0) => {
            ("cpu.quota", Some([&*quota].into_iter().chain(present_period).collect::<Vec<_>>().join(" ")))
        }
        (Some(quota), period) => ("cpu.quota", Some(format!("{quota} {period}"))),
        (None, period) => ("cpu.period", Some(format!("{present_quota} {period}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::weight_of_shares;

    #[test]
    fn shares_become_weights() {
        let pairs = [(2, 1), (1024, 39), (262_144, 10_000)];
        assert_eq!(pairs.map(|(shares, _)| weight_of_shares(shares)), pairs.map(|(_, weight)| weight));
    }
}
