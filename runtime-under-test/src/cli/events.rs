//! `events`: what a container uses, and when it runs out of memory, a line of JSON each.

use super::commands::print_line;
use super::{grammar::Parameter, mistake::Stop, parse::Matches};
use crate::cgroup::{Shortage, Usage};
use crate::container::{ContainerError, ContainerId, Store};
use crate::syscall::wait_for_each;
use nix::poll::{PollFd, PollFlags};
use serde::Serialize;
use std::os::fd::AsFd;
use std::str::FromStr;
use std::time::{Duration, Instant};

pub(super) const OPTIONS: &[Parameter] = &[
    Parameter::option("interval", "DURATION", "Time between two lines about what the container uses").default("5s"),
    Parameter::flag("stats", "Print what it uses now, and end"),
];

#[derive(Debug)]
pub(super) struct Events {
    interval: Interval,
    stats: bool,
    id: ContainerId,
}

impl Events {
    pub(super) fn of(given: &Matches) -> Result<Self, Stop> {
        Ok(Events { interval: given.one("interval")?, stats: given.is_given("stats"), id: given.one("ID")? })
    }
}

#[derive(Debug)]
struct Interval(Duration);

impl FromStr for Interval {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let interval = humantime::parse_duration(text).map_err(|error| error.to_string())?;
        if interval.is_zero() { Err("it has to be longer than 0".to_owned()) } else { Ok(Self(interval)) }
    }
}

/// Prints until the container's first process has ended.
pub(super) fn run(store: &Store, wanted: &Events) -> Result<(), ContainerError> {
    let entry = store.open(&wanted.id)?;
    let (record, cgroup) = (&entry.record, &entry.record.cgroup);
    let ended = || ContainerError::WrongStatus("watch", record.id.clone(), entry.status());
    let process = record.init.hold().ok_or_else(ended)?;
    let stats = || tell(&Event { kind: "stats", id: &record.id, data: Some(cgroup.usage()) });
    if wanted.stats {
        return stats();
    }
    let mut shortage = cgroup.watch_shortage().map_err(ContainerError::setup)?;
    let mut next = Instant::now() + wanted.interval.0;
    loop {
        let mut awaited = vec![PollFd::new(process.as_fd(), PollFlags::POLLIN)];
        awaited.extend(shortage.as_ref().map(Shortage::descriptor).map(|(fd, events)| PollFd::new(fd, events)));
        let waiting = ContainerError::call("waiting for the container");
        let happened = wait_for_each(&mut awaited, Some(next)).map_err(waiting)?.is_some();
        let gone = awaited[0].any() == Some(true);
        if happened && shortage.as_mut().is_some_and(Shortage::has_come) {
            tell(&Event { kind: "oom", id: &record.id, data: None })?;
        }
        if gone {
            return Ok(());
        }
        if Instant::now() >= next {
            stats()?;
            next += wanted.interval.0;
        }
    }
}

/// As runc writes it.
#[derive(Debug, Serialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Usage>,
}

fn tell(event: &Event<'_>) -> Result<(), ContainerError> {
    print_line(event)
}
