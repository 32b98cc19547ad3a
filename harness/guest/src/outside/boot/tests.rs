//! Machines that are scripts: when one of them is given up, and what is heard of it until then.

use super::*;
use crate::outside::machine::Accelerator;
use std::{path::Path, process::Command};

const SHORT: Duration = Duration::from_millis(500);
const LONG: Duration = Duration::from_secs(100);

/// How a machine ends that a script of bash plays. `$console` and `$messages` are its ends of the channels.
fn play(script: &str, patience: Patience) -> Ended {
    let directory = tempfile::tempdir().expect("a directory");
    let qemu = directory.path().join("qemu");
    let script = format!(
        "#!/usr/bin/env bash\n\
         for word; do case $word in\n\
         socket,id=console,fd=*) console=${{word##*=}} ;;\n\
         socket,id=messages,fd=*) messages=${{word##*=}} ;;\n\
         esac; done\n\
         {script}\n"
    );
    // By a process that ends: were it open for writing here, a thread that forks could keep it from being executed.
    let written = Command::new("sh")
        .args(["-c", "printf %s \"$1\" >\"$2\"; chmod +x \"$2\"", "sh"])
        .arg(&script)
        .arg(&qemu)
        .status();
    assert!(written.expect("a shell").success());
    let machine = Machine {
        qemu: &qemu,
        image: Path::new("vmlinuz"),
        initramfs: &tempfile::tempfile().expect("a file"),
        environment: &[],
        parameters: "",
        accelerator: Accelerator::Tcg,
    };
    boot(&machine, patience, None, &mut |_| {}).expect("it starts")
}

#[test]
fn who_never_says_a_word_is_given_up() {
    let patience = Patience { greeting: SHORT, silence: LONG };
    let ended = play("exec sleep 100", patience);
    assert_eq!(ended.ending, Ending::Silent { waited: SHORT });
    assert_eq!(ended.console, "");
}

#[test]
fn words_on_the_console_are_no_messages() {
    let patience = Patience { greeting: LONG, silence: SHORT };
    let script = "echo '{\"hello\":{\"taint\":0}}' >&$messages\n\
                  while sleep 0.1; do echo 'soft lockup' >&$console; done";
    let ended = play(script, patience);
    assert_eq!(ended.ending, Ending::Silent { waited: SHORT });
    let (first, _) = ended.console.split_once('\n').unwrap_or_default();
    assert_eq!(first, "soft lockup");
}

#[test]
fn a_machine_that_prints_more_than_a_pipe_holds_goes_on() {
    let patience = Patience { greeting: LONG, silence: LONG };
    let script = "printf '%1000000s' '' >&2\nprintf '%1000000s' ''\nexit 7";
    let ended = play(script, patience);
    let Ending::Failed { why } = ended.ending else {
        panic!("{:?}", ended.ending);
    };
    assert_eq!(why, "qemu has ended: exit status 7, standard error \"...\"");
}
