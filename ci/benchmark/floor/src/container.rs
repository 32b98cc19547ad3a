//! The container's process: what the config of the benchmark's bundle says, call by call.

use crate::cgroups::Cgroups;
use nix::fcntl::{OFlag, open};
use nix::libc;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::stat::{Mode, SFlag, makedev, mknod, umask};
use nix::unistd::{Pid, chdir, dup2_stderr, dup2_stdin, dup2_stdout, pivot_root, sethostname, setsid};
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, unlockpt};
use std::ffi::CString;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process;
use std::{fs, io, os::unix::fs::symlink};

/// Starts it in new namespaces, and in its cgroups; returns its pid.
pub fn start(bundle: &Path, probe: &Path, cgroups: &Cgroups) -> io::Result<Pid> {
    // SAFETY: clone_args is plain data for which all zeroes means "nothing asked for".
    let mut arguments: libc::clone_args = unsafe { std::mem::zeroed() };
    arguments.flags = (libc::CLONE_NEWPID | libc::CLONE_NEWIPC | libc::CLONE_NEWUTS | libc::CLONE_NEWNS) as u64;
    arguments.exit_signal = libc::SIGCHLD as u64;
    if let Some(directory) = &cgroups.unified {
        const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000; // linux/sched.h; libc's constant is too narrow for it
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = directory.as_raw_fd() as u64;
    }
    // SAFETY: like fork, since no stack and no memory is shared; this program has one thread.
    match unsafe { libc::syscall(libc::SYS_clone3, &raw const arguments, size_of::<libc::clone_args>()) } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            let failed = live(bundle, probe, cgroups).err();
            eprintln!("floor: {}", failed.map_or_else(String::new, |error| error.to_string()));
            process::exit(1)
        }
        pid => Ok(Pid::from_raw(pid as libc::pid_t)),
    }
}

fn live(bundle: &Path, probe: &Path, cgroups: &Cgroups) -> io::Result<()> {
    cgroups.join()?;
    setsid()?;
    umask(Mode::empty());
    sethostname("floor")?;
    let root = bundle.join("rootfs");
    attach(None, "/", None, MsFlags::MS_REC | MsFlags::MS_SLAVE, None)?;
    attach(Some(&root), &root, None, MsFlags::MS_BIND | MsFlags::MS_REC, None)?;
    chdir(&root)?;
    let bind = MsFlags::MS_BIND;
    let devpts = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
    attach(None, "proc", Some("proc"), MsFlags::empty(), None)?;
    attach(Some(probe), "probe", None, bind, None)?;
    attach(None, "dev", Some("tmpfs"), MsFlags::MS_NOSUID | MsFlags::MS_STRICTATIME, Some("mode=755,size=65536k"))?;
    fs::create_dir("dev/pts")?;
    attach(None, "dev/pts", Some("devpts"), devpts, Some("newinstance,ptmxmode=0666,mode=0620,gid=5"))?;
    attach(Some(&bundle.join("control")), "ptyproof", None, bind, None)?;
    make_devices()?;
    pivot_root(".", ".")?;
    umount2(".", MntFlags::MNT_DETACH)?;
    chdir("/")?;
    // What this kernel lacks needs no cover.
    for masked in ["/proc/kcore", "/proc/keys"].into_iter().filter(|path| Path::new(path).exists()) {
        attach(Some(Path::new("/dev/null")), masked, None, bind, None)?;
    }
    for read_only in ["/proc/bus", "/proc/sysrq-trigger"].into_iter().filter(|path| Path::new(path).exists()) {
        attach(Some(Path::new(read_only)), read_only, None, bind | MsFlags::MS_REC, None)?;
        attach(None, read_only, None, bind | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY, None)?;
    }
    take_terminal()?;
    let program = [c"/probe", c"exit", c"0"].map(CString::from);
    let environment = [c"PATH=/usr/sbin:/usr/bin:/sbin:/bin", c"TERM=xterm"].map(CString::from);
    nix::unistd::execve(&program[0], &program, &environment)?;
    Ok(())
}

fn attach(
    source: Option<&Path>,
    target: impl AsRef<Path>,
    kind: Option<&str>,
    flags: MsFlags,
    data: Option<&str>,
) -> io::Result<()> {
    let target = target.as_ref();
    mount(source, target, kind, flags, data)
        .map_err(|errno| io::Error::other(format!("mounting {}: {errno}", target.display())))
}

/// Default devices and links. runtime-spec, config-linux.md#default-devices
fn make_devices() -> io::Result<()> {
    for (name, major, minor) in
        [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0)]
    {
        let mode = Mode::from_bits_truncate(0o666);
        mknod(&Path::new("dev").join(name), SFlag::S_IFCHR, mode, makedev(major, minor))?;
    }
    let links = [
        ("/proc/self/fd", "dev/fd"),
        ("/proc/self/fd/0", "dev/stdin"),
        ("/proc/self/fd/1", "dev/stdout"),
        ("/proc/self/fd/2", "dev/stderr"),
        ("pts/ptmx", "dev/ptmx"),
    ];
    links.iter().try_for_each(|(target, link)| symlink(target, link))
}

/// A pty of the container's own, as console, standard streams and controlling terminal.
fn take_terminal() -> io::Result<()> {
    let master = open("/dev/pts/ptmx", OFlag::O_RDWR | OFlag::O_NOCTTY, Mode::empty())?;
    unlockpt(&master)?;
    let slave = ioctl_tiocgptpeer(&master, OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    fs::write("/dev/console", "")?;
    attach(Some(Path::new("/dev/pts/0")), "/dev/console", None, MsFlags::MS_BIND, None)?;
    dup2_stdin(&slave)?;
    dup2_stdout(&slave)?;
    dup2_stderr(&slave)?;
    rustix::process::ioctl_tiocsctty(&slave)?;
    // The program has it instead of the relay: a terminal whose master is gone hangs up.
    std::mem::forget(master);
    Ok(())
}
