//! What a container uses, in the form that `events` of runc has: engines read it.

mod files;
mod memory;
mod traffic;

use super::{Cgroup, limits::Controller};
use files::Files;
use serde::Serialize;
use std::collections::BTreeMap;

pub use memory::Memory;
pub use traffic::{Blkio, Hugetlb};

/// What a container uses now. What its cgroup does not count is 0, as with runc.
#[derive(Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct Usage {
    pub cpu: Cpu,
    pub cpuset: Cpuset,
    pub memory: Memory,
    pub pids: Pids,
    pub blkio: Blkio,
    pub hugetlb: BTreeMap<String, Hugetlb>,
    /// ptyrun does not do resource control by RDT: always empty.
    pub intel_rdt: BTreeMap<String, String>,
    /// runc has forgotten about them, too: always null.
    pub network_interfaces: (),
}

/// Processors.
#[derive(Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct Cpu {
    pub usage: CpuUsage,
    pub throttling: Throttling,
}

/// Nanoseconds.
#[derive(Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct CpuUsage {
    #[serde(skip_serializing_if = "is_zero")]
    pub total: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub percpu: Vec<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub percpu_kernel: Vec<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub percpu_user: Vec<u64>,
    pub kernel: u64,
    pub user: u64,
}

/// How a quota was used.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Throttling {
    #[serde(skip_serializing_if = "is_zero")]
    pub periods: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub throttled_periods: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub throttled_time: u64,
}

/// The processors and memory nodes that may be used, by number.
#[derive(Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct Cpuset {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cpus: Vec<u16>,
    pub cpu_exclusive: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mems: Vec<u16>,
    pub mem_hardwall: u64,
    pub mem_exclusive: u64,
    pub memory_migrate: u64,
    pub memory_spread_page: u64,
    pub memory_spread_slab: u64,
    pub memory_pressure: u64,
    pub sched_load_balance: u64,
    pub sched_relax_domain_level: i64,
}

/// Processes and threads; a limit of 0 is none.
#[derive(Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct Pids {
    #[serde(skip_serializing_if = "is_zero")]
    pub current: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub limit: u64,
}

impl Cgroup {
    /// What its processes use.
    pub fn usage(&self) -> Usage {
        let files = |controller| Files::new(&self.places, controller);
        let pids = files(Controller::PIDS);
        Usage {
            cpu: cpu(&files(Controller::CPU), &files(Controller::CPUACCT)),
            cpuset: cpuset(&files(Controller::CPUSET)),
            memory: memory::read(&files(Controller::MEMORY)),
            pids: Pids { current: pids.number("pids.current"), limit: pids.number("pids.max") },
            blkio: traffic::block_devices(&files(Controller::IO)),
            hugetlb: traffic::huge_pages(&files(Controller::HUGETLB)),
            ..Usage::default()
        }
    }
}

/// What v2 counts in microseconds, and v1 by a controller of its own: in nanoseconds, and in ticks of 1/100 s.
fn cpu(cpu: &Files<'_>, accounts: &Files<'_>) -> Cpu {
    const TICK: u64 = 10_000_000;
    let stat = cpu.pairs("cpu.stat");
    let get = |name: &str| stat.get(name).copied().unwrap_or_default();
    let throttled_time = get("throttled_time") + get("throttled_usec") * 1000;
    let throttling = Throttling { periods: get("nr_periods"), throttled_periods: get("nr_throttled"), throttled_time };
    let usage = if cpu.is_v2() {
        let (total, kernel, user) = (get("usage_usec") * 1000, get("system_usec") * 1000, get("user_usec") * 1000);
        CpuUsage { total, kernel, user, ..CpuUsage::default() }
    } else {
        let ticks = accounts.pairs("cpuacct.stat");
        let ticks = |name: &str| ticks.get(name).copied().unwrap_or_default() * TICK;
        // A heading, then a line for each processor: its number, in programs, in the kernel.
        let each = accounts.text("cpuacct.usage_all");
        let column = |at: usize| {
            let number = |line: &str| line.split_whitespace().nth(at).and_then(|word| word.parse().ok());
            each.lines().skip(1).filter_map(number).collect()
        };
        CpuUsage {
            total: accounts.number("cpuacct.usage"),
            percpu: accounts.text("cpuacct.usage_percpu").split_whitespace().filter_map(|it| it.parse().ok()).collect(),
            percpu_user: column(1),
            percpu_kernel: column(2),
            kernel: ticks("system"),
            user: ticks("user"),
        }
    };
    Cpu { usage, throttling }
}

fn cpuset(files: &Files<'_>) -> Cpuset {
    Cpuset {
        cpus: numbers(&files.text("cpuset.cpus")),
        cpu_exclusive: files.number("cpuset.cpu_exclusive"),
        mems: numbers(&files.text("cpuset.mems")),
        mem_hardwall: files.number("cpuset.mem_hardwall"),
        mem_exclusive: files.number("cpuset.mem_exclusive"),
        memory_migrate: files.number("cpuset.memory_migrate"),
        memory_spread_page: files.number("cpuset.memory_spread_page"),
        memory_spread_slab: files.number("cpuset.memory_spread_slab"),
        memory_pressure: files.number("cpuset.memory_pressure"),
        sched_load_balance: files.number("cpuset.sched_load_balance"),
        sched_relax_domain_level: files.text("cpuset.sched_relax_domain_level").trim().parse().unwrap_or_default(),
    }
}

/// `0-2,5` as the numbers it means.
fn numbers(list: &str) -> Vec<u16> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.parse().ok()?..=last.parse().ok()?)
    };
    list.trim().split(',').filter_map(range).flatten().collect()
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn lists_of_processors_are_understood() {
        assert_eq!(numbers("0-2,5\n"), [0, 1, 2, 5]);
        assert!(numbers("\n").is_empty());
    }
}
