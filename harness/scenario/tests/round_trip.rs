//! What is printed is what was meant: every vector reads back from its own text.

use ntty::Signal;
use proptest::{collection::vec, option, prelude::*, sample::subsequence};
use ptyproof_scenario::notation::{parse, vector_text};
use ptyproof_scenario::{Behaviour, Expectation, Expected, Outcome, Pattern, Piece, Scenario, Vector, scenarios};

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let repeated = (vec(any::<u8>(), 1..4), 1..100_usize);
    prop_oneof![
        3 => vec(any::<u8>(), 0..20),
        1 => "[ -~é\n]{0,10}".prop_map(String::into_bytes),
        1 => repeated.prop_map(|(unit, times)| unit.repeat(times)),
    ]
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let piece = (any::<bool>(), bytes()).prop_map(|(certain, bytes)| match certain {
        true => Piece::Certain(bytes),
        false => Piece::Prefix(bytes),
    });
    vec(piece, 0..4).prop_map(|pieces| {
        let mut pattern = Pattern::nothing();
        pieces.into_iter().for_each(|piece| pattern.push(piece));
        pattern
    })
}

fn expectation() -> impl Strategy<Value = Expectation> {
    let all = vec![Signal::Interrupt, Signal::Quit, Signal::Stop, Signal::WindowChange];
    let always = (prop::bool::weighted(0.1), pattern(), vec(1..=255_u8, 0..2), subsequence(all, 0..=4));
    let looked = (option::of(any::<bool>()), option::of(any::<bool>()), option::of(-1..5000));
    let read = (vec(bytes(), 0..3), any::<bool>(), 1..5000_usize);
    (always, looked, read).prop_map(|(always, looked, (reads, nothing, most))| {
        let read = nothing || !reads.is_empty();
        let usual = Expectation::default().most;
        let most = if read { most } else { usual };
        let (hold, echo, status, signals) = always;
        let (readable, writable, unread) = looked;
        Expectation {
            taken: None,
            hold,
            echo: if hold { Pattern::nothing() } else { echo },
            status: if hold { Vec::new() } else { status },
            signals,
            readable,
            writable,
            unread,
            reads,
            most,
            nothing,
        }
    })
}

fn outcome(
    scenario: &Scenario,
    expectations: &[Expectation],
    behaviour: Option<Behaviour>,
    left: Option<Vec<u8>>,
) -> Outcome {
    let actions = scenario.steps.iter().map(|step| step.action.clone());
    let steps = actions.zip(expectations.iter().cloned().cycle());
    Outcome { behaviour, steps: steps.map(|(action, expectation)| Expected { action, expectation }).collect(), left }
}

fn vectors() -> impl Strategy<Value = Vector> {
    let names = ("[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,3}", "[ -~]{0,9}[!-~]");
    let behaviours = subsequence(Behaviour::ALL.to_vec(), 0..=3);
    let rest = (vec("[A-Z]{2}-[0-9]{2}", 0..3), option::of(bytes()));
    let expectations = vec(expectation(), 1..4);
    (names, scenarios(), expectations, behaviours, rest).prop_map(
        |((id, title), scenario, expectations, behaviours, (covers, left))| {
            let one = |behaviour| outcome(&scenario, &expectations, behaviour, left.clone());
            let outcomes = match &behaviours[..] {
                [] | [_] => vec![one(None)],
                several => several.iter().map(|behaviour| one(Some(*behaviour))).collect(),
            };
            let termios = scenario.termios.clone();
            Vector { id, title, covers, termios, outcomes }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_vector_reads_back_from_its_text(vector in vectors()) {
        let text = vector_text(&vector);
        prop_assert_eq!(parse("f.toml", &text).map_err(|error| error.to_string()), Ok(vec![vector]));
    }
}

/// The style of the files: what can be left out is, and many equal bytes are told by their number.
#[test]
fn text_is_the_way_it_is_written_by_hand() {
    let text = r#"[[vector]]
id = "all-of-it"
title = "do this, and that"
covers = ["LX-13", "LE-02"]
termios = { set = ["ECHOPRT", "XTABS"], clear = ["ICANON"], VINTR = '\0', VMIN = 0 }
steps = [
  { type = 'a^A\t', echo = 'a\^A\t' },
  { write = 'abc', taken = 0 },
  { termios = { clear = ["TAB1"], VEOF = '^D', when = "flush", on = "master" } },
  { flush = "both", on = "master" },
  { flow = "input-off", status = [4] },
  { packet = true, hold = true },
  { size = [24, 80], signals = ["SIGWINCH"] },
  { type = '^C', echo = [{ prefix = 'ab' }, '\^C'], signals = ["SIGINT"] },
  { type = { repeat = '\r\n', times = 100 }, readable = true, writable = false, unread = 200 },
  { most = 3, read = ['abc', '', [{ repeat = 'x', times = 40 }, 'y']], nothing = true },
]
left = 'rest'
"#;
    // Names of flags come in the order of termios(3), whatever order they stand in.
    let expected = text.replace(r#"["ECHOPRT", "XTABS"]"#, r#"["XTABS", "ECHOPRT"]"#);
    assert_eq!(vector_text(&parse("f.toml", text).expect("it is well-formed")[0]), expected);
}
