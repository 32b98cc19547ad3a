"""Terminals through containerd."""

from ..check import check, same
from .terminal import INTERRUPTED, RESIZED, answers, follows_a_resize, is_interrupted


@check("containerd")
def run_t_gives_a_terminal(box):
    person = box.person("run --rm -t IMAGE NAME tty")
    person.sees("/dev/pts/0\r+\n")
    same(person.leaves(), 0)


@check("containerd")
def run_t_answers_a_person(box):
    answers(box.person("run --rm -t IMAGE NAME sh"), "echo $((6 * 7))", "\n42\r+\n")


@check("containerd")
def run_t_follows_a_resize(box):
    follows_a_resize(box.person(f"run --rm -t IMAGE NAME {RESIZED}"), newline="\r+\n")


@check("containerd")
def run_t_interrupts_by_control_c(box):
    is_interrupted(box.person(f"run --rm -t IMAGE NAME {INTERRUPTED}"))


@check("containerd")
def run_t_has_a_console(box):
    person = box.person("run --rm -t IMAGE NAME sh -c 'test -c /dev/console && echo console'")
    person.sees("console")


@check("containerd")
def exec_t_answers_a_person(box):
    box.says("run -d IMAGE NAME sleep 100")
    answers(box.person("tasks exec --exec-id e -t NAME sh"), "tty; echo $((6 * 7))", "/dev/pts/0\r+\n42\r+\n")


@check("containerd")
def exec_t_follows_a_resize(box):
    box.says("run -d IMAGE NAME sleep 100")
    follows_a_resize(box.person(f"tasks exec --exec-id e -t NAME {RESIZED}"), newline="\r+\n")


@check("containerd")
def attach_to_a_terminal(box):
    same(box.person("run -d -t IMAGE NAME sh").leaves(), 0)
    person = box.person("tasks attach NAME")
    person.types("echo $((6 * 7))\r")
    person.sees("\n42\r+\n")
    person.types("exit 4\r")
    same(person.leaves(), 4)
