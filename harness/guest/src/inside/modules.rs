//! Loading kernel modules.

use super::Obstacle;
use nix::errno::Errno;
use nix::kmod::{ModuleInitFlags, finit_module};
use std::{fs::File, path::Path};

/// The kernel is to decompress the file; since Linux 5.17, where it was built so. finit_module(2)
const COMPRESSED: u32 = 4;

/// Loads a module. One that is there already is fine.
pub fn load(path: &Path) -> Result<(), Obstacle> {
    let refused = |why: &dyn std::fmt::Display| Obstacle::Refused(format!("loading module {}: {why}", path.display()));
    let file = File::open(path).map_err(|error| refused(&error))?;
    let compressed = path.extension().is_some_and(|extension| extension != "ko");
    let flags = if compressed { ModuleInitFlags::from_bits_retain(COMPRESSED) } else { ModuleInitFlags::empty() };
    match finit_module(&file, c"", flags) {
        Ok(()) | Err(Errno::EEXIST) => Ok(()),
        Err(Errno::EINVAL | Errno::EOPNOTSUPP) if compressed => {
            Err(refused(&"the kernel cannot decompress it (CONFIG_MODULE_DECOMPRESS); decompress it beforehand"))
        }
        Err(errno) => Err(refused(&errno)),
    }
}
