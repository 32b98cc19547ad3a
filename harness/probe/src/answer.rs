//! What a step answers, and how an answer is falsified to see whether the case that got it looks at it.

use crate::falsify::Falsify;
use crate::values::{Bytes, Errno};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

/// What a step answers, where the kernel did not refuse it.
pub trait Answer: Serialize + DeserializeOwned {
    /// What the case is told.
    type Told;

    /// Tells it.
    fn told(self) -> Self::Told;

    /// Something near that is not so; none where there is nothing to look at.
    fn falsified(&self) -> Option<Result<Self, Errno>>;
}

impl<T: Falsify + Clone + Serialize + DeserializeOwned> Answer for T {
    type Told = T;

    fn told(self) -> T {
        self
    }

    fn falsified(&self) -> Option<Result<T, Errno>> {
        let mut value = self.clone();
        value.falsify();
        Some(Ok(value))
    }
}

/// That it is done.
impl Answer for () {
    type Told = ();

    fn told(self) {}

    fn falsified(&self) -> Option<Result<(), Errno>> {
        Some(Err(Errno::EIO))
    }
}

/// That it is done, whatever else it answers.
#[derive(Serialize)]
pub struct Done;

impl<'de> Deserialize<'de> for Done {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

impl Answer for Done {
    type Told = ();

    fn told(self) {}

    fn falsified(&self) -> Option<Result<Self, Errno>> {
        Some(Err(Errno::EIO))
    }
}

/// The number of a new descriptor, process or session: later steps use it, and it is nothing to look at.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct New<T>(pub T);

impl<T: Serialize + DeserializeOwned> Answer for New<T> {
    type Told = T;

    fn told(self) -> T {
        self.0
    }

    fn falsified(&self) -> Option<Result<Self, Errno>> {
        None
    }
}

impl Answer for Bytes {
    type Told = Vec<u8>;

    fn told(self) -> Vec<u8> {
        self.0
    }

    fn falsified(&self) -> Option<Result<Self, Errno>> {
        let mut bytes = self.0.clone();
        match bytes.first_mut() {
            Some(first) => *first ^= 1,
            None => bytes.push(b'?'),
        }
        Some(Ok(Self(bytes)))
    }
}

/// A refusal of the kernel that is not the one that came.
pub fn other_refusal(errno: Errno) -> Errno {
    if errno == Errno::EIO { Errno::EPERM } else { Errno::EIO }
}

/// The same of an answer that is either.
pub(crate) fn falsify_either<T: Falsify>(either: &mut Result<T, Errno>) {
    match either {
        Ok(value) => value.falsify(),
        Err(errno) => *errno = other_refusal(*errno),
    }
}
