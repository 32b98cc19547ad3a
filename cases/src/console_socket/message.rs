//! What is said over the console socket, and when.

use crate::prelude::*;

fn received(created: &Created) -> Result<&Reception, Stop> {
    let missing = || Stop::Error("the harness gave no console socket".to_owned());
    created.reception.as_ref().ok_or_else(missing)
}

fn messages(reception: &Reception) -> Vec<&Message> {
    reception.connections.iter().flat_map(|connection| &connection.messages).collect()
}

pub(super) const CASES: &[Case] = &[
    Case {
        id: "console-socket/one-connection",
        title: "count the connections to the console socket until create has ended",
        requirement: "the runtime connects exactly once",
        why: "receivers accept one connection and take the listener down; a second one is lost or blocks the runtime",
        references: &[TERMINALS.at("#detached")],
        covers: &["F01"],
        caught_by: &[("connections", &["socket-connects-twice"])],
        body: |t| {
            let created = t.container()?.create()?;
            t.equal("connections", received(&created)?.connections.len(), 1)?;
            created.start()?;
            Ok(())
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console-socket/one-message-with-one-descriptor",
        title: "receive everything that comes over the console socket",
        requirement: "one message of 1 to 4095 bytes comes, with exactly one descriptor",
        why: "receivers read once into a small buffer with room for one descriptor: without data the descriptor \
              never arrives, and any further one is dropped or makes the receiver give up",
        references: &[TERMINALS.at("#detached"), manual("unix(7)")],
        covers: &["F02", "F03"],
        caught_by: &[(
            "number of descriptors, and whether some were lost, of each message",
            &["socket-sends-two-descriptors", "socket-sends-twice", "socket-sends-nothing"],
        )],
        body: |t| {
            let created = t.container()?.create()?;
            let messages = messages(received(&created)?);
            let counts = messages.iter().map(|message| (message.descriptors.len(), message.truncated));
            let seen = counts.collect::<Vec<_>>();
            t.equal("number of descriptors, and whether some were lost, of each message", seen, vec![(1, false)])?;
            let payload = messages.first().map(|message| Bytes(message.payload.clone()));
            t.records("payload", &payload);
            t.holds("payload", "1 to 4095 bytes", &payload, |payload| {
                payload.as_ref().is_some_and(|bytes| (1..4096).contains(&bytes.0.len()))
            })?;
            created.start()?;
            Ok(())
        },
        ..Case::TERMINAL
    },
    Case {
        id: "console-socket/comes-before-start",
        title: "take the master when create has ended, type a line, then start the container",
        requirement: "the master has come while the container is created, and what is typed is the process's first input",
        why: "engines attach between create and start, so that neither the first output nor early input is lost",
        references: &[TERMINALS.at("#detached"), SPEC_RUNTIME.at("#lifecycle")],
        covers: &["F05"],
        caught_by: &[("the console socket", &["socket-after-start"])],
        body: |t| {
            let mut created = t.container()?.create()?;
            let mut terminal = created.take_terminal()?;
            t.equal("status of the container", created.lifecycle.status()?.as_str(), "created")?;
            if let Some(terminal) = &mut terminal {
                terminal.types(b"early\n")?;
            }
            let mut c = created.start_with(terminal)?;
            c.receives(b"early\r\n")?;
            c.reads(b"early\n")?;
            Ok(c.has_nothing_left_over()?)
        },
        ..Case::TERMINAL
    },
];
