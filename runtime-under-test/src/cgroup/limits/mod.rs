//! Limits of a cgroup: which file of which controller takes which value (Documentation/admin-guide/cgroup-v1/ and
//! cgroup-v2.rst), for what `linux.resources` asks for. What cannot be set is an error that names the field.

mod apply;
mod block_io;
mod cpu;
mod error;
mod memory;
mod others;
mod setting;

pub(super) use apply::{Undo, apply};
pub use error::LimitError;
pub(super) use setting::{Controller, Setting, Surroundings, Version};

use crate::config::Resources;

/// What has to be written for `resources`, in this order.
pub(super) fn settings(
    resources: &Resources,
    around: &(impl Surroundings + ?Sized),
) -> Result<Vec<Setting>, LimitError> {
    let mut settings = Vec::new();
    memory::add(&resources.memory, around, &mut settings)?;
    cpu::add(&resources.cpu, around, &mut settings)?;
    block_io::add(&resources.block_io, around, &mut settings);
    others::add(resources, around, &mut settings);
    Ok(settings)
}

#[cfg(test)]
mod tests;
