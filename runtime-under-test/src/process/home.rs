//! `HOME`, which programs expect and few configs give.

use crate::config::Process;
use crate::syscall::kind;
use nix::fcntl::{AT_FDCWD, OFlag, OpenHow, ResolveFlag, openat2};
use nix::sys::stat::{SFlag, fstat};
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

/// Where users are listed: passwd(5).
const USERS: &str = "/etc/passwd";

/// How much of it is read: it is the image's.
const MOST: u64 = 1 << 20;

/// The environment of the process: the config's, of each variable the last, with `HOME` where that is missing or empty. As
/// for runc it is what the image's list of users says of the process's user, and else `/`. To be called in the process's root.
pub fn environment(process: &Process) -> Vec<String> {
    let mut later = HashSet::new();
    let mut environment = process.env.clone();
    environment.reverse();
    environment.retain(|entry| later.insert(entry.split('=').next().unwrap_or_default().to_owned()));
    environment.reverse();
    environment.retain(|entry| entry != "HOME=");
    if !environment.iter().any(|entry| entry.starts_with("HOME=")) {
        let home = home(process.user.uid).ok().flatten();
        environment.push(format!("HOME={}", home.as_deref().unwrap_or("/")));
    }
    environment
}

fn home(user: u32) -> io::Result<Option<String>> {
    // Whatever stands there is not waited for, and leads to nothing that a process of ptyrun's alone could reach.
    let how = OpenHow::new().flags(OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC);
    let file = File::from(openat2(AT_FDCWD, USERS, how.resolve(ResolveFlag::RESOLVE_NO_MAGICLINKS))?);
    if kind(&fstat(&file)?) != SFlag::S_IFREG {
        return Ok(None);
    }
    find(BufReader::new(file.take(MOST)), user)
}

fn find(users: impl BufRead, user: u32) -> io::Result<Option<String>> {
    for line in users.split(b'\n') {
        let line = line?;
        let Ok(line) = std::str::from_utf8(&line) else { continue };
        let fields: Vec<&str> = line.split(':').collect();
        if let [_, _, id, _, _, home, ..] = fields[..]
            && id.parse() == Ok(user)
            && !home.is_empty()
            && !home.contains('\0')
        {
            return Ok(Some(home.to_owned()));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_entry_of_a_user_decides() {
        let users = "# x\nroot:x:0:0:root:/root:/bin/sh\n\n\u{fffd}:x:7:7::/odd\nlp:x:7:7::/other:\nnone:x:8:8:::\n";
        for (user, home) in [(0, Some("/root")), (7, Some("/odd")), (8, None), (9, None)] {
            assert_eq!(find(users.as_bytes(), user).unwrap().as_deref(), home, "{user}");
        }
    }

    #[test]
    fn a_home_of_the_config_stays() {
        for (env, expected) in [
            (json!(["HOME=/a", "X=1"]), &["HOME=/a", "X=1"][..]),
            (json!(["HOME=", "X=1"]), &["X=1", "HOME=/"]),
            (json!([]), &["HOME=/"]),
            (json!(["HOME=/a", "X=1", "Y", "X=2", "HOME="]), &["Y", "X=2", "HOME=/"]),
            (json!(["X=1", "HOME=", "Y=", "HOME=/b", "X=2"]), &["Y=", "HOME=/b", "X=2"]),
        ] {
            let process = json!({"args": ["x"], "cwd": "/", "user": {"uid": 4_000_000_000_u32}, "env": env});
            assert_eq!(environment(&serde_json::from_value(process).unwrap()), expected);
        }
    }
}
