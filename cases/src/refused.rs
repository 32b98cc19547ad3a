//! What has to be so wherever a container is refused.

use crate::prelude::*;

/// create fails, and nothing of the container is there afterwards. `what` says which create in a complaint.
pub fn is_refused(t: &Trial, what: &str, plan: Plan) -> Judgement {
    t.makes_containers()?;
    let before = t.mounts()?;
    let attempt = t.attempt(plan)?;
    t.holds(&format!("exit status of {what}"), "not 0", &attempt.finished.status, |status| !status.success())?;
    t.equal("the container exists", attempt.created.lifecycle.is_known()?, false)?;
    t.mounts_are_as(&before)
}

/// What a runtime that may wait for ever comes to; that it does is what is judged.
pub fn comes<T>(what: &str, outcome: Result<T, Stop>) -> Result<T, Stop> {
    outcome.map_err(|stop| match stop {
        Stop::Timeout(why) => Stop::fail(what, "one", why),
        other => other,
    })
}
