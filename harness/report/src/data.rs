//! Files of data: reading them, naming the place of a mistake, and writing them.

use super::printable;
use serde::de::DeserializeOwned;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{fs::File, os::unix::fs::PermissionsExt};
use tempfile::{Builder, NamedTempFile};

/// Why a file of data cannot be used: `FILE:LINE:COLUMN: why`, or `FILE: why` where it is about all of it. It is one
/// line that no terminal obeys.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct DataError {
    place: String,
    why: String,
}

impl DataError {
    /// About a file as a whole.
    pub fn of(file: &Path, why: impl ToString) -> Self {
        Self { place: printable(&file.to_string_lossy()), why: printable(&why.to_string()) }
    }

    /// About the place of a text that begins after so many bytes.
    pub fn at(origin: &str, text: &str, start: usize, why: impl ToString) -> Self {
        let before = &text[..text.floor_char_boundary(start)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        Self::placed(origin, line, column, why)
    }

    /// About a place, counted from 1.
    pub fn placed(origin: &str, line: usize, column: usize, why: impl ToString) -> Self {
        Self { place: format!("{}:{line}:{column}", printable(origin)), why: printable(&why.to_string()) }
    }

    /// About what is no JSON, or not the JSON that is read.
    pub fn json(file: &Path, error: &serde_json::Error) -> Self {
        let (line, column, why) = (error.line(), error.column(), error.to_string());
        let why = why.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&why);
        Self::placed(&file.to_string_lossy(), line, column, why)
    }

    /// With what was expected.
    pub fn and(self, expected: &str) -> Self {
        Self { why: format!("{}; {expected}", self.why), ..self }
    }
}

/// The text of a file. What is no file, such as a pipe that nobody writes to, is refused and not waited for.
pub fn read(file: &Path) -> Result<String, DataError> {
    let failed = |error: io::Error| DataError::of(file, error);
    is_regular(file).map_err(failed)?;
    std::fs::read_to_string(file).map_err(failed)
}

/// The files of a directory whose names end in `.toml`: their paths and texts.
pub fn read_all(directory: &Path) -> Result<Vec<(String, String)>, DataError> {
    let failed = |error: io::Error| DataError::of(directory, error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push((path.display().to_string(), read(&path)?));
        }
    }
    Ok(files)
}

/// TOML from `origin`.
pub fn parse<T: DeserializeOwned>(origin: &str, text: &str) -> Result<T, DataError> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        DataError::at(origin, text, start, error.message().replace('\n', "; "))
    })
}

/// Puts `content` at `file`, all or nothing.
pub fn replace(file: &Path, content: &[u8]) -> Result<(), DataError> {
    let failed = |error: io::Error| DataError::of(file, error);
    let (target, mut new) = beside(file).map_err(failed)?;
    new.write_all(content).and_then(|()| new.as_file().sync_all()).map_err(failed)?;
    new.persist(target).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Whether [`replace`] can put something there, as far as that can be told before.
pub fn can_replace(file: &Path) -> Result<(), DataError> {
    beside(file).map(drop).map_err(|error| DataError::of(file, error))
}

/// What a file is in the end, for a symbolic link stays one, and a new file beside it.
fn beside(file: &Path) -> io::Result<(PathBuf, NamedTempFile)> {
    let target = match is_regular(file) {
        Ok(()) => file.canonicalize()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => file.to_owned(),
        Err(error) => return Err(error),
    };
    let directory = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !directory.is_dir() {
        return Err(io::Error::other(format!("there is no directory {}", directory.display())));
    }
    // As open(2) would make it: what the umask leaves of rw for all.
    let permissions = std::fs::Permissions::from_mode(0o666);
    let new = Builder::new().permissions(permissions).tempfile_in(directory)?;
    if target.exists() {
        File::options().append(true).open(&target)?;
    }
    Ok((target, new))
}

/// Whether it is a file, and so can be read to its end without waiting for anybody.
pub fn is_regular(file: &Path) -> io::Result<()> {
    match file.metadata()? {
        found if found.is_file() => Ok(()),
        found if found.is_dir() => Err(io::Error::other("is a directory; expected a file")),
        _ => Err(io::Error::other("is a pipe, a socket or a device; expected a file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Named {
        #[serde(rename = "name", default)]
        _name: String,
    }

    #[test]
    fn a_mistake_is_named_with_line_and_column_and_nothing_in_it_is_obeyed() {
        let error = |text: &str| parse::<toml::Table>("\u{1b}x.toml", text).expect_err("broken").to_string();
        let wrong = error("a = 1\nb = \"\u{e9}\u{1b}[31m");
        assert_eq!(wrong, "\\u{1b}x.toml:2:12: invalid basic string, expected `\"`");
        let unknown = parse::<Named>("x", "\"a\\u001b\" = 1").expect_err("unknown").to_string();
        assert_eq!(unknown, "x:1:1: unknown field `a\\u{1b}`, expected `name`");
    }

    #[test]
    fn what_is_no_file_is_refused_at_once() {
        for (path, kind) in [("/dev/null", "a device; expected a file"), ("/", "a directory; expected a file")] {
            for refused in [read(Path::new(path)).err(), can_replace(Path::new(path)).err()] {
                let refused = refused.expect("it is no file").to_string();
                assert!(refused.starts_with(path) && refused.ends_with(kind), "{refused}");
            }
        }
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_through_a_link_and_nothing_else_is_left() {
        let directory = tempfile::tempdir().expect("a directory");
        let [file, link] = ["file", "link"].map(|name| directory.path().join(name));
        std::fs::write(&file, "old").expect("it can be written");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        can_replace(&link).expect("it can be replaced");
        replace(&link, b"new").expect("it can be written");
        assert_eq!(read(&file).as_deref(), Ok("new"));
        assert!(link.is_symlink());
        assert_eq!(directory.path().read_dir().expect("it can be listed").count(), 2);
    }
}
