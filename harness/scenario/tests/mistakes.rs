//! Every mistake in a file of vectors is told with its file, line and column, and with what was expected.

use ptyproof_scenario::notation::parse;

/// A vector with these lines, of which the first is line 4 of the file.
fn vector(rest: &str) -> String {
    format!("[[vector]]\nid = 'x'\ntitle = 'x'\n{rest}\n")
}

/// A vector with one step, whose inside begins in column 13 of line 4.
fn step(inside: &str) -> String {
    vector(&format!("steps = [ {{ {inside} }} ]"))
}

#[track_caller]
fn is_told(text: &str, expected: &str) {
    assert_eq!(parse("f.toml", text).expect_err("a mistake").to_string(), format!("f.toml:{expected}"));
}

#[track_caller]
fn begins(text: &str, expected: &str) {
    let error = parse("f.toml", text).expect_err("a mistake").to_string();
    assert!(error.starts_with(&format!("f.toml:{expected}")), "{error}");
}

#[test]
fn a_file_that_is_no_toml() {
    is_told("[[vector]]\nid = 'x\n", "2:8: invalid literal string, expected `'`");
    is_told("", "1:1: the file needs the key vector");
    is_told("vector = 3", "1:10: vector is the number 3; expected an array");
}

#[test]
fn unknown_and_missing_keys() {
    is_told("[[vectors]]", "1:3: unknown key vectors; expected one of format, vector");
    is_told(
        &vector("step = []"),
        "4:1: unknown key step; expected one of id, title, covers, termios, steps, left, outcome",
    );
    begins(&step("types = 'a'"), "4:13: unknown key types; expected one of type, write, taken,");
    begins(&vector("termios = { flags = [] }"), "4:13: unknown key flags; expected one of set, clear, VINTR, VQUIT,");
    is_told("[[vector]]\nid = 'x'", "1:1: a vector needs the key title");
    is_told(&vector(""), "1:1: a vector needs the key steps");
    is_told(&step("type = { repeat = 'a' }"), "4:20: a repetition needs the key times");
}

#[test]
fn values_of_the_wrong_kind() {
    is_told(&step("type = 3"), "4:20: type is the number 3; expected a string, { repeat, times }, or an array of them");
    is_told(&step("readable = 'yes'"), "4:24: readable is the string 'yes'; expected true or false");
    is_told(&step("nothing = false"), "4:23: nothing is false; expected true, or no such key");
    is_told(&step("unread = 1.5"), "4:22: unread is a float; expected a whole number");
    is_told(&step("status = [256]"), "4:23: status is the number 256; expected a number from 0 to 255");
    is_told(
        &step("size = [24]"),
        "4:20: size is an array; expected [rows, columns] or [rows, columns, width in pixels, height in pixels]",
    );
    is_told(&step("type = ['a', { prefix = 'b' }]"), "4:28: unknown key prefix; expected one of repeat, times");
    is_told(
        &step("type = 'a', echo = [{ prefix = 'b', times = 2 }]"),
        "4:57: a repetition is the number 2; expected no such key beside prefix",
    );
    is_told(&vector("steps = [3]"), "4:10: a step is the number 3; expected a table");
}

#[test]
fn unknown_names() {
    begins(
        &vector("termios = { set = ['ICANON', 'ICANNON'] }\nsteps = [{}]"),
        "4:30: set: unknown name ICANNON; expected one of IGNBRK, BRKINT,",
    );
    is_told(
        &step("type = 'a', signals = ['SIGKILL']"),
        "4:36: signals: unknown name SIGKILL; expected one of SIGINT, SIGQUIT, SIGTSTP, SIGWINCH",
    );
    is_told(&step("flush = 'all'"), "4:21: flush: unknown name all; expected one of input, output, both");
    is_told(
        &step("flow = 'off'"),
        "4:20: flow: unknown name off; expected one of output-off, output-on, input-off, input-on",
    );
    is_told(&step("flush = 'input', on = 'probe'"), "4:35: on: unknown name probe; expected one of slave, master");
    is_told(&step("termios = { when = 'later' }"), "4:32: when: unknown name later; expected one of now, drain, flush");
}

#[test]
fn bad_escapes_with_their_column() {
    is_told(&step(r"type = 'ab\q'"), r"4:23: unknown escape \q; expected one of \n \r \t \b \0 \e \\ \^ \xHH");
    is_told(&step(r"type = 'é\x4g'"), r"4:22: \x must be followed by two hexadecimal digits");
    is_told(
        &step("type = 'a^c'"),
        r"4:22: ^c is no control character; expected ^@, ^A to ^Z, ^[, ^\, ^], ^^, ^_ or ^?, or \^ for a caret",
    );
    is_told(&step("type = '^'"), r"4:21: the text ends after ^; write \^ for the character itself");
    is_told(&step("type = 'a\tb'"), "4:22: the control character U+0009 must be escaped");
    is_told(&step(r#"type = "a\\q""#), r"4:20: unknown escape \q; expected one of \n \r \t \b \0 \e \\ \^ \xHH");
    is_told(&step(r"type = '''a\q'''"), r"4:24: unknown escape \q; expected one of \n \r \t \b \0 \e \\ \^ \xHH");
}

#[test]
fn special_characters_that_are_none() {
    is_told(
        &vector("termios = { VERASE = 'ab' }\nsteps = [{}]"),
        "4:22: VERASE is 2 bytes long; expected one byte, '\\0' to disable it",
    );
    is_told(&vector("termios = { VERASE = 8 }\nsteps = [{}]"), "4:22: VERASE is the number 8; expected a string");
    is_told(
        &vector("termios = { VMIN = 256 }\nsteps = [{}]"),
        "4:20: VMIN is the number 256; expected a number from 0 to 255",
    );
    is_told(
        &vector("termios = { set = ['ECHO'], clear = ['ICANON', 'ECHO'] }\nsteps = [{}]"),
        "4:11: ECHO is both set and cleared",
    );
}

#[test]
fn impossible_steps() {
    is_told(
        &step("type = 'a', write = 'b'"),
        "4:11: a step has one action, and here are type and write; expected two steps",
    );
    is_told(&step("type = ''"), "4:20: type is empty; expected at least one");
    is_told(&step("type = 'a', most = 3"), "4:32: most means nothing without read or nothing");
    is_told(&step("taken = 0"), "4:21: taken means nothing without type or write");
    is_told(&step("write = 'a', taken = 1"), "4:34: taken is 1 of 1 bytes; leave it out where all is taken");
    is_told(
        &step("type = 'a', on = 'master'"),
        "4:30: on means nothing without flush or flow (in termios it stands within)",
    );
    is_told(
        &step("type = 'a', hold = true, echo = 'a'"),
        "4:32: hold says that the master does not read; echo belongs into a later step",
    );
    is_told(&vector("steps = []"), "4:9: steps is empty; expected at least one");
}

#[test]
fn names_of_vectors() {
    for bad in ["", "Upper", "two words", "a--b", "-a", "a_b"] {
        is_told(
            &format!("[[vector]]\nid = '{bad}'\ntitle = 'x'\nsteps = [{{}}]"),
            &format!("2:6: the id {bad} is no name; expected lower-case words and digits with - between them"),
        );
    }
    is_told("[[vector]]\nid = 'x'\ntitle = ' '\nsteps = [{}]", "3:9: title is empty; expected at least one");
    is_told(&step("type = 'a'").repeat(2), "6:6: the id x is used twice; the first is at f.toml:2:6");
}

fn outcomes(profiles: [&str; 2], steps: [&str; 2]) -> String {
    let one =
        |index: usize| format!("[[vector.outcome]]\nprofile = '{}'\nsteps = [ {} ]\n", profiles[index], steps[index]);
    vector(&format!("{}{}", one(0), one(1)))
}

#[test]
fn outcomes_that_do_not_fit_together() {
    is_told(
        &outcomes(["old", "older"], ["{}", "{}"]),
        "8:11: profile: unknown name older; expected one of old, broken, new",
    );
    is_told(&outcomes(["old", "old"], ["{}", "{}"]), "8:11: two outcomes have the profile old");
    is_told(
        &outcomes(["old", "new"], ["{ type = 'a' }, {}", "{}, { type = 'b' }"]),
        "9:15: all outcomes have the same actions; step 2 differs from that of the first outcome",
    );
    is_told(
        &outcomes(["old", "new"], ["{ type = 'a' }", "{}"]),
        "9:9: all outcomes have the same actions; step 2 differs from that of the first outcome",
    );
    is_told(
        &vector("steps = [{}]\n[[vector.outcome]]\nprofile = 'new'\nsteps = [{}]"),
        "4:9: a vector has steps of its own or outcomes, not both",
    );
    is_told(
        &vector("[[vector.outcome]]\nprofile = 'new'\nsteps = [{}]"),
        "4:1: a vector with one outcome has steps of its own; expected two outcomes or more",
    );
    is_told(&vector("outcome = []"), "4:11: outcome is empty; expected at least one");
}

#[test]
fn a_file_that_cannot_be_read() {
    let error = ptyproof_scenario::notation::read(["/nonexistent/f.toml"]).expect_err("no file");
    assert_eq!(error.to_string(), "/nonexistent/f.toml: No such file or directory (os error 2)");
}
