//! The conversation with the harness.

use crate::perform::Performer;
use crate::process;
use ptyproof_probe::{Ending, Hello, Reply, Request};
use serde::Serialize;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// The descriptor of the control socket stays out of the way of those that a case counts.
const LOWEST_CONTROL_DESCRIPTOR: i32 = 200;

/// Connects to `socket` and answers requests until told to end; the harness going away ends it too.
pub fn serve(mut performer: Performer, socket: &str) -> Result<i32, String> {
    let stream = connect(socket).map_err(|error| format!("{socket}: {error}"))?;
    performer.hide(stream.as_raw_fd());
    let mut lines = BufReader::new(stream);
    send(lines.get_mut(), &Hello { pid: nix::unistd::getpid().as_raw() })?;
    let mut line = String::new();
    loop {
        line.clear();
        if lines.read_line(&mut line).map_err(|error| format!("control: {error}"))? == 0 {
            return Ok(0);
        }
        let request: Request = serde_json::from_str(&line).map_err(|error| format!("control: {error}: {line}"))?;
        match request {
            Request::End(ending) => return finish(ending, &mut lines),
            Request::Fork { control, group } => match process::fork(group) {
                Ok(None) => {
                    drop(lines);
                    return serve(performer, &control);
                }
                Ok(Some(pid)) => send(lines.get_mut(), &Reply::Number(i64::from(pid)))?,
                Err(errno) => send(lines.get_mut(), &Reply::Failed(errno))?,
            },
            Request::Execute { control } => {
                let errno = process::execute(&control);
                send(lines.get_mut(), &Reply::Failed(errno))?;
            }
            Request::InTurn(mut steps) => {
                let ending = steps.pop_if(|step| matches!(step, Request::End(_)));
                let reply = performer.perform(&Request::InTurn(steps));
                match (reply, ending) {
                    (Ok(_), Some(Request::End(ending))) => return finish(ending, &mut lines),
                    (reply, _) => send(lines.get_mut(), &reply.unwrap_or_else(Reply::Failed))?,
                }
            }
            request => {
                let reply = performer.perform(&request).unwrap_or_else(Reply::Failed);
                send(lines.get_mut(), &reply)?;
            }
        }
    }
}

fn finish(ending: Ending, lines: &mut BufReader<UnixStream>) -> Result<i32, String> {
    send(lines.get_mut(), &Reply::Done)?;
    Ok(crate::end(ending))
}

fn connect(socket: &str) -> std::io::Result<UnixStream> {
    let stream = UnixStream::connect(socket)?;
    let high = nix::fcntl::fcntl(&stream, nix::fcntl::FcntlArg::F_DUPFD_CLOEXEC(LOWEST_CONTROL_DESCRIPTOR))?;
    // SAFETY: F_DUPFD_CLOEXEC just made this descriptor, and nothing else owns it.
    Ok(UnixStream::from(unsafe { OwnedFd::from_raw_fd(high) }))
}

fn send(stream: &mut UnixStream, message: &impl Serialize) -> Result<(), String> {
    let mut line = serde_json::to_vec(message).map_err(|error| format!("control: {error}"))?;
    line.push(b'\n');
    stream.write_all(&line).map_err(|error| format!("control: {error}"))
}
