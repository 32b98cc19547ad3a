//! The command line of `ptyproof kernel`.

use super::above_zero;
use crate::filter::Breadth;
use crate::patience;
use clap::{Args, ValueEnum};
use ptyproof_guest::order::Setting;
use std::num::NonZeroUsize;
use std::{path::PathBuf, time::Duration};

const KERNEL_HELP: &str = "\
Each kernel is booted in a virtual machine of 512 MiB, with nothing but ptyproof inside. It runs the cases about the
kernel, and those about containers with the reference runtime. Several kernels run side by side. That one survives is
a case itself: kernel-boot/survives-the-suite.

A kernel needs devpts, and virtio_pci and virtio_console: built in or as modules, which are found beside the image as
distributions have them, or by --modules. `ci/kernels` gets kernels from Debian's packages.

Examples:
  ptyproof kernel /boot/vmlinuz-$(uname -r)                            this machine's own
  ptyproof kernel boot/vmlinuz-6.1.0-50-amd64 --modules lib/modules    modules that lie elsewhere
  ptyproof kernel bzImage --append sysctl.dev.tty.legacy_tiocsti=1     a kernel that was just built
  ptyproof kernel vmlinuz-* --reports reports -- 'kernel-*' devpts/    some cases in several kernels

Exit status:
  0  all as expected in all kernels
  1  a case failed, timed out, or left something behind; with --strict also: was skipped
  2  the command line cannot be used, or a file is no kernel (and none as under 1; the others were run all the same)
  3  the machine or the harness is at fault: there is no qemu, the suite could not be run in a kernel, a case ended in
     error (and none as under 1), a report could not be written, or the run was interrupted
  4  no case was selected";

/// Arguments of `kernel`.
#[derive(Debug, Args)]
#[command(after_help = KERNEL_HELP)]
pub struct Kernel {
    /// Images of kernels, most often called vmlinuz or bzImage
    #[arg(value_name = "IMAGE", required = true)]
    pub images: Vec<PathBuf>,
    /// Ids, prefixes or globs, as for `run`; without any, all cases
    #[arg(value_name = "FILTER", last = true)]
    pub filters: Vec<String>,
    /// Where modules are: lib/modules, a directory that has one, or the directory of one kernel
    #[arg(long, value_name = "DIR")]
    pub modules: Vec<PathBuf>,
    /// Further parameters for the kernels
    #[arg(long, value_name = "PARAMETERS", allow_hyphen_values = true, default_value = "")]
    pub append: String,
    /// Settings to write in each kernel before the first case
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    pub sysctl: Vec<Setting>,
    /// Whether the processor runs the kernels itself (kvm) or qemu translates them (tcg)
    #[arg(long, value_enum, default_value_t = Acceleration::Auto)]
    pub accel: Acceleration,
    /// Kernels at a time [default: one per core]
    #[arg(long, value_name = "N", value_parser = above_zero::<NonZeroUsize>)]
    pub jobs: Option<NonZeroUsize>,
    /// The longest that a case waits for any one thing (an answer, a byte, an exit): 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", default_value = "15s", value_parser = patience::parse)]
    pub timeout: Duration,
    /// How much of the suite
    #[arg(long, value_enum, default_value_t = Breadth::All)]
    pub level: Breadth,
    /// A skipped case is a failure
    #[arg(long)]
    pub strict: bool,
    /// Hold each kernel to its baseline in cases/baselines; of one without, show what differs from its nearest neighbour
    #[arg(long)]
    pub check: bool,
    /// Write reports there: RELEASE.json, RELEASE.tap, RELEASE.ktap and RELEASE.xml (JUnit) for each kernel
    #[arg(long, value_name = "DIR")]
    pub reports: Option<PathBuf>,
}

/// What `--accel` can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Acceleration {
    /// kvm where it works, else tcg
    Auto,
    /// The processor, by /dev/kvm
    Kvm,
    /// qemu itself: slower, and always there
    Tcg,
}

fn setting(text: &str) -> Result<Setting, String> {
    let expected = "expected NAME=VALUE, such as kernel.pty.max=64";
    let (name, value) = text.split_once('=').ok_or(expected)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.is_empty() || name.contains("..") || !name.chars().all(plain) {
        return Err(expected.to_owned());
    }
    Ok(Setting { name: name.to_owned(), value: value.to_owned() })
}
