//! Mutants: models that break one rule each.
//!
//! A test that compares the model with a kernel, or vectors with either, is worth what it notices. Each mutant breaks
//! one rule in one way, at the place where the rule stands; a good set of tests tells all of them from the real thing.
//! Without the feature `mutants` there are none, and asking for one costs nothing.

use crate::edition::Edition;

macro_rules! mutants {
    ($($variant:ident, $name:literal, $rule:literal;)*) => {
        /// A rule that is broken, named for how.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Mutant {
            $(#[doc = $rule] $variant,)*
        }

        #[cfg(feature = "mutants")]
        impl Mutant {
            /// In the order of this file.
            pub const ALL: &[Mutant] = &[$(Mutant::$variant),*];

            /// The name, for reports: words with hyphens.
            pub fn name(self) -> &'static str {
                match self {
                    $(Mutant::$variant => $name,)*
                }
            }

            /// The broken rule: its ids in the catalogue, and what is broken.
            pub fn rule(self) -> &'static str {
                match self {
                    $(Mutant::$variant => $rule,)*
                }
            }
        }
    };
}

mutants! {
    IstripIgnored, "istrip-ignored", "LI-03: ISTRIP leaves the eighth bit";
    SpecialBeforeStripping, "special-before-stripping", "LS-08: special characters are recognised before ISTRIP and IUCLC";
    IuclcWithoutIexten, "iuclc-without-iexten", "LX-09: IUCLC works without IEXTEN";
    OnlyAsciiLowered, "only-ascii-lowered", "LI-04: IUCLC leaves the upper case of Latin-1";
    IuclcNeedsLines, "iuclc-needs-lines", "LI-04: IUCLC does nothing in raw mode";
    LiteralMeansSpecial, "literal-means-special", "LX-18: literal next does not make the next character literal";
    LiteralNotChanged, "literal-not-changed", "LX-20: a literal character escapes ISTRIP and IUCLC";
    ExtprocIgnored, "extproc-ignored", "LE-10: EXTPROC does not keep the kernel from echoing, editing and signalling";
    ExtprocNotChanged, "extproc-not-changed", "LI-13: ISTRIP and IUCLC do not hold under EXTPROC";
    EchoAtEachByte, "echo-at-each-byte", "4.2, LS-03: echo is sent after each byte, not at the end of the batch";
    WaitingEchoFlushed, "waiting-echo-flushed", "4.2: a batch that brings no echo sends what waits";
    EchoFlushedWhenOff, "echo-flushed-when-off", "4.2: the end of a batch sends what a queue of echo that overtook itself holds, without ECHO and ECHONL";
    PlainNewlineEchoedRaw, "plain-newline-echoed-raw", "LE-07: a newline of raw mode is echoed as a newline, not as ^J";
    EchoWithoutEcho, "echo-without-echo", "LE-05: characters are echoed without ECHO";
    RawBytesEchoed, "raw-bytes-echoed", "LE-09: bytes that nothing looks at are echoed";
    RawBytesNeedNewline, "raw-bytes-need-newline", "LV-06: bytes of raw mode are readable only when a newline comes";
    MarkNotDoubled, "mark-not-doubled", "LI-05: PARMRK does not double 255";

    ZeroIsSpecial, "zero-is-special", "LC-10: the byte 0 is special where a special character is switched off";
    WordEraseWithoutIexten, "word-erase-without-iexten", "LX-09: word erase works without IEXTEN";
    LiteralNextWithoutIexten, "literal-next-without-iexten", "LX-09: literal next works without IEXTEN";
    ReprintWithoutIexten, "reprint-without-iexten", "LX-09: reprint works without IEXTEN";
    SecondEndOfLineWithoutIexten, "second-end-of-line-without-iexten", "LC-09: VEOL2 works without IEXTEN";
    ReprintWithoutEcho, "reprint-without-echo", "LX-21: reprint works without ECHO";
    SignalsWithoutIsig, "signals-without-isig", "LS-05: signal characters send signals without ISIG";
    SignalsNeedLines, "signals-need-lines", "LS-01: signal characters are data in raw mode";
    SuspendInterrupts, "suspend-interrupts", "LS-01: the suspend character sends SIGINT";
    SignalsBeforeFlowControl, "signals-before-flow-control", "LC-13: a character that is both start or stop and a signal sends the signal";
    IcrnlBeforeIgncr, "icrnl-before-igncr", "LI-01: with ICRNL, IGNCR does not drop a carriage return";
    LineEndsMappedTwice, "line-ends-mapped-twice", "LI-01: with ICRNL and INLCR, a carriage return becomes a newline and a carriage return again";
    LineEndsMappedOnlyInLines, "line-ends-mapped-only-in-lines", "LI-02: carriage return and newline are not mapped in raw mode";
    EditingBeforeMapping, "editing-before-mapping", "LC-13: editing characters are recognised before carriage return and newline are mapped";
    EchonlIgnored, "echonl-ignored", "LE-05: ECHONL does not echo a newline";
    EchonlInRawMode, "echonl-in-raw-mode", "LE-05: ECHONL echoes a newline in raw mode";
    EndOfFileEchoed, "end-of-file-echoed", "LC-04: the end of file is echoed";
    EndOfFileRead, "end-of-file-read", "LC-04, LM-02: the end of file is read as the character that was typed";
    EndOfLineNotRead, "end-of-line-not-read", "LC-09: VEOL and VEOL2 end a line and are not read";
    EndOfLineNotEchoed, "end-of-line-not-echoed", "LE-06: VEOL and VEOL2 are not echoed";
    LiteralNextUnshown, "literal-next-unshown", "LX-18: literal next shows no caret";
    ReprintOnSameLine, "reprint-on-same-line", "LX-21: reprint begins no new line";
    NewlineClosesErasing, "newline-closes-erasing", "LX-17: a newline closes the erasing of ECHOPRT";
    MappedNewlineShownAsCaret, "mapped-newline-shown-as-caret", "LE-07: in raw mode, a newline that was a carriage return is echoed as ^J";

    TabShownAsCaret, "tab-shown-as-caret", "LE-02: a tab is echoed as ^I";
    DeleteShownRaw, "delete-shown-raw", "LE-02: DEL is echoed raw, not as ^?";
    HighControlShownAsCaret, "high-control-shown-as-caret", "LE-03: 128 to 159 are echoed as control characters";
    CaretWithoutEchoctl, "caret-without-echoctl", "LE-04: control characters are echoed as ^X without ECHOCTL";
    CaretTakesOneColumn, "caret-takes-one-column", "4.5: ^X counts one column";
    Literal255Uncounted, "literal-255uncounted", "4.5: the byte 255 counts no column";
    EchoUnprocessed, "echo-unprocessed", "LE-01: echo does not go through output processing";
    EchoAlwaysProcessed, "echo-always-processed", "LE-01: echo goes through output processing without OPOST";
    LineStartForgotten, "line-start-forgotten", "LX-14: the column in which a line began is not remembered";
    ColumnNotTakenBack, "column-not-taken-back", "4.5: with ECHOPRT, the later bytes of a character count columns";
    EarlierTabIgnored, "earlier-tab-ignored", "LX-13: erasing a tab does not count from the tab before it";
    TabErasedWhole, "tab-erased-whole", "LX-13: erasing a tab goes back eight columns always";
    EchoOnlyAtEndOfBatch, "echo-only-at-end-of-batch", "4.5: 256 bytes of echo are not sent within a batch";
    OldestEchoKept, "oldest-echo-kept", "LE-14: the oldest echo is not dropped while output is stopped";
    OvertakenEchoKnown, "overtaken-echo-known", "4.5: echo that overtakes itself in its queue is sent at full length";
    EchoWhileStopped, "echo-while-stopped", "LE-13: echo does not wait while output is stopped";
    StartKeepsEcho, "start-keeps-echo", "LE-13: the start character does not send waiting echo";
    WriteOvertakesEcho, "write-overtakes-echo", "LE-16: a write does not send waiting echo before it";
    EmptyWriteKeepsEcho, "empty-write-keeps-echo", "LE-16: a write of no bytes does not send waiting echo";
    OutputOnReleasesEcho, "output-on-releases-echo", "LF-01: TCOON sends waiting echo";
    UnechoedSignalKeepsEcho, "unechoed-signal-keeps-echo", "4.4: a signal character that is not echoed does not send waiting echo";

    EmptyLineRings, "empty-line-rings", "LX-02: erasing on an empty line rings the bell";
    KillBeforeErase, "kill-before-erase", "LC-13: a character that is both erase and kill kills";
    BlankEndsWord, "blank-ends-word", "LX-08: a word ends at a blank only";
    UnderscoreEndsWord, "underscore-ends-word", "LX-08: an underscore is not of a word";
    OnlyAsciiOfWord, "only-ascii-of-word", "LX-12: letters of Latin-1 are not of a word";
    EraseTakesBytes, "erase-takes-bytes", "LX-10: with IUTF8, the erase characters take single bytes";
    StrayContinuationErased, "stray-continuation-erased", "LX-11: a continuation at the line's beginning can be erased";
    EachByteWiped, "each-byte-wiped", "LX-10: with IUTF8, each byte of a character is wiped";
    CaretWipedOnce, "caret-wiped-once", "LX-03: ^X is wiped by one backspace, space, backspace";
    RawControlWiped, "raw-control-wiped", "LX-03: without ECHOCTL, a control character is wiped";
    EraseWipesWithoutEchoe, "erase-wipes-without-echoe", "LX-04: without ECHOE, the erase character wipes";
    KillWipesWithoutEchoke, "kill-wipes-without-echoke", "LX-06: without ECHOKE, the kill character wipes";
    KillNeverWipes, "kill-never-wipes", "LX-05: the kill character never wipes";
    KillWithoutNewline, "kill-without-newline", "LX-06: ECHOK adds no newline";
    KillShownWithoutEcho, "kill-shown-without-echo", "LX-07: without ECHO, the kill character is shown";
    ErasedShownWithoutEcho, "erased-shown-without-echo", "LX-01, LE-05: without ECHO, erasing is shown";
    EchoprtIgnored, "echoprt-ignored", "LX-15: ECHOPRT does not print what is erased";
    EachErasedOpened, "each-erased-opened", "LX-15: ECHOPRT prints a backslash before each character";
    ErasingLeftOpen, "erasing-left-open", "LX-16: ECHOPRT prints no slash when the line is empty";

    OpostIgnored, "opost-ignored", "LO-02: output is processed without OPOST";
    OnlcrIgnored, "onlcr-ignored", "LO-01: ONLCR does not expand a newline";
    NewlineAlwaysExpanded, "newline-always-expanded", "LO-01: a newline is expanded without ONLCR";
    ExpandedNewlineKeepsColumn, "expanded-newline-keeps-column", "LO-01, LO-08: a newline with ONLCR keeps the column";
    OnlretIgnored, "onlret-ignored", "LO-05: ONLRET does not set the column to 0";
    OnocrIgnored, "onocr-ignored", "LO-04: ONOCR does not omit a carriage return at column 0";
    OcrnlIgnored, "ocrnl-ignored", "LO-03: OCRNL leaves a carriage return";
    OcrnlBeforeOnocr, "ocrnl-before-onocr", "LO-04: with OCRNL, ONOCR does not omit a carriage return";
    MappedReturnExpanded, "mapped-return-expanded", "LO-03: a newline that OCRNL made is expanded by ONLCR";
    MappedReturnToColumn0, "mapped-return-to-column-0", "LO-03: a newline that OCRNL made sets the column to 0";
    XtabsIgnored, "xtabs-ignored", "LO-07: XTABS does not expand a tab";
    TabsAlwaysExpanded, "tabs-always-expanded", "LO-07: a tab is expanded without XTABS";
    TabDelayExpands, "tab-delay-expands", "LO-07: TAB1 and TAB2 expand a tab";
    BackspaceNotCounted, "backspace-not-counted", "LO-08: a backspace keeps the column";
    ControlTakesColumn, "control-takes-column", "LO-08: control characters take a column";
    ControlWrittenAsCaret, "control-written-as-caret", "LO-11, LE-02: a control character that is written is sent as ^X";
    ContinuationTakesColumn, "continuation-takes-column", "LO-08: with IUTF8, each byte of a character takes a column";
    OlcucIgnored, "olcuc-ignored", "LO-06: OLCUC leaves lower case";
    OnlyAsciiRaised, "only-ascii-raised", "LO-06: OLCUC leaves the lower case of Latin-1";
    ColumnForgottenBetweenWrites, "column-forgotten-between-writes", "LO-09: each write begins at column 0";

    SignalCharacterRead, "signal-character-read", "LS-01: a signal character is read, too";
    SignalKeepsInput, "signal-keeps-input", "LS-02: a signal character drops no input";
    SignalKeepsLines, "signal-keeps-lines", "LS-02: a signal character drops the current line only";
    SignalKeepsEcho, "signal-keeps-echo", "LS-03: a signal character drops no echo";
    SignalKeepsSentEcho, "signal-keeps-sent-echo", "LS-07: a signal character does not endanger echo that was sent in its batch";
    NoflshIgnored, "noflsh-ignored", "LS-04: a signal character drops input and echo despite NOFLSH";
    SignalResetsColumn, "signal-resets-column", "4.9: a signal character sets the column to 0";
    SignalLeavesOutputStopped, "signal-leaves-output-stopped", "LS-06: a signal character does not restart output";
    SignalRestartNeedsIxany, "signal-restart-needs-ixany", "LS-06: a signal character restarts output with IXANY only";
    SignalNotEchoed, "signal-not-echoed", "LE-12: a signal character is not echoed";
    SameSizeSignalled, "same-size-signalled", "WS-03: setting the same size sends SIGWINCH";
    PixelsOverlooked, "pixels-overlooked", "WS-03: a change of the size in pixels sends no SIGWINCH";
    RowsOverlooked, "rows-overlooked", "WS-03: a change of the rows sends no SIGWINCH";
    ColumnsOverlooked, "columns-overlooked", "WS-03: a change of the columns sends no SIGWINCH";
    SizeNeedsIsig, "size-needs-isig", "WS-03: without ISIG, a change of the size sends no SIGWINCH";

    FlowControlWithoutIxon, "flow-control-without-ixon", "LI-09: the start and stop characters work without IXON";
    FlowCharacterRead, "flow-character-read", "LI-06: the start and stop characters are read";
    StopIgnoredByWrites, "stop-ignored-by-writes", "LI-06: a program can write while output is stopped";
    IxanyIgnored, "ixany-ignored", "LI-07: IXANY does not restart output";
    StopBeforeStart, "stop-before-start", "LI-10: a character that is both start and stop stops";
    StartUndoesOutputOff, "start-undoes-output-off", "LF-01: the start character undoes TCOOFF";
    OutputOnIgnored, "output-on-ignored", "LF-01: TCOON does not start output";
    InputOffStopsOutput, "input-off-stops-output", "LF-02: TCIOFF stops output, too";
    UsualCharactersSent, "usual-characters-sent", "LF-02: TCIOFF and TCION send ^S and ^Q where other characters are set";
    InputOffNeedsIxon, "input-off-needs-ixon", "LF-02: TCIOFF and TCION send nothing without IXON";
    InputOffHeld, "input-off-held", "LF-02: TCIOFF and TCION send nothing while output is stopped";
    InputOffDespiteOutputOff, "input-off-despite-output-off", "LF-02: TCIOFF and TCION send also after TCOOFF";
    DisabledCharacterSent, "disabled-character-sent", "LF-05: TCIOFF and TCION send a character that is switched off";
    MasterInputOffIgnored, "master-input-off-ignored", "LF-03: TCIOFF and TCION of the master do nothing";
    MasterOutputOffIgnored, "master-output-off-ignored", "LF-04: TCOOFF of the master does not hold what is typed";

    OppositesToldTogether, "opposites-told-together", "PK-05, PK-06: a status does not take its opposite away";
    OldStatusKept, "old-status-kept", "PK-09: switching packet mode on keeps old statuses";
    HiddenStatusShown, "hidden-status-shown", "PK-09: switching packet mode off does not hide statuses";
    StatusWithoutPacketMode, "status-without-packet-mode", "PK-01: statuses are told without packet mode";
    PacketModeDropsOutput, "packet-mode-drops-output", "PK-01: switching packet mode on drops what the master has not read";
    FlushUntold, "flush-untold", "PK-04: a flush of the slave is not told";
    MasterFlushTold, "master-flush-told", "PK-04: a flush of the master is told";
    SignalFlushUntold, "signal-flush-untold", "PK-08: the flush of a signal character is not told";
    StoppedToldAgain, "stopped-told-again", "PK-05: TCOOFF is told also when output is stopped already";
    OutputSwitchUntold, "output-switch-untold", "PK-05: TCOOFF and TCOON are not told";
    OnlyIxonTold, "only-ixon-told", "PK-06: other start and stop characters are not told";
    IxonUntold, "ixon-untold", "PK-06: IXON going off or on is not told";
    ExtprocUntold, "extproc-untold", "PK-07: settings with EXTPROC are not told";
    EverySettingTold, "every-setting-told", "PK-07: settings are told without EXTPROC";

    LongLineWaits, "long-line-waits", "LB-01: a line that is too long waits instead of losing its end";
    OverflowRings, "overflow-rings", "LB-03: a line that is too long rings the bell";
    CompleteLineOverflows, "complete-line-overflows", "LB-05: a full queue goes on taking input although a line waits to be read";
    WritesUncut, "writes-uncut", "LB-05: a write of more than 2048 bytes fills the flip buffers as if it were one";
    RefusedBytesLost, "refused-bytes-lost", "LB-04: bytes that there is no room for are lost";
    LastSlotUsed, "last-slot-used", "LB-04: raw mode takes 4096 bytes";
    ParmrkTakesNoRoom, "parmrk-takes-no-room", "LB-07: PARMRK does not divide the room by three";
    NoLookAhead, "no-look-ahead", "LB-06: start and stop characters that wait do not act";
    LookAheadRepeated, "look-ahead-repeated", "LB-06: start and stop characters that waited act again when there is room";
    LookedAtStopsAtZero, "looked-at-stops-at-zero", "LB-06: a signal character that waited does not disturb the count of bytes looked at";

    InputFlushKeepsWaiting, "input-flush-keeps-waiting", "LQ-01: TCIFLUSH keeps bytes that wait for room";
    FlushKeepsReceived, "flush-keeps-received", "LQ-01: a flush of input keeps what was received";
    MasterFlushIgnored, "master-flush-ignored", "LQ-02: TCIFLUSH of the master keeps what the slave has written";
    OutputFlushDropsReceived, "output-flush-drops-received", "LQ-04: TCOFLUSH of the slave drops what the master has received";
    OutputFlushKeepsWaiting, "output-flush-keeps-waiting", "LQ-05: TCOFLUSH of the master keeps bytes that wait for room";

    AnyCharacterSize, "any-character-size", "PT-09: CSIZE, PARENB and CREAD are not forced";
    QueuedBytesStayOpen, "queued-bytes-stay-open", "LM-03: bytes queued in raw mode are not readable in canonical mode";
    QueuedNewlinesEndLines, "queued-newlines-end-lines", "LM-04: newlines queued in raw mode end lines in canonical mode";
    QueuedZeroRead, "queued-zero-read", "LM-05: a last byte 0 queued in raw mode is read in canonical mode";
    EveryChangeDivides, "every-change-divides", "LM-08: every tcsetattr divides the queue anew";
    ExtprocDoesNotDivide, "extproc-does-not-divide", "LM-11: EXTPROC does not divide the queue anew";
    LiteralOutlivesSwitch, "literal-outlives-switch", "LX-19: literal next outlives a change of ICANON";
    ErasingOutlivesSwitch, "erasing-outlives-switch", "4.8: the erasing of ECHOPRT outlives a change of ICANON";
    StopOutlivesIxon, "stop-outlives-ixon", "LI-08: output stays stopped when IXON goes off";
    FlushKeepsInput, "flush-keeps-input", "LM-09: TCSAFLUSH keeps input";
    DrainDropsInput, "drain-drops-input", "LM-09: TCSADRAIN drops input";
    FlushDropsWaiting, "flush-drops-waiting", "LM-10: TCSAFLUSH drops bytes that wait for room";

    SeveralLinesRead, "several-lines-read", "LC-02: a read gives several lines";
    RestOfLineDropped, "rest-of-line-dropped", "LC-03: a short read drops the rest of the line";
    EndOfFileNotSwallowed, "end-of-file-not-swallowed", "LC-06: an end of file that follows a full buffer is a read of 0 bytes";
    PollingReadWouldBlock, "polling-read-would-block", "LV-01: with VMIN and VTIME 0, a read of nothing is EAGAIN";
    TimedReadEndsAtOnce, "timed-read-ends-at-once", "LV-02: with VTIME, a read of nothing is 0 bytes at once";
    RawReadOfNothingEnds, "raw-read-of-nothing-ends", "LV-06: with VMIN, a read of nothing is 0 bytes";
    ReadNeedsMinimum, "read-needs-minimum", "LV-05, LV-06: a read of fewer than VMIN bytes is EAGAIN";
    MinimumIsMaximum, "minimum-is-maximum", "LV-06: a read gives no more than VMIN bytes";
    PortionStopsShort, "portion-stops-short", "LV-08: with VMIN 64, a read gives no more than 64 bytes";
    LargeMinimumHolds, "large-minimum-holds", "LV-08: with VMIN over 64, a read gives more than 64 bytes";
    PollIgnoresMinimum, "poll-ignores-minimum", "LV-07: poll says readable before VMIN bytes are there";
    PollHeedsMinimumDespiteTime, "poll-heeds-minimum-despite-time", "LV-07: poll waits for VMIN bytes although VTIME is set";
    LoneEndOfFileRead, "lone-end-of-file-read", "LM-12: a lone end of file under EXTPROC is read";
    EndOfFileCounted, "end-of-file-counted", "LQ-06: FIONREAD counts ends of file";
    RawBytesUncounted, "raw-bytes-uncounted", "LQ-07: FIONREAD counts only complete lines in raw mode";
    OpenLineCounted, "open-line-counted", "LQ-06: FIONREAD counts the line that is not complete";
    ReadNotWiped, "read-not-wiped", "LQ-09: what is read with ICANON and without ECHO stays in the queue's memory";
    ReadWipedLater, "read-wiped-later", "LQ-09: what is read with ICANON and without ECHO is wiped after the whole read";
    PollOverlooksEndOfFile, "poll-overlooks-end-of-file", "LC-12: a lone end of file is not readable";
}

/// The rules of one model: all of them hold, except the one of its mutant.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rules {
    pub(crate) edition: Edition,
    #[cfg(feature = "mutants")]
    broken: Option<Mutant>,
}

impl Rules {
    /// Those of older kernels, too.
    pub(crate) fn of(edition: Edition) -> Rules {
        Rules {
            edition,
            #[cfg(feature = "mutants")]
            broken: None,
        }
    }

    #[cfg(feature = "mutants")]
    pub(crate) fn without(mutant: Mutant) -> Rules {
        Rules { broken: Some(mutant), ..Rules::default() }
    }

    /// Whether this model is that mutant.
    #[cfg(feature = "mutants")]
    pub(crate) fn breaks(self, mutant: Mutant) -> bool {
        self.broken == Some(mutant)
    }

    /// Whether this model is that mutant: never.
    #[cfg(not(feature = "mutants"))]
    #[inline(always)]
    pub(crate) fn breaks(self, _: Mutant) -> bool {
        false
    }
}
