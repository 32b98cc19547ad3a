//! Step 9: the relay.

use crate::streams::steal;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{FlushArg, OutputFlags, SetArg, tcflush, tcgetattr, tcsetattr};
use nix::unistd::{Uid, dup2_stdout, fchown, isatty, pipe2};
use ptyrun::container::{Ended, Mode};
use ptyrun::relay::{RelayError, stream};
use ptyrun::{DESIGN, terminal::ioctl, terminal::raw_mode::RawMode};
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};

defects! {
    "no-sigwinch", "A resize of the caller's terminal is not copied." => { copy_size: |_| () }
    "runtime-takes-the-terminal" [root_only], "ptyrun makes the container's terminal its own controlling one." => {
        read_output: |master, buffer| {
            let _ = ioctl::open_peer(master).map(steal);
            (DESIGN.read_output)(master, buffer)
        }
    }
    "relay-drops-tail", "What the terminal still holds when the process ends is not fetched." =>
        { read_tail: |_, _| Err(Errno::EIO) }
    "relay-drops-what-does-not-fit", "What the caller cannot take at once when the process has ended is dropped." =>
        { awaits_reader: || false }
    "relay-leaves-raw", "The caller's terminal stays in raw mode." => {
        enter_raw: || { mem::forget(RawMode::enter()); RawMode::enter() } // the second time raw mode is what was before
    }
    "relay-output-translated", "The caller's terminal keeps OPOST and ONLCR: output is translated twice." => {
        enter_raw: || {
            let guard = (DESIGN.enter_raw)()?;
            let mut settings = tcgetattr(stream(0))?;
            settings.output_flags.insert(OutputFlags::OPOST | OutputFlags::ONLCR);
            tcsetattr(stream(0), SetArg::TCSANOW, &settings).map(|()| guard)
        }
    }
    "raw-mode-flushes", "Raw mode is entered with TCSAFLUSH: what was typed before is lost." =>
        { enter_raw: || { tcflush(stream(0), FlushArg::TCIFLUSH)?; (DESIGN.enter_raw)() } }
    "relay-blocks-on-input", "Input is written with blocking writes, and no output is taken meanwhile." => {
        write_input: |master, bytes| match (DESIGN.write_input)(master, bytes) {
            Err(Errno::EAGAIN) => {
                let _ = poll(&mut [PollFd::new(master, PollFlags::POLLOUT)], PollTimeout::NONE);
                Err(Errno::EINTR) // which is tried again
            }
            written => written,
        }
    }
    "relay-merges-to-stderr", "The relay writes the container's output to standard error." =>
        { borrow_streams: || dup2_stdout(stream(2)).map_err(RelayError::Output) }
    "relay-loses-a-byte", "After half a mebibyte of output the relay loses one byte." => {
        read_output: |master, buffer| {
            const KEPT: usize = 512 * 1024;
            static SEEN: AtomicUsize = AtomicUsize::new(0);
            let length = (DESIGN.read_output)(master, buffer)?;
            let before = SEEN.fetch_add(length, Ordering::Relaxed);
            Ok(length - usize::from(before < KEPT && before + length >= KEPT))
        }
    }
    "raw-before-start",
    "Where the container cannot be made the caller's terminal is left raw, as if that came before the start." => {
        see_through: |launched, channel, plan, mode| {
            (DESIGN.see_through)(launched, channel, plan, mode).inspect_err(|_| {
                if mode == Mode::Foreground {
                    mem::forget(RawMode::enter());
                }
            })
        }
    }
    "relay-input-that-does-not-fit-lost", "What the container's terminal cannot take at once is not typed later." => {
        write_input: |master, bytes| match (DESIGN.write_input)(master, bytes) {
            Err(Errno::EAGAIN) => Ok(bytes.len()),
            written => written,
        }
    }
    "relay-input-lost", "The last byte of every piece of input is lost." => {
        write_input: |master, bytes| {
            let [kept @ .., _] = bytes else { return Ok(0) };
            let written = if kept.is_empty() { 0 } else { (DESIGN.write_input)(master, kept)? };
            Ok(if written == kept.len() { bytes.len() } else { written })
        }
    }
    "relay-ends-with-input", "The relay stops when its standard input ends." => {
        end_input: |master| {
            // The terminal hangs up; in its place stands something that has ended.
            if let Ok((ended, _)) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK) {
                *master = ended;
            }
        }
    }
    "relay-needs-terminal", "A foreground container with a terminal is refused when standard input is no terminal." => {
        borrow_streams: || match isatty(stream(0)) {
            Ok(true) => Ok(()),
            _ => Err(RelayError::Raw(Errno::ENOTTY)),
        }
    }
    "eio-is-an-error", "A hang-up of the terminal (EIO) makes ptyrun fail." =>
        { hang_up: |_| Err(RelayError::Master(Errno::EIO)) }
    "signals-not-forwarded", "Signals sent to the foreground ptyrun do not reach the process." => { forward: |_, _| () }
    "nonblock-left-on-stdin", "O_NONBLOCK is set on the caller's standard input and left there." => {
        borrow_streams: || {
            let flags = OFlag::from_bits_retain(fcntl(stream(0), FcntlArg::F_GETFL).map_err(RelayError::Raw)?);
            fcntl(stream(0), FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK)).map(drop).map_err(RelayError::Raw)
        }
    }
    "waits-for-background-child", "The relay waits until the last process has closed the terminal." => {
        read_tail: |master, buffer| {
            let _ = fcntl(master, FcntlArg::F_SETFL(OFlag::O_RDWR));
            (DESIGN.read_tail)(master, buffer)
        }
    }
    "caller-tty-chowned", "The caller's own terminal is given away (owner 1000)." => {
        borrow_streams: || {
            if isatty(stream(0)).unwrap_or(false) {
                let _ = fchown(stream(0), Some(Uid::from_raw(1000)), None);
            }
            Ok(())
        }
    }
    "exit-code-lost", "The foreground ptyrun always exits 0." => { exit_code: |_| 0 }
    "signal-exit-plain", "Death by signal n is reported as n rather than 128 + n." => {
        exit_code: |ended| match ended {
            Ended::Signaled(signal) => signal,
            ended => ended.exit_code(),
        }
    }
}
