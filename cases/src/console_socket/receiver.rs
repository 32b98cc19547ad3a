//! Receivers that do not receive.

use crate::prelude::*;
use nix::{sys::socket::getsockopt, sys::socket::sockopt::PeerCredentials};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

/// create comes to an end, whatever comes of it.
fn attempt(t: &Trial, plan: Plan) -> Result<Attempt, Stop> {
    t.attempt(plan).map_err(|stop| match stop {
        Stop::Timeout(why) => Stop::fail("create of the runtime", "an end, with any status", why),
        other => other,
    })
}

/// A runtime that says that it has made a container with a terminal has come to the receiver.
fn has_come(t: &Trial, accepted: bool, came: bool) -> Judgement {
    t.equal("the runtime connected", came || !accepted, true)
}

/// What create says of the container is so.
fn is_consistent(t: &Trial, attempt: &Attempt) -> Judgement {
    let accepted = attempt.finished.status.success();
    t.equal("the container exists, as create says", attempt.created.lifecycle.is_known()?, accepted)
}

fn listen(t: &Trial) -> Result<(PathBuf, UnixListener), Stop> {
    let path = t.bench().directory("s")?.join("tty");
    let listener = UnixListener::bind(&path).map_err(|error| broken(&path, &error))?;
    Ok((path, listener))
}

fn broken(path: &Path, error: &std::io::Error) -> Stop {
    Stop::Error(format!("{}: {error}", path.display()))
}

pub(super) const CASES: &[Case] = &[
    Case {
        id: "console-socket/one-listener-for-several-containers",
        title: "create two containers with one console socket, whose listener stays",
        requirement: "each makes a connection of its own and sends one master there, of different terminals",
        why: "an engine may listen once for all; a runtime that unlinks the socket, or takes it for its own, breaks the next one",
        level: Level::Convention,
        references: &[TERMINALS.at("#detached")],
        covers: &["F17"],
        needs: &[Need::Terminal],
        caught_by: &[("descriptors of each connection", &["socket-connects-twice", "socket-sends-two-descriptors"])],
        body: |t| {
            let path = t.bench().directory("s")?.join("tty");
            let socket = ConsoleSocket::listen(&path)?;
            let mut containers = Vec::new();
            for _ in 0..2 {
                containers.push(t.container()?.console_socket_at(&path).create()?);
            }
            let connections = socket.finish()?.connections;
            let sent =
                |connection: &Connection| connection.messages.iter().map(|sent| sent.descriptors.len()).collect();
            let counts: Vec<Vec<usize>> = connections.iter().map(sent).collect();
            t.equal("descriptors of each connection", format!("{counts:?}"), "[[1], [1]]".to_owned())?;
            for (number, (connection, created)) in connections.into_iter().zip(containers).enumerate() {
                let master = Reception { connections: vec![connection] }.into_master()?;
                let terminal = t.bench().terminal(&format!("terminal {number}"), master)?;
                let mut container = created.start_with(Some(terminal))?;
                container.has_nothing_left_over()?;
            }
            Ok(())
        },
    },
    Case {
        id: "console-socket/receiver-closes-without-reading",
        title: "accept the runtime's connection and close it without reading",
        requirement: "create ends, and the container exists if and only if create says so",
        why: "an engine that dies at the wrong moment must not leave a runtime behind that holds locks for ever",
        references: &[TERMINALS.at("#detached"), SPEC_RUNTIME.at("#errors")],
        covers: &["F14"],
        caught_by: &[("create of the runtime", &["handover-waits-for-answer"])],
        body: |t| {
            let (path, listener) = listen(t)?;
            let receiver = std::thread::spawn(move || {
                // Both ends of the receiver go away: the connection first, then the listener.
                let (connection, _) = listener.accept()?;
                getsockopt(&connection, PeerCredentials).map_err(std::io::Error::from)
            });
            let attempt = attempt(t, t.container()?.console_socket_at(&path));
            // Where the runtime never came, the receiver still waits for somebody; where it came, nobody is there.
            drop(UnixStream::connect(&path));
            let peer = receiver.join().map_err(|_| Stop::Error("the receiver panicked".to_owned()))?;
            let peer = peer.map_err(|error| broken(&path, &error))?;
            let attempt = attempt?;
            has_come(t, attempt.finished.status.success(), peer.pid().cast_unsigned() != std::process::id())?;
            // Whether create succeeds is not recorded: it depends on which of the two is first, sending or closing.
            is_consistent(t, &attempt)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console-socket/receiver-never-accepts",
        title: "listen at the console socket without ever accepting",
        requirement: "create ends, the container exists if and only if create says so, and it can be started then",
        why: "a receiver may be slow or stopped; the message fits into the socket, so the runtime need not wait for it",
        references: &[TERMINALS.at("#detached"), SPEC_RUNTIME.at("#errors")],
        covers: &["F14"],
        caught_by: &[("create of the runtime", &["handover-waits-for-answer"])],
        body: |t| {
            let (path, listener) = listen(t)?;
            listener.set_nonblocking(true).map_err(|error| broken(&path, &error))?;
            let attempt = attempt(t, t.container()?.console_socket_at(&path))?;
            is_consistent(t, &attempt)?;
            let accepted = attempt.finished.status.success();
            t.records("accepted", accepted);
            if accepted {
                attempt.created.start()?;
            }
            // Until now the message with the master was kept in the queue of the listener.
            has_come(t, accepted, listener.accept().is_ok())
        },
        ..Case::TERMINAL
    },
];
