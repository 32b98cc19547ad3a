//! What the defects do where it takes more than leaving something out. Dead code in a normal build.

mod config;
mod devices;
mod exec;
mod handover;
mod relay;
mod settings;
mod streams;

pub use config::spoil_config;
pub use devices::{
    console_file, console_node, console_symlink, node, open_following, spoil_devices,
};
pub use exec::{hold, init_terminal, resize, resize_init, unasked_terminal};
pub use handover::{
    connect_once_more, hand_over_after_exec, hold_terminal_of, leak_descriptors, leak_root, peer,
};
pub use relay::{read_until_hang_up, spoil_caller};
pub use settings::spoil_settings;
pub use streams::{
    foreground_group_of_nobody, host_pty, spoil_kept_streams, spoil_signals, spoil_streams,
};

use crate::terminal::TerminalError;
use nix::errno::Errno;

/// A defect that cannot be had here.
fn failed(errno: Errno) -> TerminalError {
    TerminalError::Ioctl {
        action: "being defective",
        errno,
    }
}

/// Waits without end in a helper process that a defect has left behind.
fn stay() -> ! {
    loop {
        nix::unistd::pause();
    }
}
