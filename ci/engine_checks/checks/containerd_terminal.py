"""Terminals through containerd."""

from ..check import check, same


@check("containerd")
def run_t_gives_a_terminal(box):
    person = box.person("run --rm -t IMAGE NAME tty")
    person.sees("/dev/pts/0\r+\n")
    same(person.leaves(), 0)


@check("containerd")
def run_t_answers_a_person(box):
    person = box.person("run --rm -t IMAGE NAME sh")
    person.sees("# ")
    person.types("echo $((6 * 7))\r")
    person.sees("\n42\r+\n")
    person.types("exit 3\r")
    same(person.leaves(), 3)


@check("containerd")
def run_t_follows_a_resize(box):
    person = box.person("run --rm -t IMAGE NAME sh -c 'trap \"stty size\" WINCH; echo ready; while :; do sleep 0.1; done'")
    person.sees("ready")
    person.resizes(33, 99)
    person.sees("33 99\r+\n")


@check("containerd")
def run_t_interrupts_by_control_c(box):
    person = box.person("run --rm -t IMAGE NAME sh -c 'trap \"exit 9\" INT; echo ready; while :; do sleep 0.1; done'")
    person.sees("ready")
    person.types("\x03")
    same(person.leaves(), 9)


@check("containerd")
def run_t_has_a_console(box):
    person = box.person("run --rm -t IMAGE NAME sh -c 'test -c /dev/console && echo console'")
    person.sees("console")


@check("containerd")
def exec_t_answers_a_person(box):
    box.says("run -d IMAGE NAME sleep 100")
    person = box.person("tasks exec --exec-id e -t NAME sh")
    person.sees("# ")
    person.types("tty; echo $((6 * 7))\r")
    person.sees("/dev/pts/0\r+\n42\r+\n")
    person.types("exit 3\r")
    same(person.leaves(), 3)


@check("containerd")
def exec_t_follows_a_resize(box):
    box.says("run -d IMAGE NAME sleep 100")
    person = box.person("tasks exec --exec-id e -t NAME sh -c 'trap \"stty size\" WINCH; echo ready; while :; do sleep 0.1; done'")
    person.sees("ready")
    person.resizes(33, 99)
    person.sees("33 99\r+\n")


@check("containerd")
def attach_to_a_terminal(box):
    same(box.person("run -d -t IMAGE NAME sh").leaves(), 0)
    person = box.person("tasks attach NAME")
    person.types("echo $((6 * 7))\r")
    person.sees("\n42\r+\n")
    person.types("exit 4\r")
    same(person.leaves(), 4)
