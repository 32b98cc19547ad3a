"""What a container is given: files, names, variables."""

import pathlib

from ..check import check, has, same


@check("podman", "docker")
def workdir(box):
    same(box.says("run --rm --workdir /home/user IMAGE pwd"), "/home/user\n")


@check("docker")
def workdir_that_is_missing_is_made(box):
    same(box.says("run --rm --workdir /new/place IMAGE pwd"), "/new/place\n")


@check("podman", "docker")
def env(box):
    same(box.says("run --rm --env A=b --env EMPTY= IMAGE sh -c 'echo $A,$EMPTY,${EMPTY+set}'"), "b,,set\n")


@check("podman", "docker")
def home_is_that_of_the_user(box):
    same(box.says("run --rm --user user IMAGE sh -c 'echo $HOME'"), "/home/user\n")


@check("podman", "docker")
def hostname(box):
    same(box.says("run --rm --hostname there IMAGE sh -c 'hostname; cat /etc/hostname'").split(), ["there", "there"])


@check("podman", "docker")
def etc_hosts_is_the_containers(box):
    has(box.says("run --rm --network host --add-host other:10.9.8.7 IMAGE cat /etc/hosts"), "10.9.8.7")


@check("podman", "docker")
def entrypoint(box):
    same(box.says("run --rm --entrypoint /bin/echo IMAGE hello there"), "hello there\n")


@check("podman", "docker")
def read_only(box):
    said = box("run --rm --read-only IMAGE touch /file")
    has(said.err, "Read-only file system")


@check("podman", "docker")
def tmpfs(box):
    said = box.says("run --rm --tmpfs /mnt:size=64k IMAGE grep ' /mnt ' /proc/mounts")
    has(said, "tmpfs /mnt tmpfs rw")
    has(said, "size=64k")


def shared():
    """A directory of this machine, with a file."""
    directory = pathlib.Path("/run/shared")
    directory.mkdir(exist_ok=True)
    (directory / "file").write_text("of the host\n")
    (directory / "new").unlink(missing_ok=True)
    return directory


@check("podman", "docker")
def volume_that_may_be_written(box):
    directory = shared()
    same(box.says(f"run --rm -v {directory}:/mnt IMAGE sh -c 'cat /mnt/file; echo from inside > /mnt/new'"), "of the host\n")
    same((directory / "new").read_text(), "from inside\n")


@check("podman", "docker")
def volume_that_is_read_only(box):
    directory = shared()
    said = box(f"run --rm -v {directory}:/mnt:ro IMAGE sh -c 'cat /mnt/file; echo no > /mnt/file'")
    same((said.out, (directory / "file").read_text()), ("of the host\n", "of the host\n"))
    has(said.err, "Read-only file system")


@check("podman", "docker")
def volume_of_a_single_file(box):
    same(box.says(f"run --rm -v {shared()}/file:/etc/single:ro IMAGE cat /etc/single"), "of the host\n")


@check("podman", "docker")
def volume_with_propagation(box):
    said = box.says(f"run --rm -v {shared()}:/mnt:rslave IMAGE grep ' /mnt ' /proc/self/mountinfo")
    has(said, " /mnt ")


@check("podman", "docker")
def volume_with_a_name_keeps_its_files(box):
    box.says("volume create NAME-volume")
    try:
        box.says("run --rm -v NAME-volume:/mnt IMAGE sh -c 'echo kept > /mnt/kept'")
        same(box.says("run --rm -v NAME-volume:/mnt IMAGE cat /mnt/kept"), "kept\n")
    finally:
        box("volume rm --force NAME-volume")


@check("podman", "docker")
def mount_in_its_long_form(box):
    said = box.says(f"run --rm --mount type=bind,source={shared()},target=/mnt,readonly IMAGE cat /mnt/file")
    same(said, "of the host\n")


@check("podman", "docker")
def device(box):
    same(box.says("run --rm --device /dev/zero:/dev/nought IMAGE sh -c 'head -c 3 /dev/nought | od -An -tx1'"), " 00 00 00\n")


@check("podman", "docker")
def device_that_may_not_be_written(box):
    said = box("run --rm --device /dev/kmsg:/dev/said:r IMAGE sh -c 'echo > /dev/said'")
    has(said.err, "Operation not permitted")


@check("podman", "docker")
def default_devices(box):
    said = box.says("run --rm IMAGE sh -c 'cd /dev; for d in null zero full random urandom tty; do test -c $d && echo $d; done; readlink fd; readlink ptmx'")
    same(said.split(), ["null", "zero", "full", "random", "urandom", "tty", "/proc/self/fd", "pts/ptmx"])


@check("podman", "docker")
def shm_size(box):
    has(box.says("run --rm --shm-size 1m IMAGE grep ' /dev/shm ' /proc/mounts"), "size=1024k")


@check("podman", "docker")
def sysctl(box):
    same(box.says("run --rm --sysctl net.ipv4.ip_forward=1 IMAGE cat /proc/sys/net/ipv4/ip_forward"), "1\n")


@check("podman", "docker")
def labels_and_annotations(box):
    box.says("run -d --name NAME --label a=b IMAGE sleep 100")
    same(box.says("inspect --format '{{.Config.Labels.a}}' NAME"), "b\n")


@check("podman", "docker")
def init_reaps(box):
    said = box.says("run --rm --init IMAGE sh -c 'cat /proc/1/comm; echo $$'")
    comm, pid = said.split()
    same((comm in ("docker-init", "catatonit", "podman-init"), pid != "1"), (True, True))


@check("podman", "docker")
def init_with_a_terminal_passes_signals_on(box):
    person = box.person("run --rm -it --init IMAGE sh -c 'trap \"exit 9\" INT; echo ready; while :; do sleep 0.1; done'")
    person.sees("ready")
    person.types("\x03")
    same(person.leaves(), 9)
