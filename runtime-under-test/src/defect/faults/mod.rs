//! What the defects do where it takes more than leaving something out. Dead code in a normal build.

mod config;
mod console_socket;
mod devices;
mod exec;
mod handover;
mod relay;
mod settings;
mod streams;

pub use config::{accept, refuse_size, spoil_config};
pub use console_socket::{keep, spoil_path, wait_for_answer};
pub use devices::{
    console_file, console_node, console_symlink, hide_pts, make_console_on_the_host, node, open_following,
    spoil_devices,
};
pub use exec::{hold, init_terminal, owner, resize, resize_init, unasked_terminal};
pub use handover::{connect_once_more, hand_over_after_exec, hold_terminal_of, leak_descriptors, leak_root, peer};
pub use relay::{await_room, leave_raw, lost, read_until_hang_up, spoil_caller};
pub use settings::{invented_size, lock, spoil_owner, spoil_settings};
pub use streams::{foreground_group_of_nobody, host_pty, spoil_kept_streams, spoil_signals, spoil_streams, steal};

use crate::syscall::descriptors::close_from_except;
use crate::terminal::TerminalError;
use nix::errno::Errno;
use std::os::fd::AsFd;

/// A defect that cannot be had here.
fn failed(errno: Errno) -> TerminalError {
    TerminalError::Ioctl { action: "being defective", errno }
}

/// Waits without end in a helper process that keeps nothing open but `file`, and that no terminal's hang-up reaches.
fn stay_with(file: impl AsFd) -> ! {
    let _ = nix::unistd::setsid();
    let _ = close_from_except(0, &[file.as_fd()]);
    stay()
}

/// Waits without end in a helper process that a defect has left behind.
pub fn stay() -> ! {
    loop {
        nix::unistd::pause();
    }
}
