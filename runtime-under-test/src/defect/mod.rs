//! Deliberate faults, to prove that a case of the suite can fail.
//!
//! Each defect breaks exactly one thing at the place where the right thing happens: `if active(Defect::X)`. Without
//! the cargo feature `defects` [`active`] is constantly false, so a normal build contains none of it.

pub mod faults;

macro_rules! defects {
    ($($variant:ident $name:literal $what:literal)*) => {
        /// One precise way to be wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Defect {
            $(#[doc = $what] $variant,)*
        }

        /// Every defect with its name and, in one sentence, what it does.
        pub const TABLE: &[(Defect, &str, &str)] = &[$((Defect::$variant, $name, $what),)*];
    };
}

defects! {
    // Step 1: the session.
    NoSetsid "no-setsid" "The container's process stays in ptyrun's session and gets no controlling terminal."
    // Step 3: /dev/ptmx.
    PtmxSymlinkAbsolute "ptmx-symlink-absolute" "/dev/ptmx is a symlink to /dev/pts/ptmx rather than pts/ptmx."
    PtmxIsNode "ptmx-is-mknod-node" "/dev/ptmx is a device node 5:2 of its own, made with mknod."
    StalePtmxKept "stale-ptmx-kept" "A /dev/ptmx that the rootfs brings is left as it is."
    // Steps 4 and 5: the pty, its size and its owner.
    SlaveMode666 "slave-mode-666" "The terminal is readable and writable for everybody."
    SlaveOwnerRoot "slave-owner-root" "The terminal of the container's first process stays root's, whoever the process runs as."
    ConsoleSizeIgnored "console-size-ignored" "process.consoleSize and the caller's size are not applied: the terminal starts as 0 x 0."
    ConsoleSizeSwapped "console-size-swapped" "Rows and columns of the first size are swapped."
    WinsizePixelsGarbage "winsize-pixels-garbage" "The pixel fields of the first size hold garbage."
    EchoOff "echo-off" "ECHO is cleared before the terminal is handed over."
    OnlcrCleared "onlcr-cleared" "ONLCR is cleared before the terminal is handed over."
    IsigOff "isig-off" "ISIG is cleared before the terminal is handed over."
    IcanonOff "icanon-off" "ICANON is cleared before the terminal is handed over."
    IxonOff "ixon-off" "IXON is cleared before the terminal is handed over."
    EchoctlOff "echoctl-off" "ECHOCTL is cleared before the terminal is handed over."
    IcrnlOff "icrnl-off" "ICRNL is cleared before the terminal is handed over."
    VeofWrong "veof-wrong" "VEOF is ^E rather than ^D."
    VeraseWrong "verase-wrong" "VERASE is ^H rather than DEL."
    // Step 6: /dev/console.
    ConsoleMissing "console-missing" "There is no /dev/console although process.terminal is true."
    ConsolePlainFile "console-plain-file" "/dev/console is an empty regular file, nothing is mounted on it."
    ConsoleFollowsSymlink "console-follows-symlink" "A symlink that the rootfs brings as /dev/console is followed and its target mounted over."
    // Step 7: the master's way out.
    SocketSendsTwoDescriptors "socket-sends-two-descriptors" "The message on the console socket carries the master twice."
    SocketSendsNothing "socket-sends-nothing" "The console socket is connected and closed without a message."
    SocketConnectsTwice "socket-connects-twice" "A second connection to the console socket is made and left silent."
    SocketMissingAccepted "socket-missing-accepted" "A detached container with a terminal and without --console-socket starts, on the caller's streams."
    // Step 8: the standard streams.
    NoControllingTerminal "no-controlling-terminal" "TIOCSCTTY is left out: the process has a terminal on 0, 1 and 2 but no controlling one."
    StdinDevNull "stdin-dev-null" "Standard input is /dev/null although process.terminal is true."
    StderrNotTerminal "stderr-not-terminal" "Standard error is the caller's although process.terminal is true."
    TtyOpensSeparately "tty-opens-separately" "The standard streams are separate opens of the terminal rather than one open file."
    TtyNonblock "tty-nonblock" "The terminal's open file has O_NONBLOCK set."
    // Step 9: the relay.
    NoSigwinch "no-sigwinch" "A resize of the caller's terminal is not copied."
    RelayDropsTail "relay-drops-tail" "What the terminal still holds when the process ends is not fetched."
    RelayLeavesRaw "relay-leaves-raw" "The caller's terminal stays in raw mode."
    RelayOutputTranslated "relay-output-translated" "The caller's terminal keeps OPOST and ONLCR: output is translated twice."
    RelayMergesToStderr "relay-merges-to-stderr" "The relay writes the container's output to standard error."
    NonblockLeftOnStdin "nonblock-left-on-stdin" "O_NONBLOCK is set on the caller's standard input and left there."
    SpinsAfterHangup "spins-after-hangup" "The relay spins while no process has the terminal open."
    WaitsForBackgroundChild "waits-for-background-child" "The relay waits until the last process has closed the terminal."
    CallerTtyChowned "caller-tty-chowned" "The caller's own terminal is given away (owner 1000)."
    ExitCodeLost "exit-code-lost" "The foreground ptyrun always exits 0."
    SignalExitPlain "signal-exit-plain" "Death by signal n is reported as n rather than 128 + n."
    // State.
    FailedCreateLeavesState "failed-create-leaves-state" "The state directory of a failed create stays."
}

/// Whether this run was told to have `defect`.
#[cfg(feature = "defects")]
pub fn active(defect: Defect) -> bool {
    selection::get() == Some(defect)
}

/// Whether this run was told to have `defect`: never, in a build without the feature.
#[cfg(not(feature = "defects"))]
#[inline(always)]
pub const fn active(_: Defect) -> bool {
    false
}

#[cfg(feature = "defects")]
pub use selection::select;

#[cfg(feature = "defects")]
mod selection {
    use super::{Defect, TABLE};
    use std::sync::OnceLock;

    static SELECTED: OnceLock<Defect> = OnceLock::new();

    pub(super) fn get() -> Option<Defect> {
        SELECTED.get().copied()
    }

    /// Turns on the defect called `name` for the rest of this process and its forks.
    pub fn select(name: &str) -> Result<(), String> {
        let known = TABLE.iter().find(|(_, known, _)| *known == name);
        let (defect, ..) =
            known.ok_or_else(|| format!("defect {name:?} is unknown: see --list-defects"))?;
        if *SELECTED.get_or_init(|| *defect) == *defect {
            Ok(())
        } else {
            Err("only one defect at a time".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn names_are_unique_and_every_defect_is_explained() {
        for (place, (_, name, what)) in TABLE.iter().enumerate() {
            assert!(
                name.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{name}"
            );
            assert!(what.ends_with('.') && what.len() > 20, "{name}: {what}");
            assert!(
                TABLE[..place].iter().all(|(_, earlier, _)| earlier != name),
                "{name} twice"
            );
        }
    }
}
