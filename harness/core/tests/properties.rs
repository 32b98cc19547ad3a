//! What holds for all bytes and all sizes, on real ptys.

use proptest::collection::vec;
use proptest::prelude::*;
use ptyproof_harness::terminal::{Pair, Terminal, set_size, set_termios, size};
use ptyproof_probe::{Bytes, Size};
use ptyproof_report::{escaped, printable};
use std::os::fd::{AsFd, OwnedFd};
use std::{fs::File, io::Write, time::Duration};

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_size_set_on_one_side_is_read_on_the_other(rows: u16, columns: u16, x_pixels: u16, y_pixels: u16) {
        let wanted = Size { rows, columns, x_pixels, y_pixels };
        let Pair { master, slave } = Pair::open().expect("a pty");
        set_size(&master, wanted).expect("a master takes a size");
        prop_assert_eq!(size(&slave), Ok(wanted));
        set_size(&slave, Size::new(columns, rows)).expect("a slave takes a size");
        prop_assert_eq!(size(&master), Ok(Size::new(columns, rows)));
    }

    #[test]
    fn bytes_are_received_whole_however_they_are_cut(chunks in vec(vec(any::<u8>(), 1..200), 1..20)) {
        let Pair { master, slave } = Pair::open().expect("a pty");
        let mut terminal = Terminal::new(master, Duration::from_secs(5)).expect("a session");
        let raw = ptyproof_harness::terminal::termios(slave.as_fd()).expect("settings").raw();
        set_termios(slave.as_fd(), &raw).expect("raw mode");
        let mut slave = File::from(OwnedFd::from(slave));
        for chunk in &chunks {
            slave.write_all(chunk).expect("room for less than 4 KiB");
        }
        prop_assert!(terminal.receives(chunks.concat()).is_ok());
        drop(slave);
        prop_assert_eq!(terminal.receives_rest().expect("a hang-up"), b"");
    }

    #[test]
    fn what_is_shown_holds_no_control_character(bytes: Vec<u8>, text: String) {
        prop_assert!(escaped(&bytes).chars().all(|c| (' '..='~').contains(&c)));
        prop_assert!(!printable(&text).chars().any(char::is_control));
    }

    #[test]
    fn bytes_survive_their_way_out_of_the_container(bytes: Vec<u8>) {
        let json = serde_json::to_string(&Bytes(bytes.clone())).expect("bytes are JSON");
        let back: Bytes = serde_json::from_str(&json).expect("it reads back");
        prop_assert_eq!(back.0, bytes);
    }
}
