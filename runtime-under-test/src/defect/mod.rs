//! Deliberate faults, to prove that a case of the suite can fail.
//!
//! Each defect breaks exactly one thing at the place where the right thing happens: `if active(Defect::X)`. Without
//! the cargo feature `defects` [`active`] is constantly false, so a normal build contains none of it.

pub mod faults;

macro_rules! defects {
    ($($variant:ident $name:literal $what:literal)*) => {
        /// One precise way to be wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
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
    SetsidOnlyWithTerminal "setsid-missing-without-terminal" "With terminal false the process stays in ptyrun's session."
    // Step 2: the devpts instance.
    HostDevptsShared "host-devpts-shared" "The caller's devpts instance is bind-mounted at /dev/pts in place of a new one."
    PtmxMode000 "ptmx-mode-000" "The instance is mounted without ptmxmode: its ptmx has mode 0000."
    DevptsGidDropped "devpts-gid-dropped" "The instance is mounted without gid=5: terminals belong to the user's own group."
    DevptsOptionsIgnored "devpts-options-ignored" "The instance has the default options whatever the config says."
    DevptsModeWrong "devpts-mode-wrong" "The instance is mounted with mode=0600 rather than what the config says."
    DevptsExec "devpts-without-noexec" "The instance is mounted without nosuid and noexec."
    PtsDirectoryMode "pts-directory-mode" "The directory /dev/pts has mode 0620, which belongs to its entries."
    PtsHidden "pts-hidden-by-tmpfs" "Once the terminal is made, an empty tmpfs is mounted over /dev/pts."
    // Step 3: /dev/ptmx, and the nodes beside it.
    PtmxSymlinkAbsolute "ptmx-symlink-absolute" "/dev/ptmx is a symlink to /dev/pts/ptmx rather than pts/ptmx."
    PtmxIsNode "ptmx-is-mknod-node" "/dev/ptmx is a device node 5:2 made with mknod rather than a symlink or bind mount."
    PtmxIsNull "ptmx-is-null" "/dev/ptmx is a bind mount of /dev/null."
    PtmxDeviceEntryMade "ptmx-device-entry-made" "A linux.devices entry for /dev/ptmx is made as a node in place of the link."
    PtmxOfTheHost "ptmx-of-the-host" "/dev/ptmx is a bind mount of the caller's /dev/pts/ptmx, beside an instance of the container's own."
    StalePtmxKept "stale-ptmx-kept" "A /dev/ptmx that the rootfs brings is left as it is."
    DevFdLinksMissing "dev-fd-links-missing" "/dev/fd, /dev/stdin, /dev/stdout and /dev/stderr do not exist."
    DevTtyMissing "dev-tty-missing" "/dev/tty does not exist."
    // Steps 4 and 5: the pty, its size, settings and owner.
    PtyFromHost "pty-from-host" "The terminal is a pty of the caller's devpts instance rather than of the container's."
    SlaveMode666 "slave-mode-666" "The terminal is readable and writable for everybody."
    SlaveOwnerRoot "slave-owner-root" "A terminal stays root's, whoever its process runs as."
    SlaveOwner1000 "slave-owner-1000" "The terminal is given to user 1000, whoever its process runs as."
    SlaveGroup5Forced "slave-group-5-forced" "The terminal is given to group 5 as well, and where that is not mapped the start fails."
    ChownFailureFatal "chown-failure-fatal" "Where the terminal's owner cannot be changed (EROFS, EPERM) the start fails."
    SlaveLocked "slave-locked" "The pty is locked again after its slave was taken: nobody else can open it."
    SlaveGroupIsUsers "slave-group-is-users" "The terminal is given to the process's own group as well as to its user."
    ConsoleSizeIgnored "console-size-ignored" "process.consoleSize and the caller's size are not applied: the terminal starts as 0 x 0."
    ConsoleSizeSwapped "console-size-swapped" "Rows and columns of the first size are swapped."
    WinsizePixelsGarbage "winsize-pixels-garbage" "The pixel fields of the first size hold garbage."
    SizeDefaultInvented "size-default-invented" "Without consoleSize a detached terminal starts as 24 x 80."
    SizeWithoutTerminalRefused "console-size-without-terminal-refused" "process.consoleSize with terminal false is an error."
    CallerSizeIgnored "caller-size-ignored" "Without consoleSize a foreground terminal starts as 0 x 0, whatever the caller's is."
    SizeAfterHandOver "size-after-hand-over" "The first size is applied just before the program runs, long after the master was handed over."
    EchoOff "echo-off" "ECHO is cleared before the terminal is handed over."
    OnlcrCleared "onlcr-cleared" "ONLCR is cleared before the terminal is handed over."
    IsigOff "isig-off" "ISIG is cleared before the terminal is handed over."
    IcanonOff "icanon-off" "ICANON is cleared before the terminal is handed over."
    IxonOff "ixon-off" "IXON is cleared before the terminal is handed over."
    IcrnlOff "icrnl-off" "ICRNL is cleared before the terminal is handed over."
    EchoctlOff "echoctl-off" "ECHOCTL is cleared before the terminal is handed over."
    EchoeOff "echoe-off" "ECHOE is cleared before the terminal is handed over."
    EchokeOff "echoke-off" "ECHOKE is cleared before the terminal is handed over."
    IextenOff "iexten-off" "IEXTEN is cleared before the terminal is handed over."
    TostopOn "tostop-on" "TOSTOP is set before the terminal is handed over."
    Iutf8On "iutf8-on" "IUTF8 is set before the terminal is handed over."
    HupclOn "hupcl-on" "HUPCL is set before the terminal is handed over."
    VeofWrong "veof-wrong" "VEOF is ^E rather than ^D."
    VeraseWrong "verase-wrong" "VERASE is ^H rather than DEL."
    VintrWrong "vintr-wrong" "VINTR is ^X rather than ^C."
    VkillWrong "vkill-wrong" "VKILL is ^B rather than ^U."
    VminZero "vmin-zero" "VMIN is 0 rather than 1."
    // Step 6: /dev/console.
    ConsoleMissing "console-missing" "There is no /dev/console although process.terminal is true."
    ConsolePlainFile "console-plain-file" "/dev/console is an empty regular file, nothing is mounted on it."
    ConsoleIsHosts "console-is-hosts" "/dev/console is the host's, device 5:1."
    ConsoleIsSymlink "console-is-symlink" "/dev/console is a symlink to the terminal rather than a bind mount of it."
    ConsoleFollowsSymlink "console-follows-symlink" "A symlink that the rootfs brings as /dev/console is followed and its target mounted over."
    ConsoleRemovesDirectory "console-removes-directory" "An empty directory that the rootfs brings as /dev/console is replaced."
    ConsoleMountPropagates "console-mount-propagates" "Mounts of the container propagate to a host whose mounts are shared."
    RootBoundWhileShared "root-bound-while-shared" "The root is bound onto itself before propagation is cut: a host whose mounts are shared gets that mount."
    ConsoleMadeBeforePivot "console-made-before-pivot" "The placeholder of /dev/console is created or truncated by its path on the host, links followed, before pivot_root."
    ConsoleWithoutTerminal "console-without-terminal" "With terminal false there is a /dev/console, an empty file."
    // Step 7: the master's way out.
    MasterLeaked "master-leaked" "The program inherits the master of its own terminal."
    HostDescriptorLeaked "host-descriptor-leaked" "The program inherits a descriptor of the host's root directory."
    CallerTerminalLeaked "caller-terminal-leaked" "The program inherits a copy of the caller's standard error, though it has a terminal."
    PreservedDescriptorsClosed "preserved-descriptors-closed" "--preserve-fds is accepted and ignored."
    SocketSendsTwoDescriptors "socket-sends-two-descriptors" "The message on the console socket carries the master twice."
    SocketSendsSlave "socket-sends-slave" "The message on the console socket carries the slave."
    SocketSendsNothing "socket-sends-nothing" "The console socket is connected and closed without a message."
    SocketSendsTwice "socket-sends-twice" "The message with the master is sent twice."
    SocketConnectsTwice "socket-connects-twice" "A second connection to the console socket is made and left silent."
    SocketAfterStart "socket-after-start" "The master is sent when the program runs rather than when the container is created."
    SocketMissingAccepted "socket-missing-accepted" "A detached process with a terminal and without --console-socket starts, on the caller's streams."
    SocketFailureIgnored "socket-failure-ignored" "A console socket that cannot be connected to is no error: the container is made and its master lost."
    SocketPathCut "socket-path-cut" "The console socket's path is cut to the 107 bytes that an address holds."
    SocketPathBelowRoot "socket-path-below-root" "A relative path of a console socket is taken from / rather than from the working directory."
    SocketPathTrimmed "socket-path-trimmed" "Spaces at the end of a console socket's path are dropped."
    SocketWithoutTerminalServed "socket-without-terminal-gets-a-pty" "With terminal false and --console-socket a pty is made and its master sent all the same."
    HandoverWaits "handover-waits-for-answer" "After the master was sent, create waits for a byte from the receiver, also when that has hung up."
    InheritedDescriptorsKept "inherited-descriptors-kept" "What ptyrun inherits from its caller beyond the standard streams stays open in the program."
    // Step 8: the standard streams and the controlling terminal.
    AcquisitionFailureIgnored "acquisition-failure-ignored" "A failure of TIOCSCTTY is no error: the program runs without a controlling terminal."
    TerminalStolen "terminal-stolen" "TIOCSCTTY is called with 1, which takes the terminal away from any other session."
    NoControllingTerminal "no-controlling-terminal" "TIOCSCTTY is left out: the process has a terminal on 0, 1 and 2 but no controlling one."
    ForegroundGroupNotInit "foreground-group-not-init" "The terminal's foreground process group is not the program's."
    StdinDevNull "stdin-dev-null" "Standard input is /dev/null although process.terminal is true."
    StderrNotTerminal "stderr-not-terminal" "Standard error is the caller's although process.terminal is true."
    TtyOpensSeparately "tty-opens-separately" "The standard streams are separate opens of the terminal rather than one open file."
    TtyNonblock "tty-nonblock" "The terminal's open file has O_NONBLOCK set."
    TtyReadOnly "stdin-read-only" "Standard input is a read-only open of the terminal."
    CttyWithoutTerminal "ctty-without-terminal" "With terminal false the caller's terminal on descriptor 0 becomes the controlling one."
    TerminalAlthoughFalse "terminal-although-false" "With terminal false the process has a terminal on 0, 1 and 2 all the same, and holds its master itself."
    PipesStayCallers "pipes-stay-callers" "With terminal false, pipes on the standard streams are not given to the process's user."
    StdioCrossed "stdio-crossed" "With terminal false standard output and standard error are swapped."
    StdinEofLost "stdin-eof-lost" "With terminal false the end of standard input never reaches the program."
    SignalsIgnoredInherited "signals-ignored-inherited" "The program inherits ignored signals: SIGPIPE, SIGTTOU and SIGHUP."
    SigmaskInherited "sigmask-inherited" "The program inherits a signal mask that blocks SIGTERM and SIGWINCH."
    // Step 9: the relay.
    NoSigwinch "no-sigwinch" "A resize of the caller's terminal is not copied."
    RelayDropsTail "relay-drops-tail" "What the terminal still holds when the process ends is not fetched."
    RelayLeavesRaw "relay-leaves-raw" "The caller's terminal stays in raw mode."
    RelayOutputTranslated "relay-output-translated" "The caller's terminal keeps OPOST and ONLCR: output is translated twice."
    RawModeFlushes "raw-mode-flushes" "Raw mode is entered with TCSAFLUSH: what was typed before is lost."
    RelayBlocksOnInput "relay-blocks-on-input" "Input is written with blocking writes, and no output is taken meanwhile."
    RelayMergesToStderr "relay-merges-to-stderr" "The relay writes the container's output to standard error."
    RelayLosesAByte "relay-loses-a-byte" "After half a mebibyte of output the relay loses one byte."
    RawBeforeStart "raw-before-start" "Where the container cannot be made the caller's terminal is left raw, as if that came before the start."
    RelayInputLost "relay-input-lost" "The last byte of every piece of input is lost."
    RelayEndsWithInput "relay-ends-with-input" "The relay stops when its standard input ends."
    RelayNeedsTerminal "relay-needs-terminal" "A foreground container with a terminal is refused when standard input is no terminal."
    EioIsAnError "eio-is-an-error" "A hang-up of the terminal (EIO) makes ptyrun fail."
    SignalsNotForwarded "signals-not-forwarded" "Signals sent to the foreground ptyrun do not reach the process."
    NonblockLeftOnStdin "nonblock-left-on-stdin" "O_NONBLOCK is set on the caller's standard input and left there."
    WaitsForBackgroundChild "waits-for-background-child" "The relay waits until the last process has closed the terminal."
    CallerTtyChowned "caller-tty-chowned" "The caller's own terminal is given away (owner 1000)."
    ExitCodeLost "exit-code-lost" "The foreground ptyrun always exits 0."
    SignalExitPlain "signal-exit-plain" "Death by signal n is reported as n rather than 128 + n."
    // Step 10: exec.
    ExecInHostDevpts "exec-in-host-devpts" "The terminal of exec is a pty of the caller's devpts instance."
    ExecRemountsConsole "exec-remounts-console" "exec mounts its own terminal on /dev/console."
    ExecSharesInitTerminal "exec-shares-init-terminal" "exec puts its process on the terminal of the container's first process."
    ExecOwnerRoot "exec-owner-root" "The terminal of exec stays root's, whoever the process runs as."
    ExecOwnerIsContainers "exec-owner-is-containers" "The terminal of exec is given to the user who has the first process's terminal."
    ExecSameSession "exec-same-session" "The process of exec stays in ptyrun's session and gets no controlling terminal."
    ExecSizeIgnored "exec-size-ignored" "The terminal of exec starts as 0 x 0."
    ExecChangesInitSize "exec-changes-init-size" "exec applies its size to the terminal of the container's first process as well."
    ExecWithoutTtyGetsTerminal "exec-without-tty-gets-terminal" "exec gives its process a terminal that nobody asked for."
    ExecEntryStays "exec-entry-stays" "A process that exec leaves in the container keeps the master of its terminal open."
    // State and resources.
    BrokenConfigAccepted "broken-config-accepted" "A config.json that cannot be understood makes no container, and create says that all went well."
    FailedCreateLeavesState "failed-create-leaves-state" "The state directory of a failed create stays."
    FailedCreateKeepsPty "failed-create-keeps-pty" "A process that a failed create leaves for half a minute keeps the container's terminal open."
    PtyNotReleased "pty-not-released" "A process that ptyrun leaves behind for half a minute keeps the container's terminal open."
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
        let (defect, ..) = known.ok_or_else(|| format!("defect {name:?} is unknown: see --list-defects"))?;
        if *SELECTED.get_or_init(|| *defect) == *defect { Ok(()) } else { Err("only one defect at a time".into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn names_are_unique_and_every_defect_is_explained() {
        for (place, (_, name, what)) in TABLE.iter().enumerate() {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{name}");
            assert!(what.ends_with('.') && what.len() > 20, "{name}: {what}");
            assert!(TABLE[..place].iter().all(|(_, earlier, _)| earlier != name), "{name} twice");
        }
    }
}
