//! What failed, in the words that engines look for.

use nix::errno::Errno;
use std::io;

/// What can be the reason for a failure.
pub trait Reason {
    /// The reason in words. Those of an error number are in lower case, as programs written in Go print them: engines tell a
    /// program that is not there (127) from one that cannot be executed (126) by `no such file or directory`, `permission
    /// denied` and their like.
    fn words(&self) -> String;
}

impl Reason for io::Error {
    fn words(&self) -> String {
        let text = self.to_string();
        let Some(number) = self.raw_os_error() else { return text };
        let text = text.strip_suffix(&format!(" (os error {number})")).unwrap_or(&text);
        let mut letters = text.chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        // An acronym stays what it is.
        match letters.clone().next().is_some_and(char::is_uppercase) {
            true => text.to_owned(),
            false => first.into_iter().chain(letters).collect(),
        }
    }
}

impl Reason for Errno {
    fn words(&self) -> String {
        io::Error::from(*self).words()
    }
}

impl Reason for str {
    fn words(&self) -> String {
        self.to_owned()
    }
}

impl<T: Reason + ?Sized> Reason for &T {
    fn words(&self) -> String {
        (*self).words()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_kernel_read_as_in_go() {
        for (errno, words) in [
            (Errno::ENOENT, "no such file or directory"),
            (Errno::EACCES, "permission denied"),
            (Errno::EPERM, "operation not permitted"),
            (Errno::EISDIR, "is a directory"),
            (Errno::ENOTDIR, "not a directory"),
            (Errno::ENOEXEC, "exec format error"),
        ] {
            assert_eq!(errno.words(), words);
            assert_eq!(io::Error::from(errno).words(), words);
        }
        assert_eq!(io::Error::other("It is a pipe").words(), "It is a pipe");
    }
}
