//! `linux.seccomp`: which system calls the container may make (config-linux.md, "Seccomp").

use super::fields::or_default;
use serde::Deserialize;
use std::path::PathBuf;

/// The profile.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Seccomp {
    /// What becomes of a call that no rule is about; required where there are rules.
    pub default_action: Option<Action>,
    /// What `SCMP_ACT_ERRNO` and `SCMP_ACT_TRACE` return where they are the default action; EPERM where it is left out.
    pub default_errno_ret: Option<u16>,
    /// Kinds of programs beside the machine's own; calls of any others end the process.
    #[serde(deserialize_with = "or_default")]
    pub architectures: Vec<Architecture>,
    /// Flags for seccomp(2); left out, it is `SECCOMP_FILTER_FLAG_SPEC_ALLOW`, as runc has it.
    pub flags: Option<Vec<Flag>>,
    /// Who is asked about calls with `SCMP_ACT_NOTIFY`: a socket of the caller's.
    pub listener_path: Option<PathBuf>,
    /// What whoever it is is told besides.
    #[serde(deserialize_with = "or_default")]
    pub listener_metadata: String,
    /// The rules.
    #[serde(deserialize_with = "or_default")]
    pub syscalls: Vec<Rule>,
}

/// What becomes of some calls.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Which these are.
    pub names: Vec<String>,
    /// What becomes of them.
    pub action: Action,
    /// What `SCMP_ACT_ERRNO` and `SCMP_ACT_TRACE` return; EPERM where it is left out.
    pub errno_ret: Option<u16>,
    /// Conditions that hold together; where two are about the same argument, each is a rule of its own.
    #[serde(default, deserialize_with = "or_default")]
    pub args: Vec<Argument>,
}

/// A condition on an argument of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Argument {
    /// Which argument, 0 to 5.
    pub index: u32,
    /// What it is compared with; for `SCMP_CMP_MASKED_EQ` the bits that count.
    pub value: u64,
    /// For `SCMP_CMP_MASKED_EQ` what those bits have to be.
    #[serde(default)]
    pub value_two: u64,
    /// How it is compared.
    pub op: Operator,
}

words! {
    /// What becomes of a call (seccomp(2), "return values").
    Action {
        Kill = "SCMP_ACT_KILL",
        KillProcess = "SCMP_ACT_KILL_PROCESS",
        KillThread = "SCMP_ACT_KILL_THREAD",
        Trap = "SCMP_ACT_TRAP",
        Errno = "SCMP_ACT_ERRNO",
        Trace = "SCMP_ACT_TRACE",
        Log = "SCMP_ACT_LOG",
        Allow = "SCMP_ACT_ALLOW",
        Notify = "SCMP_ACT_NOTIFY",
    }
}

words! {
    /// How an argument is compared, without signs.
    Operator {
        NotEqual = "SCMP_CMP_NE",
        Less = "SCMP_CMP_LT",
        LessOrEqual = "SCMP_CMP_LE",
        Equal = "SCMP_CMP_EQ",
        GreaterOrEqual = "SCMP_CMP_GE",
        Greater = "SCMP_CMP_GT",
        MaskedEqual = "SCMP_CMP_MASKED_EQ",
    }
}

words! {
    /// Kinds of programs by their system calls. Those that the machine cannot run make no difference.
    Architecture {
        X86 = "SCMP_ARCH_X86",
        X86_64 = "SCMP_ARCH_X86_64",
        X32 = "SCMP_ARCH_X32",
        Arm = "SCMP_ARCH_ARM",
        Aarch64 = "SCMP_ARCH_AARCH64",
        Loongarch64 = "SCMP_ARCH_LOONGARCH64",
        M68k = "SCMP_ARCH_M68K",
        Mips = "SCMP_ARCH_MIPS",
        Mips64 = "SCMP_ARCH_MIPS64",
        Mips64N32 = "SCMP_ARCH_MIPS64N32",
        Mipsel = "SCMP_ARCH_MIPSEL",
        Mipsel64 = "SCMP_ARCH_MIPSEL64",
        Mipsel64N32 = "SCMP_ARCH_MIPSEL64N32",
        Ppc = "SCMP_ARCH_PPC",
        Ppc64 = "SCMP_ARCH_PPC64",
        Ppc64Le = "SCMP_ARCH_PPC64LE",
        S390 = "SCMP_ARCH_S390",
        S390x = "SCMP_ARCH_S390X",
        Parisc = "SCMP_ARCH_PARISC",
        Parisc64 = "SCMP_ARCH_PARISC64",
        Riscv64 = "SCMP_ARCH_RISCV64",
        Sh = "SCMP_ARCH_SH",
        Sheb = "SCMP_ARCH_SHEB",
    }
}

words! {
    /// How the filter is loaded (seccomp(2)).
    Flag {
        /// For all threads: there is one.
        Tsync = "SECCOMP_FILTER_FLAG_TSYNC",
        Log = "SECCOMP_FILTER_FLAG_LOG",
        SpecAllow = "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
        /// How a call waits for an answer: only to be killed, once the question is read.
        WaitKillableRecv = "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
    }
}

impl Seccomp {
    /// Whether somebody is asked about calls.
    pub fn notifies(&self) -> bool {
        self.syscalls.iter().any(|rule| rule.action == Action::Notify)
    }

    /// What is wrong with the profile, if anything: a field's path below `linux.seccomp` and the reason.
    pub(super) fn problem(&self) -> Option<(String, String)> {
        // Until the agent has what it answers with, there is nobody to answer.
        const BEFORE_ANY_ANSWER: [&str; 2] = ["sendmsg", "write"];
        match self.default_action {
            None if !self.syscalls.is_empty() => {
                return Some(("defaultAction".into(), "is required and missing".into()));
            }
            Some(Action::Notify) => {
                return Some(("defaultAction".into(), "is SCMP_ACT_NOTIFY, which can be for single calls only".into()));
            }
            _ => {}
        }
        for (index, rule) in self.syscalls.iter().enumerate() {
            let of_ptyruns = rule.names.iter().find(|name| BEFORE_ANY_ANSWER.contains(&name.as_str()));
            if let Some(name) = of_ptyruns.filter(|_| rule.action == Action::Notify) {
                let reason = format!("cannot be SCMP_ACT_NOTIFY for {name}: who answers is told by this call");
                return Some((format!("syscalls[{index}].action"), reason));
            }
            if let Some(argument) = rule.args.iter().position(|argument| argument.index > 5) {
                let reason = format!("{} is out of range, expected 0 to 5", rule.args[argument].index);
                return Some((format!("syscalls[{index}].args[{argument}].index"), reason));
            }
        }
        if self.notifies() && self.listener_path.as_ref().is_none_or(|path| path.as_os_str().is_empty()) {
            return Some(("listenerPath".into(), "is required with SCMP_ACT_NOTIFY and missing".into()));
        }
        // The numbers of calls are known for one machine so far.
        let unknown = self.default_action.is_some() && !cfg!(target_arch = "x86_64");
        unknown.then(|| ("defaultAction".into(), "seccomp is not supported by ptyrun on this machine".into()))
    }
}
