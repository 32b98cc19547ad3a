//! Work that a program does in workers and that is no case.

use crate::{case::Stop, container::Workbench};
use serde_json::Value;
use std::rc::Rc;

/// Work that a program does in workers and that is no case: its surroundings, its deadline and its end are those of a
/// case, but what it is given and what it answers are its own.
pub struct Task {
    /// Name among the tasks of the program.
    pub name: &'static str,
    /// Does it.
    pub body: fn(&Rc<Workbench>, &Value) -> Result<Value, Stop>,
}
