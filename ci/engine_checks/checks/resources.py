"""Limits: at the beginning, changed later, and felt."""

from ..check import check, same

# Where a limit stands within the container, by version of cgroups.
MEMORY = "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory.max"
PROCESSES = "/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/pids.max"
SHARES = "/sys/fs/cgroup/cpu/cpu.shares", "/sys/fs/cgroup/cpu.weight"
TIME = "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu.max"
CPUS = "/sys/fs/cgroup/cpuset/cpuset.cpus", "/sys/fs/cgroup/cpuset.cpus"


def limit(box, line, files):
    """What a limit's file holds, seen from within."""
    return box.says(f"{line} sh -c 'cat {files[0]} 2>/dev/null || cat {files[1]}'").strip()


@check("podman", "docker")
def memory(box):
    same(limit(box, "run --rm --memory 64m IMAGE", MEMORY), str(64 << 20))


@check("podman", "docker")
def memory_that_is_exceeded_kills(box):
    said = box("run --name NAME --memory 16m --memory-swap 16m IMAGE sh -c 'tail /dev/zero; exit $?'")
    same(said.status, 137)


@check("podman", "docker")
def out_of_memory_is_told(box):
    box("run --name NAME --memory 16m --memory-swap 16m IMAGE tail /dev/zero")
    same(box.says("inspect --format '{{.State.OOMKilled}} {{.State.ExitCode}}' NAME"), "true 137\n")


@check("podman", "docker")
def pids_limit(box):
    same(limit(box, "run --rm --pids-limit 20 IMAGE", PROCESSES), "20")


@check("podman", "docker")
def pids_limit_is_felt(box):
    said = box("run --rm --pids-limit 5 IMAGE sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait'")
    same("can't fork" in said.err, True)


@check("podman", "docker")
def cpus(box):
    same(limit(box, "run --rm --cpus 0.5 IMAGE", TIME) in ("50000", "50000 100000"), True)


@check("podman", "docker")
def cpu_shares(box):
    same(limit(box, "run --rm --cpu-shares 512 IMAGE", SHARES) in ("512", "20", "59"), True)


@check("podman", "docker")
def cpuset_cpus(box):
    same(limit(box, "run --rm --cpuset-cpus 0 IMAGE", CPUS), "0")


@check("podman", "docker")
def update_memory(box):
    box.says("run -d --name NAME --memory 64m --memory-swap 64m IMAGE sleep 100")
    box.says("update --memory 96m --memory-swap 96m NAME")
    same(limit(box, "exec NAME", MEMORY), str(96 << 20))
    box.says("update --memory 32m --memory-swap 32m NAME")
    same(limit(box, "exec NAME", MEMORY), str(32 << 20))


@check("docker")
def update_pids_limit(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    box.says("update --pids-limit 33 NAME")
    same(limit(box, "exec NAME", PROCESSES), "33")


@check("podman", "docker")
def update_cpus(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    box.says("update --cpus 0.25 NAME")
    same(limit(box, "exec NAME", TIME) in ("25000", "25000 100000"), True)


@check("podman", "docker")
def update_keeps_other_limits(box):
    box.says("run -d --name NAME --pids-limit 44 IMAGE sleep 100")
    box.says("update --cpu-shares 512 NAME")
    same(limit(box, "exec NAME", PROCESSES), "44")


@check("podman", "docker")
def cgroup_parent(box):
    said = box.says("run --rm --cgroup-parent /given --cgroupns host IMAGE cat /proc/self/cgroup")
    same("/given/" in said, True)


@check("podman", "docker")
def exec_is_within_the_same_limits(box):
    box.says("run -d --name NAME --pids-limit 50 --cgroupns host IMAGE sleep 100")
    same(box.says("exec NAME cat /proc/self/cgroup"), box.says("exec NAME cat /proc/1/cgroup"))
