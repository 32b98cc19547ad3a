"""What a container of containerd's is given, and what it may do."""

import os

from ..check import check, has, same
from .resources import MEMORY, TIME


@check("containerd")
def environment_and_directory(box):
    said = box.says("run --rm --env A=b --cwd /home IMAGE NAME sh -c 'echo $A; pwd'")
    same(said.split(), ["b", "/home"])


@check("containerd")
def read_only(box):
    has(box("run --rm --read-only IMAGE NAME touch /file").err, "Read-only file system")


@check("containerd")
def bind_mount(box):
    line = "run --rm --mount type=bind,src=/etc,dst=/mnt,options=rbind:ro IMAGE NAME cat /mnt/hostname"
    same(box.says(line), open("/etc/hostname").read())


@check("containerd")
def device(box):
    same(box.says("run --rm --device /dev/fuse IMAGE NAME sh -c 'test -c /dev/fuse && echo there'"), "there\n")


@check("containerd")
def capability_is_added(box):
    said = box.says("run --rm --cap-add CAP_SYS_PTRACE IMAGE NAME grep CapEff /proc/self/status")
    same(bool(int(said.split()[1], 16) & 1 << 19), True)


@check("containerd")
def capability_is_dropped(box):
    said = box.says("run --rm --cap-drop CAP_CHOWN IMAGE NAME grep CapEff /proc/self/status")
    same(bool(int(said.split()[1], 16) & 1), False)


@check("containerd")
def privileged(box):
    said = box.says("run --rm --privileged IMAGE NAME sh -c 'mount -t tmpfs none /mnt && grep -c \" /mnt \" /proc/mounts'")
    same(said, "1\n")


@check("containerd")
def seccomp(box):
    has(box.says("run --rm IMAGE NAME grep Seccomp: /proc/self/status"), "2")


@check("containerd")
def memory_limit(box):
    said = box.says("run --rm --memory-limit 67108864 --mount type=cgroup,src=cgroup,dst=/sys/fs/cgroup,options=ro IMAGE NAME "
                    f"sh -c 'cat {MEMORY[0]} 2>/dev/null || cat {MEMORY[1]}'")
    same(said, f"{64 << 20}\n")


@check("containerd")
def cpu_limit(box):
    said = box.says("run --rm --cpus 0.5 --mount type=cgroup,src=cgroup,dst=/sys/fs/cgroup,options=ro IMAGE NAME "
                    f"sh -c 'cat {TIME[0]} 2>/dev/null || cat {TIME[1]}'")
    same(said.split()[0], "50000")


@check("containerd")
def memory_that_is_exceeded_kills(box):
    same(box("run --rm --memory-limit 16777216 IMAGE NAME tail /dev/zero").status, 137)


@check("containerd")
def network_of_the_host(box):
    same(box.says("run --rm --net-host IMAGE NAME readlink /proc/self/ns/net").strip(), os.readlink("/proc/self/ns/net"))


@check("containerd")
def namespace_of_another_container(box):
    box.says("run -d IMAGE NAME sleep 100")
    pid = next(line.split()[1] for line in box.says("tasks list").splitlines() if line.startswith(box.name))
    said = box.says(f"run --rm --with-ns pid:/proc/{pid}/ns/pid IMAGE NAME2 ps")
    has(said, "sleep 100")


@check("containerd")
def a_container_without_a_pivot(box):
    same(box.says("run --rm --no-pivot IMAGE NAME echo hello"), "hello\n")
