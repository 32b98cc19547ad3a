//! What the scheduler says of a process or thread.

use std::{fs, io, path::Path};

/// Whether it sleeps until something happens: `stat` is its file of that name below `/proc`. proc_pid_stat(5)
pub(crate) fn is_asleep(stat: &Path) -> io::Result<bool> {
    let line = fs::read_to_string(stat)?;
    let state = line.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    Ok(state == Some('S'))
}
