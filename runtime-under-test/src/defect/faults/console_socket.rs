use super::stay;
use crate::defect::{Defect, active};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::read;
use std::borrow::Cow;
use std::ffi::OsStr;
use std::mem;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The defects that look for the console socket elsewhere.
pub fn spoil_path(path: &Path) -> Cow<'_, Path> {
    const ADDRESS: usize = 107;
    let bytes = path.as_os_str().as_bytes();
    let part = |end| Cow::from(Path::new(OsStr::from_bytes(&bytes[..end])));
    match () {
        () if active(Defect::SocketPathCut) => part(bytes.len().min(ADDRESS)),
        () if active(Defect::SocketPathTrimmed) => part(bytes.trim_ascii_end().len()),
        () if active(Defect::SocketPathBelowRoot) => Cow::from(Path::new("/").join(path)),
        () => Cow::from(path),
    }
}

/// The defects that hand no master over: it is lost when this process executes the program. Closed now, it would make
/// the set-up fail.
pub fn keep(master: OwnedFd) {
    mem::forget(master);
}

/// [`Defect::HandoverWaits`]. Whoever tires of waiting and kills ptyrun ends this process as well.
pub fn wait_for_answer(socket: &OwnedFd) {
    let _ = set_pdeathsig(Signal::SIGKILL);
    if read(socket, &mut [0]) != Ok(1) {
        stay();
    }
}
