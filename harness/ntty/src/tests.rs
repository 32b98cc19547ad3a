//! What no vector of the line discipline can say: settings at which it does not look, the differences of each kernel, and
//! what is a matter of time. All else is said by `cases/line-discipline/`, which the kernel confirms; its tests show that
//! each mutant of the model is seen.

use crate::cflag::{CREAD, CS8, PARENB};
use crate::lflag::{ECHO, ICANON, ISIG};
use crate::{Action, Edition, Read, Termios, Tty, cc::VMIN, iflag::IXON};

/// A terminal with other settings than the default.
fn set(mut tty: Tty, change: impl FnOnce(&mut Termios)) -> Tty {
    let mut termios = tty.termios().clone();
    change(&mut termios);
    tty.set_termios(Action::Now, &termios);
    tty
}

fn bytes(text: impl AsRef<[u8]>) -> Read {
    Read::Bytes(text.as_ref().to_vec())
}

#[test]
fn default_settings() {
    let termios = Termios::default();
    assert_eq!((termios.iflag, termios.oflag), (0o2400, 0o5));
    assert_eq!((termios.cflag, termios.lflag), (0o277, 0o105_073));
    assert_eq!(termios.cc[..16], [3, 0x1c, 0x7f, 0x15, 4, 0, 1, 0, 0x11, 0x13, 0x1a, 0, 0x12, 0x0f, 0x17, 0x16]);
    assert_eq!((termios.line, &termios.cc[16..]), (0, &[0; 3][..]));
}

#[test]
fn the_character_size_is_forced() {
    let seven_bits = set(Tty::new(), |termios| termios.cflag = PARENB | 0o100);
    assert_eq!(seven_bits.termios().cflag, CS8 | CREAD | 0o100);
}

/// The only mutant that no vector or script sees.
#[test]
#[cfg(feature = "mutants")]
fn a_mutant_forces_no_character_size() {
    let seven_bits = set(Tty::with_mutant(crate::Mutant::AnyCharacterSize), |termios| termios.cflag = PARENB | 0o100);
    assert_ne!(seven_bits.termios().cflag, CS8 | CREAD | 0o100);
}

#[test]
fn all_other_settings_are_kept() {
    let odd = Termios { iflag: !0, oflag: !0, cflag: !PARENB, lflag: !0, line: 3, cc: [7; 19] };
    let tty = set(Tty::new(), |termios| *termios = odd.clone());
    assert_eq!(*tty.termios(), odd);
}

#[test]
fn since_6_0_a_stop_acts_before_its_turn() {
    for edition in Edition::ALL {
        let mut full = set(Tty::of(edition), |termios| termios.lflag &= !ECHO);
        full.receive(b"ab\n");
        full.receive(&[b'x'; 4092]);
        full.receive(b"\x13");
        assert_eq!(full.write(b"w"), usize::from(edition != Edition::LookingAhead), "{edition:?}");
    }
}

#[test]
fn in_5_17_and_5_18_an_end_of_file_behind_a_full_buffer_stays() {
    for edition in Edition::ALL {
        let mut typed = Tty::of(edition);
        typed.receive(b"ab\x04");
        assert_eq!(typed.read(2), bytes("ab"));
        let stays = edition == Edition::StrayEndOfFile;
        assert_eq!(typed.read(2), if stays { bytes("") } else { Read::WouldBlock }, "{edition:?}");
        assert_eq!(typed.read(2), Read::WouldBlock);
    }
}

#[test]
fn before_5_12_a_raw_read_of_less_than_vmin_is_whole() {
    for edition in Edition::ALL {
        let mut raw = set(Tty::of(edition), |termios| {
            termios.lflag &= !(ICANON | ECHO);
            termios.cc[VMIN] = 100;
        });
        raw.receive(&[b'x'; 80]);
        let first = if edition == Edition::WholeReads { 80 } else { 64 };
        assert_eq!(raw.read(200), bytes("x".repeat(first)), "{edition:?}");
        let rest = if first == 80 { Read::WouldBlock } else { bytes("x".repeat(16)) };
        assert_eq!(raw.read(200), rest, "{edition:?}");
    }
}

#[test]
fn what_comes_of_a_long_write_can_be_a_matter_of_time() {
    let raw = || {
        set(Tty::new(), |termios| {
            termios.iflag &= !IXON;
            termios.lflag &= !(ICANON | ECHO | ISIG);
        })
    };
    let mut full = raw();
    for part in [2000, 2000, 100] {
        full.receive(&vec![b'x'; part]);
    }
    // While the queue is full nothing is handed over, however fast that could be.
    assert_eq!(full.receive_for_certain(&[b'x'; 14000]), Ok(9728));
    assert_eq!(raw().receive_for_certain(&[b'x'; 14000]), Err(11776));
    assert_eq!(raw().receive_for_certain(&[b'x'; 10000]), Ok(10000));
    // A signal drops the echo of its own batch, and the batch before has its echo sent or not.
    let with_signal = |letters| [vec![b'x'; letters], vec![3]].concat();
    assert_eq!(Tty::new().receive_for_certain(&with_signal(2048)), Err(2049));
    assert_eq!(Tty::new().receive_for_certain(&with_signal(2047)), Ok(2048));
}

#[test]
#[cfg(feature = "mutants")]
fn names_of_mutants_are_unique() {
    let mut names: Vec<_> = crate::Mutant::ALL.iter().map(|mutant| mutant.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), crate::Mutant::ALL.len());
}
