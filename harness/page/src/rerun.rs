//! The command that runs a case again on a target.

use ptyproof_report::{CaseId, Target};

/// A line for a shell. What is `launched` is a target by its own name.
pub(crate) fn command(case: &CaseId, target: &Target, launched: bool) -> String {
    let id = quoted(case.as_str());
    let path = &target.path;
    if target.is_kernel() {
        return match (path.is_empty(), target.sha256.is_empty()) {
            (true, _) => format!("ptyproof run {id} --target kernel"),
            (false, false) => format!("ptyproof kernel {} -- {id}", quoted(path)),
            // An image has a hash; else it is what starts programs elsewhere.
            (false, true) => {
                let called = target.called.iter().map(|name| format!(" --as {}", quoted(name))).collect::<String>();
                format!("ptyproof run {id} --target kernel --via {}{called}", quoted(path))
            }
        };
    }
    if launched {
        let program = if path.is_empty() { String::new() } else { format!("={path}") };
        return format!("ptyproof run {id} --target {}", quoted(&format!("{}{program}", target.profile)));
    }
    // What was carried along lay in the directory of that run, and is gone.
    let carried = path.split('/').any(|part| part.starts_with("ptyproof-"));
    if carried || path.is_empty() {
        return format!("ptyproof run {id}");
    }
    format!("ptyproof run {id} --runtime {}", quoted(path))
}

/// The command that prints shell lines which show what a runtime does, without ptyproof.
pub(crate) fn shell(case: &CaseId, target: &Target) -> String {
    format!("ptyproof explain {} --repro --runtime {}", quoted(case.as_str()), quoted(&target.path))
}

/// As one word of a shell's. What a shell cannot be given is left to be seen.
fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_target_is_called_its_own_way() {
        let target = |path: &str, profile: &str, sha256: &str| Target {
            path: path.to_owned(),
            file: None,
            sha256: sha256.to_owned(),
            version: String::new(),
            profile: profile.to_owned(),
            with: None,
            called: None,
        };
        let id = CaseId::from("a/b");
        for (path, profile, sha256, line) in [
            ("/usr/sbin/runc", "runc", "0", "ptyproof run a/b --runtime /usr/sbin/runc"),
            ("/x y'z/runc", "runc", "0", "ptyproof run a/b --runtime \"/x y'z/runc\""),
            ("/tmp/ptyproof-a1B2c3/ptyrun", "ptyrun", "0", "ptyproof run a/b"),
            ("", Target::KERNEL, "", "ptyproof run a/b --target kernel"),
            ("boot/vmlinuz", Target::KERNEL, "0", "ptyproof kernel boot/vmlinuz -- a/b"),
            ("ssh node", Target::KERNEL, "", "ptyproof run a/b --target kernel --via 'ssh node'"),
        ] {
            assert_eq!(command(&id, &target(path, profile, sha256), false), line);
        }
        let bwrap = target("/usr/bin/bwrap", "bwrap", "0");
        assert_eq!(command(&id, &bwrap, true), "ptyproof run a/b --target 'bwrap=/usr/bin/bwrap'");
        assert_eq!(shell(&id, &bwrap), "ptyproof explain a/b --repro --runtime /usr/bin/bwrap");
    }
}
