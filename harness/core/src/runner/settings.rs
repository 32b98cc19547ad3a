use crate::case::Case;
use ptyproof_report::Edition;
use ptyproof_report::expectation::Expectations;
use std::{path::PathBuf, time::Duration};

/// How a run is done.
#[derive(Clone)]
pub struct Settings {
    /// Workers at a time.
    pub jobs: usize,
    /// The longest that a case waits for any one thing: an answer, a byte, the end of a process.
    pub timeout: Duration,
    /// Whether a skip is a failure.
    pub strict: bool,
    /// Whether the first result that is not as expected ends the run.
    pub fail_fast: bool,
    /// What every case about containers builds on: tried first, also where it was not selected and several are.
    pub first: Option<&'static Case>,
    /// What is known of the target.
    pub expectations: Expectations,
    /// What cases that came later than this fail is a warning.
    pub edition: Option<Edition>,
    /// The seed of the order in which the cases are begun; without one, it is that of the suite.
    pub shuffle: Option<u64>,
    /// Where the files of cases that are not as expected are kept: an absolute path.
    pub keep: Option<PathBuf>,
    /// Whether what was called is told of every case, and not only of those that are not as expected.
    pub every_call: bool,
    /// The observation that is falsified in every case, counted from 0, to see whether cases notice.
    pub falsified: Option<usize>,
}

impl Settings {
    /// Cases one after another, and nothing known.
    pub fn plain(timeout: Duration) -> Self {
        Self {
            jobs: 1,
            timeout,
            strict: false,
            fail_fast: false,
            first: None,
            expectations: Expectations::default(),
            edition: None,
            shuffle: None,
            keep: None,
            every_call: false,
            falsified: None,
        }
    }

    /// When a worker is ended that is still not done: it hangs where nothing is waited for, or in one wait after another.
    pub(super) fn deadline(&self) -> Duration {
        self.timeout * 4
    }
}
