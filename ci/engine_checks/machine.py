"""A machine of the engines' own: namespaces, cgroups, /run and /usr, all of which end with this script."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
# Who says something to a person.
PROGRAM = f"ci/{pathlib.Path(sys.argv[0]).name}"
INSIDE = "PTYPROOF_ENGINES_INSIDE"
PREFIX = "engines-of-ptyproof-"
CGROUPS = pathlib.Path("/sys/fs/cgroup")


def run(*command):
    subprocess.run(command, check=True)


class Hierarchy:
    """A mounted hierarchy of cgroups, of version 1 (one or more controllers) or 2."""

    def __init__(self, place, version, options):
        self.place, self.version, self.options = pathlib.Path(place), version, options

    def parent(self):
        """Where a cgroup of this script's own belongs: on version 2 below the root, as controllers are for inner nodes without processes."""
        if self.version == 2:
            return self.place
        for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if set(controllers.split(",")) <= set(self.options.split(",")) and controllers:
                return self.place / path.lstrip("/")
        return self.place

    def mount(self):
        self.place.mkdir(parents=True, exist_ok=True)
        if self.version == 2:
            run("mount", "-t", "cgroup2", "cgroup2", self.place)
        else:
            run("mount", "-t", "cgroup", "-o", self.options, "cgroup", self.place)


def hierarchies():
    found = []
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        mount, _, filesystem = line.partition(" - ")
        kind, _, options = filesystem.split(" ")
        if kind in ("cgroup", "cgroup2"):
            options = ",".join(word for word in options.split(",") if word not in ("rw", "ro", "xattr", "nsdelegate"))
            found.append(Hierarchy(mount.split(" ")[4], 2 if kind == "cgroup2" else 1, options))
    return found


def remove_cgroup(top, patience=10):
    """Removes a cgroup and those below it, once its processes, which were killed, have gone."""
    end = time.monotonic() + patience
    while top.exists():
        for directory, _, _ in os.walk(top, topdown=False):
            try:
                os.rmdir(directory)
            except OSError as error:
                if time.monotonic() > end:
                    print(f"{PROGRAM}: {directory} cannot be removed: {error.strerror}", file=sys.stderr)
                    return
                time.sleep(0.05)


class Cgroups:
    """A cgroup in every hierarchy, below which the engines make theirs."""

    def __init__(self):
        self.own = []
        for hierarchy in hierarchies():
            parent = hierarchy.parent()
            for left in parent.glob(PREFIX + "*"):
                # Of a run that was killed: it can be removed where that run has ended.
                if not pathlib.Path("/proc", left.name.removeprefix(PREFIX)).exists():
                    remove_cgroup(left, patience=1)
            own = parent / f"{PREFIX}{os.getpid()}"
            own.mkdir()
            self.own.append(own)
            for name in ("cpuset.cpus", "cpuset.mems"):
                if hierarchy.version == 1 and (own / name).exists():
                    (own / name).write_text((parent / name).read_text())

    def join(self):
        for own in self.own:
            (own / "cgroup.procs").write_text("0")

    def remove(self):
        for own in self.own:
            remove_cgroup(own)


def outside(arguments, environment):
    """Calls this script again where it can change everything; returns its status when all that it started is gone."""
    if os.geteuid() != 0:
        print(f"{PROGRAM}: needs root, as dockerd and containerd do", file=sys.stderr)
        return 3
    packages = subprocess.run([HERE / "packages"], stdout=subprocess.PIPE, text=True)
    if packages.returncode != 0:
        return 3
    cgroups = Cgroups()
    unshare = ["unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--cgroup", "--fork", "--kill-child", "--mount-proc"]
    environment = os.environ | environment | {INSIDE: packages.stdout.strip()}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    inside = subprocess.Popen([*unshare, sys.executable, *arguments], env=environment, preexec_fn=cgroups.join)
    try:
        return inside.wait()
    except KeyboardInterrupt:
        return 130
    finally:
        # unshare takes the first process of the namespace with it, and the kernel all others.
        inside.kill()
        inside.wait()
        cgroups.remove()


def prepare(files):
    """Makes the machine, from within its namespaces: `files` of the packages lie over those of the system."""
    mounted = hierarchies()
    # As with systemd: engines refuse some kinds of propagation where nothing is shared.
    run("mount", "--make-rshared", "/")
    for directory, mode in (("/run", "0755"), ("/dev/shm", "1777")):
        run("mount", "-t", "tmpfs", "-o", f"mode={mode}", "tmpfs", directory)
    for directory in ("usr", "etc"):
        lower = pathlib.Path(files) / directory
        upper, work = pathlib.Path("/run/changed", directory), pathlib.Path("/run/changed", f"{directory}.work")
        if lower.exists():
            upper.mkdir(parents=True)
            work.mkdir()
            options = f"lowerdir={lower}:/{directory},upperdir={upper},workdir={work}"
            run("mount", "-t", "overlay", "-o", options, "overlay", f"/{directory}")
    run("umount", "--recursive", CGROUPS)
    pure = [hierarchy.place for hierarchy in mounted] == [CGROUPS]
    if not pure:
        run("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", CGROUPS)
    for hierarchy in mounted:
        hierarchy.mount()
    if pure:
        give_out_controllers(CGROUPS)
    run("busybox", "ip", "link", "set", "lo", "up")
    os.environ["PATH"] = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
    os.environ["HOME"] = "/run/home"
    os.mkdir("/run/home")


def give_out_controllers(top):
    """Lets cgroups below the root have controllers, for which no process may stay in the root."""
    (top / "script").mkdir()
    for process in (top / "cgroup.procs").read_text().split():
        (top / "script/cgroup.procs").write_text(process)
    controllers = re.findall(r"\w+", (top / "cgroup.controllers").read_text())
    (top / "cgroup.subtree_control").write_text(" ".join("+" + one for one in controllers))


def as_first_process(work):
    """Does the work in a child, and takes in whatever is left without a parent: to an engine, what nobody waited for is alive."""
    child = os.fork()
    if child == 0:
        status = 3
        try:
            status = work()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    while True:
        ended, status = os.wait()
        if ended == child:
            return os.waitstatus_to_exitcode(status)


def copy_program(path, directory):
    """The path of a copy that is there whatever is mounted later."""
    os.makedirs(directory, exist_ok=True)
    return shutil.copy(path, directory)
