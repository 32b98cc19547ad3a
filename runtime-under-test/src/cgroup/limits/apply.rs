//! Writing limits: all of them, or none.

use super::{LimitError, Setting};
use nix::errno::Errno;
use std::path::{Path, PathBuf};
use std::{fs, fs::OpenOptions, io, io::Write as _};

/// Writes each setting in the directory beside it. Where one is refused, those that were written are taken back.
///
/// Limits have to fit each other at every moment (memory to memory with swap, a quota to its period), whether they go up or
/// down: one that the kernel refuses is written again once another has been.
pub(in crate::cgroup) fn apply(settings: &[(&Path, Setting)]) -> Result<Undo, LimitError> {
    let mut left: Vec<_> = settings.iter().filter_map(|(directory, setting)| Write::of(directory, setting)).collect();
    let mut undo = Undo(Vec::new());
    loop {
        let count = left.len();
        let mut refused = Vec::new();
        for write in left {
            let present = write.present();
            match write_line(&write.file, &write.value) {
                Ok(()) => undo.0.extend(present.map(|value| (write.file, value))),
                Err(error) => refused.push((write, error)),
            }
        }
        if refused.len() == count {
            let Some((write, error)) = refused.into_iter().next() else { return Ok(undo) };
            undo.take_back();
            return Err(write.failed(error));
        }
        left = refused.into_iter().map(|(write, _)| write).collect();
    }
}

/// What the files held before.
#[derive(Debug)]
pub(in crate::cgroup) struct Undo(Vec<(PathBuf, String)>);

impl Undo {
    /// Has them hold it again, as far as that can be.
    pub(in crate::cgroup) fn take_back(mut self) {
        self.0.reverse();
        loop {
            let count = self.0.len();
            self.0.retain(|(file, value)| write_line(file, value).is_err());
            if self.0.len() == count {
                return;
            }
        }
    }
}

/// Creates nothing: the kernel says of a file that it lacks that it is missing, but that one may not create it.
fn write_line(file: &Path, value: &str) -> io::Result<()> {
    OpenOptions::new().write(true).open(file)?.write_all(format!("{value}\n").as_bytes())
}

/// One value on its way into one file.
struct Write<'a> {
    setting: &'a Setting,
    file: PathBuf,
    value: String,
}

impl<'a> Write<'a> {
    /// None where there is nothing to write to, and no need to.
    fn of(directory: &Path, setting: &'a Setting) -> Option<Write<'a>> {
        let mut choices = setting.choices.iter().map(|(file, value)| (directory.join(file), value));
        let first = choices.next()?;
        let existing = |(file, _): &(PathBuf, _)| file.exists();
        let (file, value) = match existing(&first) {
            true => first,
            false => match choices.find(existing) {
                Some(other) => other,
                None if setting.dispensable => return None,
                None => first,
            },
        };
        Some(Write { setting, file, value: value.clone() })
    }

    /// What would have to be written to have things as they are; none where the file is not read as it is written.
    fn present(&self) -> Option<String> {
        let text = fs::read_to_string(&self.file).ok()?;
        match &self.setting.line {
            Some((device, without_limit)) => {
                let of_device = |line: &&str| line.split_whitespace().next() == Some(device);
                Some(text.lines().find(of_device).map_or(format!("{device} {without_limit}"), str::to_owned))
            }
            None => Some(text.trim_end().to_owned()).filter(|text| !text.contains('\n')),
        }
    }

    fn failed(self, source: io::Error) -> LimitError {
        let hint = match source.raw_os_error().map(Errno::from_raw) {
            Some(Errno::EBUSY) if self.setting.field.starts_with("memory.") => {
                ": the container uses more than that already"
            }
            Some(Errno::ENOENT) => ": this kernel has no such limit",
            _ => "",
        };
        LimitError::Write { field: self.setting.field.clone(), value: self.value, file: self.file, source, hint }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cgroup::limits::{Controller, Version};

    fn setting(file: &str, value: &str) -> Setting {
        Setting::new("memory.limit", &Controller::MEMORY, Version::V1, file, value)
    }

    #[test]
    fn where_one_is_refused_all_stay_as_they_were() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        fs::write(path.join("memory.max"), "max\n").unwrap();
        fs::write(path.join("io.max"), "8:16 rbps=5\n8:0 rbps=7\n").unwrap();
        fs::create_dir(path.join("cpu.max")).unwrap();
        let settings = [
            (path, setting("memory.max", "1000")),
            (path, setting("io.max", "8:0 rbps=9").about("8:0", "rbps=max")),
            (path, setting("cpu.max", "5")),
        ];
        let error = apply(&settings).unwrap_err().to_string();
        let expected = "linux.resources.memory.limit: cannot write \"5\" to ";
        assert!(error.starts_with(expected) && error.contains("cpu.max: "), "{error}");
        assert_eq!(fs::read_to_string(path.join("memory.max")).unwrap().trim(), "max");
        assert!(fs::read_to_string(path.join("io.max")).unwrap().starts_with("8:0 rbps=7\n"));
    }

    #[test]
    fn a_file_that_the_kernel_does_not_have_is_missing() {
        let directory = tempfile::tempdir().unwrap();
        let error = apply(&[(directory.path(), setting("hugetlb.3MB.max", "1"))]).unwrap_err().to_string();
        assert!(
            error.ends_with("hugetlb.3MB.max: no such file or directory: this kernel has no such limit"),
            "{error}"
        );
    }

    #[test]
    fn the_first_file_that_exists_takes_the_value() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        fs::write(path.join("io.weight"), "").unwrap();
        let weight = setting("io.bfq.weight", "10").or("io.weight", "1");
        apply(&[(path, weight), (path, setting("memory.swap.max", "0").if_exists())]).unwrap();
        assert_eq!(fs::read_to_string(path.join("io.weight")).unwrap(), "1\n");
        assert!(!path.join("memory.swap.max").exists());
    }
}
