//! Step 1: the session.

use crate::streams::acquire_if_possible;
use ptyrun::DESIGN;

defects! {
    "no-setsid", "The container's process stays in ptyrun's session and gets no controlling terminal." => {
        start_session: |_| Ok(()),
        acquire: acquire_if_possible
    }
    "keyring-of-the-caller", "The container's processes keep the session keyring of ptyrun's caller." =>
        { join_keyring: |_| Ok(()) }
    "setsid-missing-without-terminal", "With terminal false the process stays in ptyrun's session." =>
        { start_session: |terminal| if terminal { (DESIGN.start_session)(terminal) } else { Ok(()) } }
}
