//! The steps of a runtime at which it can be held, each named by its purpose.

use super::filter::Pattern;
use super::held::Held;
use nix::libc::{self, c_long};

/// A step, whichever system call a runtime takes it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "kebab-case")]
pub enum Call {
    /// A file whose path ends so is opened.
    Open(&'static str),
    /// A master is opened: `ptmx`, wherever it is.
    OpenMaster,
    /// The slave is unlocked, `TIOCSPTLCK`.
    UnlockSlave,
    /// The slave is opened, through its master (`TIOCGPTPEER`) or by its path.
    OpenSlave,
    /// A terminal gets a size, `TIOCSWINSZ`.
    SetSize,
    /// A terminal's size is looked at, `TIOCGWINSZ`.
    ReadSize,
    /// A slave gets an owner: chown(2) and its kin.
    SetOwner,
    /// Something is mounted on a path that ends so: mount(2), move_mount(2).
    Mount(&'static str),
    /// A master is sent over a socket: sendmsg(2), sendmmsg(2).
    HandOver,
    /// A slave becomes a standard stream: dup2(2), dup3(2), `F_DUPFD`.
    PlaceStream,
    /// The controlling terminal is acquired, `TIOCSCTTY`.
    AcquireTerminal,
    /// A terminal is taken from another session: `TIOCSCTTY` with an argument.
    StealTerminal,
    /// A process is made, no thread: fork(2), clone(2), clone3(2).
    Fork,
    /// A session begins, setsid(2).
    StartSession,
    /// The root changes: pivot_root(2), chroot(2).
    ChangeRoot,
    /// The container's program, or any whose path ends so, is executed.
    Execute(&'static str),
    /// A terminal's settings are changed: `TCSETS` and its kin.
    ChangeSettings,
    /// Any use of the system call of that number.
    SystemCall(c_long),
}

/// Every step that is the same in each container.
pub const CALLS: &[Call] = &[
    Call::OpenMaster,
    Call::UnlockSlave,
    Call::OpenSlave,
    Call::SetSize,
    Call::ReadSize,
    Call::SetOwner,
    Call::Mount("dev/console"),
    Call::HandOver,
    Call::PlaceStream,
    Call::AcquireTerminal,
    Call::StealTerminal,
    Call::Fork,
    Call::StartSession,
    Call::ChangeRoot,
    Call::ChangeSettings,
];

/// The numbers of the calls that kernels keep for old programs.
macro_rules! numbers {
    ($($name:ident)* ; $($old:ident)*) => {
        &[$(libc::$name,)* $(#[cfg(target_arch = "x86_64")] libc::$old),*]
    };
}

pub(super) const OPENING: &[c_long] = numbers!(SYS_openat SYS_openat2 ; SYS_open);
pub(super) const CHOWNING: &[c_long] = numbers!(SYS_fchown SYS_fchownat ; SYS_chown SYS_lchown);
pub(super) const DUPLICATING: &[c_long] = numbers!(SYS_dup3 ; SYS_dup2);
pub(super) const FORKING: &[c_long] = numbers!(SYS_clone SYS_clone3 ; SYS_fork SYS_vfork);
/// linux/termbits.h: each of the two structures, at once, after the output, and with the input thrown away.
const SETTINGS: [libc::Ioctl; 6] =
    [libc::TCSETS, libc::TCSETSW, libc::TCSETSF, libc::TCSETS2, libc::TCSETSW2, libc::TCSETSF2];

impl Call {
    /// The system calls that serve it, as far as numbers tell.
    pub(super) fn patterns(self) -> Vec<Pattern> {
        let any = |numbers: &[c_long]| numbers.iter().map(|&number| Pattern { number, argument: None }).collect();
        let ioctl = |request: libc::Ioctl| Pattern { number: libc::SYS_ioctl, argument: Some((1, request as u32)) };
        match self {
            Self::Open(_) | Self::OpenMaster => any(OPENING),
            Self::UnlockSlave => vec![ioctl(libc::TIOCSPTLCK)],
            Self::OpenSlave => [any(OPENING), vec![ioctl(libc::TIOCGPTPEER)]].concat(),
            Self::SetSize => vec![ioctl(libc::TIOCSWINSZ)],
            Self::ReadSize => vec![ioctl(libc::TIOCGWINSZ)],
            Self::SetOwner => any(CHOWNING),
            Self::Mount(_) => any(&[libc::SYS_mount, libc::SYS_move_mount]),
            Self::HandOver => any(&[libc::SYS_sendmsg, libc::SYS_sendmmsg]),
            Self::PlaceStream => {
                let duplicating =
                    |request: i32| Pattern { number: libc::SYS_fcntl, argument: Some((1, request.cast_unsigned())) };
                [any(DUPLICATING), vec![duplicating(libc::F_DUPFD), duplicating(libc::F_DUPFD_CLOEXEC)]].concat()
            }
            Self::AcquireTerminal | Self::StealTerminal => vec![ioctl(libc::TIOCSCTTY)],
            Self::Fork => any(FORKING),
            Self::StartSession => any(&[libc::SYS_setsid]),
            Self::ChangeRoot => any(&[libc::SYS_pivot_root, libc::SYS_chroot]),
            Self::Execute(_) => any(&[libc::SYS_execve, libc::SYS_execveat]),
            Self::ChangeSettings => SETTINGS.map(ioctl).to_vec(),
            Self::SystemCall(number) => any(&[number]),
        }
    }

    /// Whether a call that is held is this one.
    pub(super) fn is(self, held: &Held) -> bool {
        let number = c_long::from(held.data.nr);
        let argument = |index: u32| held.data.args[index as usize];
        let mut patterns = self.patterns().into_iter().filter(|pattern| pattern.number == number);
        if !patterns.any(|Pattern { argument: wanted, .. }| wanted.is_none_or(|(i, value)| argument(i) as u32 == value))
        {
            return false;
        }
        let flags = held.flags.unwrap_or(0);
        let opens = flags & libc::O_PATH as u64 == 0;
        match self {
            Self::Open(path) => opens && held.path.ends_with(path),
            Self::OpenMaster => opens && held.path.file_name().is_some_and(|name| name == "ptmx"),
            Self::OpenSlave => number == libc::SYS_ioctl || opens && held.is_slave(),
            Self::SetOwner => held.is_slave(),
            Self::PlaceStream => held.is_slave() && (number == libc::SYS_fcntl || argument(1) <= 2),
            Self::Mount(path) | Self::Execute(path) => held.path.ends_with(path),
            Self::HandOver => held.sends_master,
            Self::StealTerminal => argument(2) != 0,
            Self::Fork => flags & libc::CLONE_THREAD as u64 == 0,
            Self::UnlockSlave
            | Self::SetSize
            | Self::ReadSize
            | Self::AcquireTerminal
            | Self::StartSession
            | Self::ChangeRoot
            | Self::ChangeSettings
            | Self::SystemCall(_) => true,
        }
    }
}
