//! Editions: what kernels have done differently over the years.
//!
//! | Linux | raw read of more than 64 bytes | end of file behind a full buffer | bytes that wait |
//! |---|---|---|---|
//! | before 5.12 | at once | swallowed | are left alone |
//! | 5.12 to 5.16, and 5.19 | in portions (LV-08) | swallowed | are left alone |
//! | 5.17 and 5.18 | in portions | left for the next read (LC-06) | are left alone |
//! | since 6.0 | in portions | swallowed | are searched for `^S` and `^Q` (LB-06) |
//!
//! Some of it is carried to kernels of other numbers (5.10.223 reads in portions), so an edition is found out by looking at
//! what a kernel does, and not by asking for its name.

/// The line discipline of certain kernels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// Since Linux 6.0.
    #[default]
    LookingAhead,
    /// Linux 5.17 and 5.18.
    StrayEndOfFile,
    /// Linux 5.12 to 5.16, and 5.19.
    Portions,
    /// Before Linux 5.12.
    WholeReads,
}

impl Edition {
    /// All, the newest first.
    pub const ALL: [Edition; 4] =
        [Edition::LookingAhead, Edition::StrayEndOfFile, Edition::Portions, Edition::WholeReads];

    /// The releases that it is known from. Others may do the same: fixes are backported.
    pub fn name(self) -> &'static str {
        match self {
            Edition::LookingAhead => "Linux 6.0 and later",
            Edition::StrayEndOfFile => "Linux 5.17 and 5.18",
            Edition::Portions => "Linux 5.12 to 5.16, and 5.19",
            Edition::WholeReads => "Linux before 5.12",
        }
    }

    /// Whether bytes that wait are searched for the start and stop characters.
    pub(crate) fn looks_ahead(self) -> bool {
        self == Edition::LookingAhead
    }

    /// Whether an end of file that follows a full buffer is taken with it.
    pub(crate) fn swallows_end_of_file(self) -> bool {
        self != Edition::StrayEndOfFile
    }

    /// Whether a raw read collects 64 bytes at a time.
    pub(crate) fn reads_in_portions(self) -> bool {
        self != Edition::WholeReads
    }
}
