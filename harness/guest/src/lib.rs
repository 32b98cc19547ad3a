//! Running the suite in a kernel of one's choice, booted in qemu.
//!
//! [`outside`] makes an initramfs of the program that runs, boots it with the kernel, and turns what it hears into
//! the events of a run, so that every reporter works as for a local run. [`inside`] is what the same program does
//! there as the first process. Between them there are an [`Order`](order::Order), which lies in the initramfs, and
//! [`Message`](message::Message)s, which come back through a virtio port.

pub mod inside;
pub mod message;
pub mod order;
pub mod outside;
