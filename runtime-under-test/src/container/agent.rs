//! Who answers for the calls that a profile has with `SCMP_ACT_NOTIFY`: an agent of the caller's, at `listenerPath`
//! (config-linux.md, "Seccomp" and "The Container Process State").

use super::{ContainerError, Record, record::SPEC_VERSION};
use crate::{config::Seccomp, syscall::stream};
use nix::unistd::Pid;
use serde_json::json;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

/// Hands it what the questions of the process `pid` are answered by. `status` is the container's.
pub(crate) fn tell(
    profile: &Seccomp,
    record: &Record,
    status: &str,
    pid: Pid,
    listener: &OwnedFd,
) -> Result<(), ContainerError> {
    let path = profile.listener_path.as_deref().unwrap_or(Path::new(""));
    let state = json!({
        "ociVersion": SPEC_VERSION,
        "fds": ["seccompFd"],
        "pid": pid.as_raw(),
        "metadata": profile.listener_metadata,
        "state": record.oci_state(status),
    });
    let failed = || ContainerError::call(format!("handing over to {} of linux.seccomp.listenerPath", path.display()));
    let agent = stream::connect(path).map_err(failed())?;
    stream::send(agent.as_fd(), state.to_string().as_bytes(), &[listener.as_fd()]).map_err(failed())
}
