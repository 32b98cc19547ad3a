//! Kernel settings. proc_sys(5)

use super::{Obstacle, refused};
use crate::order::Setting;
use std::path::Path;

/// Writes one.
pub fn write(setting: &Setting) -> Result<(), Obstacle> {
    let Setting { name, value } = setting;
    let path = Path::new("/proc/sys").join(name.replace('.', "/"));
    if !path.exists() {
        let why = format!("--sysctl {name}: this kernel has no such setting");
        return Err(Obstacle::Refused(why));
    }
    std::fs::write(&path, value).map_err(refused(format!("--sysctl {name}={value}")))
}
