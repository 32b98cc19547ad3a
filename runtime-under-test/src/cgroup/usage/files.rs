use crate::cgroup::limits::{Controller, Surroundings, Version};
use crate::cgroup::place::Place;
use std::collections::BTreeMap;
use std::fs;

/// The files of one controller in a container's cgroup. What is not there is empty, or 0.
pub(super) struct Files<'a> {
    places: &'a [Place],
    controller: Controller,
}

impl<'a> Files<'a> {
    pub(super) fn new(places: &'a [Place], controller: Controller) -> Files<'a> {
        Files { places, controller }
    }

    /// Whether they are those of v2.
    pub(super) fn is_v2(&self) -> bool {
        // Every cgroup of v2 counts the use of processors, whether the controller is there or not.
        self.places.version(&self.controller).is_none_or(|version| version == Version::V2)
    }

    /// All of a file.
    pub(super) fn text(&self, file: &str) -> String {
        self.places.read(&self.controller, file).unwrap_or_default()
    }

    /// The number that a file holds; `max` is 0.
    pub(super) fn number(&self, file: &str) -> u64 {
        self.text(file).trim().parse().unwrap_or_default()
    }

    /// The same, where `max` is the largest.
    pub(super) fn limit(&self, file: &str) -> u64 {
        match self.text(file).trim() {
            "max" => u64::MAX,
            number => number.parse().unwrap_or_default(),
        }
    }

    /// Lines of a name and a number.
    pub(super) fn pairs(&self, file: &str) -> BTreeMap<String, u64> {
        let pair =
            |line: &str| line.split_once(' ').and_then(|(name, number)| Some((name.to_owned(), number.parse().ok()?)));
        self.text(file).lines().filter_map(pair).collect()
    }

    /// What stands for `*` in the names of files like `hugetlb.*.max`.
    pub(super) fn variants(&self, before: &str, after: &str) -> Vec<String> {
        let entries = self.places.iter().filter_map(|place| fs::read_dir(&place.directory).ok()).flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter_map(|name| Some(name.strip_prefix(before)?.strip_suffix(after)?.to_owned())).collect()
    }
}
