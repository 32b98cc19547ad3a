use super::files::Files;
use super::is_zero;
use serde::Serialize;
use std::collections::BTreeMap;

/// Traffic of block devices, with that of the cgroups below.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Blkio {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub io_service_bytes_recursive: Vec<BlkioEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub io_serviced_recursive: Vec<BlkioEntry>,
}

/// How much of one kind on one device.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct BlkioEntry {
    #[serde(skip_serializing_if = "is_zero")]
    pub major: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub minor: u64,
    pub op: String,
    #[serde(skip_serializing_if = "is_zero")]
    pub value: u64,
}

/// Bytes in huge pages of one size.
#[derive(Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct Hugetlb {
    #[serde(skip_serializing_if = "is_zero")]
    pub usage: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub max: u64,
    pub failcnt: u64,
}

pub(super) fn block_devices(files: &Files<'_>) -> Blkio {
    if files.is_v2() {
        let stat = files.text("io.stat");
        return Blkio {
            io_service_bytes_recursive: of_v2(&stat, ["rbytes", "wbytes", "dbytes"]),
            io_serviced_recursive: of_v2(&stat, ["rios", "wios", "dios"]),
        };
    }
    // BFQ counts by itself; where it does not schedule a device, nobody but the throttle does.
    let counted = |what: &str| {
        let kinds = [format!("blkio.bfq.{what}_recursive"), format!("blkio.throttle.{what}_recursive")];
        kinds.iter().map(|file| of_v1(&files.text(file))).find(|found| !found.is_empty()).unwrap_or_default()
    };
    Blkio { io_service_bytes_recursive: counted("io_service_bytes"), io_serviced_recursive: counted("io_serviced") }
}

/// Lines such as `8:0 Read 4096`; the last, `Total 4096`, names no device.
fn of_v1(text: &str) -> Vec<BlkioEntry> {
    let entry = |line: &str| {
        let [device, op, value] = line.split_whitespace().collect::<Vec<_>>()[..] else { return None };
        let (major, minor) = device.split_once(':')?;
        Some(BlkioEntry {
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
            op: op.to_owned(),
            value: value.parse().ok()?,
        })
    };
    text.lines().filter_map(entry).collect()
}

/// Lines such as `8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0`.
fn of_v2(text: &str, [read, write, discard]: [&str; 3]) -> Vec<BlkioEntry> {
    let names = [(read, "Read"), (write, "Write"), (discard, "Discard")];
    let mut found = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let device = words.next().and_then(|device| device.split_once(':'));
        let numbers = device.and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
        let Some((major, minor)) = numbers else { continue };
        let pairs: BTreeMap<_, _> = words.filter_map(|word| word.split_once('=')).collect();
        found.extend(names.iter().filter_map(|(name, op)| {
            Some(BlkioEntry { major, minor, op: (*op).to_owned(), value: pairs.get(name)?.parse().ok()? })
        }));
    }
    found
}

pub(super) fn huge_pages(files: &Files<'_>) -> BTreeMap<String, Hugetlb> {
    let v2 = files.is_v2();
    let sizes = files.variants("hugetlb.", if v2 { ".current" } else { ".usage_in_bytes" });
    let usage = |size: String| {
        if size.ends_with(".rsvd") {
            return None;
        }
        let number = |ending: &str| files.number(&format!("hugetlb.{size}.{ending}"));
        let pages = match v2 {
            true => Hugetlb {
                usage: number("current"),
                max: 0,
                failcnt: files.pairs(&format!("hugetlb.{size}.events")).get("max").copied().unwrap_or_default(),
            },
            false => Hugetlb {
                usage: number("usage_in_bytes"),
                max: number("max_usage_in_bytes"),
                failcnt: number("failcnt"),
            },
        };
        Some((size, pages))
    };
    sizes.into_iter().filter_map(usage).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(op: &str, value: u64) -> BlkioEntry {
        BlkioEntry { major: 8, minor: 16, op: op.to_owned(), value }
    }

    #[test]
    fn both_versions_say_the_same() {
        assert_eq!(of_v1("8:16 Read 5\n8:16 Write 6\nTotal 11\n"), [entry("Read", 5), entry("Write", 6)]);
        let stat = "8:16 rbytes=5 wbytes=6 rios=1 wios=2 dbytes=3 dios=4\n";
        let bytes = [entry("Read", 5), entry("Write", 6), entry("Discard", 3)];
        assert_eq!(of_v2(stat, ["rbytes", "wbytes", "dbytes"]), bytes);
    }
}
