//! Block devices (Documentation/admin-guide/cgroup-v1/blkio-controller.rst, Documentation/block/bfq-iosched.rst;
//! cgroup-v2.rst, "IO").

use super::{Controller, Setting, Surroundings, Version};
use crate::config::BlockIo;

pub(super) fn add(io: &BlockIo, around: &(impl Surroundings + ?Sized), settings: &mut Vec<Setting>) {
    let version = around.version(&Controller::IO).unwrap_or(Version::V1);
    let weights = io.weight_device.iter().map(|device| (Some((device.major, device.minor)), device.weight));
    for (device, weight) in [(None, io.weight)].into_iter().chain(weights) {
        if weight != 0 {
            settings.push(weigh(version, device, weight));
        }
    }
    for (field, v1, v2, devices) in [
        ("throttleReadBpsDevice", "read_bps_device", "rbps", &io.throttle_read_bps_device),
        ("throttleWriteBpsDevice", "write_bps_device", "wbps", &io.throttle_write_bps_device),
        ("throttleReadIOPSDevice", "read_iops_device", "riops", &io.throttle_read_iops_device),
        ("throttleWriteIOPSDevice", "write_iops_device", "wiops", &io.throttle_write_iops_device),
    ] {
        let field = format!("blockIO.{field}");
        for device in devices {
            let (number, rate) = (format!("{}:{}", device.major, device.minor), device.rate);
            let setting = |file: &str, line| Setting::new(&field, &Controller::IO, version, file, line);
            settings.push(match (version, rate) {
                (Version::V1, _) => {
                    setting(&format!("blkio.throttle.{v1}"), format!("{number} {rate}")).about(&number, "0")
                }
                // 0 is what v1 calls no limit.
                (Version::V2, 0) => setting("io.max", format!("{number} {v2}=max")).about(&number, UNLIMITED),
                (Version::V2, _) => setting("io.max", format!("{number} {v2}={rate}")).about(&number, UNLIMITED),
            });
        }
    }
}

const UNLIMITED: &str = "rbps=max wbps=max riops=max wiops=max";

/// The weight of all devices, or of one. BFQ has files of its own, which take what the spec has.
fn weigh(version: Version, device: Option<(u32, u32)>, weight: u16) -> Setting {
    let device = device.map(|(major, minor)| format!("{major}:{minor}"));
    let field = if device.is_some() { "blockIO.weightDevice" } else { "blockIO.weight" };
    let line = |weight: u64| device.as_ref().map_or(weight.to_string(), |device| format!("{device} {weight}"));
    let new = |file: &str, value| Setting::new(field, &Controller::IO, version, file, value);
    let of_bfq = line(weight.into());
    let setting = match (version, &device) {
        (Version::V1, None) => new("blkio.weight", of_bfq.clone()).or("blkio.bfq.weight", of_bfq),
        (Version::V1, Some(_)) => new("blkio.weight_device", of_bfq.clone()).or("blkio.bfq.weight_device", of_bfq),
        (Version::V2, _) => new("io.bfq.weight", of_bfq).or("io.weight", line(io_weight(weight))),
    };
    match device {
        Some(device) => setting.about(device, "default"),
        None => setting,
    }
}

/// 10 to 1000 as 1 to 10000.
fn io_weight(weight: u16) -> u64 {
    1 + (u64::from(weight).saturating_sub(10) * 9999) / 990
}

#[cfg(test)]
mod tests {
    use super::io_weight;

    #[test]
    fn weights_of_v1_become_those_of_v2() {
        assert_eq!([10, 100, 500, 1000].map(io_weight), [1, 910, 4950, 10_000]);
    }
}
