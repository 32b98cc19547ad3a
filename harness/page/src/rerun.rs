//! The command that runs a case again on a target.

use ptyproof_report::{CaseId, Target};

/// A line for a shell.
pub(crate) fn command(case: &CaseId, target: &Target) -> String {
    let id = quoted(case.as_str());
    let path = &target.path;
    if target.is_kernel() {
        return match path.is_empty() {
            true => format!("ptyproof run {id} --target kernel"),
            false => format!("ptyproof kernel {} -- {id}", quoted(path)),
        };
    }
    // What was carried along lay in the directory of that run, and is gone.
    let carried = path.split('/').any(|part| part.starts_with("ptyproof-"));
    if carried || path.is_empty() {
        return format!("ptyproof run {id}");
    }
    format!("ptyproof run {id} --runtime {}", quoted(path))
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
        let target = |path: &str, profile: &str| Target {
            path: path.to_owned(),
            file: None,
            sha256: String::new(),
            version: String::new(),
            profile: profile.to_owned(),
            with: None,
        };
        let id = CaseId::from("a/b");
        for (path, profile, line) in [
            ("/usr/sbin/runc", "runc", "ptyproof run a/b --runtime /usr/sbin/runc"),
            ("/x y'z/runc", "runc", "ptyproof run a/b --runtime \"/x y'z/runc\""),
            ("/tmp/ptyproof-a1B2c3/ptyrun", "ptyrun", "ptyproof run a/b"),
            ("", Target::KERNEL, "ptyproof run a/b --target kernel"),
            ("boot/vmlinuz", Target::KERNEL, "ptyproof kernel boot/vmlinuz -- a/b"),
        ] {
            assert_eq!(command(&id, &target(path, profile)), line);
        }
    }
}
