"""From create to rm."""

import json
import signal
import tarfile

from ..check import check, has, lacks, same, takes, until


def status(box):
    return box.says("inspect --format '{{.State.Status}}' NAME").strip()


def exit_code(box):
    return box.says("inspect --format '{{.State.ExitCode}}' NAME")


@check("podman", "docker")
def create_and_start(box):
    box.says("create --name NAME IMAGE sleep 100")
    same(status(box), "created")
    box.says("start NAME")
    same(status(box), "running")


@check("podman", "docker")
def stop_by_sigterm(box):
    box.says("run -d --name NAME IMAGE sh -c 'trap \"exit 4\" TERM; while :; do sleep 0.1; done'")
    with takes(0, 6):
        box.says("stop NAME")
    same(exit_code(box), "4\n")


@check("podman", "docker")
def stop_kills_whoever_does_not_heed(box):
    box.says("run -d --name NAME IMAGE sh -c 'trap \"\" TERM; while :; do sleep 0.1; done'")
    with takes(2, 8):
        box.says("stop --time 2 NAME")
    same(exit_code(box), "137\n")


@check("podman", "docker")
def stop_by_a_signal_of_ones_own(box):
    box.says("run -d --stop-signal USR1 --name NAME IMAGE sh -c 'trap \"exit 5\" USR1; while :; do sleep 0.1; done'")
    box.says("stop NAME")
    same(exit_code(box), "5\n")


@check("podman", "docker")
def kill_by_a_signal(box):
    box.says("run -d --name NAME IMAGE sh -c 'trap \"exit 6\" USR2; while :; do sleep 0.1; done'")
    box.says("kill --signal USR2 NAME")
    same(box.says("wait NAME"), "6\n")


@check("podman", "docker")
def wait_tells_the_exit_code(box):
    box.says("run -d --name NAME IMAGE sh -c 'sleep 0.5; exit 7'")
    same(box.says("wait NAME"), "7\n")


@check("podman", "docker")
def restart(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    before = box.says("inspect --format '{{.State.Pid}}' NAME")
    box.says("restart --time 0 NAME")
    same((status(box), box.says("inspect --format '{{.State.Pid}}' NAME") != before), ("running", True))


@check("podman", "docker")
def start_again_after_the_end(box):
    box.says("run --name NAME IMAGE sh -c 'echo once >> /tmp/times'")
    box.says("start --attach NAME")
    box.says("cp NAME:/tmp/times /run/times")
    same(open("/run/times").read(), "once\nonce\n")


@check("docker")
def restart_on_failure(box):
    box.says("run -d --restart on-failure:2 --name NAME IMAGE sh -c 'exit 1'")
    until(lambda: box.says("inspect --format '{{.RestartCount}} {{.State.Status}}' NAME"), "2 exited\n")


@check("podman", "docker")
def pause_stops_and_unpause_goes_on(box):
    box.says("run -d --name NAME IMAGE sh -c 'while :; do date +%s%N > /tmp/now; sleep 0.05; done'")
    until(lambda: box("exec NAME test -s /tmp/now").status, 0)
    box.says("pause NAME")
    same(status(box), "paused")
    same(box("exec NAME true").status != 0, True)
    box.says("unpause NAME")
    same(status(box), "running")
    before = box.says("exec NAME cat /tmp/now")
    until(lambda: box.says("exec NAME cat /tmp/now") != before, True)


@check("podman", "docker")
def a_paused_container_is_removed_by_force(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    box.says("pause NAME")
    box.says("rm --force NAME")
    lacks(box.says("ps --all"), box.name)


@check("podman", "docker")
def top_names_the_processes(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    has(box.says("top NAME"), "sleep 100")


@check("docker")
def top_with_flags_of_ps(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    has(box.says("top NAME -eo pid,comm"), "sleep")


@check("podman", "docker")
def ps_lists_what_runs(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    has(box.says("ps"), box.name)
    box.says("kill NAME")
    box.says("wait NAME")
    lacks(box.says("ps"), box.name)
    has(box.says("ps --all"), "Exited (137)")


@check("podman", "docker")
def stats_of_memory_and_processes(box):
    box.says("run -d --name NAME IMAGE sh -c 'sleep 100 & sleep 101; true'")
    said = box.says("stats --no-stream --format '{{.PIDs}}' NAME")
    same(said, "3\n")


@check("podman", "docker")
def inspect_tells_pid_and_configuration(box):
    box.says("run -d --name NAME --env A=b IMAGE sleep 100")
    found = json.loads(box.says("inspect NAME"))[0]
    same(open(f"/proc/{found['State']['Pid']}/cmdline").read(), "sleep\x00100\x00")
    has(found["Config"]["Env"], "A=b")


@check("podman", "docker")
def rm_refuses_what_runs_and_force_removes_it(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    same(box("rm NAME").status != 0, True)
    box.says("rm --force NAME")
    lacks(box.says("ps --all"), box.name)


@check("podman", "docker")
def run_rm_leaves_nothing(box):
    box.says("run --rm --name NAME IMAGE true")
    until(lambda: box.name in box.says("ps --all"), False)


@check("podman", "docker")
def cp_in_and_out_while_it_runs(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    box.says("cp /etc/hostname NAME:/tmp/file")
    same(box.says("exec NAME cat /tmp/file"), open("/etc/hostname").read())
    box.says("cp NAME:/etc/passwd /run/passwd")
    has(open("/run/passwd").read(), "user:x:1000")


@check("podman", "docker")
def commit_makes_an_image(box):
    box.says("run --name NAME IMAGE sh -c 'echo kept > /kept'")
    box.says("commit NAME NAME-image")
    same(box.says("run --rm NAME-image cat /kept"), "kept\n")
    box.says("rmi --force NAME-image")


@check("podman", "docker")
def export_holds_the_files(box):
    box.says("run --name NAME IMAGE sh -c 'echo kept > /kept'")
    box.says("export --output /run/NAME.tar NAME")
    has(tarfile.open(f"/run/{box.name}.tar").getnames(), "kept")


@check("podman", "docker")
def diff_names_what_changed(box):
    box.says("run --name NAME IMAGE touch /added")
    has(box.says("diff NAME"), "A /added")


@check("podman", "docker")
def rename(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    box.says("rename NAME NAME-renamed")
    same(box.says("exec NAME-renamed echo hello"), "hello\n")


@check("podman", "docker")
def the_client_passes_signals_on(box):
    person = box.person("run --rm --name NAME IMAGE sh -c 'trap \"exit 8\" TERM; echo ready; while :; do sleep 0.1; done'")
    person.sees("ready")
    person.signals(signal.SIGTERM)
    same(person.leaves(), 8)


@check("docker")
def health_is_checked(box):
    box.says("run -d --name NAME --health-cmd 'test -e /tmp/well' --health-interval 1s IMAGE sh -c 'touch /tmp/well; sleep 100'")
    until(lambda: box.says("inspect --format '{{.State.Health.Status}}' NAME"), "healthy\n")


@check("podman")
def health_is_checked_on_demand(box):
    box.says("run -d --name NAME --health-cmd 'test -e /tmp/well' --health-interval disable IMAGE sleep 100")
    same(box("healthcheck run NAME").status, 1)
    box.says("exec NAME touch /tmp/well")
    same(box("healthcheck run NAME").status, 0)
