use super::*;
use serde_json::{Value, json};

/// A machine where every controller has this version, or none, and files have these contents.
struct Machine(Option<Version>, &'static [(&'static str, &'static str)]);

impl Surroundings for Machine {
    fn version(&self, _: &Controller) -> Option<Version> {
        self.0
    }

    fn read(&self, _: &Controller, file: &str) -> Option<String> {
        self.1.iter().find(|(name, _)| *name == file).map(|(_, text)| (*text).to_owned())
    }
}

fn written(version: Version, resources: Value) -> Result<Vec<String>, String> {
    written_on(&Machine(Some(version), &[]), resources)
}

fn written_on(machine: &Machine, resources: Value) -> Result<Vec<String>, String> {
    let resources = serde_json::from_value(resources).unwrap();
    let settings = settings(&resources, machine).map_err(|error| error.to_string())?;
    Ok(settings.iter().map(|it| format!("{}={}", it.choices[0].0, it.choices[0].1)).collect())
}

#[test]
fn what_engines_write_for_nothing_asks_for_nothing() {
    let resources = json!({
        "memory": {"limit": 0, "swap": 0, "reservation": 0, "disableOOMKiller": false, "kernel": 5},
        "cpu": {"shares": 0, "quota": 0, "period": 0, "realtimeRuntime": 0, "cpus": ""},
        "pids": {"limit": 0}, "blockIO": {"weight": 0, "leafWeight": 0, "weightDevice": null},
        "network": {}, "hugepageLimits": null, "rdma": null, "unified": null,
    });
    for version in [Version::V1, Version::V2] {
        assert_eq!(written(version, resources.clone()), Ok(Vec::new()));
    }
}

#[test]
fn each_version_has_files_of_its_own() {
    let resources = json!({
        "memory": {"limit": 100, "swap": 150, "reservation": 50},
        "cpu": {"shares": 1024, "quota": -1, "period": 50000, "burst": 7, "cpus": "0-1", "mems": "0", "idle": 1},
        "pids": {"limit": -1},
        "blockIO": {"weight": 500, "throttleReadBpsDevice": [{"major": 8, "minor": 0, "rate": 9}],
            "throttleWriteIOPSDevice": [{"major": 8, "minor": 0, "rate": 0}]},
        "hugepageLimits": [{"pageSize": "2MB", "limit": 0}],
        "rdma": {"mlx": {"hcaHandles": 2}},
    });
    let expected = [
        "memory.limit_in_bytes=100",
        "memory.soft_limit_in_bytes=50",
        "memory.memsw.limit_in_bytes=150",
        "cpu.idle=1",
        "cpu.shares=1024",
        "cpu.cfs_period_us=50000",
        "cpu.cfs_quota_us=-1",
        "cpu.cfs_burst_us=7",
        "cpuset.cpus=0-1",
        "cpuset.mems=0",
        "blkio.weight=500",
        "blkio.throttle.read_bps_device=8:0 9",
        "blkio.throttle.write_iops_device=8:0 0",
        "pids.max=max",
        "hugetlb.2MB.limit_in_bytes=0",
        "hugetlb.2MB.rsvd.limit_in_bytes=0",
        "rdma.max=mlx hca_handle=2",
    ];
    assert_eq!(written(Version::V1, resources.clone()).unwrap(), expected);
    let expected = [
        "memory.max=100",
        "memory.low=50",
        "memory.swap.max=50",
        "cpu.idle=1",
        "cpu.weight=39",
        "cpu.max=max 50000",
        "cpu.max.burst=7",
        "cpuset.cpus=0-1",
        "cpuset.mems=0",
        "io.bfq.weight=500",
        "io.max=8:0 rbps=9",
        "io.max=8:0 wiops=max",
        "pids.max=max",
        "hugetlb.2MB.max=0",
        "hugetlb.2MB.rsvd.max=0",
        "rdma.max=mlx hca_handle=2",
    ];
    assert_eq!(written(Version::V2, resources).unwrap(), expected);
}

#[test]
fn swap_of_v2_is_what_is_beyond_memory() {
    let memory = |limit: i64, swap: i64| written(Version::V2, json!({"memory": {"limit": limit, "swap": swap}}));
    assert_eq!(memory(100, 100).unwrap(), ["memory.max=100", "memory.swap.max=0"]);
    assert_eq!(memory(100, -1).unwrap(), ["memory.max=100", "memory.swap.max=max"]);
    assert_eq!(memory(-1, 0).unwrap(), ["memory.max=max", "memory.swap.max=max"]);
    assert_eq!(memory(100, 0).unwrap(), ["memory.max=100"]);
    for (limit, swap) in [(100, 99), (0, 100), (-1, 100)] {
        let error = memory(limit, swap).unwrap_err();
        assert!(error.starts_with("linux.resources.memory.swap: "), "{error}");
    }
}

#[test]
fn without_a_limit_of_memory_v1_has_none_with_swap() {
    let expected = ["memory.limit_in_bytes=-1", "memory.memsw.limit_in_bytes=-1"];
    assert_eq!(written(Version::V1, json!({"memory": {"limit": -1}})).unwrap(), expected);
}

#[test]
fn a_new_period_keeps_the_quota_and_the_other_way_round() {
    let period = json!({"cpu": {"period": 1000}});
    let machine = Machine(Some(Version::V2), &[("cpu.max", "500 100000\n")]);
    assert_eq!(written_on(&machine, period.clone()).unwrap(), ["cpu.max=500 1000"]);
    assert_eq!(written(Version::V2, period).unwrap(), ["cpu.max=max 1000"]);
    let quota = json!({"cpu": {"quota": 7}});
    assert_eq!(written_on(&machine, quota.clone()).unwrap(), ["cpu.max=7 100000"]);
    assert_eq!(written(Version::V2, quota).unwrap(), ["cpu.max=7"]);
}

#[test]
fn what_v2_does_not_have_is_refused_by_name() {
    for (field, resources) in [
        ("memory.swappiness", json!({"memory": {"swappiness": 0}})),
        ("memory.disableOOMKiller", json!({"memory": {"disableOOMKiller": true}})),
        ("memory.kernelTCP", json!({"memory": {"kernelTCP": 1}})),
        ("cpu.realtimeRuntime", json!({"cpu": {"realtimeRuntime": 1}})),
    ] {
        let error = written(Version::V2, resources).unwrap_err();
        assert!(error.starts_with(&format!("linux.resources.{field}: ")), "{error}");
    }
}

#[test]
fn a_limit_below_what_is_used_is_refused_where_that_is_asked_for() {
    let machine = Machine(Some(Version::V2), &[("memory.current", "1000\n")]);
    let memory = |limit: u64| json!({"memory": {"limit": limit, "checkBeforeUpdate": true}});
    let error = written_on(&machine, memory(1000)).unwrap_err();
    assert!(error.starts_with("linux.resources.memory.limit: 1000 is no more than the 1000 bytes"), "{error}");
    assert_eq!(written_on(&machine, memory(1001)).unwrap(), ["memory.max=1001"]);
    let unchecked = json!({"memory": {"limit": 1}});
    assert_eq!(written_on(&machine, unchecked).unwrap(), ["memory.max=1"]);
}

#[test]
fn files_by_name_are_written_line_by_line() {
    let unified = json!({"unified": {"io.max": "8:0 rbps=1\n8:16 rbps=2\n", "cgroup.max.depth": "3"}});
    let resources = serde_json::from_value(unified).unwrap();
    let settings = settings(&resources, &Machine(None, &[])).unwrap();
    let lines: Vec<_> = settings.iter().map(|it| it.choices[0].1.as_str()).collect();
    assert_eq!(lines, ["3", "8:0 rbps=1", "8:16 rbps=2"]);
    assert_eq!(settings[0].controller, None);
    assert!(settings.iter().all(|it| it.version == Version::V2));
}
