"""Programs without a terminal: output, input, exit codes."""

from ..check import check, has, same, until


@check("podman", "docker")
def run_prints_the_output(box):
    same(box.says("run --rm IMAGE echo hello"), "hello\n")


@check("podman", "docker")
def output_and_errors_stay_apart(box):
    said = box("run --rm IMAGE sh -c 'echo out; echo err >&2'")
    same((said.out, said.err), ("out\n", "err\n"))


@check("podman", "docker")
def run_i_takes_input_from_a_pipe(box):
    same(box.says("run --rm -i IMAGE cat", typed="line\n"), "line\n")


@check("podman", "docker")
def run_i_takes_a_million_bytes(box):
    same(box.says("run --rm -i IMAGE wc -c", typed="x" * 1_000_000), "1000000\n")


@check("podman", "docker")
def run_prints_a_million_bytes(box):
    same(len(box.says("run --rm IMAGE sh -c 'yes | head -c 1000000'")), 1_000_000)


@check("podman", "docker")
def run_without_i_has_no_input(box):
    same(box.says("run --rm IMAGE wc -c", typed="line\n"), "0\n")


@check("podman", "docker")
def exit_code_0(box):
    same(box("run --rm IMAGE true").status, 0)


@check("podman", "docker")
def exit_code_7(box):
    same(box("run --rm IMAGE sh -c 'exit 7'").status, 7)


@check("podman", "docker")
def exit_code_125_of_a_mistake_in_the_call(box):
    same(box("run --rm --no-such-flag IMAGE true").status, 125)


@check("podman", "docker")
def exit_code_126_of_a_file_that_cannot_be_executed(box):
    same(box("run --rm IMAGE /etc/not-executable").status, 126)


@check("podman", "docker")
def exit_code_126_of_a_directory(box):
    same(box("run --rm IMAGE /etc").status, 126)


@check("podman", "docker")
def exit_code_127_of_a_program_that_is_missing(box):
    same(box("run --rm IMAGE no-such-program").status, 127)


@check("podman", "docker")
def exit_code_127_of_a_path_that_is_missing(box):
    same(box("run --rm IMAGE /no/such/program").status, 127)


@check("podman", "docker")
def exit_code_137_of_a_killed_program(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    box.says("kill NAME")
    same(box.says("wait NAME"), "137\n")


@check("podman", "docker")
def exec_prints_the_output(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    same(box.says("exec NAME echo hello"), "hello\n")


@check("podman", "docker")
def exec_i_takes_input_from_a_pipe(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    same(box.says("exec -i NAME cat", typed="line\n"), "line\n")


@check("podman", "docker")
def exec_exit_codes(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    programs = ("true", "sh -c 'exit 7'", "/etc/not-executable", "sh -c 'kill -9 $$'")
    same([box(f"exec NAME {program}").status for program in programs], [0, 7, 126, 137])


@check("podman")
def exec_exit_code_127_of_a_program_that_is_missing(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    same(box("exec NAME no-such-program").status, 127)


@check("podman", "docker")
def exec_d_runs_in_the_background(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    box.says("exec -d NAME sh -c 'echo done > /tmp/done'")
    until(lambda: box("exec NAME cat /tmp/done").out, "done\n")


@check("podman", "docker")
def exec_as_user_in_directory_with_environment(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    said = box.says("exec --user 1000:1000 --workdir /home --env A=b NAME sh -c 'id -u; id -g; pwd; echo $A'")
    same(said.split(), ["1000", "1000", "/home", "b"])


@check("podman", "docker")
def exec_privileged_has_all_capabilities(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    ordinary, privileged = (box.says(f"exec {flag} NAME grep CapEff /proc/self/status") for flag in ("", "--privileged"))
    same(int(privileged.split()[1], 16) > int(ordinary.split()[1], 16), True)


@check("podman", "docker")
def exec_leaves_no_process_behind(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    for _ in range(3):
        box.says("exec NAME true")
    until(lambda: len(box.says("exec NAME sh -c 'echo /proc/[0-9]*'").split()), 2)


@check("podman", "docker")
def logs_of_both_streams(box):
    box.says("run --name NAME IMAGE sh -c 'echo out; echo err >&2'")
    said = box("logs NAME")
    same((said.out, said.err), ("out\n", "err\n"))


@check("podman", "docker")
def logs_follow_until_the_end(box):
    box.says("run -d --name NAME IMAGE sh -c 'for i in 1 2 3; do echo $i; sleep 0.3; done'")
    same(box.says("logs -f NAME"), "1\n2\n3\n")


@check("podman", "docker")
def attach_shows_the_output(box):
    box.says("create --name NAME IMAGE sh -c 'sleep 1; echo late'")
    same(box.says("start --attach NAME"), "late\n")


@check("podman", "docker")
def a_program_that_is_missing_is_named(box):
    has(box("run --rm IMAGE no-such-program").err, "no-such-program")
