"""Who a program is, and what it may do."""

from ..check import check, has, same


def of_status(box, line, field):
    """A field of /proc/self/status within the container."""
    return box.says(f"{line} grep {field}: /proc/self/status").split()[1]


@check("podman", "docker")
def user_by_numbers(box):
    same(box.says("run --rm --user 1234:5678 IMAGE sh -c 'id -u; id -g'").split(), ["1234", "5678"])


@check("podman", "docker")
def user_by_name(box):
    same(box.says("run --rm --user user IMAGE id -un"), "user\n")


@check("podman", "docker")
def group_add(box):
    has(box.says("run --rm --user 1000:1000 --group-add 4321 IMAGE id -G").split(), "4321")


@check("podman", "docker")
def capabilities_by_default_are_few(box):
    capabilities = int(of_status(box, "run --rm IMAGE", "CapEff"), 16)
    same((bool(capabilities & 1), bool(capabilities & 1 << 21)), (True, False))  # CAP_CHOWN, not CAP_SYS_ADMIN


@check("podman", "docker")
def cap_add(box):
    capabilities = int(of_status(box, "run --rm --cap-add SYS_PTRACE IMAGE", "CapEff"), 16)
    same(bool(capabilities & 1 << 19), True)


@check("podman", "docker")
def cap_drop_all(box):
    same(of_status(box, "run --rm --cap-drop all IMAGE", "CapEff"), "0000000000000000")


@check("podman", "docker")
def another_user_has_no_capabilities(box):
    same(of_status(box, "run --rm --user 1000:1000 IMAGE", "CapEff"), "0000000000000000")


@check("podman", "docker")
def privileged(box):
    said = box.says("run --rm --privileged IMAGE sh -c 'mount -t tmpfs none /mnt && grep -c \" /mnt \" /proc/mounts; ls /dev/full'")
    same(said.split(), ["1", "/dev/full"])


@check("podman", "docker")
def no_new_privileges(box):
    same(of_status(box, "run --rm --security-opt no-new-privileges IMAGE", "NoNewPrivs"), "1")


@check("podman", "docker")
def seccomp_by_default(box):
    same(of_status(box, "run --rm IMAGE", "Seccomp"), "2")


@check("docker")
def seccomp_by_default_refuses_a_user_namespace(box):
    has(box("run --rm IMAGE unshare -U true").err, "Operation not permitted")


@check("podman", "docker")
def seccomp_unconfined(box):
    same(of_status(box, "run --rm --security-opt seccomp=unconfined IMAGE", "Seccomp"), "0")


@check("podman", "docker")
def seccomp_holds_for_exec(box):
    box.says("run -d --name NAME IMAGE sleep 100")
    same(of_status(box, "exec NAME", "Seccomp"), "2")


@check("podman", "docker")
def proc_is_masked(box):
    same(box.says("run --rm IMAGE sh -c 'wc -c < /proc/keys; ls /proc/scsi | wc -l'").split(), ["0", "0"])
    has(box("run --rm IMAGE sh -c 'echo 0 > /proc/sys/kernel/printk'").err, "Read-only file system")


@check("podman", "docker")
def ulimit(box):
    same(box.says("run --rm --ulimit nofile=500:600 --ulimit nproc=1000:1000 IMAGE sh -c 'ulimit -n; ulimit -Hn'").split(), ["500", "600"])


@check("podman", "docker")
def oom_score_adj(box):
    same(box.says("run --rm --oom-score-adj 321 IMAGE cat /proc/self/oom_score_adj"), "321\n")


@check("podman")
def user_namespace_with_maps(box):
    said = box.says("run --rm --uidmap 0:100000:5000 --gidmap 0:100000:5000 IMAGE sh -c 'cat /proc/self/uid_map; id -u; stat -c %u /bin'")
    same(said.split(), ["0", "100000", "5000", "0", "0"])


@check("podman")
def user_namespace_with_a_terminal(box):
    said = box.says("run --rm -t --uidmap 0:100000:5000 --gidmap 0:100000:5000 IMAGE sh -c 'tty; echo b >$(tty)'")
    same(said.split(), ["/dev/pts/0", "b"])
