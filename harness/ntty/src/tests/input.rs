use super::check::{Terminal, terminal, times};
use crate::lflag::{ECHO, EXTPROC, ICANON};

/// The queue is a ring: what is in it may lie over its end.
fn turned() -> Terminal {
    let mut turned = terminal();
    for _ in 0..3 {
        turned = turned.types(times(1360, "y") + "\n").reads(times(1360, "y") + "\n");
    }
    turned.echoes(times(3, &(times(1360, "y") + "\r\n")))
}

#[test]
fn lines_lie_over_the_end_of_the_ring() {
    turned().types("0123456789abcdefghi\n").reads("0123456789abcdefghi\n");
    turned().types("0123456789abcdefghi\x7f\x7f\n").reads("0123456789abcdefg\n");
    turned().types("0123456789abcdefghi").without_lflag(ICANON).reads("0123456789abcdefghi");
    turned().types("01234567\n89\x04abcdefghi\n").has_unread(21).reads("01234567\n").reads("89");
    turned().types("0123456789abc\x12").echoes("0123456789abc^R\r\n0123456789abc");
}

#[test]
fn what_was_read_unechoed_is_overwritten() {
    let secret = terminal().without_lflag(ECHO).with_lflag(EXTPROC);
    let full = secret.types(times(2000, "x")).types(times(2000, "x")).types(times(96, "x"));
    // The queue has lost count, and the byte before it, now 0, passes for an end of file.
    let lost = full.reads(times(4096, "x")).has_unread(-1);
    lost.without_lflag(EXTPROC).has_unread(-2);
}
