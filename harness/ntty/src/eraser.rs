//! Erasing: a character (`VERASE`), a word (`VWERASE`), the line (`VKILL`).
//!
//! Only the current line can be erased, never what a newline or an end of file has completed (LX-02, LM-06). On an empty
//! line nothing happens at all, not even a bell.
//!
//! What is taken:
//! - `VERASE`: one character. With `IUTF8` that is one code point; a rest that has no first byte, because it stands at
//!   the line's beginning, cannot be erased (LX-11).
//! - `VWERASE`: what is no letter, digit or `_`, and then what is, up to the next that is not (LX-08). Its first byte
//!   decides about a character of several, see [`characters`](crate::characters) (LX-12).
//! - `VKILL`: the line.
//!
//! What is shown, with `ECHO`:
//! - With `ECHOPRT`, for paper: the erased characters, backwards, after a `\`. The closing `/` comes with the next
//!   character, or when the line is empty. A newline does not bring it: the `/` then opens the next line (LX-17).
//! - Otherwise `VERASE` without `ECHOE`: the erase character itself.
//! - Otherwise the character is wiped: backspace, space, backspace for each of its columns. That is one also for wide
//!   characters, two for `^X`, none for a control character that is echoed raw (LX-03). A tab takes as many backspaces
//!   as it was wide, which depends on where the line began (LX-13, LX-14).
//! - `VKILL` wipes only with all of `ECHOK`, `ECHOKE` and `ECHOE`. Otherwise the kill character is shown and the line is
//!   simply gone; `ECHOK` adds a newline (LX-06).

use crate::characters::{is_alphanumeric, is_continuation, is_control};
use crate::flags::cc::{VERASE, VKILL, VWERASE};
use crate::flags::lflag::{ECHO, ECHOCTL, ECHOE, ECHOK, ECHOKE, ECHOPRT};
use crate::{flags::iflag::IUTF8, mutant::Mutant, pty::Tty};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Character,
    Word,
    Line,
}

/// A character of the current line: where it begins, its first byte, and how many follow.
#[derive(Clone, Copy)]
struct Character {
    start: usize,
    first: u8,
    continuations: usize,
}

impl Tty {
    /// An erase character was typed.
    pub(crate) fn erase(&mut self, c: u8) {
        if self.input.line_is_empty() {
            if self.breaks(Mutant::EmptyLineRings) {
                self.echo_raw(0x07);
            }
            return;
        }
        let reach = self.reach_of(c);
        if reach == Reach::Line && !self.wipes_lines() {
            return self.kill_unwiped();
        }
        let mut in_word = false;
        while let Some(character) = self.last_character() {
            if reach == Reach::Word {
                let of_word = self.is_of_word(character.first);
                if in_word && !of_word {
                    break;
                }
                in_word |= of_word;
            }
            self.input.truncate(character.start);
            if self.termios.local(ECHO) || self.breaks(Mutant::ErasedShownWithoutEcho) {
                self.show_erased(character, reach);
            }
            if reach == Reach::Character {
                break;
            }
        }
        if self.input.line_is_empty() && self.termios.local(ECHO) && !self.breaks(Mutant::ErasingLeftOpen) {
            self.finish_erasing();
        }
    }

    /// What an erase character takes. One that is several of them is the first of these.
    fn reach_of(&self, c: u8) -> Reach {
        if self.termios.is(VKILL, c) && self.breaks(Mutant::KillBeforeErase) {
            Reach::Line
        } else if self.termios.is(VERASE, c) {
            Reach::Character
        } else if self.termios.is(VWERASE, c) {
            Reach::Word
        } else {
            Reach::Line
        }
    }

    fn is_of_word(&self, c: u8) -> bool {
        match c {
            b'_' => !self.breaks(Mutant::UnderscoreEndsWord),
            c if self.breaks(Mutant::BlankEndsWord) => c != b' ' && c != b'\t',
            c if self.breaks(Mutant::OnlyAsciiOfWord) => c.is_ascii_alphanumeric(),
            c => is_alphanumeric(c),
        }
    }

    fn wipes_lines(&self) -> bool {
        let needed: &[u32] = if self.breaks(Mutant::KillWipesWithoutEchoke) {
            &[ECHO, ECHOE, ECHOK]
        } else {
            &[ECHO, ECHOE, ECHOK, ECHOKE]
        };
        needed.iter().all(|&flag| self.termios.local(flag)) && !self.breaks(Mutant::KillNeverWipes)
    }

    /// Drops the line without wiping it off the screen.
    fn kill_unwiped(&mut self) {
        self.input.drop_line();
        if self.termios.local(ECHO) || self.breaks(Mutant::KillShownWithoutEcho) {
            self.finish_erasing();
            self.echo(self.termios.cc[VKILL]);
            if self.termios.local(ECHOK) && !self.breaks(Mutant::KillWithoutNewline) {
                self.echo_raw(b'\n');
            }
        }
    }

    /// The last character of the current line, unless the line holds nothing but continuations of one.
    fn last_character(&self) -> Option<Character> {
        let from_the_end = self.input.line_backwards().enumerate();
        from_the_end
            .map(|(continuations, start)| Character { start, first: self.input.byte(start), continuations })
            .find(|character| {
                let stray = character.start == self.input.line_start() && self.breaks(Mutant::StrayContinuationErased);
                !self.continues(character.first) || stray || self.breaks(Mutant::EraseTakesBytes)
            })
    }

    /// Whether `c` is not the first byte of its character.
    fn continues(&self, c: u8) -> bool {
        self.termios.input(IUTF8) && is_continuation(c)
    }

    fn show_erased(&mut self, character: Character, reach: Reach) {
        let c = character.first;
        let wipes = self.termios.local(ECHOE) || self.breaks(Mutant::EraseWipesWithoutEchoe);
        if self.termios.local(ECHOPRT) && !self.breaks(Mutant::EchoprtIgnored) {
            self.print_erased(character);
        } else if reach == Reach::Character && !wipes {
            self.echo(self.termios.cc[VERASE]);
        } else if c == b'\t' {
            self.wipe_tab();
        } else {
            let characters = if self.breaks(Mutant::EachByteWiped) { 1 + character.continuations } else { 1 };
            for _ in 0..characters * self.columns(c) {
                self.echo_raw(b'\x08');
                self.echo_raw(b' ');
                self.echo_raw(b'\x08');
            }
        }
    }

    fn print_erased(&mut self, character: Character) {
        if !self.erasing || self.breaks(Mutant::EachErasedOpened) {
            self.echo_raw(b'\\');
            self.erasing = true;
        }
        self.echo(character.first);
        for offset in 1..=character.continuations {
            self.echo_raw(self.input.byte(character.start.wrapping_add(offset)));
            self.echo_one_column_back();
        }
    }

    /// Closes what `ECHOPRT` printed.
    pub(crate) fn finish_erasing(&mut self) {
        if std::mem::take(&mut self.erasing) {
            self.echo_raw(b'/');
        }
    }

    fn wipe_tab(&mut self) {
        let mut columns = 0;
        for position in self.input.line_backwards() {
            match self.input.byte(position) {
                b'\t' if self.breaks(Mutant::EarlierTabIgnored) => columns += 1,
                b'\t' => return self.echo_erased_tab(columns, true),
                c if self.continues(c) => {}
                c => columns += self.columns(c),
            }
        }
        self.echo_erased_tab(columns, false);
    }

    /// How many columns the echo of a character took.
    fn columns(&self, c: u8) -> usize {
        match (is_control(c), self.termios.local(ECHOCTL)) {
            (false, _) => 1,
            (true, true) if self.breaks(Mutant::CaretWipedOnce) => 1,
            (true, true) => 2,
            (true, false) if self.breaks(Mutant::RawControlWiped) => 1,
            (true, false) => 0,
        }
    }
}
