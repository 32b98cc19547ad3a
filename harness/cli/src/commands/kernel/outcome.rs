use crate::exit::{Exit, complain};
use ptyproof_report::{CaseResult, Verdict};

/// What came of all kernels together.
#[derive(Debug, Default)]
pub struct Outcome {
    /// A case has failed, or a kernel does not do what its baseline says.
    pub failed: bool,
    /// Something went wrong, or a run was cut short.
    pub error: bool,
    unusable: bool,
}

impl Outcome {
    /// A file that is no kernel, or has not what it needs.
    pub fn unusable(&mut self, why: &str) {
        complain(why);
        self.unusable = true;
    }

    /// Something went wrong that is not the kernel's fault, or nobody knows whose.
    pub fn add_error(&mut self, why: &str) {
        complain(why);
        self.error = true;
    }

    /// A case has ended.
    pub fn count(&mut self, result: &CaseResult, strict: bool) {
        if !result.is_as_expected(strict) {
            match result.verdict {
                Verdict::Error => self.error = true,
                _ => self.failed = true,
            }
        }
    }

    /// A definite failure says most, and a file that is no kernel least.
    pub fn exit(&self) -> Exit {
        if self.failed {
            Exit::NotAsExpected
        } else if self.error {
            Exit::Machine
        } else if self.unusable {
            Exit::Usage
        } else {
            Exit::AsExpected
        }
    }
}
