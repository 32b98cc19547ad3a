//! The machine before and after: nothing may be left.

pub use crate::said::{entries, processes_of};
use nix::poll::{PollTimeout, poll};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{collections::BTreeSet, fs};

/// The machine as it was before the first test.
pub struct Machine {
    ptys: u64,
}

impl Machine {
    /// Looks at it.
    pub fn look() -> Self {
        Self { ptys: ptys() }
    }

    /// Fails unless it is as before: no test alone can say that, for others run beside it.
    pub fn is_now(&self) {
        assert_eq!(orphaned_cgroups(), BTreeSet::new(), "cgroups");
        // Others on this machine may open ptys, too, and close them again; a leak stays.
        let came_back = eventually(|| ptys() <= self.ptys);
        assert!(came_back, "kernel.pty.nr was {}, and is {}", self.ptys, ptys());
    }
}

/// Fails unless a run has left nothing. `temporary` is where its files were, `programs` where the runtimes are that it
/// was given.
pub fn nothing_is_left(temporary: &Path, programs: &Path) {
    assert_eq!(entries(temporary), Vec::<PathBuf>::new(), "run directories and sockets");
    assert_eq!(processes_of(programs), Vec::<String>::new(), "processes");
    assert_eq!(mounts_below(&[temporary, programs]), Vec::<String>::new(), "mounts");
}

/// Whether something comes to hold. For what the kernel gives no event for.
pub fn eventually(mut holds: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        if Instant::now() > deadline {
            return false;
        }
        // Nothing to watch: the end of the time is the event.
        let _ = poll(&mut [], PollTimeout::from(20u8));
    }
    true
}

fn ptys() -> u64 {
    let text = fs::read_to_string("/proc/sys/kernel/pty/nr").expect("the kernel has ptys");
    text.trim().parse().expect("it is a number")
}

/// Others on this machine mount things elsewhere.
fn mounts_below(places: &[&Path]) -> Vec<String> {
    let text = fs::read_to_string("/proc/self/mountinfo").expect("the kernel has mounts");
    let is_below = |line: &&str| places.iter().any(|place| line.contains(&place.display().to_string()));
    text.lines().filter(is_below).map(str::to_owned).collect()
}

/// Cgroups of runs that have no directory any more, wherever runs of others may have theirs.
fn orphaned_cgroups() -> BTreeSet<PathBuf> {
    let root = Path::new("/sys/fs/cgroup");
    let mut hierarchies = entries(root);
    hierarchies.push(root.to_owned());
    let cgroups = hierarchies.iter().filter(|path| path.is_dir()).flat_map(|path| entries(path));
    let orphans = cgroups.filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut parts = name.splitn(3, '-');
        let (Some("ptyproof"), Some(random)) = (parts.next(), parts.next()) else {
            return false;
        };
        let run = format!("ptyproof-{random}");
        // Looked at twice, because a run that ends removes its directory after its cgroups.
        !std::env::temp_dir().join(run).exists() && path.exists()
    });
    orphans.collect()
}
