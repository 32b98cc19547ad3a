//! The conversation with the harness.

use nix::fcntl::{FcntlArg, fcntl};
use ptyproof_probe::step::Request;
use ptyproof_probe::{Ending, Hello, Next, Performer};
use serde::Serialize;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// The descriptor of the control socket stays out of the way of those that a case counts.
const LOWEST_CONTROL_DESCRIPTOR: i32 = 200;

/// Connects to `socket` and performs steps until told to end; the harness going away ends it too.
pub fn serve(mut performer: Performer, socket: &str) -> Result<Ending, String> {
    let mut lines = begin(&mut performer, socket)?;
    let mut line = String::new();
    loop {
        line.clear();
        if lines.read_line(&mut line).map_err(|error| format!("control: {error}"))? == 0 {
            return Ok(Ending::Exit(0));
        }
        let request: Request = serde_json::from_str(&line).map_err(|error| format!("control: {error}: {line}"))?;
        let answer = request.perform(&mut performer);
        match std::mem::take(&mut performer.next) {
            Next::Step => send(lines.get_mut(), &answer)?,
            // A child that is not what was asked for ends at once.
            Next::Serve(socket) => match answer {
                Ok(_) => lines = begin(&mut performer, &socket)?,
                Err(errno) => return Err(format!("fork: {errno}")),
            },
            Next::ServeAfterInput(socket, descriptor) => {
                send(lines.get_mut(), &answer)?;
                drop(lines);
                performer.conversation = None;
                await_input(descriptor)?;
                lines = begin(&mut performer, &socket)?;
            }
            Next::End(ending) => {
                send(lines.get_mut(), &answer)?;
                return Ok(ending);
            }
        }
    }
}

fn begin(performer: &mut Performer, socket: &str) -> Result<BufReader<UnixStream>, String> {
    let mut stream = connect(socket).map_err(|error| format!("{socket}: {error}"))?;
    performer.conversation = Some(stream.as_raw_fd());
    send(&mut stream, &Hello { pid: nix::unistd::getpid().as_raw() })?;
    Ok(BufReader::new(stream))
}

/// Reads one byte. A process that is checkpointed and restored meanwhile may find its read(2) interrupted.
fn await_input(descriptor: i32) -> Result<(), String> {
    // SAFETY: the number is only handed to read(2), which says whether it is open.
    let descriptor = unsafe { std::os::fd::BorrowedFd::borrow_raw(descriptor.max(0)) };
    loop {
        match nix::unistd::read(descriptor, &mut [0]) {
            Err(nix::errno::Errno::EINTR) => {}
            Ok(_) => return Ok(()),
            Err(errno) => return Err(format!("waiting for input: {errno}")),
        }
    }
}

fn connect(socket: &str) -> std::io::Result<UnixStream> {
    let stream = UnixStream::connect(socket)?;
    let high = fcntl(&stream, FcntlArg::F_DUPFD_CLOEXEC(LOWEST_CONTROL_DESCRIPTOR))?;
    // SAFETY: F_DUPFD_CLOEXEC just made this descriptor, and nothing else owns it.
    Ok(UnixStream::from(unsafe { OwnedFd::from_raw_fd(high) }))
}

fn send(stream: &mut UnixStream, message: &impl Serialize) -> Result<(), String> {
    let mut line = serde_json::to_vec(message).map_err(|error| format!("control: {error}"))?;
    line.push(b'\n');
    stream.write_all(&line).map_err(|error| format!("control: {error}"))
}
