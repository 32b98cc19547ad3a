use crate::config::User;
use std::str::FromStr;

/// A user as `exec --user` takes it: numbers, as the container's own lists of names are none of ptyrun's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UserOption {
    uid: u32,
    gid: Option<u32>,
}

impl FromStr for UserOption {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (uid, gid) = text.split_once(':').map_or((text, None), |(uid, gid)| (uid, Some(gid)));
        let number = |text: &str| text.parse::<u32>().map_err(|_| "expected UID[:GID] in numbers");
        Ok(UserOption { uid: number(uid)?, gid: gid.map(number).transpose()? })
    }
}

impl UserOption {
    /// Makes `user` this one. As with runc, the groups stay the container's where none is given.
    pub(super) fn apply(self, user: &mut User) {
        user.uid = self.uid;
        user.gid = self.gid.unwrap_or(user.gid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_may_be_left_out() {
        for (text, uid, gid) in [("7:8", 7, 8), ("7", 7, 3)] {
            let mut user = User { gid: 3, ..User::default() };
            text.parse::<UserOption>().unwrap().apply(&mut user);
            assert_eq!((user.uid, user.gid), (uid, gid));
        }
        for wrong in ["", "root", "7:", ":8", "-1", "1:2:3"] {
            assert!(wrong.parse::<UserOption>().is_err(), "{wrong}");
        }
    }
}
