//! Line editing: what the person at the terminal sees, and what the process reads.

use crate::references::{POSIX_TERMINALS, manual};
use ptyproof_harness::case::{Case, Level, Need};

/// The cases of this file.
pub const CASES: &[Case] = &[ECHO_ONCE, CARRIAGE_RETURN, ERASE, ERASE_UTF8, KILL, WORD_ERASE, LITERAL_NEXT, LINE_LIMIT];

const ECHO_ONCE: Case = Case {
    id: "line-discipline/input-is-echoed-once",
    title: "type a line on a container's terminal",
    requirement: "every byte comes back once, the newline as carriage return and newline, and the line is read",
    why: "echo by two parties doubles every letter, echo by none leaves the user typing blindly",
    level: Level::Kernel,
    references: &[POSIX_TERMINALS, manual("termios(3)")],
    covers: &["H05"],
    needs: &[Need::Terminal],
    caught_by: &[("echo-off", "bytes on the terminal"), ("onlcr-cleared", "bytes on the terminal")],
    body: |t| {
        let mut container = t.container()?.start()?;
        container.types("abc def\n")?;
        container.receives("abc def\r\n")?;
        container.reads("abc def\n")?;
        Ok(container.has_nothing_left_over()?)
    },
};

const CARRIAGE_RETURN: Case = Case {
    id: "line-discipline/the-return-key-ends-a-line",
    title: "type a line that ends with a carriage return, which is what the return key sends",
    requirement: "the process reads a newline, and the echo is a carriage return and a newline",
    why: "without the translation a shell never sees the end of a line",
    level: Level::Kernel,
    references: &[POSIX_TERMINALS, manual("termios(3)")],
    covers: &["H01", "H05"],
    needs: &[Need::Terminal],
    caught_by: &[("icrnl-off", "bytes on the terminal")],
    body: |t| {
        let mut container = t.container()?.start()?;
        container.types("abc\r")?;
        container.receives("abc\r\n")?;
        container.reads("abc\n")?;
        Ok(container.has_nothing_left_over()?)
    },
};

const ERASE: Case = Case {
    id: "line-discipline/erase-takes-the-last-character",
    title: "type three letters, the erase character (DEL) twice, and another letter",
    requirement: "each erased letter is wiped off the screen by backspace, space, backspace, and the process \
                  reads what is left",
    why: "with another erase character or no visual erase, the backspace key prints ^? or leaves ghosts",
    level: Level::Kernel,
    references: &[POSIX_TERMINALS, manual("termios(3)")],
    covers: &["H07"],
    needs: &[Need::Terminal],
    caught_by: &[
        ("verase-wrong", "bytes on the terminal"),
        ("echoe-off", "bytes on the terminal"),
        ("icanon-off", "bytes on the terminal"),
    ],
    body: |t| {
        let mut container = t.container()?.start()?;
        container.types("abc\x7f\x7fd\n")?;
        container.receives("abc\x08 \x08\x08 \x08d\r\n")?;
        container.reads("ad\n")?;
        Ok(container.has_nothing_left_over()?)
    },
};

const ERASE_UTF8: Case = Case {
    id: "line-discipline/erase-takes-a-whole-utf8-character",
    title: "with IUTF8 set, type a letter, a character of two bytes, and the erase character",
    requirement: "one column is wiped and both bytes are gone",
    why: "half a character that is left over makes the line unreadable for the program",
    level: Level::Kernel,
    references: &[manual("termios(3)")],
    covers: &["H07"],
    needs: &[Need::Terminal],
    caught_by: &[("verase-wrong", "bytes on the terminal"), ("echoe-off", "bytes on the terminal")],
    body: |t| {
        let mut container = t.container()?.start()?;
        let settings = container.probe.termios(0)?;
        container.probe.set_termios(0, settings.with_utf8_input())?;
        container.types("a\u{e9}\x7fb\n")?;
        container.receives("a\u{e9}\x08 \x08b\r\n")?;
        container.reads("ab\n")?;
        Ok(container.has_nothing_left_over()?)
    },
};

const KILL: Case = Case {
    id: "line-discipline/kill-takes-the-whole-line",
    title: "type seven characters, the kill character (^U), and a letter",
    requirement: "all seven are wiped off the screen one by one, and the process reads the letter alone",
    why: "^U is how a mistyped password is started over",
    level: Level::Kernel,
    references: &[POSIX_TERMINALS, manual("termios(3)")],
    covers: &["H07"],
    needs: &[Need::Terminal],
    caught_by: &[("vkill-wrong", "bytes on the terminal"), ("echoke-off", "bytes on the terminal")],
    body: |t| {
        let mut container = t.container()?.start()?;
        container.types("abc def\x15x\n")?;
        container.receives(format!("abc def{}x\r\n", "\x08 \x08".repeat(7)))?;
        container.reads("x\n")?;
        Ok(container.has_nothing_left_over()?)
    },
};

const WORD_ERASE: Case = Case {
    id: "line-discipline/word-erase-takes-the-last-word",
    title: "type two words, the word-erase character (^W), and a letter",
    requirement: "the second word is wiped off the screen, and the process reads the first and the letter",
    why: "it belongs to IEXTEN, which a runtime that copies half of a raw mode turns off",
    level: Level::Kernel,
    references: &[manual("termios(3)")],
    covers: &["H07"],
    needs: &[Need::Terminal],
    caught_by: &[("iexten-off", "bytes on the terminal")],
    body: |t| {
        let mut container = t.container()?.start()?;
        container.types("one two\x17x\n")?;
        container.receives(format!("one two{}x\r\n", "\x08 \x08".repeat(3)))?;
        container.reads("one x\n")?;
        Ok(container.has_nothing_left_over()?)
    },
};

const LITERAL_NEXT: Case = Case {
    id: "line-discipline/literal-next-takes-the-meaning-away",
    title: "type a letter, the literal-next character (^V), the erase character, and a letter",
    requirement: "nothing is erased: the erase character is shown as ^? and read like any other",
    why: "it is the only way to type a control character into a line",
    level: Level::Kernel,
    references: &[manual("termios(3)")],
    covers: &["H09"],
    needs: &[Need::Terminal],
    caught_by: &[("iexten-off", "bytes on the terminal"), ("echoctl-off", "bytes on the terminal")],
    body: |t| {
        let mut container = t.container()?.start()?;
        container.types("a\x16\x7fb\n")?;
        container.receives("a^\x08^?b\r\n")?;
        container.reads("a\x7fb\n")?;
        Ok(container.has_nothing_left_over()?)
    },
};

const LINE_LIMIT: Case = Case {
    id: "line-discipline/a-line-has-4095-characters-at-most",
    title: "type a line of 4200 characters, then a short one, while nobody reads",
    requirement: "the process reads the first 4095 characters with their newline, and then the short line",
    why: "pasting a long line (a key, a token) is cut there on every Linux terminal; what comes after it must survive",
    level: Level::Kernel,
    references: &[manual("termios(3)")],
    covers: &["H12"],
    needs: &[Need::Terminal],
    caught_by: &[("icanon-off", "bytes on the terminal")],
    body: |t| {
        let mut container = t.container()?.start()?;
        let settings = container.probe.termios(0)?;
        // The echo of a full buffer is another matter.
        container.probe.set_termios(0, settings.without_echo())?;
        container.types(format!("{}\n", "x".repeat(4200)))?;
        container.reads(format!("{}\n", "x".repeat(4095)))?;
        container.types("next\n")?;
        container.reads("next\n")?;
        Ok(container.has_nothing_left_over()?)
    },
};
