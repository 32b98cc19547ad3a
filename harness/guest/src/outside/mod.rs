//! Booting a kernel, and understanding what its guest says.

mod boot;
mod carrier;
mod console;
mod elsewhere;
mod guests;
mod image;
mod initramfs;
mod kernel_modules;
mod kvm;
mod machine;
mod monitor;
mod program;
mod taint;
mod verdict;

pub use carrier::{Carrier, CarrierError};
pub use elsewhere::{Elsewhere, ElsewhereError};
pub use guests::{GuestError, Guests, Kernel};
pub use image::{Image, ImageError};
pub use initramfs::InitramfsError;
pub use kernel_modules::{KernelModule, ModulesError, needed};
pub use kvm::{KvmError, open_kvm};
pub use machine::{Accelerator, MachineError, find_qemu};
pub use program::{Program, ProgramError, pack};
pub use verdict::CannotRun;
