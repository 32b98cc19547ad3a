//! Memory (Documentation/admin-guide/cgroup-v1/memory.rst; cgroup-v2.rst, "Memory Interface Files").

use super::{Controller, LimitError, Setting, Surroundings, Version};
use crate::config::{Limit, Memory};

pub(super) fn add(
    memory: &Memory,
    around: &(impl Surroundings + ?Sized),
    settings: &mut Vec<Setting>,
) -> Result<(), LimitError> {
    let version = around.version(&Controller::MEMORY).unwrap_or(Version::V1);
    let mut add = |field: &str, file: &str, value: Option<String>| {
        settings.extend(value.map(|value| Setting::new(field, &Controller::MEMORY, version, file, value)));
    };
    match version {
        Version::V1 => {
            add("memory.limit", "memory.limit_in_bytes", version.number(memory.limit));
            add("memory.reservation", "memory.soft_limit_in_bytes", version.number(memory.reservation));
            add("memory.swap", "memory.memsw.limit_in_bytes", version.number(memory.swap));
            add("memory.kernelTCP", "memory.kmem.tcp.limit_in_bytes", version.number(memory.kernel_tcp));
            add("memory.swappiness", "memory.swappiness", memory.swappiness.map(|value| value.to_string()));
            add("memory.disableOOMKiller", "memory.oom_control", memory.disable_oom_killer.then(|| "1".to_owned()));
        }
        Version::V2 => {
            let only_v1 = [
                ("memory.kernelTCP", memory.kernel_tcp != Limit::Unset),
                ("memory.swappiness", memory.swappiness.is_some()),
                ("memory.disableOOMKiller", memory.disable_oom_killer),
            ];
            if let Some((field, _)) = only_v1.into_iter().find(|(_, asked)| *asked) {
                return Err(LimitError::impossible(field, "cgroup v2, which this machine has, knows no such limit"));
            }
            require_room(memory, around)?;
            add("memory.limit", "memory.max", version.number(memory.limit));
            add("memory.reservation", "memory.low", version.number(memory.reservation));
            add("memory.swap", "memory.swap.max", version.number(swap_alone(memory)?));
        }
    }
    // Where swap is not accounted for, nothing has to be done to have none, or no limit of it.
    let none = ["0", "max", "-1"];
    for swap in settings.iter_mut().filter(|it| it.field == "memory.swap" && none.contains(&it.choices[0].1.as_str())) {
        swap.dispensable = true;
    }
    if version == Version::V1 && memory.limit == Limit::Unlimited && memory.swap == Limit::Unset {
        // The limit of both together would hold on.
        let both = Setting::new("memory.limit", &Controller::MEMORY, version, "memory.memsw.limit_in_bytes", "-1");
        settings.push(both.if_exists());
    }
    Ok(())
}

/// v2 limits swap by itself, the spec memory and swap together.
fn swap_alone(memory: &Memory) -> Result<Limit, LimitError> {
    let impossible = |reason: String| Err(LimitError::impossible("memory.swap", reason));
    match (memory.limit, memory.swap) {
        // As with v1, where it could not be otherwise.
        (Limit::Unlimited, Limit::Unset) => Ok(Limit::Unlimited),
        (_, Limit::Unset | Limit::Unlimited) => Ok(memory.swap),
        (Limit::At(limit), Limit::At(both)) => match both.checked_sub(limit) {
            Some(swap) => Ok(Limit::At(swap)),
            None => impossible(format!("{both} is less than memory.limit, {limit}: it is for both together")),
        },
        (Limit::Unset | Limit::Unlimited, Limit::At(_)) => {
            impossible("it limits memory and swap together, so memory.limit has to be a limit, too".to_owned())
        }
    }
}

/// v1 refuses a limit below what is used already; v2 would kill.
fn require_room(memory: &Memory, around: &(impl Surroundings + ?Sized)) -> Result<(), LimitError> {
    let used = around.read(&Controller::MEMORY, "memory.current").and_then(|text| text.trim().parse::<u64>().ok());
    let Some(used) = used.filter(|_| memory.check_before_update) else { return Ok(()) };
    for (field, limit) in [("memory.limit", memory.limit), ("memory.swap", memory.swap)] {
        if let Limit::At(limit) = limit
            && limit <= used
        {
            let reason = format!("{limit} is no more than the {used} bytes that are used already (checkBeforeUpdate)");
            return Err(LimitError::impossible(field, reason));
        }
    }
    Ok(())
}
