//! What is given as `--console-socket`, and what is not.

use crate::{prelude::*, refused::is_refused};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener};
use std::path::PathBuf;

/// A path for a console socket that the case makes itself.
fn path(t: &Trial) -> Result<PathBuf, Stop> {
    Ok(t.bench().directory("s")?.join("tty"))
}

fn broken(error: std::io::Error) -> Stop {
    Stop::Error(format!("preparing a console socket: {error}"))
}

const WHY_REFUSED: &str = "a container whose master went nowhere hangs at its first byte, or dies of a hang-up, far \
                           away from the mistake; half a container blocks its name";

pub(super) const CASES: &[Case] = &[
    Case {
        id: "console-socket/abstract-name",
        title: "listen at a name of the abstract namespace, and create a container with @ and that name as console socket",
        requirement: "an error, and nobody comes; or the master comes there: which one is reported",
        why: WHY_REFUSED,
        level: Level::Info,
        references: &[TERMINALS.at("#detached"), manual("unix(7)")],
        covers: &["F13"],
        caught_by: &[],
        body: |t| {
            let name = format!("ptyproof-{}", t.directory()?.display());
            let address = SocketAddr::from_abstract_name(&name).map_err(broken)?;
            let listener = UnixListener::bind_addr(&address).map_err(broken)?;
            listener.set_nonblocking(true).map_err(broken)?;
            let attempt = t.attempt(t.container()?.console_socket_at(format!("@{name}")))?;
            let seen = (attempt.finished.status.success(), listener.accept().is_ok());
            let known = [("refused", (false, false)), ("understood", (true, true))];
            t.shows("create succeeds, and somebody comes", seen, &known)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console-socket/missing-is-an-error",
        title: "create a container with a terminal and without a console socket",
        requirement: "create fails, and nothing was made",
        why: WHY_REFUSED,
        references: &[TERMINALS.at("#detached"), SPEC_RUNTIME.at("#errors")],
        covers: &["F08"],
        caught_by: &[("exit status of create", &["socket-missing-accepted"])],
        body: |t| is_refused(t, "create", t.container()?.without_console_socket()),
        ..Case::TERMINAL
    },
    Case {
        id: "console-socket/without-terminal",
        title: "create a container without a terminal and with a console socket",
        requirement: "a refused container does not exist, an accepted one does and sends no descriptor; which of the two is \
                      recorded",
        why: "a caller that waits for a master waits for ever where the runtime ignores the socket silently",
        references: &[TERMINALS.at("#detached")],
        covers: &["F09"],
        caught_by: &[("descriptors on the console socket", &["socket-without-terminal-gets-a-pty"])],
        body: |t| {
            let attempt = t.attempt(t.container()?.without_terminal().with_console_socket())?;
            let accepted = attempt.finished.status.success();
            t.records("accepted", accepted);
            t.equal("the container exists", attempt.created.lifecycle.is_known()?, accepted)?;
            let connections = attempt.created.reception.iter().flat_map(|all| &all.connections);
            let messages = connections.flat_map(|connection| &connection.messages);
            let descriptors: usize = messages.map(|message| message.descriptors.len()).sum();
            t.equal("descriptors on the console socket", descriptors, 0)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console-socket/absent-path-is-an-error",
        title: "create a container with a console socket at a path where nothing is",
        requirement: "create fails, and the container does not exist",
        why: WHY_REFUSED,
        level: Level::Must,
        references: &[SPEC_RUNTIME.at("#errors")],
        covers: &["F10"],
        needs: &[Need::Terminal],
        caught_by: &[("exit status of create", &["socket-failure-ignored"])],
        body: |t| {
            let path = path(t)?;
            is_refused(t, "create", t.container()?.console_socket_at(path))
        },
    },
    Case {
        id: "console-socket/nobody-listens-is-an-error",
        title: "create a container with a console socket whose listener has gone",
        requirement: "create fails, and the container does not exist",
        why: WHY_REFUSED,
        level: Level::Must,
        references: &[SPEC_RUNTIME.at("#errors"), manual("connect(2)")],
        covers: &["F10"],
        needs: &[Need::Terminal],
        caught_by: &[("exit status of create", &["socket-failure-ignored"])],
        body: |t| {
            let path = path(t)?;
            // The file of a socket outlives it; connecting then says ECONNREFUSED.
            drop(UnixListener::bind(&path).map_err(broken)?);
            is_refused(t, "create", t.container()?.console_socket_at(path))
        },
    },
    Case {
        id: "console-socket/regular-file-is-an-error",
        title: "create a container with a regular file in place of the console socket",
        requirement: "create fails, the container does not exist, and the file is as before",
        why: WHY_REFUSED,
        level: Level::Must,
        references: &[SPEC_RUNTIME.at("#errors"), manual("connect(2)")],
        covers: &["F10"],
        needs: &[Need::Terminal],
        caught_by: &[("exit status of create", &["socket-failure-ignored"])],
        body: |t| {
            let path = path(t)?;
            std::fs::write(&path, "no socket").map_err(broken)?;
            is_refused(t, "create", t.container()?.console_socket_at(&path))?;
            t.equal("content of the file", std::fs::read_to_string(&path).map_err(broken)?.as_str(), "no socket")
        },
    },
    Case {
        id: "console-socket/datagram-socket-is-an-error",
        title: "create a container with a datagram socket as console socket",
        requirement: "create fails, and the container does not exist",
        why: WHY_REFUSED,
        level: Level::Must,
        references: &[SPEC_RUNTIME.at("#errors"), manual("unix(7)")],
        covers: &["F10"],
        needs: &[Need::Terminal],
        caught_by: &[("exit status of create", &["socket-failure-ignored"])],
        body: |t| {
            let path = path(t)?;
            let socket = UnixDatagram::bind(&path).map_err(broken)?;
            is_refused(t, "create", t.container()?.console_socket_at(path))?;
            drop(socket);
            Ok(())
        },
    },
    Case {
        id: "console-socket/long-path",
        title: "create a container with a console socket whose path is longer than an address holds, while somebody \
                else listens at the first 107 bytes of the path",
        requirement: "the terminal works, or create fails and there is no container; the other listener hears nothing",
        why: "engines keep sockets in deep directories; a path that is cut gives the terminal to whoever listens there",
        references: &[manual("unix(7)"), SPEC_RUNTIME.at("#errors")],
        covers: &["F11"],
        caught_by: &[("connection at the cut path", &["socket-path-cut"])],
        body: |t| {
            t.makes_containers()?;
            let plan = t.container()?;
            let directory = plan.directory().join("");
            let room = ADDRESS.saturating_sub(directory.as_os_str().len());
            let decoy = UnixListener::bind(directory.join("l".repeat(room))).map_err(broken)?;
            decoy.set_nonblocking(true).map_err(broken)?;
            let attempt = t.attempt(plan.console_socket_named("l".repeat(room + 20)))?;
            let elsewhere = decoy.accept().map(drop).map_err(|error| error.kind());
            t.equal("connection at the cut path", elsewhere, Err(std::io::ErrorKind::WouldBlock))?;
            let accepted = attempt.finished.status.success();
            t.records("accepted", accepted);
            if !accepted {
                return t.equal("the refused container exists", attempt.created.lifecycle.is_known()?, false);
            }
            let mut c = attempt.created.start()?;
            c.probe.write(1, b"here\n")?;
            Ok(c.receives(b"here\r\n")?)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console-socket/relative-path",
        title: "create a container with a console socket given by a relative path",
        requirement: "the path is taken from the caller's working directory, and the terminal works",
        why: "a runtime that changes its directory first looks for the socket in the bundle or in its state",
        references: &[TERMINALS.at("#detached")],
        covers: &["F12"],
        caught_by: &[
            ("the console socket", &["socket-sends-nothing"]),
            ("create of the runtime", &["socket-path-below-root"]),
        ],
        body: |t| works(t, t.container()?.console_socket_relative("below/tty")),
        ..Case::TERMINAL
    },
    Case {
        id: "console-socket/path-with-spaces",
        title: "create a container with a console socket whose path has spaces",
        requirement: "the path is taken as it is, and the terminal works",
        why: "home directories and names of containers may hold spaces",
        references: &[TERMINALS.at("#detached")],
        covers: &["F12"],
        caught_by: &[
            ("the console socket", &["socket-sends-nothing"]),
            ("create of the runtime", &["socket-path-trimmed"]),
        ],
        body: |t| works(t, t.container()?.console_socket_named(" a directory / a tty ")),
        ..Case::TERMINAL
    },
];

/// The container's terminal works: what its process writes comes out of the received master.
fn works(t: &Trial, plan: Plan) -> Judgement {
    let mut c = plan.start()?;
    c.probe.write(1, b"here\n")?;
    c.receives(b"here\r\n")?;
    t.equal("status of the container", c.lifecycle.status()?.as_str(), "running")
}

/// What an address of a Unix socket holds beside its final zero byte.
const ADDRESS: usize = 107;
