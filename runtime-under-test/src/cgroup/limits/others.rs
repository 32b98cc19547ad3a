//! Processes, huge pages, marks of network traffic, RDMA devices, and files of v2 by their names.

use super::{Controller, Setting, Surroundings, Version};
use crate::config::{Rdma, Resources};

pub(super) fn add(resources: &Resources, around: &(impl Surroundings + ?Sized), settings: &mut Vec<Setting>) {
    let version = |controller: &Controller| around.version(controller).unwrap_or(Version::V1);
    let pids = version(&Controller::PIDS);
    if let Some(limit) = Version::V2.number(resources.pids.limit) {
        settings.push(Setting::new("pids.limit", &Controller::PIDS, pids, "pids.max", limit));
    }
    let hugetlb = version(&Controller::HUGETLB);
    for pages in &resources.hugepage_limits {
        let ending = if hugetlb == Version::V1 { "limit_in_bytes" } else { "max" };
        let (size, limit) = (&pages.page_size, pages.limit);
        let new = |file: String| Setting::new("hugepageLimits", &Controller::HUGETLB, hugetlb, &file, limit);
        settings.push(new(format!("hugetlb.{size}.{ending}")));
        // What is promised counts, too, where the kernel counts it (since Linux 5.7).
        settings.push(new(format!("hugetlb.{size}.rsvd.{ending}")).if_exists());
    }
    // Only v1 has these.
    let network = &resources.network;
    if network.class_id != 0 {
        let (field, file) = ("network.classID", "net_cls.classid");
        settings.push(Setting::new(field, &Controller::NET_CLS, Version::V1, file, network.class_id));
    }
    for interface in &network.priorities {
        let (field, file) = ("network.priorities", "net_prio.ifpriomap");
        let line = format!("{} {}", interface.name, interface.priority);
        let setting = Setting::new(field, &Controller::NET_PRIO, Version::V1, file, line);
        settings.push(setting.about(&interface.name, "0"));
    }
    for (device, limits) in &resources.rdma {
        let (file, line) = ("rdma.max", format!("{device} {}", rdma_line(limits)));
        let setting = Setting::new("rdma", &Controller::RDMA, version(&Controller::RDMA), file, line);
        settings.push(setting.about(device, "hca_handle=max hca_object=max"));
    }
    for (file, text) in &resources.unified {
        let lines = if text.is_empty() { vec![""] } else { text.lines().collect() };
        settings.extend(lines.into_iter().map(|line| Setting {
            field: format!("unified[{file:?}]"),
            controller: Controller::of_file(file),
            version: Version::V2,
            choices: vec![(file.clone(), line.to_owned())],
            dispensable: false,
            line: None,
        }));
    }
}

fn rdma_line(limits: &Rdma) -> String {
    let part = |name: &str, limit: Option<u32>| limit.map(|limit| format!("{name}={limit}"));
    let parts = [part("hca_handle", limits.hca_handles), part("hca_object", limits.hca_objects)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
