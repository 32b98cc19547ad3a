use super::ContainerError;
use std::{fmt, str::FromStr};

/// The name of a container, unique under one `--root`. It is also a directory's name, so it can hold no path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContainerId(String);

impl ContainerId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ContainerId {
    type Err = ContainerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+-.".contains(c);
        if text.is_empty() || text.len() > 255 || text == "." || text == ".." || !text.chars().all(allowed) {
            return Err(ContainerError::InvalidId(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ContainerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ContainerId;

    #[test]
    fn an_id_is_a_plain_name() {
        for good in ["a", "x-1_2+3.4", "..."] {
            assert!(good.parse::<ContainerId>().is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "a b", "ä", "a\0"] {
            assert!(bad.parse::<ContainerId>().is_err(), "{bad}");
        }
    }
}
