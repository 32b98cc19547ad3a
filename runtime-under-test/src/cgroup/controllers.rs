//! On v2 a cgroup has the files of a controller when each cgroup above it passes the controller on
//! (cgroup-v2.rst, "Enabling and Disabling").

use super::limits::{Controller, LimitError};
use super::place::Place;
use nix::errno::Errno;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What a cgroup passes on to those below it.
const PASSED_ON: &str = "cgroup.subtree_control";

/// Has every cgroup above the container's pass `controller` on, which `field` needs.
pub(super) fn enable(place: &Place, field: &str, controller: &Controller) -> Result<(), LimitError> {
    for directory in above(place) {
        let file = directory.join(PASSED_ON);
        let passed_on = fs::read_to_string(&file).unwrap_or_default();
        if passed_on.split_whitespace().any(|name| name == controller.name()) {
            continue;
        }
        fs::write(&file, format!("+{}", controller.name())).map_err(|source| {
            let hint = hint(&source);
            LimitError::Enable { field: field.to_owned(), controller: controller.clone(), file, source, hint }
        })?;
    }
    Ok(())
}

/// Has the cgroups that were made above the container's pass on all that they have: limits that are set later, and whoever
/// reads what the container uses, find them.
pub(super) fn pass_on(place: &Place, made: &[PathBuf]) {
    for directory in above(place).into_iter().filter(|directory| made.iter().any(|own| own == directory)) {
        let offered = fs::read_to_string(directory.join("cgroup.controllers")).unwrap_or_default();
        for name in offered.split_whitespace() {
            // One by one: those that cannot be passed on are not needed.
            let _ = fs::write(directory.join(PASSED_ON), format!("+{name}"));
        }
    }
}

/// The cgroups above, outermost first.
fn above(place: &Place) -> Vec<&Path> {
    let within = |path: &&Path| path.starts_with(&place.mount_point);
    let mut above: Vec<_> = place.directory.ancestors().skip(1).take_while(within).collect();
    above.reverse();
    above
}

fn hint(error: &io::Error) -> &'static str {
    match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::EBUSY) => ": there are processes in that cgroup itself, so those below it cannot have limits",
        Some(Errno::ENOENT) => ": the cgroup has no such controller to pass on",
        Some(Errno::EINVAL) => ": the kernel knows no such controller",
        _ => "",
    }
}
