"""Programs with a terminal, and the person at it."""

import hashlib
import signal

from ..check import check, same, until


RESIZED = "sh -c 'trap \"stty size\" WINCH; echo ready; while :; do sleep 0.1; done'"
INTERRUPTED = "sh -c 'trap \"exit 9\" INT; echo ready; while :; do sleep 0.1; done'"


def running(box):
    return box.says("inspect --format '{{.State.Running}}' NAME")


def answers(person, typed, answer):
    """A shell answers what is typed, and ends when it is told to."""
    person.sees("# ")
    person.types(f"{typed}\r")
    person.sees(answer)
    person.types("exit 3\r")
    same(person.leaves(), 3)


def follows_a_resize(person, newline="\r\n"):
    """Somebody who runs RESIZED changes the size of the terminal."""
    person.sees("ready")
    person.resizes(33, 99)
    person.sees(f"33 99{newline}")


def is_interrupted(person):
    """Somebody who runs INTERRUPTED types ^C."""
    person.sees("ready")
    person.types("\x03")
    same(person.leaves(), 9)


@check("podman", "docker")
def run_t_gives_a_terminal(box):
    same(box.says("run --rm -t IMAGE tty"), "/dev/pts/0\r\n")


@check("podman", "docker")
def run_t_of_a_user_who_may_open_it(box):
    said = box.says("run --rm -t --user 1000:1000 IMAGE sh -c 'echo a >/dev/tty; echo b >$(tty); echo c >/dev/stdout'")
    same(said.split(), ["a", "b", "c"])


@check("podman", "docker")
def run_t_has_a_console(box):
    same(box.says("run --rm -t IMAGE sh -c 'test -c /dev/console && stat -c %t:%T /dev/console'"), "88:0\r\n")


@check("podman", "docker")
def run_it_answers_a_person(box):
    answers(box.person("run --rm -it IMAGE sh"), "echo $((6 * 7))", "\n42\r\n")


@check("podman", "docker")
def run_it_begins_with_the_size_of_the_terminal(box):
    person = box.person("run --rm -it IMAGE sh -c 'sleep 0.5; stty size'", size=(31, 97))
    person.sees("31 97\r\n")
    same(person.leaves(), 0)


@check("podman", "docker")
def run_it_follows_a_resize(box):
    follows_a_resize(box.person(f"run --rm -it IMAGE {RESIZED}"))


@check("podman", "docker")
def run_it_interrupts_by_control_c(box):
    is_interrupted(box.person(f"run --rm -it IMAGE {INTERRUPTED}"))


@check("podman", "docker")
def run_it_ends_by_control_d(box):
    person = box.person("run --rm -it IMAGE cat")
    person.types("line\r")
    person.sees("line\r\nline\r\n")
    person.types("\x04")
    same(person.leaves(), 0)


@check("podman", "docker")
def run_it_has_job_control(box):
    person = box.person("run --rm -it IMAGE sh")
    person.sees("# ")
    person.types("sh -c 'echo begun; sleep 100'\r")
    person.sees("\nbegun\r\n")
    person.types("\x1a")
    person.sees("Stopped")
    person.types("fg\r")
    person.sees("sleep 100")
    person.presses("\x03")
    person.sees("# ")
    person.types("exit 3\r")
    same(person.leaves(), 3)


@check("podman", "docker")
def run_it_leaves_the_terminal_as_it_was(box):
    person = box.person("run --rm -it IMAGE sh -c 'echo ready; cat'")
    person.sees("ready")
    until(person.is_raw, True)
    person.types("\x04")
    same((person.leaves(), person.is_raw()), (0, False))


@check("podman", "docker")
def exec_t_gives_a_second_terminal(box):
    box.says("run -dt --name NAME IMAGE sleep 100")
    same(box.says("exec -t NAME tty"), "/dev/pts/1\r\n")


@check("podman", "docker")
def exec_it_answers_a_person(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    answers(box.person("exec -it NAME sh"), "tty; echo $((6 * 7))", "/dev/pts/0\r\n42\r\n")


@check("podman", "docker")
def exec_it_follows_a_resize(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    follows_a_resize(box.person(f"exec -it NAME {RESIZED}"))


@check("podman", "docker")
def exec_it_interrupts_by_control_c(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    is_interrupted(box.person(f"exec -it NAME {INTERRUPTED}"))


@check("podman", "docker")
def exec_it_of_a_user(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    person = box.person("exec -it --user 1000:1000 NAME sh -c 'echo mine >$(tty)'")
    person.sees("mine\r\n")
    same(person.leaves(), 0)


@check("podman", "docker")
def detach_keys_leave_the_container_running(box):
    person = box.person("run -it --name NAME IMAGE sh")
    person.sees("# ")
    person.presses("\x10\x11")
    same(person.leaves(), 0)
    same(running(box), "true\n")


@check("podman", "docker")
def attach_comes_back_to_a_terminal(box):
    box.says("run -dit --name NAME IMAGE sh")
    for answer in (42, 43):
        person = box.person("attach NAME")
        person.types(f"echo $(({answer}))\r")
        person.sees(f"\n{answer}\r\n")
        person.presses("\x10\x11")
        person.leaves()
        same(running(box), "true\n")


@check("podman", "docker")
def attach_with_keys_of_ones_own(box):
    box.says("run -dit --name NAME IMAGE sh")
    person = box.person("attach --detach-keys ctrl-x,y NAME")
    person.types("echo $((42))\r")
    person.sees("\n42\r\n")
    person.presses("\x18y")
    person.leaves()
    same(running(box), "true\n")


@check("podman", "docker")
def attach_brings_the_size_along(box):
    box.says("run -dit --name NAME IMAGE sh")
    person = box.person("attach NAME", size=(31, 97))
    person.types("sleep 0.5; stty size\r")
    person.sees("31 97\r\n")


@check("podman", "docker")
def start_attaches_to_a_terminal(box):
    box.says("create -it --name NAME IMAGE sh")
    person = box.person("start --attach --interactive NAME")
    person.sees("# ")
    person.types("exit 5\r")
    same(person.leaves(), 5)


@check("podman", "docker")
def logs_of_a_terminal(box):
    box.says("run -t --name NAME IMAGE sh -c 'echo out; echo err >&2'")
    same(box.says("logs NAME"), "out\r\nerr\r\n")


@check("podman", "docker")
def a_terminal_ends_with_the_client_of_exec(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    person = box.person("exec -it NAME sh -c 'echo ready; sleep 1; echo still >/tmp/still'")
    person.sees("ready")
    person.signals(signal.SIGKILL)
    until(lambda: box("exec NAME cat /tmp/still").out, "still\n")


@check("podman", "docker")
def a_large_paste_arrives(box):
    person = box.person("run --rm -it IMAGE sh -c 'stty raw -echo; echo ready; head -c 100000 | md5sum'")
    person.sees("ready")
    for _ in range(100):
        person.types("0123456789" * 100)
    same(person.sees("[0-9a-f]{32}", patience=30).group().decode(), hashlib.md5(b"0123456789" * 10000).hexdigest())
    same(person.leaves(), 0)
