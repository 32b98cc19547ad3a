use super::check::{terminal_of, times};
use crate::Edition;
use crate::cc::VMIN;
use crate::lflag::{ECHO, ICANON};

#[test]
fn since_6_0_a_stop_acts_before_its_turn() {
    for edition in Edition::ALL {
        let full = terminal_of(edition).without_lflag(ECHO).types("ab\n").types(times(4092, "x"));
        let shown = if edition == Edition::LookingAhead { "" } else { "w" };
        full.types("\x13").writes_only(shown.len(), "w").echoes(shown);
    }
}

#[test]
fn in_5_17_and_5_18_an_end_of_file_behind_a_full_buffer_stays() {
    for edition in Edition::ALL {
        let typed = terminal_of(edition).without_lflag(ECHO).types("ab\x04").reads_at_most(2, "ab");
        match edition {
            Edition::StrayEndOfFile => typed.reads_at_most(2, "").reads_nothing(),
            _ => typed.reads_nothing(),
        };
    }
}

#[test]
fn before_5_12_a_raw_read_of_less_than_vmin_is_whole() {
    for edition in Edition::ALL {
        let raw = terminal_of(edition).without_lflag(ICANON | ECHO).with_cc(VMIN, 100);
        let typed = raw.types(times(80, "x"));
        match edition {
            Edition::WholeReads => typed.reads_at_most(200, times(80, "x")).reads_nothing(),
            _ => typed.reads_at_most(200, times(64, "x")).reads_at_most(200, times(16, "x")),
        };
    }
}
