//! Any ioctl(2) of a terminal by its name.

use crate::asking::{steps, values};
use crate::ioctl::{IoctlName, ioctl, ioctl_with_null};
use crate::performer::borrow;

steps! {
    /// Steps that are an ioctl(2).
    Ioctls;

    /// An ioctl(2): the number that the kernel hands back, or what the call returned.
    Ioctl { descriptor: i32, name: IoctlName, argument: i64 } -> i64: ioctl | try_ioctl,
        "{name} with {argument} on descriptor {descriptor}" => { ioctl(borrow(descriptor), name, argument) }

    /// An ioctl(2) whose argument is a null pointer.
    IoctlWithNull { descriptor: i32, name: IoctlName } -> (): ioctl_with_null | try_ioctl_with_null,
        "{name} with a null pointer on descriptor {descriptor}" => { ioctl_with_null(borrow(descriptor), name) }
}

values! { IoctlName }
