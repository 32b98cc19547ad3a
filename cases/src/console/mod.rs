//! `/dev/console` is the container's terminal.

mod dialogue;
mod identity;
mod image;
mod links;

use ptyproof_harness::case::Case;

/// The cases of this area.
pub const CASES: &[Case] = &[
    identity::EXISTS_WITH_A_TERMINAL,
    identity::ABSENT_WITHOUT_A_TERMINAL,
    identity::IS_A_BIND_MOUNT,
    identity::IS_THE_TERMINAL,
    identity::IS_NOT_THE_HOSTS,
    identity::HAS_MODE_AND_OWNER_OF_THE_SLAVE,
    identity::STAYS_IN_THE_CONTAINER,
    dialogue::WRITES_REACH_THE_MASTER,
    dialogue::READS_WHAT_IS_TYPED,
    dialogue::EXEC_LEAVES_IT_ALONE,
    image::REGULAR_FILE_IS_MOUNTED_OVER,
    image::STALE_NODE_IS_MOUNTED_OVER,
    image::DIRECTORY_IS_AN_ERROR,
    links::TO_A_FILE_INSIDE,
    links::DANGLING_INSIDE,
    links::TO_A_FILE_OUTSIDE,
    links::DANGLING_OUTSIDE,
];
