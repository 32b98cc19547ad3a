//! Mounts of type `cgroup`: the host's hierarchies as the container may see them.

use super::tree::{self, Depth};
use super::{RootfsError, options::MountOptions, placement::Placement};
use crate::cgroup::{Hierarchy, Layout, MOUNT_POINT};
use crate::syscall::Reason;
use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::unistd::{fchdir, symlinkat};
use std::path::Path;

/// Mounts what the host has: the unified hierarchy itself, or a tmpfs with one directory per hierarchy.
pub(super) fn place(placement: &Placement<'_>, options: &MountOptions<'_>) -> Result<(), RootfsError> {
    match Layout::detect() {
        Layout::Unified => unified(placement, options),
        Layout::PerController => per_controller(placement, options),
        Layout::None => {
            let remedy = format!("mount a cgroup hierarchy at {MOUNT_POINT}, or take this mount out of the config");
            Err(placement.refuse(format!("no cgroup filesystem on the host: {}; {remedy}", Errno::ENODEV.words())))
        }
    }
}

fn unified(placement: &Placement<'_>, options: &MountOptions<'_>) -> Result<(), RootfsError> {
    placement.enter_destination("cgroup2")?;
    let data = options.data.join(",");
    let data = (!data.is_empty()).then_some(data.as_str());
    match mount(Some("cgroup"), ".", Some("cgroup2"), options.flags(), data) {
        // A user namespace may mount it only together with a cgroup namespace of its own.
        Err(Errno::EPERM | Errno::EBUSY) => bind_hierarchy(placement, options, ".", Path::new(MOUNT_POINT)),
        result => result.map_err(placement.failed("mount cgroup2")),
    }
}

fn per_controller(placement: &Placement<'_>, options: &MountOptions<'_>) -> Result<(), RootfsError> {
    let failed = |doing: &'static str| placement.failed(doing);
    let writable = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    placement.enter_destination("cgroup")?;
    mount(Some("cgroup"), ".", Some("tmpfs"), writable, Some("mode=755"))
        .map_err(failed("mount the tmpfs that holds the hierarchies"))?;
    let top = placement.destination("cgroup")?;
    let hierarchies = Hierarchy::of_this_process().map_err(failed("read /proc/self/cgroup"))?;
    for hierarchy in &hierarchies {
        let name = hierarchy.directory();
        if placement.own_cgroup_namespace {
            mount_hierarchy(placement, options, hierarchy)?;
        } else {
            // As the whole of the hierarchy the container gets its own part.
            let source =
                Path::new(MOUNT_POINT).join(&name).join(hierarchy.path.strip_prefix("/").unwrap_or(&hierarchy.path));
            bind_hierarchy(placement, options, &name, &source)?;
        }
        for controller in hierarchy.links() {
            match symlinkat(name.as_str(), &top, controller) {
                Ok(()) | Err(Errno::EEXIST) => {}
                Err(source) => return Err(failed("link a controller to its hierarchy")(source)),
            }
        }
    }
    tree::change_attributes(&top, options.own, Depth::One).map_err(failed("set the attributes"))
}

/// Mounts one hierarchy; in a cgroup namespace its root is the container's cgroup.
fn mount_hierarchy(
    placement: &Placement<'_>,
    options: &MountOptions<'_>,
    hierarchy: &Hierarchy,
) -> Result<(), RootfsError> {
    let name = hierarchy.directory();
    let doing = format!("mount the {name} hierarchy");
    let failed = placement.failed(&doing);
    let directory = placement.root.create_dir(&placement.below(&name)).map_err(failed)?;
    fchdir(directory).map_err(failed)?;
    let (kind, data) = match hierarchy.controllers.as_str() {
        "" => ("cgroup2", None),
        controllers => ("cgroup", Some(controllers)),
    };
    mount(Some("cgroup"), ".", Some(kind), options.flags(), data).map_err(failed)
}

fn bind_hierarchy(
    placement: &Placement<'_>,
    options: &MountOptions<'_>,
    name: &str,
    source: &Path,
) -> Result<(), RootfsError> {
    let doing = format!("bind {}", source.display());
    let failed = placement.failed(&doing);
    let copy = match tree::clone_path(source, Depth::Recursive) {
        // The kernel has the hierarchy, the host has not mounted it: there is nothing to show.
        Err(Errno::ENOENT) => return Ok(()),
        result => result.map_err(failed)?,
    };
    tree::change_attributes(&copy, options.own, Depth::Recursive).map_err(failed)?;
    let target = placement.root.create_dir(&placement.below(name)).map_err(failed)?;
    tree::attach(copy, target).map_err(failed)
}
