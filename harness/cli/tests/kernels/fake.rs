//! Programs that are called qemu, and are not. Each is this very binary, in a directory that has its name.

use nix::sys::signal::{Signal, raise};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::FromRawFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What the program does when it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fake {
    /// Says why it cannot work, and ends.
    Dies,
    /// The same for an image that is called `refused`; for any other it is the real one.
    DiesOnce,
    /// Is killed.
    IsKilled,
    /// Prints more than any pipe holds to both streams, and ends.
    Floods,
    /// Never ends its console's output.
    FloodsConsole,
    /// Its kernel panics before anything else.
    Panics,
    /// The same for an image that is called `refused`; any other is turned off when it has said hello.
    PanicsOnce,
    /// Says what is no message.
    Babbles,
    /// Never says a word.
    Hangs,
}

/// What all of them are called.
pub const QEMU: &str = "qemu-system-x86_64";

/// Where the real one is looked for.
pub const REAL: &str = "REAL_PATH";

impl Fake {
    const ALL: [(Self, &str); 9] = [
        (Self::Dies, "dies"),
        (Self::DiesOnce, "dies-once"),
        (Self::IsKilled, "is-killed"),
        (Self::Floods, "floods"),
        (Self::FloodsConsole, "floods-console"),
        (Self::Panics, "panics"),
        (Self::PanicsOnce, "panics-once"),
        (Self::Babbles, "babbles"),
        (Self::Hangs, "hangs"),
    ];

    /// The one that this process is called as.
    pub fn of_this_process() -> Option<Self> {
        let program = PathBuf::from(std::env::args_os().next()?);
        let name = program.parent()?.file_name()?;
        let mut all = Self::ALL.into_iter();
        let (fake, _) = all.find(|(_, known)| name == *known)?;
        program.ends_with(QEMU).then_some(fake)
    }

    /// Puts it into a directory of its own below this one. A hard link, not a copy: no descriptor is ever open for
    /// writing on it, which would make it impossible to execute.
    pub fn install(self, below: &Path) -> PathBuf {
        let mut all = Self::ALL.iter();
        let (_, name) = all.find(|(fake, _)| *fake == self).expect("it has a name");
        let directory = below.join(name);
        let own = std::env::current_exe().expect("this binary has a path");
        fs::create_dir(&directory).expect("it is the only one");
        fs::hard_link(own, directory.join(QEMU)).expect("the filesystem is the same");
        directory
    }

    /// Does what it does.
    pub fn act(self) -> ExitCode {
        match self.does() {
            Ok(never) => match never {},
            Err(error) => {
                eprintln!("{QEMU}: {error}");
                ExitCode::FAILURE
            }
        }
    }

    fn does(self) -> io::Result<std::convert::Infallible> {
        let refusal = || io::Error::other("-accel tcg: \x1b[31mnot today\x1b[m");
        match self {
            Self::Dies => Err(refusal()),
            Self::DiesOnce if argument_after("-kernel").ends_with("/refused") => Err(refusal()),
            Self::DiesOnce => {
                let real = std::env::var_os(REAL).unwrap_or_default();
                let arguments = std::env::args_os().skip(1);
                Err(Command::new(real).args(arguments).exec())
            }
            Self::IsKilled => {
                raise(Signal::SIGKILL)?;
                hang()
            }
            Self::Floods => {
                let block = [b'x'; 100_000];
                for _ in 0..200 {
                    io::stdout().write_all(&block)?;
                    io::stderr().write_all(&block)?;
                }
                Err(io::Error::other("the end"))
            }
            Self::FloodsConsole => {
                let mut console = channel("console");
                let block = "[    1.0] watchdog: BUG: soft lockup\r\n".repeat(1000);
                loop {
                    console.write_all(block.as_bytes())?;
                }
            }
            Self::PanicsOnce if !argument_after("-kernel").ends_with("/refused") => {
                channel("messages").write_all(b"{\"hello\": {\"taint\": 0}}\n")?;
                let event = "{\"event\": \"SHUTDOWN\", \"data\": {\"reason\": \"guest-shutdown\"}}\n";
                channel("monitor").write_all(event.as_bytes())?;
                std::process::exit(0)
            }
            Self::Panics | Self::PanicsOnce => {
                channel("console").write_all(b"[    1.0] Kernel panic - not syncing: fake\r\n")?;
                Err(io::Error::other("the end"))
            }
            Self::Babbles => {
                channel("messages").write_all(b"\x1b[2J{}\n")?;
                hang()
            }
            Self::Hangs => hang(),
        }
    }
}

fn hang() -> ! {
    loop {
        nix::unistd::pause();
    }
}

fn argument_after(flag: &str) -> String {
    let mut arguments = std::env::args().skip_while(|word| word != flag);
    arguments.nth(1).unwrap_or_default()
}

/// The guest's end of a channel: `-chardev socket,id=NAME,fd=NUMBER`.
fn channel(name: &str) -> File {
    let beginning = format!("socket,id={name},fd=");
    let number = std::env::args().find_map(|word| word.strip_prefix(&beginning)?.parse().ok());
    let number = number.expect("each channel is an argument");
    // SAFETY: who has started this process has left it open for that, and nothing else here uses it.
    unsafe { File::from_raw_fd(number) }
}
