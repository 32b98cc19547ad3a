//! What the body of a case works with.

use super::{CaseId, Evident, Judgement, Machine, Stop};
use crate::container::{Attempt, Observation, Plan, Workbench};
use crate::intervention::{CALLS, Call};
use crate::probe::{Actor, PtyDescriptors};
use crate::{mount_table::MountTable, runner::ObservationStore, terminal::Pair};
use ptyproof_probe::TermiosFacts;
use ptyproof_report::{Evidence, Record, Shown, first_difference};
use serde::{Serialize, de::DeserializeOwned};
use std::{path::PathBuf, rc::Rc, time::Duration};

/// What the body of a case works with: containers to plan, standard containers to look at, and comparisons.
pub struct Trial {
    bench: Rc<Workbench>,
    store: ObservationStore,
    records: Vec<Record>,
    shown: Vec<Shown>,
    case: CaseId,
}

impl Trial {
    /// For the worker that runs a case.
    pub(crate) fn new(case: CaseId, bench: Rc<Workbench>, store: ObservationStore) -> Self {
        Self { bench, store, records: Vec::new(), shown: Vec::new(), case }
    }

    /// The case that is tried.
    pub fn case(&self) -> &CaseId {
        &self.case
    }

    /// A process on the bare kernel that does as it is told: the leader of a new session without a terminal.
    pub fn actor(&self) -> Result<Actor, Stop> {
        Ok(self.bench.actor()?)
    }

    /// Such a process, and a new pty that it has open at both ends, with these flags beside `O_RDWR` and `O_NOCTTY`.
    pub fn actor_with_pty(&self, flags: i32) -> Result<(Actor, PtyDescriptors), Stop> {
        let mut actor = self.actor()?;
        let pty = actor.new_pty(flags)?;
        Ok((actor, pty))
    }

    /// A new directory of the case's own, with a short path.
    pub fn directory(&self) -> Result<PathBuf, Stop> {
        Ok(self.bench.directory("d")?)
    }

    /// Plans a container of the case's own: the default has a terminal, runs as root, and does as told.
    pub fn container(&self) -> Result<Plan, Stop> {
        Ok(Plan::new(&self.bench)?)
    }

    /// What the machine offers.
    pub fn machine(&self) -> Machine {
        self.bench.machine
    }

    /// The longest single wait.
    pub fn patience(&self) -> Duration {
        self.bench.patience
    }

    /// What all containers of this case share.
    pub fn bench(&self) -> &Rc<Workbench> {
        &self.bench
    }

    /// The mounts of the harness's own mount namespace, in which the runtime is called.
    pub fn mounts(&self) -> Result<MountTable, Stop> {
        self.bench.mounts().map_err(|error| Stop::Error(format!("looking at mounts: {error}")))
    }

    /// In the mount namespace in which the runtime is called, nothing was mounted, unmounted or changed since.
    pub fn mounts_are_as(&self, before: &MountTable) -> Judgement {
        let changes = before.changes().map_err(|error| Stop::Error(format!("looking at mounts: {error}")))?;
        self.equal("changed mounts outside of the container", changes, Vec::new())
    }

    /// The settings that this kernel gives to every new terminal.
    pub fn pristine_settings(&self) -> Result<TermiosFacts, Stop> {
        let facts = Pair::open().and_then(|pair| pair.master.facts());
        Ok(facts.map_err(|errno| Stop::Error(format!("a terminal of the harness's own: {errno}")))?.termios)
    }

    /// Calls `create`, whatever comes of it. That says something of a runtime only where it makes containers.
    pub fn attempt(&self, plan: Plan) -> Result<Attempt, Stop> {
        self.makes_containers()?;
        Ok(plan.attempt()?)
    }

    /// The runtime makes the default container, for cases in which it may refuse one: a runtime that refuses every
    /// container would pass them all.
    pub fn makes_containers(&self) -> Judgement {
        match self.standard_terminal() {
            Err(refused @ Stop::Fail(_)) => Err(Stop::Skip(format!("the default container fails, too: {refused}"))),
            other => other.map(drop),
        }
    }

    /// The default container starts while all its runtime's calls are looked at that a case may hold.
    pub(crate) fn can_intervene(&self) -> Judgement {
        self.makes_containers()?;
        let refused: Option<String> = self.shared("interventions", || {
            const PROGRAM: Call = Call::Execute("probe");
            let plan =
                CALLS.iter().fold(self.container()?, |plan, &call| plan.when(call).is_seen()).when(PROGRAM).is_seen();
            let hits = plan.hits();
            Ok(match plan.start().map_err(Stop::from) {
                Err(Stop::Fail(finding)) => Some(Stop::Fail(finding).to_string()),
                Err(other) => return Err(other),
                Ok(_) if hits.of(PROGRAM)?.is_empty() => {
                    Some("the execve of the container's program is not seen".to_owned())
                }
                Ok(_) => None,
            })
        })?;
        match refused {
            Some(why) => Err(Stop::Skip(format!("its system calls cannot be held: {why}"))),
            None => Ok(()),
        }
    }

    /// The default container, looked at once for all cases of a run.
    pub fn standard_terminal(&self) -> Result<Observation, Stop> {
        let plan = self.container()?;
        self.observed("terminal", plan)
    }

    /// The default container with a process of user 1000 and group 1000, looked at once for all cases.
    pub fn standard_user(&mut self) -> Result<Observation, Stop> {
        let plan = self.container()?.user(1000, 1000);
        self.observed("user", plan)
    }

    /// The default container without a terminal, looked at once for all cases.
    pub fn standard_pipes(&mut self) -> Result<Observation, Stop> {
        let plan = self.container()?.without_terminal();
        self.observed("pipes", plan)
    }

    fn observed(&self, name: &str, plan: Plan) -> Result<Observation, Stop> {
        self.shared(name, || Ok(Observation::of(plan)?))
    }

    /// A look at the target that all cases of a run share: the first who asks for that name makes it.
    pub fn shared<O: Serialize + DeserializeOwned>(
        &self,
        name: &str,
        look: impl FnOnce() -> Result<O, Stop>,
    ) -> Result<O, Stop> {
        self.store.get(name, look)
    }

    /// `observed` is `expected`, as a whole.
    pub fn equal<T: Evident + PartialEq>(&self, what: &str, observed: T, expected: T) -> Judgement {
        if observed == expected {
            return Ok(());
        }
        Err(Stop::fail(what, expected.evidence(), observed.evidence()))
    }

    /// `attempted` was done; what it gave.
    pub fn succeeds<T, E: Evident>(&self, what: &str, attempted: Result<T, E>) -> Result<T, Stop> {
        attempted.map_err(|refusal| Stop::fail(what, ().evidence(), refusal.evidence()))
    }

    /// `observed` is `expected`, byte for byte; of many bytes only those around the first difference are told.
    pub fn equal_bytes(&self, what: &str, observed: &[u8], expected: &[u8]) -> Judgement {
        if observed == expected {
            return Ok(());
        }
        let position = first_difference(observed, expected);
        let [expected, observed] = [expected, observed].map(|bytes| Evidence::bytes_around(bytes, position));
        Err(Stop::fail(what, expected, observed))
    }

    /// `observed` has a property, which `expected` puts in words.
    pub fn holds<T: Evident>(
        &self,
        what: &str,
        expected: &str,
        observed: &T,
        property: impl FnOnce(&T) -> bool,
    ) -> Judgement {
        if property(observed) {
            return Ok(());
        }
        Err(Stop::fail(what, expected, observed.evidence()))
    }

    /// `observed` is one of the behaviours that kernels or runtimes are known to show, each by its
    /// name; which one is reported. None of them is a failure, whatever the version of the target.
    pub fn shows<T: Evident + PartialEq>(&mut self, what: &str, observed: T, known: &[(&str, T)]) -> Judgement {
        let value = observed.evidence();
        let Some((behaviour, _)) = known.iter().find(|(_, expected)| *expected == observed) else {
            let expected: Vec<String> =
                known.iter().map(|(behaviour, expected)| format!("{} ({behaviour})", expected.evidence())).collect();
            return Err(Stop::fail(what, expected.join(" or "), value));
        };
        self.reports(what, behaviour, value);
        Ok(())
    }

    /// Reports which of several accepted behaviours was seen, where the case has told them apart itself.
    pub fn reports(&mut self, what: &str, behaviour: &str, value: impl Into<Evidence>) {
        self.shown.push(Shown { what: what.to_owned(), behaviour: behaviour.to_owned(), value: value.into() });
    }

    /// Keeps a value that is not judged.
    pub fn records(&mut self, what: &str, value: impl Evident) {
        self.records.push(Record { what: what.to_owned(), value: value.evidence() });
    }

    /// What was kept.
    pub(crate) fn into_findings(self) -> (Vec<Record>, Vec<Shown>) {
        (self.records, self.shown)
    }
}
