//! Asking a probe: what a step is for whoever asks, and the methods that cases call.

use crate::values::{Bytes, DeviceNumber, Errno, FileKind, Signal, Size, TermiosFacts};
use crate::{answer::Answer, ioctl::IoctlName};
use serde::Serialize;
use std::ops::{Deref, DerefMut};
use std::{fmt::Display, time::Duration};

/// Something that a probe can be asked to do. Its words for people are its `Display`.
pub trait Step: Display {
    /// What it answers.
    type Answer: Answer;

    /// The steps of its subject, as they go over the wire.
    type Subject: From<Self>
    where
        Self: Sized;

    /// What it is called where steps are counted.
    const NAME: &'static str;

    /// The ioctl(2) of a terminal that it is, where it is one.
    fn call(&self) -> Option<IoctlName> {
        None
    }

    /// What goes over the wire: JSON of a [`Request`](crate::step::Request).
    fn line(self) -> String;
}

/// JSON of a step of a subject.
pub(crate) fn line(subject: &str, step: &impl Serialize) -> String {
    let step = serde_json::to_string(step).expect("a step has nothing that JSON cannot say");
    format!("{{\"{subject}\":{step}}}")
}

/// What a case is told by a step.
pub type Told<S> = <<S as Step>::Answer as Answer>::Told;

/// A conversation with a probe.
pub trait Ask {
    /// Why there is no answer.
    type Error;

    /// The longest wait for an answer.
    fn patience(&self) -> Duration;

    /// Asks; a refusal of the kernel is an error.
    fn ask<S: Step>(&mut self, step: S) -> Result<Told<S>, Self::Error>;

    /// Asks, and tells a refusal of the kernel from everything else.
    fn try_ask<S: Step>(&mut self, step: S) -> Result<Result<Told<S>, Errno>, Self::Error>;
}

/// A process that does as it is told, as the other end of a conversation. It has a method for each step, and a second
/// one, whose name begins with `try_`, for cases to which a refusal of the kernel is an answer like any other.
pub struct Probe<C>(pub C);

impl<C: Ask> Probe<C> {
    /// Asks for any step; a refusal of the kernel is an error.
    pub fn ask<S: Step>(&mut self, step: S) -> Result<Told<S>, C::Error> {
        self.0.ask(step)
    }

    /// Asks for any step; a refusal of the kernel is an answer.
    pub fn try_ask<S: Step>(&mut self, step: S) -> Result<Result<Told<S>, Errno>, C::Error> {
        self.0.try_ask(step)
    }
}

impl<C> Deref for Probe<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.0
    }
}

impl<C> DerefMut for Probe<C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.0
    }
}

/// How a method is given an argument of a step: texts and lists are borrowed.
pub trait Argument: Sized {
    /// What the method takes.
    type Given<'a>;

    /// What the step keeps.
    fn of(given: Self::Given<'_>) -> Self;
}

macro_rules! arguments {
    ($($owned:ty: $given:ty, |$value:ident| $kept:expr;)*) => {$(
        impl Argument for $owned {
            type Given<'a> = $given;

            fn of($value: Self::Given<'_>) -> Self {
                $kept
            }
        }
    )*};
}

arguments! {
    String: &'a str, |text| text.to_owned();
    Bytes: &'a [u8], |bytes| Self::from(bytes);
    Vec<Bytes>: &'a [&'a [u8]], |parts| parts.iter().map(|&part| part.into()).collect();
    Vec<Signal>: &'a [Signal], |list| list.to_vec();
    Vec<usize>: &'a [usize], |list| list.to_vec();
    Vec<u8>: &'a [u8], |list| list.to_vec();
}

macro_rules! values {
    ($($value:ty)*) => {$(
        impl $crate::asking::Argument for $value {
            type Given<'a> = Self;

            fn of(given: Self) -> Self {
                given
            }
        }
    )*};
}
pub(crate) use values;

values! { i16 i32 i64 u16 u32 u64 usize bool DeviceNumber FileKind Signal Size TermiosFacts }

/// Makes a subject of steps: of each its arguments, its answer, what cases call, its words, and how the probe performs
/// it. A new subject has one word in the list of [`Request`](crate::step::Request).
///
/// ```text
/// /// lseek(2) from the beginning; the new position.
/// Seek { descriptor: i32, offset: i64 } -> i64: seek | try_seek,
///     "seek descriptor {descriptor} to {offset}" => { Ok(lseek(borrow(descriptor), offset, Whence::SeekSet)?) }
/// ```
///
/// A step that is an ioctl(2) of a terminal says which in brackets behind them: `[|_| IoctlName::Tcgets]`.
///
/// The first method asks and takes a refusal for an error, the second takes it for an answer. `also` gives a step
/// further names, with some of the arguments chosen.
macro_rules! steps {
    ($(#[$subject_doc:meta])+ $subject:ident; $(
        $(#[$doc:meta])+
        $name:ident { $($field:ident: $type:ty),* } -> $answer:ty $(: $ask:ident | $try_ask:ident)? $([$call:expr])?,
            $words:literal $(, $word:expr)* => $(|$performer:ident|)? $perform:block
        $(also
            $(#[$also_doc:meta])*
            $also:ident | $try_also:ident ($($argument:ident: $given:ty),*) = $step:expr;
        )*
    )*) => {
        $(#[$subject_doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub enum $subject {
            $($(#[$doc])* $name($name),)*
        }

        impl $subject {
            /// Performs the step; the answer is JSON.
            pub fn perform(self, performer: &mut $crate::performer::Performer) -> $crate::performer::Performed {
                match self {
                    $(Self::$name(step) => $crate::performer::said(step.perform(performer)),)*
                }
            }
        }

        impl std::fmt::Display for $subject {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$name(step) => step.fmt(f),)*
                }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
            #[allow(missing_docs, reason = "the manual page of the system call explains its arguments")]
            pub struct $name {
                $(pub $field: $type,)*
            }

            impl $name {
                pub(super) fn perform(
                    self,
                    _performer: &mut $crate::performer::Performer,
                ) -> Result<$answer, $crate::values::Errno> {
                    let Self { $($field),* } = self;
                    $(let $performer = _performer;)?
                    $perform
                }
            }

            impl std::fmt::Display for $name {
                #[allow(unused_variables, reason = "not every argument is worth a word")]
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    let Self { $($field),* } = self;
                    write!(f, $words $(, $word)*)
                }
            }

            impl From<$name> for $subject {
                fn from(step: $name) -> Self {
                    Self::$name(step)
                }
            }

            impl $crate::asking::Step for $name {
                type Answer = $answer;
                type Subject = $subject;
                const NAME: &'static str = stringify!($name);

                $(fn call(&self) -> Option<$crate::ioctl::IoctlName> {
                    let call: fn(&Self) -> $crate::ioctl::IoctlName = $call;
                    Some(call(self))
                })?

                fn line(self) -> String {
                    $crate::asking::line(stringify!($subject), &$subject::from(self))
                }
            }

            impl<C: $crate::asking::Ask> $crate::asking::Probe<C> {
                $crate::asking::methods! { [$($ask $try_ask)?] $name { $($field: $type),* } $($doc),+ }
                $(
                    $(#[$also_doc])*
                    pub fn $also(
                        &mut self, $($argument: $given),*
                    ) -> Result<$crate::asking::Told<$name>, C::Error> {
                        self.ask($step)
                    }

                    $(#[$also_doc])*
                    ///
                    /// A refusal of the kernel is an answer.
                    pub fn $try_also(
                        &mut self, $($argument: $given),*
                    ) -> Result<Result<$crate::asking::Told<$name>, $crate::values::Errno>, C::Error> {
                        self.try_ask($step)
                    }
                )*
            }
        )*
    };
}
pub(crate) use steps;

/// The methods of one step that take all its arguments, where it has any.
macro_rules! methods {
    ([] $($step:tt)*) => {};
    ([$ask:ident $try_ask:ident] $name:ident { $($field:ident: $type:ty),* } $($doc:meta),+) => {
        $(#[$doc])+
        pub fn $ask(
            &mut self,
            $($field: <$type as $crate::asking::Argument>::Given<'_>),*
        ) -> Result<$crate::asking::Told<$name>, C::Error> {
            self.ask($name { $($field: $crate::asking::Argument::of($field)),* })
        }

        $(#[$doc])+
        ///
        /// A refusal of the kernel is an answer.
        pub fn $try_ask(
            &mut self,
            $($field: <$type as $crate::asking::Argument>::Given<'_>),*
        ) -> Result<Result<$crate::asking::Told<$name>, $crate::values::Errno>, C::Error> {
            self.try_ask($name { $($field: $crate::asking::Argument::of($field)),* })
        }
    };
}
pub(crate) use methods;
