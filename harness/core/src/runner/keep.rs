//! Keeping the files of a case that failed, which a container may have filled as it liked.

use ptyproof_report::printable;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Of each file, so much is kept: the probe's binary fits.
const MOST_OF_A_FILE: u64 = 16 << 20;

/// So much is kept in all.
const MOST: u64 = 128 << 20;

/// So deep, and so many entries, a container may have made; what is beyond is not looked at.
const DEEPEST: usize = 32;
const ENTRIES: usize = 20_000;

/// Copies files and directories below `from` into `files` of `directory`, which is made anew, and lists all that is there in
/// its `files.txt`, links, devices and sockets included. These are not made again: a link that leads out of the directory
/// would be followed by whoever packs it up.
pub(super) fn keep_files(from: &Path, directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(directory, error)),
        _ => fs::create_dir_all(directory).map_err(|error| at(directory, error))?,
    }
    let top = open(from, nix::libc::O_DIRECTORY).map_err(|error| at(from, error))?;
    let device = top.metadata().map_err(|error| at(from, error))?.dev();
    let mut copy = Copy { device, listing: String::new(), left: MOST, entries: 0 };
    let files = directory.join("files");
    copy.directory(&top, &files, Path::new(""), 0).map_err(|error| at(&files, error))?;
    fs::write(directory.join("files.txt"), copy.listing).map_err(|error| at(directory, error))
}

fn at(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Opens what is there and follows no link in the last part; nothing waits for anybody.
fn open(path: &Path, flags: i32) -> io::Result<File> {
    let flags = flags | nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK | nix::libc::O_NOCTTY;
    File::options().read(true).custom_flags(flags).open(path)
}

struct Copy {
    device: u64,
    listing: String,
    left: u64,
    entries: usize,
}

impl Copy {
    /// A container may still run and swap entries: each is opened in its directory as that was opened.
    fn directory(&mut self, from: &File, to: &Path, name: &Path, depth: usize) -> io::Result<()> {
        DirBuilder::new().mode(0o755).create(to)?;
        let here = PathBuf::from(format!("/proc/self/fd/{}", from.as_raw_fd()));
        let mut entries: Vec<_> = fs::read_dir(&here)?.flatten().map(|entry| entry.file_name()).collect();
        entries.sort();
        for entry in entries {
            self.entries += 1;
            if self.entries > ENTRIES {
                self.list(&name.join(&entry), "there is more, which is not kept");
                return Ok(());
            }
            let (path, to, name) = (here.join(&entry), to.join(&entry), name.join(&entry));
            let Ok(found) = fs::symlink_metadata(&path) else { continue };
            let kind = found.file_type();
            let what = format!("{:04o} {}:{}", found.mode() & 0o7777, found.uid(), found.gid());
            if kind.is_symlink() {
                let target = fs::read_link(&path).unwrap_or_default();
                self.list(&name, &format!("{what} link to {}", target.display()));
            } else if found.dev() != self.device {
                self.list(&name, &format!("{what} another file system"));
            } else if kind.is_dir() {
                self.list(&name, &format!("{what} directory"));
                match open(&path, nix::libc::O_DIRECTORY) {
                    Ok(directory) if depth < DEEPEST => self.directory(&directory, &to, &name, depth + 1)?,
                    _ => self.list(&name, "is not kept"),
                }
            } else if kind.is_file() {
                self.list(&name, &format!("{what} file of {} bytes", found.len()));
                self.file(&path, &to, &name)?;
            } else {
                let special = if kind.is_fifo() {
                    "pipe"
                } else if kind.is_socket() {
                    "socket"
                } else {
                    "device"
                };
                self.list(&name, &format!("{what} {special}"));
            }
        }
        Ok(())
    }

    fn file(&mut self, from: &Path, to: &Path, name: &Path) -> io::Result<()> {
        let most = MOST_OF_A_FILE.min(self.left);
        // Since it was looked at, it may have become anything.
        let Some(file) = open(from, 0).ok().filter(|file| file.metadata().is_ok_and(|found| found.is_file())) else {
            self.list(name, "is not kept");
            return Ok(());
        };
        let length = file.metadata()?.len();
        let mode = if file.metadata()?.mode() & 0o111 != 0 { 0o755 } else { 0o644 };
        let mut new = File::options().write(true).create_new(true).mode(mode).open(to)?;
        let copied = io::copy(&mut file.take(most), &mut new)?;
        self.left -= copied;
        if copied < length {
            self.list(name, &format!("of which {copied} bytes are kept"));
        }
        new.flush()
    }

    fn list(&mut self, name: &Path, what: &str) {
        self.listing.push_str(&format!("{}  {}\n", printable(&name.to_string_lossy()), printable(what)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn files_are_copied_and_what_leads_elsewhere_is_only_listed() {
        let [from, to] = [(); 2].map(|()| tempfile::tempdir().expect("a directory"));
        let bundle = from.path().join("c1");
        fs::create_dir(&bundle).expect("a directory");
        fs::write(bundle.join("config.json"), "{}").expect("it can be written");
        symlink("/etc", bundle.join("etc")).expect("a link");
        symlink("/etc/passwd", bundle.join("\u{1b}[2J")).expect("a link");
        nix::unistd::mkfifo(&bundle.join("fifo"), nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
        let kept = to.path().join("area/name");
        for _again in 0..2 {
            keep_files(from.path(), &kept).expect("it can be kept");
        }
        let names = |path: &Path| fs::read_dir(path).expect("it is there").flatten().count();
        assert_eq!((names(&kept), names(&kept.join("files/c1"))), (2, 1));
        assert_eq!(fs::read_to_string(kept.join("files/c1/config.json")).expect("it is there"), "{}");
        let listing = fs::read_to_string(kept.join("files.txt")).expect("it is there");
        let parts = ["c1/etc  0777 ", " link to /etc\n", "c1/\\u{1b}[2J  ", " file of 2 bytes\n", " pipe\n"];
        assert!(parts.iter().all(|part| listing.contains(part)), "{listing}");
    }
}
