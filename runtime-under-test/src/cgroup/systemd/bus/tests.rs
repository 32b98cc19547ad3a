use super::*;
use std::os::unix::net::UnixListener;
use std::thread;
use zvariant::Value;

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

fn message<T: Serialize + Type>(kind: u8, fields: Vec<(u8, Value<'_>)>, body: &T) -> Vec<u8> {
    let context = Context::new_dbus(LE, 0);
    let body = zvariant::to_bytes(context, body).unwrap();
    let header = (b'l', kind, 0_u8, 1_u8, body.len() as u32, 1_u32, fields);
    let mut message = zvariant::to_bytes(context, &header).unwrap().to_vec();
    message.resize(message.len().next_multiple_of(8), 0);
    [message, body.to_vec()].concat()
}

fn reply<T: Serialize + Type>(serial: u32, body: &T) -> Vec<u8> {
    message(2, vec![(REPLY_SERIAL, Value::from(serial))], body)
}

#[test]
fn calls_are_answered_and_signals_that_come_first_are_not_lost() {
    let signal = message(SIGNAL, vec![(MEMBER, Value::from("Gone"))], &(7_u32, "done"));
    let (directory, served) = bus(vec![reply(1, &":1.1"), [signal, reply(2, &5_u32)].concat()]);
    let mut bus = Bus::connect(&directory.path().join("bus")).unwrap();
    assert_eq!(bus.call::<_, u32>(PING, &("x", vec![("p", Value::from(true))])).unwrap(), 5);
    let found = bus.await_signal("Gone", |(number, result): (u32, String)| (number == 7).then_some(result));
    assert_eq!(found.unwrap(), "done");
    let heard = served.join().unwrap();
    // The signature of the arguments, without parentheses around them.
    assert!(heard[1].windows(11).any(|bytes| bytes == b"\x01g\0\x06sa(sv)\0"));
}

#[test]
fn a_refusal_is_said_as_the_other_says_it() {
    let error = message(ERROR, vec![(REPLY_SERIAL, Value::from(2_u32)), (ERROR_NAME, Value::from("a.No"))], &"no");
    let (directory, _served) = bus(vec![reply(1, &":1.1"), error]);
    let mut bus = Bus::connect(&directory.path().join("bus")).unwrap();
    let error = bus.call::<_, ()>(PING, &()).unwrap_err().to_string();
    assert_eq!(error, "--systemd-cgroup: systemd refuses Ping: no (a.No)");
}
