"""Namespaces that are shared, with the machine or another container."""

import os

from ..check import check, has, same


def namespace(box, line, kind):
    return box.says(f"{line} readlink /proc/self/ns/{kind}").strip()


@check("podman", "docker")
def network_none_has_only_lo(box):
    same(box.says("run --rm --network none IMAGE ls /sys/class/net").split(), ["lo"])


@check("podman", "docker")
def lo_is_up(box):
    has(box.says("run --rm --network none IMAGE ip -o addr show dev lo"), "127.0.0.1")


@check("podman", "docker")
def network_host(box):
    same(namespace(box, "run --rm --network host IMAGE", "net"), os.readlink("/proc/self/ns/net"))


@check("podman", "docker")
def pid_host(box):
    same(namespace(box, "run --rm --pid host IMAGE", "pid"), os.readlink("/proc/self/ns/pid"))


@check("podman", "docker")
def ipc_host(box):
    same(namespace(box, "run --rm --ipc host IMAGE", "ipc"), os.readlink("/proc/self/ns/ipc"))


@check("podman", "docker")
def uts_host(box):
    same(namespace(box, "run --rm --uts host IMAGE", "uts"), os.readlink("/proc/self/ns/uts"))


@check("podman", "docker")
def cgroupns_host_and_private(box):
    same(namespace(box, "run --rm --cgroupns host IMAGE", "cgroup"), os.readlink("/proc/self/ns/cgroup"))
    same(namespace(box, "run --rm --cgroupns private IMAGE", "cgroup") != os.readlink("/proc/self/ns/cgroup"), True)


@check("podman", "docker")
def two_containers_share_processes(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    has(box.says("run --rm --pid container:NAME IMAGE ps"), "sleep 100")


@check("podman", "docker")
def two_containers_share_a_network(box):
    box.says("run -d --name NAME --network none IMAGE sh -c 'echo hello | nc -l -p 7000'")
    same(box.says("run --rm --network container:NAME IMAGE sh -c 'sleep 0.5; nc 127.0.0.1 7000 </dev/null'"), "hello\n")


@check("podman", "docker")
def two_containers_share_ipc(box):
    box.says("run -d --name NAME --ipc shareable IMAGE sleep 100")
    same(namespace(box, "run --rm --ipc container:NAME IMAGE", "ipc"), namespace(box, "exec NAME", "ipc"))


@check("podman", "docker")
def volumes_from_another_container(box):
    box.says("run -d --name NAME -v /data IMAGE sh -c 'echo there > /data/file; sleep 100'")
    same(box.says("run --rm --volumes-from NAME IMAGE sh -c 'sleep 0.3; cat /data/file'"), "there\n")


@check("podman", "docker")
def another_container_is_not_seen(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    same("sleep 100" in box.says("run --rm IMAGE ps"), False)


@check("podman", "docker")
def twenty_containers_one_after_the_other(box):
    same([box.says(f"run --rm -t IMAGE echo {number}") for number in range(20)], [f"{number}\r\n" for number in range(20)])


@check("podman")
def a_pod_shares_its_namespaces(box):
    box.says("pod create --infra=false --name NAME-pod")
    box.says("run -d --pod NAME-pod --name NAME IMAGE sleep 100")
    same(box.says("exec NAME echo hello"), "hello\n")
    box.says("pod rm --force NAME-pod")
