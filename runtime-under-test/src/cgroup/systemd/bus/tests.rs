use super::*;
use std::os::unix::net::UnixListener;
use std::thread;

const PING: Method<'_> = Method { destination: "a.b", path: "/a", interface: "a.c", name: "Ping" };

/// A bus for one connection, which answers each call with `answers`, one after the other, as they are.
fn bus(answers: Vec<Vec<u8>>) -> (tempfile::TempDir, thread::JoinHandle<Vec<Vec<u8>>>) {
    let directory = tempfile::tempdir().unwrap();
    let listener = UnixListener::bind(directory.path().join("bus")).unwrap();
    let served = thread::spawn(move || {
        let mut stream = BufReader::new(listener.accept().unwrap().0);
        for (said, answer) in [("\0AUTH EXTERNAL\r\n", "DATA\r\n"), ("DATA\r\n", "OK 1\r\n"), ("BEGIN\r\n", "")] {
            let mut line = String::new();
            stream.read_line(&mut line).unwrap();
            assert_eq!(line, said);
            stream.get_mut().write_all(answer.as_bytes()).unwrap();
        }
        let mut heard = Vec::new();
        for answer in answers {
            let mut fixed = [0; 16];
            stream.read_exact(&mut fixed).unwrap();
            let word = |at: usize| u32::from_le_bytes(fixed[at..at + 4].try_into().unwrap()) as usize;
            let mut rest = vec![0; word(12).next_multiple_of(8) + word(4)];
            stream.read_exact(&mut rest).unwrap();
            heard.push([&fixed[..], &rest].concat());
            stream.get_mut().write_all(&answer).unwrap();
        }
        heard
    });
    (directory, served)
}

fn message(kind: u8, fields: &[(u8, Word)], signature: &str, body: &[Word]) -> Vec<u8> {
    let mut values = Writer::default();
    for word in body {
        match word {
            Word::Text(text) => values.text(text),
            Word::Number(number) => values.number(*number),
        }
    }
    let mut message = Writer(vec![b'l', kind, 0, 1]);
    message.number(values.0.len() as u32);
    message.number(1);
    message.array(8, |message| {
        for (code, word) in fields {
            message.align(8);
            message.0.push(*code);
            match word {
                Word::Text(text) => {
                    message.signature("s");
                    message.text(text);
                }
                Word::Number(number) => {
                    message.signature("u");
                    message.number(*number);
                }
            }
        }
        message.align(8);
        message.0.push(SIGNATURE);
        message.signature("g");
        message.signature(signature);
    });
    message.align(8);
    [message.0, values.0].concat()
}

fn text(text: &str) -> Word {
    Word::Text(text.to_owned())
}

fn reply(serial: u32, said: &str) -> Vec<u8> {
    message(2, &[(REPLY_SERIAL, Word::Number(serial))], "s", &[text(said)])
}

#[test]
fn calls_are_answered_and_signals_that_come_first_are_not_lost() {
    let signal = message(SIGNAL, &[(MEMBER, text("Gone"))], "us", &[Word::Number(7), text("done")]);
    let (directory, served) = bus(vec![reply(1, ":1.1"), [signal, reply(2, "five")].concat()]);
    let mut bus = Bus::connect(&directory.path().join("bus")).unwrap();
    assert_eq!(bus.ask(PING, &[Argument::Text("x"), Argument::NoUnits]).unwrap(), "five");
    let found = bus.await_signal("Gone", |body| match body {
        [Word::Number(7), Word::Text(result)] => Some(result.clone()),
        _ => None,
    });
    assert_eq!(found.unwrap(), "done");
    let heard = served.join().unwrap();
    assert!(heard[1].windows(15).any(|bytes| bytes == b"\x01g\0\x0asa(sa(sv))\0"));
    assert_eq!(heard[0][1..4], [CALL, 0, 1]);
}

#[test]
fn a_refusal_is_said_as_the_other_says_it() {
    let error = message(ERROR, &[(REPLY_SERIAL, Word::Number(2)), (ERROR_NAME, text("a.No"))], "s", &[text("no")]);
    let (directory, _served) = bus(vec![reply(1, ":1.1"), error]);
    let mut bus = Bus::connect(&directory.path().join("bus")).unwrap();
    let error = bus.call(PING, &[]).unwrap_err().to_string();
    assert_eq!(error, "--systemd-cgroup: systemd refuses Ping: no (a.No)");
}
