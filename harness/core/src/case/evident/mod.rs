//! What cases compare, in words.

use super::Evidence;
use ptyproof_probe::{Bytes, ChildStatus, DirectoryEvent, Errno, Signal, SignalSets};
use std::{process::ExitStatus, time::Duration};

/// Types, and what they are as evidence.
macro_rules! evident {
    ($($type:ty: |$value:pat_param| $evidence:expr;)*) => {
        $(impl Evident for $type {
            fn evidence(&self) -> Evidence {
                let $value = self;
                $evidence
            }
        })*
    };
}

mod files;
mod terminals;

/// What can be shown as expected and observed: in words for people, structured for programs.
pub trait Evident {
    /// The value as evidence.
    fn evidence(&self) -> Evidence;

    /// A row of such values: a list, and of bytes their text.
    fn evidence_of_row(row: &[Self]) -> Evidence
    where
        Self: Sized,
    {
        Evidence::list(row.iter().map(Self::evidence))
    }
}

impl<T: Evident + ?Sized> Evident for &T {
    fn evidence(&self) -> Evidence {
        (**self).evidence()
    }
}

impl<T: Evident> Evident for [T] {
    fn evidence(&self) -> Evidence {
        T::evidence_of_row(self)
    }
}

impl<T: Evident, const N: usize> Evident for [T; N] {
    fn evidence(&self) -> Evidence {
        T::evidence_of_row(self)
    }
}

impl<T: Evident> Evident for Vec<T> {
    fn evidence(&self) -> Evidence {
        T::evidence_of_row(self)
    }
}

impl<T: Evident> Evident for Option<T> {
    fn evidence(&self) -> Evidence {
        self.as_ref().map_or_else(Evidence::none, T::evidence)
    }
}

impl<T: Evident, E: Evident> Evident for Result<T, E> {
    fn evidence(&self) -> Evidence {
        self.as_ref().map_or_else(E::evidence, T::evidence)
    }
}

evident! {
    (): |_it| Evidence::words("success");
    bool: |it| Evidence::of(if *it { "yes" } else { "no" }, *it);
    // A single word stays as it is; other text is quoted, with escapes.
    str: |it| {
        let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"\"'\\,[]".contains(c);
        let words = if !it.is_empty() && it.chars().all(plain) { it.to_owned() } else { format!("{it:?}") };
        Evidence::of(words, it)
    };
    String: |it| it.as_str().evidence();
    Bytes: |it| Evidence::bytes(&it.0);
    Duration: |it| {
        let milliseconds = Duration::from_millis(it.as_millis() as u64);
        Evidence::of(humantime::format_duration(milliseconds).to_string(), it.as_secs_f64())
    };
    ChildStatus: |it| Evidence::words(match it {
        ChildStatus::Exited(status) => format!("exit status {status}"),
        ChildStatus::Killed(signal) => format!("killed by {signal}"),
        ChildStatus::Stopped(signal) => format!("stopped by {signal}"),
    });
    SignalSets: |it| {
        let sets = [("ignored", &it.ignored), ("blocked", &it.blocked), ("caught", &it.caught)];
        Evidence::fields(sets.map(|(name, set)| (name, set.evidence())))
    };
}

impl Evident for u8 {
    fn evidence(&self) -> Evidence {
        Evidence::of(self.to_string(), *self)
    }

    fn evidence_of_row(row: &[Self]) -> Evidence {
        Evidence::bytes(row)
    }
}

/// Numbers in decimal digits, and what its `Display` says of everything else.
macro_rules! displayed {
    ($($number:ty),*; $($worded:ty),*) => {
        evident! {
            $($number: |it| Evidence::of(it.to_string(), *it);)*
            $($worded: |it| Evidence::words(it.to_string());)*
        }
    };
}

displayed! {
    i16, u16, i32, u32, i64, u64, usize;
    Errno, Signal, ExitStatus, std::io::ErrorKind, DirectoryEvent
}

/// The flags that are set, by their names, and what has none as a number.
macro_rules! names_of {
    ($flags:expr) => {{
        let (flags, mut names) = ($flags, Vec::new());
        let mut named = flags.iter_names();
        names.extend(named.by_ref().map(|(name, _)| name.to_owned()));
        let rest = named.remaining().bits();
        if rest != 0 {
            names.push(format!("{rest:#x}"));
        }
        names
    }};
}
use names_of;

/// Names of flags in the way that C has them.
fn flags(names: Vec<String>) -> Evidence {
    let words = if names.is_empty() { "no flags".to_owned() } else { names.join("|") };
    Evidence::of(words, names)
}

macro_rules! tuples {
    ($($name:ident $number:tt),*) => {
        impl<$($name: Evident),*> Evident for ($($name,)*) {
            fn evidence(&self) -> Evidence {
                Evidence::list([$(self.$number.evidence()),*])
            }
        }
    };
}

tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);

#[cfg(test)]
mod tests {
    use super::*;
    use nix::fcntl::OFlag;
    use ptyproof_probe::{DeviceNumber, Size};

    #[test]
    fn values_are_told_in_words() {
        let device = DeviceNumber { major: 136, minor: 0 };
        let open: Result<(), Errno> = Err(Errno::EACCES);
        assert_eq!((Some(device), None::<u32>, true).evidence().as_words(), "[136:0, none, yes]");
        assert_eq!([open, Ok(())].evidence().as_words(), "[EACCES, success]");
        assert_eq!(vec![Signal::WINCH].evidence().as_words(), "[SIGWINCH]");
        assert_eq!(b"a\x1b\n"[..].evidence().as_words(), r#""a\x1b\n""#);
        assert_eq!(("/dev/tty", "two words").evidence().as_words(), r#"[/dev/tty, "two words"]"#);
        assert_eq!((OFlag::O_RDWR | OFlag::O_NONBLOCK).evidence().as_words(), "O_RDWR|O_NONBLOCK");
        assert_eq!(Size::new(24, 80).evidence().as_words(), "24 rows x 80 columns");
        assert_eq!(Duration::from_millis(1500).evidence().as_words(), "1s 500ms");
        assert_eq!(ChildStatus::Killed(Signal::HUP).evidence().as_words(), "killed by SIGHUP");
    }
}
