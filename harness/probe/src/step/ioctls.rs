//! Any ioctl(2) of a terminal by its name.

use crate::asking::{steps, values};
use crate::ioctl::{IoctlName, ioctl, ioctl_with_null, ioctl_with_upper_half};
use crate::{answer::Answer, performer::borrow, seccomp::refuse_ioctl, values::Errno};
use serde::{Deserialize, Serialize};

steps! {
    /// Steps that are an ioctl(2).
    Ioctls;

    /// An ioctl(2): the number that the kernel hands back, or what the call returned.
    Ioctl { descriptor: i32, name: IoctlName, argument: i64 } -> Returned: ioctl | try_ioctl [|step| step.name],
        "{name} with {argument} on descriptor {descriptor}" => {
            let number = ioctl(borrow(descriptor), name, argument)?;
            Ok(if name.answers() { Returned::Number(number) } else { Returned::Done })
        }

    /// An ioctl(2) whose argument is a null pointer.
    IoctlWithNull { descriptor: i32, name: IoctlName } -> (): ioctl_with_null | try_ioctl_with_null,
        "{name} with a null pointer on descriptor {descriptor}" => { ioctl_with_null(borrow(descriptor), name) }

    /// An ioctl(2) whose request has these as its upper 32 bits; what the call returned.
    IoctlWithUpperHalf { descriptor: i32, name: IoctlName, upper: u32, argument: i64 } -> Returned:
        ioctl_with_upper_half | try_ioctl_with_upper_half,
        "{name} with {upper:#x} above it and {argument} on descriptor {descriptor}" => {
            ioctl_with_upper_half(borrow(descriptor), name, upper, argument).map(|_| Returned::Done)
        }

    /// seccomp(2): from now on, an ioctl(2) of this process with that request is refused with EXDEV. What is compared are
    /// all 64 bits of the request, or the lower 32.
    RefuseIoctl { name: IoctlName, all_bits: bool } -> (): refuse_ioctl | try_refuse_ioctl,
        "refuse {name} from now on" => { refuse_ioctl(name.request(), all_bits) }
}

values! { IoctlName }

/// What an ioctl(2) comes to.
#[derive(Serialize, Deserialize)]
pub enum Returned {
    /// It is done, and returns 0.
    Done,
    /// The number that the kernel hands back.
    Number(i64),
}

impl Answer for Returned {
    type Told = i64;

    fn told(self) -> i64 {
        match self {
            Self::Done => 0,
            Self::Number(number) => number,
        }
    }

    fn falsified(&self) -> Option<Result<Self, Errno>> {
        Some(match self {
            Self::Done => Err(Errno::EIO),
            Self::Number(number) => Ok(Self::Number(number ^ 1)),
        })
    }
}
