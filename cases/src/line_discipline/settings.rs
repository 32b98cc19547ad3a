//! The settings as the container gets them, and who shares them.

use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "line-discipline/settings-are-pristine",
        title: "ask for all settings of a container's terminal, at the master when it comes and inside at the start",
        requirement: "every flag, special character and speed is what the kernel gives to a new terminal",
        why: "whoever gets the master expects a new terminal and sets it up; one that was changed already echoes twice, \
              draws staircases or ignores ^C",
        references: &[TERMINALS, manual("termios(3)"), manual("pty(7)")],
        covers: &["H01", "H02"],
        caught_by: &[(
            "settings when the master comes",
            &[
                "echo-off",
                "onlcr-cleared",
                "isig-off",
                "icanon-off",
                "ixon-off",
                "icrnl-off",
                "echoctl-off",
                "echoe-off",
                "echoke-off",
                "iexten-off",
                "tostop-on",
                "iutf8-on",
                "hupcl-on",
                "veof-wrong",
                "verase-wrong",
                "vintr-wrong",
                "vkill-wrong",
                "vmin-zero",
            ],
        )],
        body: |t| {
            let pristine = t.pristine_settings()?;
            let mut created = t.container()?.create()?;
            let terminal = created.take_terminal()?;
            let received = terminal.as_ref().map(|terminal| terminal.termios()).transpose()?;
            t.equal("settings when the master comes", received, Some(pristine))?;
            let mut container = created.start_with(terminal)?;
            t.equal("settings inside", container.probe.termios(0)?, pristine)
        },
        ..Case::TERMINAL
    },
    Case {
        id: "line-discipline/echo-can-be-turned-off-and-on",
        title: "type a line with echo, one without, as for a password, and one with echo again",
        requirement: "the first and the third line come back once each, the second not at all, and all three are read",
        why: "a password prompt that echoes shows the password; one that leaves echo off makes the shell mute",
        level: Level::Kernel,
        references: &[manual("termios(3)"), POSIX_TERMINALS],
        covers: &["H05", "H06"],
        needs: &[Need::Terminal],
        caught_by: &[("bytes on the terminal", &["echo-off", "onlcr-cleared"])],
        body: |t| {
            let mut container = t.container()?.start()?;
            let settings = container.probe.termios(0)?;
            container.types("user\n")?;
            container.receives("user\r\n")?;
            container.reads("user\n")?;
            container.probe.set_termios(0, settings.without_echo())?;
            container.types("secret\n")?;
            container.reads("secret\n")?;
            container.has_nothing_left_over()?;
            container.probe.set_termios(0, settings)?;
            container.types("again\n")?;
            container.receives("again\r\n")?;
            container.reads("again\n")?;
            Ok(container.has_nothing_left_over()?)
        },
    },
    Case {
        id: "line-discipline/settings-made-inside-show-at-the-master",
        title: "put the terminal into raw mode inside, and ask the master for its settings",
        requirement: "the master tells the very settings that were made inside",
        why: "terminal servers and recorders follow the mode of the program they carry, for example to hide passwords",
        level: Level::Kernel,
        references: &[manual("termios(3)"), manual("pty(7)")],
        covers: &["H13"],
        needs: &[Need::Terminal],
        caught_by: &[("settings at the master", &["socket-sends-another-master"])],
        body: |t| {
            let mut container = t.container()?.start()?;
            let raw = t.pristine_settings()?.raw();
            container.probe.set_termios(0, raw)?;
            t.equal("settings at the master", container.terminal()?.termios()?, raw)?;
            t.equal("settings inside", container.probe.termios(0)?, raw)
        },
    },
    Case {
        id: "line-discipline/settings-made-at-the-master-hold-inside",
        title: "turn echo off at the master, ask inside, and type a line",
        requirement: "the process sees the very settings that were made at the master, and nothing is echoed",
        why: "engines set the terminal up through the master before the container runs",
        level: Level::Kernel,
        references: &[manual("termios(3)"), manual("pty(7)")],
        covers: &["H13"],
        needs: &[Need::Terminal],
        caught_by: &[("settings inside", &["socket-sends-another-master"])],
        body: |t| {
            let mut container = t.container()?.start()?;
            let silent = t.pristine_settings()?.without_echo();
            container.terminal()?.set_termios(&silent)?;
            t.equal("settings inside", container.probe.termios(0)?, silent)?;
            container.types("unseen\n")?;
            container.reads("unseen\n")?;
            Ok(container.has_nothing_left_over()?)
        },
    },
    Case {
        id: "line-discipline/exec-has-settings-of-its-own",
        title: "put the terminal of a second process into raw mode, then that of the first",
        requirement: "each has its own settings: neither change shows on the other terminal",
        why: "an editor started with exec must not take line editing and echo away from the shell that runs already",
        level: Level::Kernel,
        references: &[manual("termios(3)"), TERMINALS],
        covers: &["H14"],
        needs: &[Need::Terminal, Need::Exec],
        caught_by: &[("settings of the first process", &["exec-shares-init-terminal"])],
        body: |t| {
            let pristine = t.pristine_settings()?;
            let raw = pristine.raw();
            let silent = pristine.without_echo();
            let mut container = t.container()?.start()?;
            let mut second = container.exec()?.start()?;
            t.equal("settings of the second process", second.probe.termios(0)?, pristine)?;
            second.probe.set_termios(0, raw)?;
            t.equal("settings of the first process", container.probe.termios(0)?, pristine)?;
            container.types("line\n")?;
            container.receives("line\r\n")?;
            container.reads("line\n")?;
            container.probe.set_termios(0, silent)?;
            t.equal("settings of the second process, later", second.probe.termios(0)?, raw)
        },
    },
];
