"""containerd, by ctr. A container is made by `run`; what runs in it is its task."""

import json
import signal

from ..check import check, has, same, takes, until


def status(box):
    for line in box.says("tasks list").splitlines():
        if line.split()[0] == box.name:
            return line.split()[2]
    return None


@check("containerd")
def run_prints_the_output(box):
    same(box.says("run --rm IMAGE NAME echo hello"), "hello\n")


@check("containerd")
def output_and_errors_stay_apart(box):
    said = box("run --rm IMAGE NAME sh -c 'echo out; echo err >&2'")
    same((said.out, said.err), ("out\n", "err\n"))


@check("containerd")
def run_takes_input_from_a_pipe(box):
    same(box.says("run --rm IMAGE NAME head -n 1", typed="line\n"), "line\n")


@check("containerd")
def exit_codes(box):
    programs = ("true", "sh -c 'exit 7'")
    same([box(f"run --rm IMAGE NAME-{n} {program}").status for n, program in enumerate(programs)], [0, 7])


@check("containerd")
def a_program_that_is_missing_is_named(box):
    said = box("run --rm IMAGE NAME no-such-program")
    same(said.status != 0, True)
    has(said.err, "no-such-program")
    same(box.says("tasks list --quiet"), "")


@check("containerd")
def exec_prints_the_output(box):
    box.says("run -d IMAGE NAME sleep 100")
    same(box.says("tasks exec --exec-id e NAME echo hello"), "hello\n")


@check("containerd")
def exec_takes_input_from_a_pipe(box):
    box.says("run -d IMAGE NAME sleep 100")
    same(box.says("tasks exec --exec-id e NAME cat", typed="line\n"), "line\n")


@check("containerd")
def exec_exit_codes(box):
    box.says("run -d IMAGE NAME sleep 100")
    programs = ("true", "sh -c 'exit 7'", "sh -c 'kill -9 $$'")
    same([box(f"tasks exec --exec-id e NAME {program}").status for program in programs], [0, 7, 137])


@check("containerd")
def exec_of_a_program_that_is_missing(box):
    box.says("run -d IMAGE NAME sleep 100")
    said = box("tasks exec --exec-id e NAME no-such-program")
    same(said.status != 0, True)
    has(said.err, "no-such-program")


@check("containerd")
def exec_as_user_in_directory(box):
    box.says("run -d IMAGE NAME sleep 100")
    said = box.says("tasks exec --exec-id e --user 1000:1000 --cwd /home NAME sh -c 'id -u; pwd'")
    same(said.split(), ["1000", "/home"])


@check("containerd")
def exec_detached(box):
    box.says("run -d IMAGE NAME sleep 100")
    box.says("tasks exec --exec-id e --detach NAME sh -c 'echo done > /tmp/done'")
    until(lambda: box("tasks exec --exec-id f NAME cat /tmp/done").out, "done\n")


@check("containerd")
def kill_by_a_signal(box):
    person = box.person("run --rm IMAGE NAME sh -c 'trap \"exit 6\" USR2; echo ready; while :; do sleep 0.1; done'")
    person.sees("ready")
    box.says("tasks kill --signal SIGUSR2 NAME")
    same(person.leaves(), 6)


@check("containerd")
def kill_all(box):
    box.says("run -d IMAGE NAME sh -c 'sleep 100 & sleep 100'")
    box.says("tasks kill --all --signal SIGKILL NAME")
    until(lambda: status(box), "STOPPED")


@check("containerd")
def the_client_passes_signals_on(box):
    person = box.person("run --rm IMAGE NAME sh -c 'trap \"exit 8\" TERM; echo ready; while :; do sleep 0.1; done'")
    person.sees("ready")
    person.signals(signal.SIGTERM)
    same(person.leaves(), 8)


@check("containerd")
def pause_and_resume(box):
    box.says("run -d IMAGE NAME sh -c 'while :; do date +%s%N > /tmp/now; sleep 0.05; done'")
    box.says("tasks pause NAME")
    same(status(box), "PAUSED")
    box.says("tasks resume NAME")
    same(status(box), "RUNNING")
    same(box.says("tasks exec --exec-id e NAME echo hello"), "hello\n")


@check("containerd")
def ps_lists_the_processes(box):
    box.says("run -d IMAGE NAME sh -c 'sleep 100 & sleep 101; true'")
    until(lambda: len(box.says("tasks ps NAME").splitlines()), 4)


@check("containerd")
def metrics(box):
    box.says("run -d IMAGE NAME sleep 100")
    found = json.loads(box.says("tasks metrics --format json NAME"))
    has(json.dumps(found), "pids")


@check("containerd")
def delete_by_force(box):
    box.says("run -d IMAGE NAME sleep 100")
    with takes(0, 10):
        box.says("tasks delete --force NAME")
    same(box.says("tasks list --quiet"), "")


@check("containerd")
def pid_file(box):
    box.says("run -d --pid-file /run/NAME.pid IMAGE NAME sleep 100")
    pid = open(f"/run/{box.name}.pid").read()
    same(open(f"/proc/{pid}/cmdline").read(), "sleep\x00100\x00")
