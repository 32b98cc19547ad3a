//! What every other case about containers builds on.

use crate::prelude::*;

pub const CASES: &[Case] = &[Case {
    id: "lifecycle/simplest-container",
    title: "create, start, end and delete a container without a terminal",
    requirement: "each call succeeds, the container's process runs in between, and its streams are the caller's",
    why: "where the simplest container fails, everything else fails for the same reason",
    level: Level::Must,
    references: &[SPEC_RUNTIME.at("#lifecycle"), manual("isatty(3)")],
    covers: &["D11"],
    needs: &[Need::First],
    caught_by: &[("kinds of 0, 1 and 2", &["terminal-although-false"])],
    body: |t| {
        let mut c = t.container()?.without_terminal().start()?;
        let seen = c.probe.observe()?;
        let kinds = [0, 1, 2].map(|number| seen.descriptor(number).map(|fd| fd.status.kind));
        t.equal("kinds of 0, 1 and 2", kinds, [Some(FileKind::Fifo); 3])?;
        // There is no answer to wait for.
        let _ = c.probe.begin(step::End { ending: Ending::Exit(0) })?;
        t.equal("the process ends", c.lifecycle.ends()?, true)?;
        c.lifecycle.delete()?;
        Ok(())
    },
}];
