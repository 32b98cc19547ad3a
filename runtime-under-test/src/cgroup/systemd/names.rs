use super::SystemdError;
use std::path::Path;

/// What a scope is called and where it belongs: `linux.cgroupsPath` is `SLICE:PREFIX:NAME` with this driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    /// The slice that the scope is in.
    pub(super) slice: String,
    /// The scope itself.
    pub(super) unit: String,
}

impl Names {
    /// Where the config says nothing, `ptyrun-ID.scope`, in the slice of services or of the user.
    pub(super) fn new(asked: Option<&Path>, id: &str, of_user: bool) -> Result<Names, SystemdError> {
        let slice = if of_user { "user.slice" } else { "system.slice" };
        let Some(path) = asked else {
            return Ok(Names { slice: slice.to_owned(), unit: format!("ptyrun-{id}.scope") });
        };
        let malformed = || SystemdError::Path(path.to_owned());
        let parts: Vec<_> = path.to_str().ok_or_else(malformed)?.split(':').collect();
        let [asked, prefix, name] = parts[..] else { return Err(malformed()) };
        if name.is_empty() || name.ends_with(".slice") || parts.iter().any(|part| part.contains('/')) {
            return Err(malformed());
        }
        let unit = if prefix.is_empty() { format!("{name}.scope") } else { format!("{prefix}-{name}.scope") };
        Ok(Names { slice: if asked.is_empty() { slice } else { asked }.to_owned(), unit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_this_driver_has_three_parts() {
        let names = |path: Option<&str>| Names::new(path.map(Path::new), "c", false).map(|it| (it.slice, it.unit)).ok();
        let some = |slice: &str, unit: &str| Some((slice.to_owned(), unit.to_owned()));
        assert_eq!(names(None), some("system.slice", "ptyrun-c.scope"));
        assert_eq!(names(Some("machine.slice:libpod:1f")), some("machine.slice", "libpod-1f.scope"));
        assert_eq!(names(Some("::1f")), some("system.slice", "1f.scope"));
        for bad in ["/a/b", "a:b", "a:b:", "a:b:c:d", "a:b:c/d", "a:b:c.slice"] {
            assert_eq!(names(Some(bad)), None, "{bad}");
        }
    }
}
