//! Paths of the container, resolved so that nothing in the image can lead outside of it.
//!
//! openat2(2) with `RESOLVE_IN_ROOT` treats a descriptor as `/`: absolute links and `..` stay below it, and
//! `RESOLVE_NO_MAGICLINKS` refuses the links of `/proc/PID/fd`, which would lead anywhere.

use crate::syscall::{held_by_descriptor, kind};
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat, openat2, readlinkat};
use nix::sys::stat::{Mode, SFlag, fstat, mkdirat};
use std::ffi::OsStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

/// How many links creation may follow, as in the kernel (path_resolution(7)).
const MAX_LINKS: u32 = 40;

/// How often a resolution is repeated when a rename elsewhere made the kernel give up (EAGAIN of openat2(2)).
const RENAME_RETRIES: u32 = 64;

/// A directory that is the root of every path resolved against it.
#[derive(Debug)]
pub struct RootDir(OwnedFd);

held_by_descriptor!(RootDir);

impl From<OwnedFd> for RootDir {
    /// Takes a descriptor of a directory (`O_PATH` is enough).
    fn from(fd: OwnedFd) -> Self {
        Self(fd)
    }
}

impl RootDir {
    /// Opens a directory of the caller's filesystem as a root. Fails as open(2).
    pub fn open(path: &Path) -> Result<Self, Errno> {
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        nix::fcntl::open(path, flags, Mode::empty()).map(Self::from)
    }

    /// Finds `path` below the root without opening what it names (`O_PATH`). Symbolic links are followed, within the
    /// root; of mounts that are stacked on it the uppermost is found. Fails as openat2(2).
    pub fn find(&self, path: &Path) -> Result<OwnedFd, Errno> {
        self.open_below(path, OFlag::O_PATH, ResolveFlag::empty())
    }

    /// Like [`Self::find`], with ELOOP where any part of the path is a symbolic link. Fails as openat2(2).
    pub fn find_without_links(&self, path: &Path) -> Result<OwnedFd, Errno> {
        self.open_below(path, OFlag::O_PATH, ResolveFlag::RESOLVE_NO_SYMLINKS)
    }

    /// Opens `path` below the root. `O_CLOEXEC` is added to `flags`; files are not created. Fails as openat2(2).
    pub fn open_below(&self, path: &Path, flags: OFlag, resolve: ResolveFlag) -> Result<OwnedFd, Errno> {
        let how = OpenHow::new()
            .flags(flags | OFlag::O_CLOEXEC)
            .resolve(ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS | resolve);
        let mut retries = RENAME_RETRIES;
        loop {
            match openat2(&self.0, path, how) {
                Err(Errno::EAGAIN) if retries > 0 => retries -= 1,
                result => return result,
            }
        }
    }

    /// Finds the directory `path` below the root, creating what is missing of it (mode 0755 less the umask). Fails as
    /// openat2(2) and mkdirat(2); ENOTDIR where something else is in the way.
    pub fn create_dir(&self, path: &Path) -> Result<OwnedFd, Errno> {
        self.create_dir_within(path, MAX_LINKS)
    }

    fn create_dir_within(&self, path: &Path, links: u32) -> Result<OwnedFd, Errno> {
        match self.open_below(path, OFlag::O_PATH | OFlag::O_DIRECTORY, ResolveFlag::empty()) {
            Err(Errno::ENOENT) => {}
            result => return result,
        }
        let (parent, name) = self.create_parent_within(path, links)?;
        let Some(name) = name else {
            return self.find(path);
        };
        match mkdirat(&parent, name, Mode::from_bits_truncate(0o755)) {
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(error) => return Err(error),
        }
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        match openat(&parent, name, flags, Mode::empty()) {
            // What exists and yet was not found is a link that dangles: make what it points at, within the root.
            Err(Errno::ENOTDIR | Errno::ELOOP) if links > 0 => {
                let target = PathBuf::from(readlinkat(&parent, name)?);
                let parent = path.parent().unwrap_or(Path::new("/"));
                self.create_dir_within(&parent.join(target), links - 1)
            }
            result => result,
        }
    }

    /// Finds the file `path` below the root, creating it empty, and its directories, where it is missing; where a link
    /// dangles, what it points at. Fails as openat2(2) and mkdirat(2).
    pub fn create_file(&self, path: &Path) -> Result<OwnedFd, Errno> {
        self.create_file_within(path, MAX_LINKS)
    }

    fn create_file_within(&self, path: &Path, links: u32) -> Result<OwnedFd, Errno> {
        match self.find(path) {
            Err(Errno::ENOENT) => {}
            result => return result,
        }
        let (parent, name) = self.create_parent_within(path, links)?;
        let name = name.ok_or(Errno::EISDIR)?;
        create_empty(parent.as_fd(), name)?;
        let made = openat(&parent, name, OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC, Mode::empty())?;
        if kind(&fstat(&made)?) != SFlag::S_IFLNK {
            return Ok(made);
        }
        let links = links.checked_sub(1).ok_or(Errno::ELOOP)?;
        let target = PathBuf::from(readlinkat(&parent, name)?);
        self.create_file_within(&path.parent().unwrap_or(Path::new("/")).join(target), links)
    }

    /// The directory that holds `path`, created where it is missing, and the last name of `path`; no name where `path`
    /// ends in `..` or is the root itself.
    pub fn create_parent<'p>(&self, path: &'p Path) -> Result<(OwnedFd, Option<&'p OsStr>), Errno> {
        self.create_parent_within(path, MAX_LINKS)
    }

    fn create_parent_within<'p>(&self, path: &'p Path, links: u32) -> Result<(OwnedFd, Option<&'p OsStr>), Errno> {
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("/"),
        };
        let name = match path.components().next_back() {
            Some(Component::Normal(name)) => Some(name),
            _ => None,
        };
        Ok((self.create_dir_within(parent, links)?, name))
    }
}

/// Creates an empty regular file without following a link; one that exists is left as it is. Fails as openat(2).
pub(crate) fn create_empty(dir: BorrowedFd<'_>, name: &OsStr) -> Result<(), Errno> {
    let flags = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_WRONLY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    match openat(dir, name, flags, Mode::from_bits_truncate(0o644)) {
        Ok(_) | Err(Errno::EEXIST) => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::symlink};

    /// A scratch directory with `inside/` as the root and `outside/` beside it.
    struct Scratch(tempfile::TempDir);

    impl Scratch {
        fn new() -> (Self, RootDir) {
            let scratch = Self(tempfile::tempdir().unwrap());
            fs::create_dir(scratch.inside("")).unwrap();
            fs::create_dir(scratch.outside()).unwrap();
            let root = RootDir::open(&scratch.inside("")).unwrap();
            (scratch, root)
        }

        fn inside(&self, path: &str) -> PathBuf {
            self.0.path().join("inside").join(path)
        }

        fn outside(&self) -> PathBuf {
            self.0.path().join("outside")
        }

        /// Nothing was made beside the root.
        fn assert_outside_untouched(&self) {
            assert_eq!(fs::read_dir(self.outside()).unwrap().count(), 0);
            assert_eq!(fs::read_dir(self.0.path()).unwrap().count(), 2);
        }
    }

    #[test]
    fn creates_what_is_missing() {
        let (scratch, root) = Scratch::new();
        root.create_dir(Path::new("/a/b/c")).unwrap();
        root.create_dir(Path::new("x/../y")).unwrap();
        root.create_file(Path::new("/a/f")).unwrap();
        for dir in ["a/b/c", "x", "y"] {
            assert!(scratch.inside(dir).is_dir(), "{dir}");
        }
        assert!(scratch.inside("a/f").is_file());
        scratch.assert_outside_untouched();
    }

    #[test]
    fn links_never_lead_outside() {
        let (scratch, root) = Scratch::new();
        symlink("../outside", scratch.inside("up")).unwrap();
        symlink(scratch.outside(), scratch.inside("absolute")).unwrap();
        symlink("/deep/../../../elsewhere", scratch.inside("dangling")).unwrap();
        for path in ["up/d", "absolute/d", "dangling/d", "../../outside/d"] {
            root.create_dir(Path::new(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
        scratch.assert_outside_untouched();
        assert!(scratch.inside("outside/d").is_dir(), "`..` of the root is the root");
        assert!(scratch.inside("elsewhere/d").is_dir(), "what a link points at is made inside");
        symlink("/../files/../file", scratch.inside("lost")).unwrap();
        root.create_file(Path::new("lost")).unwrap();
        assert!(scratch.inside("file").is_file() && scratch.inside("lost").is_symlink());
        scratch.assert_outside_untouched();
    }

    #[test]
    fn a_link_can_be_refused() {
        let (scratch, root) = Scratch::new();
        fs::create_dir(scratch.inside("real")).unwrap();
        symlink("real", scratch.inside("proc")).unwrap();
        assert_eq!(root.find_without_links(Path::new("/proc")).unwrap_err(), Errno::ELOOP);
        root.find_without_links(Path::new("/real")).unwrap();
    }

    #[test]
    fn a_loop_of_links_ends() {
        let (scratch, root) = Scratch::new();
        symlink("b", scratch.inside("a")).unwrap();
        symlink("a", scratch.inside("b")).unwrap();
        assert_eq!(root.create_dir(Path::new("a/d")).unwrap_err(), Errno::ELOOP);
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        let (scratch, root) = Scratch::new();
        fs::write(scratch.inside("f"), "").unwrap();
        assert_eq!(root.create_dir(Path::new("f")).unwrap_err(), Errno::ENOTDIR);
        assert_eq!(root.create_dir(Path::new("f/d")).unwrap_err(), Errno::ENOTDIR);
    }
}
