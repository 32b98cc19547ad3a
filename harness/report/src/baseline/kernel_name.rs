//! Names of kernels, by which their baselines are found.

use super::BaselineError;
use crate::printable;
use std::fmt;

/// A kernel as far as its version and its distribution's flavour go: builds and stable releases have the same name.
/// Names are ordered by version, and kernels that are called something else come behind Linux.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KernelName {
    called: Option<String>,
    major: u32,
    minor: u32,
    flavour: String,
}

/// So many minor versions Linux had lately before the major one grew.
const MINORS: u32 = 20;

impl KernelName {
    /// The name of a kernel, from what `uname -r` says: 6.1.0-28-cloud-amd64 is a 6.1 of flavour `cloud`. The flavour
    /// is made of the parts that hold letters only: numbers count builds, and what has both names architectures,
    /// packages and candidates.
    pub fn of_release(release: &str) -> Result<Self, BaselineError> {
        Self::of(release, None)
    }

    /// The same of a kernel that is called something else than Linux, and counts its releases in its own way.
    pub fn of(release: &str, called: Option<&str>) -> Result<Self, BaselineError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if let Some(called) = called.filter(|called| called.is_empty() || !called.bytes().all(plain)) {
            return Err(BaselineError::Called(printable(called)));
        }
        let parse = || {
            let (major, rest) = release.split_once('.')?;
            let end = rest.find(|c: char| !c.is_ascii_digit());
            let (minor, rest) = rest.split_at(end.unwrap_or(rest.len()));
            let parts = rest.split(|c: char| !c.is_ascii_alphanumeric());
            let letters = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphabetic());
            Some(Self {
                called: called.map(str::to_owned),
                major: major.parse().ok()?,
                minor: minor.parse().ok()?,
                flavour: parts.filter(letters).collect::<Vec<_>>().join("-"),
            })
        };
        parse().ok_or_else(|| BaselineError::Release(printable(release)))
    }

    /// The name of its baseline's file.
    pub fn file(&self) -> String {
        let linux = if self.is_linux() { "linux-" } else { "" };
        format!("{linux}{self}.toml")
    }

    /// Whether it is a Linux among others, so that its version says what came before and after it.
    pub fn is_linux(&self) -> bool {
        self.called.is_none()
    }

    /// Its name in a sentence: `Linux 6.1-cloud`.
    pub fn title(&self) -> String {
        if self.is_linux() { format!("Linux {self}") } else { self.to_string() }
    }

    /// How far two versions are apart, in minor versions.
    pub(super) fn distance(&self, other: &Self) -> u32 {
        let number = |name: &Self| name.major.saturating_mul(MINORS).saturating_add(name.minor);
        number(self).abs_diff(number(other))
    }

    /// Whether both come from the same kind of distribution.
    pub(super) fn has_flavour_of(&self, other: &Self) -> bool {
        self.flavour == other.flavour
    }
}

impl fmt::Display for KernelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(called) = &self.called {
            write!(f, "{called}-")?;
        }
        write!(f, "{}.{}", self.major, self.minor)?;
        if !self.flavour.is_empty() {
            write!(f, "-{}", self.flavour)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(release: &str) -> KernelName {
        KernelName::of_release(release).expect("it is a release")
    }

    #[test]
    fn builds_and_stable_releases_have_the_same_name() {
        for (release, file) in [
            ("6.18.44", "linux-6.18.toml"),
            ("6.18", "linux-6.18.toml"),
            ("5.10.0-33-cloud-amd64", "linux-5.10-cloud.toml"),
            ("6.1.0-28-rt-amd64", "linux-6.1-rt.toml"),
            ("6.12.57+deb13-cloud-amd64", "linux-6.12-cloud.toml"),
            ("6.8.0-45-generic", "linux-6.8-generic.toml"),
            ("6.11.4-301.fc41.x86_64", "linux-6.11.toml"),
            ("6.19-rc4-amd64", "linux-6.19.toml"),
        ] {
            assert_eq!(name(release).file(), file);
        }
    }

    #[test]
    fn a_name_is_a_harmless_file_name() {
        assert_eq!(name("6.1/../../x\u{1b}[y").file(), "linux-6.1-x-y.toml");
        for none in ["", "6", "6.", "../6.1", "six.1", "6.x", "99999999999.1"] {
            assert!(KernelName::of_release(none).is_err(), "{none}");
        }
    }

    #[test]
    fn a_kernel_that_is_called_something_else_comes_behind_linux() {
        let other = KernelName::of("4.4.0", Some("gvisor")).expect("it is a release");
        assert_eq!(other.file(), "gvisor-4.4.toml");
        assert_eq!((other.title().as_str(), name("6.1.0").title().as_str()), ("gvisor-4.4", "Linux 6.1"));
        assert!(other > name("7.3.0"));
        for called in ["", "../x", "a b", "A"] {
            assert!(KernelName::of("4.4.0", Some(called)).is_err(), "{called}");
        }
    }

    #[test]
    fn they_are_ordered_and_apart_by_version_not_by_letter() {
        assert!(name("6.2.0") < name("6.18.0"));
        assert!(name("5.19.0") < name("6.0.0-generic"));
        assert_eq!(name("6.1.9").distance(&name("6.12.1")), 11);
        assert_eq!(name("6.0.0").distance(&name("5.19.1")), 1);
    }
}
