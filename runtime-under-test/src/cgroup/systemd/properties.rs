//! Limits as properties of a unit (systemd.resource-control(5)): systemd would set its own over those that it does not know.

use super::wire::{Property, Value};
use crate::cgroup::limits::Setting;

/// What systemd has a property for; the rest is in the cgroup's files only.
pub(super) fn of_settings<'a>(settings: impl IntoIterator<Item = &'a Setting>) -> Vec<Property> {
    let choices = settings.into_iter().flat_map(|setting| &setting.choices);
    choices.flat_map(|(file, value)| of_file(file, value)).collect()
}

fn of_file(file: &str, value: &str) -> Vec<Property> {
    let number = |name| Vec::from_iter(amount(value).map(|amount| (name, Value::Amount(amount))));
    let bits = |name| Vec::from_iter(bits(value).map(|bits| (name, Value::Bytes(bits))));
    match file {
        "memory.max" => number("MemoryMax"),
        "memory.high" => number("MemoryHigh"),
        "memory.low" => number("MemoryLow"),
        "memory.min" => number("MemoryMin"),
        "memory.swap.max" => number("MemorySwapMax"),
        "pids.max" => number("TasksMax"),
        "cpu.weight" => number("CPUWeight"),
        "io.weight" => number("IOWeight"),
        "cpuset.cpus" => bits("AllowedCPUs"),
        "cpuset.mems" => bits("AllowedMemoryNodes"),
        "cpu.max" => bandwidth(value),
        _ => Vec::new(),
    }
}

/// `max` is the largest number.
fn amount(value: &str) -> Option<u64> {
    if value == "max" { Some(u64::MAX) } else { value.parse().ok() }
}

/// A quota counts for a second, in whole hundredths of it; more rather than less.
fn bandwidth(value: &str) -> Vec<Property> {
    const HUNDREDTH: u64 = 10_000;
    let mut words = value.split_whitespace();
    let quota = words.next().and_then(amount);
    let period = words.next().and_then(|word| word.parse::<u64>().ok());
    let per_second = quota.map(|quota| match quota {
        u64::MAX => u64::MAX,
        quota => (quota * 1_000_000 / period.unwrap_or(100_000).max(1)).div_ceil(HUNDREDTH) * HUNDREDTH,
    });
    let period = period.map(|period| ("CPUQuotaPeriodUSec", Value::Amount(period)));
    period.into_iter().chain(per_second.map(|time| ("CPUQuotaPerSecUSec", Value::Amount(time)))).collect()
}

/// `0-2,9` as a bit for each number, the lowest first.
fn bits(list: &str) -> Option<Vec<u8>> {
    let mut bits = Vec::new();
    for part in list.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        for number in first.trim().parse::<usize>().ok()?..=last.trim().parse().ok()? {
            if bits.len() <= number / 8 {
                bits.resize(number / 8 + 1, 0);
            }
            bits[number / 8] |= 1 << (number % 8);
        }
    }
    Some(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_become_properties() {
        assert_eq!(of_file("memory.max", "max"), [("MemoryMax", Value::Amount(u64::MAX))]);
        assert_eq!(of_file("pids.max", "7"), [("TasksMax", Value::Amount(7))]);
        let quota =
            |period, time| [("CPUQuotaPeriodUSec", Value::Amount(period)), ("CPUQuotaPerSecUSec", Value::Amount(time))];
        assert_eq!(of_file("cpu.max", "50000 100000"), quota(100_000, 500_000));
        assert_eq!(of_file("cpu.max", "333 1000"), quota(1000, 340_000));
        assert_eq!(of_file("cpu.max", "max 1000"), quota(1000, u64::MAX));
        assert_eq!(of_file("cpuset.cpus", "0-2,9"), [("AllowedCPUs", Value::Bytes(vec![7, 2]))]);
        assert_eq!(of_file("io.max", "8:0 rbps=1"), []);
    }
}
