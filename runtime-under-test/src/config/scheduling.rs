//! When and where the process runs: `scheduler`, `ioPriority` and `execCPUAffinity` of `process` (config.md, "Linux Process").

use super::fields::or_default;
use nix::sched::CpuSet;
use serde::{Deserialize, Deserializer};

words! {
    /// How the kernel chooses when the process runs (sched(7)).
    Policy {
        Other = "SCHED_OTHER",
        Fifo = "SCHED_FIFO",
        RoundRobin = "SCHED_RR",
        Batch = "SCHED_BATCH",
        /// Reserved: the kernel refuses it.
        Iso = "SCHED_ISO",
        Idle = "SCHED_IDLE",
        Deadline = "SCHED_DEADLINE",
    }
}

words! {
    /// What else of it there is to say (sched_setattr(2)).
    SchedulerFlag {
        ResetOnFork = "SCHED_FLAG_RESET_ON_FORK",
        Reclaim = "SCHED_FLAG_RECLAIM",
        DeadlineOverrun = "SCHED_FLAG_DL_OVERRUN",
        KeepPolicy = "SCHED_FLAG_KEEP_POLICY",
        KeepParameters = "SCHED_FLAG_KEEP_PARAMS",
        LeastUtilization = "SCHED_FLAG_UTIL_CLAMP_MIN",
        MostUtilization = "SCHED_FLAG_UTIL_CLAMP_MAX",
    }
}

/// The process's scheduling.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scheduler {
    /// The policy.
    pub policy: Policy,
    /// How nice it is to others, -20 to 19, for `SCHED_OTHER` and `SCHED_BATCH`.
    #[serde(default, deserialize_with = "or_default")]
    pub nice: i32,
    /// Its priority, for `SCHED_FIFO` and `SCHED_RR`.
    #[serde(default, deserialize_with = "or_default")]
    pub priority: u32,
    /// Flags.
    #[serde(default, deserialize_with = "or_default")]
    pub flags: Vec<SchedulerFlag>,
    /// Nanoseconds that it may run in each period, for `SCHED_DEADLINE`, as are the next two.
    #[serde(default, deserialize_with = "or_default")]
    pub runtime: u64,
    /// Nanoseconds by which it must have run.
    #[serde(default, deserialize_with = "or_default")]
    pub deadline: u64,
    /// The length of the period in nanoseconds.
    #[serde(default, deserialize_with = "or_default")]
    pub period: u64,
}

impl Scheduler {
    /// What is wrong with it, if anything: the field and the reason.
    pub(super) fn problem(&self) -> Option<(&'static str, String)> {
        let policy = self.policy;
        let nice = matches!(policy, Policy::Other | Policy::Batch) && !(-20..=19).contains(&self.nice);
        let priority = !matches!(policy, Policy::Fifo | Policy::RoundRobin) && self.priority != 0;
        let time = policy != Policy::Deadline && [self.runtime, self.deadline, self.period] != [0; 3];
        let problems = [
            (nice, "nice", format!("{} is out of range, expected -20 to 19", self.nice)),
            (priority, "priority", format!("is for SCHED_FIFO and SCHED_RR only, and the policy is {policy}")),
            (
                time,
                "runtime",
                format!("and deadline and period are for SCHED_DEADLINE only, and the policy is {policy}"),
            ),
        ];
        problems.into_iter().find(|(wrong, ..)| *wrong).map(|(_, field, reason)| (field, reason))
    }
}

words! {
    /// When the kernel serves the process's input and output (ioprio_set(2)).
    IoClass {
        RealTime = "IOPRIO_CLASS_RT",
        BestEffort = "IOPRIO_CLASS_BE",
        Idle = "IOPRIO_CLASS_IDLE",
    }
}

/// The process's priority of input and output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct IoPriority {
    /// Its class.
    pub class: IoClass,
    /// Its priority within, 0 (first) to 7.
    #[serde(default, deserialize_with = "or_default")]
    pub priority: u8,
}

impl IoPriority {
    /// Whether there is such a priority.
    pub(super) fn is_valid(self) -> bool {
        self.priority <= 7
    }
}

/// On which processors a process of `exec` runs: cpuset(7), "List format".
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Affinity {
    /// Until it is in the container's cgroup.
    pub initial: Option<Processors>,
    /// From then on.
    pub r#final: Option<Processors>,
}

/// A set of processors, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processors(pub CpuSet);

impl Processors {
    /// Reads a list such as `0-3,7`.
    fn parse(list: &str) -> Option<Processors> {
        let mut set = CpuSet::new();
        for range in list.split(',') {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let [first, last] = [first, last].map(|number| number.trim().parse::<usize>().ok());
            let (first, last) = (first?, last?);
            if first > last {
                return None;
            }
            (first..=last).try_for_each(|number| set.set(number)).ok()?;
        }
        Some(Processors(set))
    }
}

impl<'de> Deserialize<'de> for Processors {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = String::deserialize(deserializer)?;
        let expected = || format!("invalid list of processors {list:?}, expected one like \"0-3,7\"");
        Processors::parse(&list).ok_or_else(|| serde::de::Error::custom(expected()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_processors_is_read() {
        let numbers = |list: &str| {
            let set = Processors::parse(list)?.0;
            Some((0..CpuSet::count()).filter(|number| set.is_set(*number).unwrap()).collect::<Vec<_>>())
        };
        assert_eq!(numbers("0-2,7"), Some(vec![0, 1, 2, 7]));
        assert_eq!(numbers("5"), Some(vec![5]));
        for wrong in ["", ",", "a", "1-", "3-1", "-1", "0,99999"] {
            assert_eq!(numbers(wrong), None, "{wrong}");
        }
    }
}
