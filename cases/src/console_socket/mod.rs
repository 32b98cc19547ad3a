//! The console socket: how the master leaves the container.

mod address;
mod descriptor;
mod message;
mod receiver;

use ptyproof_harness::case::Case;

/// The cases of this area.
pub const CASES: &[Case] = &[
    message::ONE_CONNECTION,
    message::ONE_MESSAGE_WITH_ONE_DESCRIPTOR,
    message::COMES_BEFORE_START,
    descriptor::IS_A_MASTER_OF_THE_CONTAINERS_DEVPTS,
    descriptor::SLAVE_IS_UNLOCKED,
    descriptor::SIZE_IS_SET_ON_RECEIPT,
    descriptor::SETTINGS_ARE_THE_KERNELS,
    descriptor::ONLY_THE_RECEIVER_HOLDS_THE_MASTER,
    descriptor::CLOSING_THE_MASTER_HANGS_UP,
    address::MISSING_IS_AN_ERROR,
    address::WITHOUT_TERMINAL,
    address::ABSENT_PATH_IS_AN_ERROR,
    address::NOBODY_LISTENS_IS_AN_ERROR,
    address::REGULAR_FILE_IS_AN_ERROR,
    address::DATAGRAM_SOCKET_IS_AN_ERROR,
    address::LONG_PATH,
    address::RELATIVE_PATH,
    address::PATH_WITH_SPACES,
    receiver::CLOSES_WITHOUT_READING,
    receiver::NEVER_ACCEPTS,
];
