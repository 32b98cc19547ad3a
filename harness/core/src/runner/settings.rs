use crate::case::Case;
use ptyproof_report::Edition;
use ptyproof_report::expectation::Expectations;
use std::time::Duration;

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
    /// The observation that is falsified in every case, counted from 0, to see whether cases notice.
    pub falsified: Option<usize>,
}

impl Settings {
    /// Cases one after another, and nothing known.
    pub fn plain(timeout: Duration) -> Self {
        let (expectations, edition, falsified) = (Expectations::default(), None, None);
        Self { jobs: 1, timeout, strict: false, fail_fast: false, first: None, expectations, edition, falsified }
    }

    /// When a worker is ended that is still not done: it hangs where nothing is waited for, or in one wait after another.
    pub(super) fn deadline(&self) -> Duration {
        self.timeout * 4
    }
}
