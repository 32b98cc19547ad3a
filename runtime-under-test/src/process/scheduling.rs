//! When and where a process runs: set from outside, since only the caller may have the privilege, and since a process that
//! runs in a real-time class could not fork any more.

use super::ProcessError;
use crate::config::{IoClass, IoPriority, Policy, Process, Processors, Scheduler, SchedulerFlag};
use nix::sched::{CpuSet, sched_setaffinity};
use nix::{errno::Errno, libc, unistd::Pid};

/// Gives the process `pid` the `scheduler` and `ioPriority` of its description. The error names the field.
pub fn schedule(pid: Pid, process: &Process) -> Result<(), ProcessError> {
    if let Some(scheduler) = &process.scheduler {
        set_scheduler(pid, scheduler).map_err(ProcessError::of("set process.scheduler"))?;
    }
    if let Some(priority) = process.io_priority {
        set_io_priority(pid, priority).map_err(ProcessError::of("set process.ioPriority"))?;
    }
    Ok(())
}

/// Has the calling process, and those that it makes, run wherever its cgroup lets it: what its caller is bound to is not for it.
pub fn run_anywhere() {
    let mut all = CpuSet::new();
    if (0..CpuSet::count()).try_for_each(|number| all.set(number)).is_ok() {
        let _ = sched_setaffinity(Pid::from_raw(0), &all); // it then runs where its caller does
    }
}

/// Has the calling process, and those that it makes, run on these processors. `field` is what asks for that.
pub fn run_on(processors: Option<&Processors>, field: &str) -> Result<(), ProcessError> {
    let Some(Processors(set)) = processors else { return Ok(()) };
    sched_setaffinity(Pid::from_raw(0), set).map_err(ProcessError::of(format!("set process.execCPUAffinity.{field}")))
}

/// sched_setattr(2)
fn set_scheduler(pid: Pid, wanted: &Scheduler) -> Result<(), Errno> {
    let flags = wanted.flags.iter().fold(0, |all, flag| {
        all | match flag {
            SchedulerFlag::ResetOnFork => libc::SCHED_FLAG_RESET_ON_FORK,
            SchedulerFlag::Reclaim => libc::SCHED_FLAG_RECLAIM,
            SchedulerFlag::DeadlineOverrun => libc::SCHED_FLAG_DL_OVERRUN,
            SchedulerFlag::KeepPolicy => libc::SCHED_FLAG_KEEP_POLICY,
            SchedulerFlag::KeepParameters => libc::SCHED_FLAG_KEEP_PARAMS,
            SchedulerFlag::LeastUtilization => libc::SCHED_FLAG_UTIL_CLAMP_MIN,
            SchedulerFlag::MostUtilization => libc::SCHED_FLAG_UTIL_CLAMP_MAX,
        }
    });
    const SCHED_ISO: libc::c_int = 4; // linux/sched.h: reserved
    let policy = match wanted.policy {
        Policy::Other => libc::SCHED_OTHER,
        Policy::Fifo => libc::SCHED_FIFO,
        Policy::RoundRobin => libc::SCHED_RR,
        Policy::Batch => libc::SCHED_BATCH,
        Policy::Iso => SCHED_ISO,
        Policy::Idle => libc::SCHED_IDLE,
        Policy::Deadline => libc::SCHED_DEADLINE,
    };
    let attributes = libc::sched_attr {
        size: size_of::<libc::sched_attr>() as u32,
        sched_policy: policy.cast_unsigned(),
        sched_flags: flags as u64,
        sched_nice: wanted.nice,
        sched_priority: wanted.priority,
        sched_runtime: wanted.runtime,
        sched_deadline: wanted.deadline,
        sched_period: wanted.period,
    };
    // SAFETY: the kernel reads the structure, whose size is in it, during the call.
    let set = unsafe { libc::syscall(libc::SYS_sched_setattr, pid.as_raw(), &raw const attributes, 0) };
    Errno::result(set).map(drop)
}

/// ioprio_set(2)
fn set_io_priority(pid: Pid, wanted: IoPriority) -> Result<(), Errno> {
    const WHO_PROCESS: libc::c_int = 1; // linux/ioprio.h, as are the next ones
    const CLASS_SHIFT: u32 = 13;
    let class = match wanted.class {
        IoClass::RealTime => 1,
        IoClass::BestEffort => 2,
        IoClass::Idle => 3,
    };
    let value = class << CLASS_SHIFT | i32::from(wanted.priority);
    // SAFETY: takes no pointers.
    Errno::result(unsafe { libc::syscall(libc::SYS_ioprio_set, WHO_PROCESS, pid.as_raw(), value) }).map(drop)
}
