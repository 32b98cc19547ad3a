//! Who owns the terminal, and who may open it.

mod access;
mod chown;
mod exec;

use crate::prelude::*;

pub const CASES: &[&[Case]] = &[FIRST_PROCESS, chown::CASES, access::CASES, exec::CASES];

/// User, group and mode of a terminal.
type Ownership = (u32, u32, String);

fn ownership(status: &FileStatus) -> Ownership {
    (status.user, status.group, format!("{:04o}", status.mode))
}

/// fstat(2) of the process's terminal.
fn terminal_of(seen: &Facts) -> Result<&FileStatus, Stop> {
    let terminal = seen.descriptor(0).filter(|fd| fd.terminal.is_ok());
    terminal.map(|fd| &fd.status).ok_or_else(|| Stop::fail("descriptor 0", "a terminal", "none"))
}

/// The cases of the first process's terminal.
const FIRST_PROCESS: &[Case] = &[
    Case {
        id: "owner/root-owns-its-terminal",
        title: "stat the terminal of a process of user 0",
        requirement: "it belongs to user 0",
        why: "a terminal that another user owns can be read and written to by that user's processes",
        references: &[RUNC_INIT, CRUN_LINUX, TERMINALS],
        covers: &["E01"],
        caught_by: &[("owner of the terminal", &["slave-owner-1000"])],
        body: |t| t.equal("owner of the terminal", terminal_of(&t.standard_terminal()?.inside)?.user, 0),
        ..Case::TERMINAL
    },
    Case {
        id: "owner/user-owns-its-terminal",
        title: "stat the terminal of a process of user 1000",
        requirement: "it belongs to user 1000",
        why: "programs that open their terminal by name (gpg, ssh, screen) fail for a user who does not own it",
        level: Level::Convention,
        references: &[RUNC_INIT, CRUN_LINUX, TERMINALS],
        covers: &["E01"],
        needs: &[Need::Terminal, Need::ManyIds],
        caught_by: &[("owner of the terminal", &["slave-owner-root"])],
        body: |t| {
            let seen = t.standard_user()?.inside;
            t.equal("owner of the terminal", terminal_of(&seen)?.user, 1000)
        },
    },
    Case {
        id: "owner/group-is-that-of-devpts",
        title: "stat the terminals of a process of 0:0 and of one of 1000:1000, where devpts has gid=5",
        requirement: "both terminals belong to group 5",
        why: "write(1) and wall(1) run with the tty group; a terminal of the user's own group is closed to them and \
              open to the user's colleagues",
        level: Level::Convention,
        references: &[RUNC_INIT, RUNC_EXAMPLE, DEVPTS],
        covers: &["E02"],
        needs: &[Need::Terminal, Need::ManyIds],
        caught_by: &[("groups of root's and of the user's terminal", &["devpts-gid-dropped", "slave-group-is-users"])],
        body: |t| {
            let root = t.standard_terminal()?.inside;
            let user = t.standard_user()?.inside;
            let seen = [terminal_of(&root)?.group, terminal_of(&user)?.group];
            t.equal("groups of root's and of the user's terminal", seen, [5, 5])
        },
    },
    Case {
        id: "owner/mode-is-that-of-devpts",
        title: "stat a container's terminal where devpts has mode=0620",
        requirement: "mode 0620: the owner reads and writes, the group writes, others do nothing",
        why: "who may read a terminal reads what is typed there, passwords included",
        references: &[RUNC_EXAMPLE, DEVPTS, manual("mesg(1)")],
        covers: &["E03"],
        caught_by: &[("mode of the terminal", &["slave-mode-666", "devpts-mode-wrong"])],
        body: |t| {
            let mode = format!("{:04o}", terminal_of(&t.standard_terminal()?.inside)?.mode);
            t.equal("mode of the terminal", mode.as_str(), "0620")
        },
        ..Case::TERMINAL
    },
];
