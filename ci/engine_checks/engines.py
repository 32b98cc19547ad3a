"""podman, docker and containerd (by ctr): how each is started in a place of its own, and called with a runtime."""

import os
import pathlib
import subprocess
import time

from . import image

PLACE = pathlib.Path("/run/engines")


class CannotStart(Exception):
    """An engine does not work here at all."""


class Engine:
    """One engine that makes its containers by one runtime."""

    name = "none"

    def __init__(self, label, runtime):
        self.label, self.runtime = label, runtime

    def command(self, words):
        """The whole command line for what follows the engine's name."""
        raise NotImplementedError

    def call(self, *words, patience=60):
        return subprocess.run(self.command(words), capture_output=True, text=True, timeout=patience, stdin=subprocess.DEVNULL)

    def start(self):
        """Loads the image."""
        loaded = self.call(*self.load)
        if loaded.returncode != 0:
            raise CannotStart(f"{self.name} cannot load an image: {loaded.stderr.strip()[-600:]}")

    def clear(self):
        """Removes all containers."""
        raise NotImplementedError


class Podman(Engine):
    name = "podman"
    load = ("load", "-i", str(PLACE / "image.tar"))

    def command(self, words):
        own = PLACE / f"podman-{self.label}"
        places = ["--root", own / "root", "--runroot", own / "run", "--tmpdir", own / "tmp"]
        return ["podman", *map(str, places), "--cgroup-manager", "cgroupfs", "--events-backend", "file", "--runtime", self.runtime, *words]

    def start(self):
        configuration = PLACE / "containers.conf"
        # There is no network to be on.
        configuration.write_text('[containers]\nnetns = "none"\n')
        os.environ["CONTAINERS_CONF"] = str(configuration)
        super().start()

    def clear(self):
        self.call("rm", "--force", "--all", "--time", "0")


class Daemon:
    """A daemon that is started by the first who needs it, and ends with the namespace of processes."""

    def __init__(self, name, command, ready):
        self.name, self.command, self.ready, self.process = name, command, ready, None

    def start(self):
        if self.process is not None:
            return
        log = PLACE / f"{self.name}.log"
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log.open("w"), stderr=subprocess.STDOUT)
        end = time.monotonic() + 60
        while subprocess.run(self.ready, capture_output=True).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > end:
                raise CannotStart(f"{self.name} does not start: {log.read_text()[-2000:]}")
            time.sleep(0.2)


CONTAINERD_SOCKET = PLACE / "containerd.sock"
DOCKER_SOCKET = f"unix://{PLACE}/docker.sock"

CONTAINERD_CONFIGURATION = f"""
version = 2
root = "{PLACE}/containerd/root"
state = "{PLACE}/containerd/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "{CONTAINERD_SOCKET}"
"""

containerd = Daemon(
    "containerd",
    ["containerd", "--config", str(PLACE / "containerd.toml")],
    ["ctr", "--address", str(CONTAINERD_SOCKET), "version"],
)


def start_containerd():
    (PLACE / "containerd.toml").write_text(CONTAINERD_CONFIGURATION)
    containerd.start()


dockerd = Daemon("dockerd", [], ["/usr/bin/docker", "--host", DOCKER_SOCKET, "version"])


def start_dockerd():
    start_containerd()
    own = PLACE / "docker"
    command = ["dockerd", "--host", DOCKER_SOCKET, "--containerd", str(CONTAINERD_SOCKET)]
    command += ["--data-root", f"{own}/data", "--exec-root", f"{own}/exec", "--pidfile", f"{own}.pid"]
    command += ["--bridge", "none", "--iptables=false", "--ip6tables=false"]
    for name, path in Docker.runtimes.items():
        command += ["--add-runtime", f"{name}={path}"]
    dockerd.command = command
    dockerd.start()


class Docker(Engine):
    name = "docker"
    load = ("load", "-i", str(PLACE / "image.tar"))
    # One daemon for all runtimes: it is told of them when it starts.
    runtimes = {}

    def __init__(self, label, runtime):
        super().__init__(label, runtime)
        Docker.runtimes[f"{label}-checked"] = runtime

    def command(self, words):
        if words[0] in ("run", "create"):
            words = [words[0], "--runtime", f"{self.label}-checked", *words[1:]]
        return ["/usr/bin/docker", "--host", DOCKER_SOCKET, *words]

    def start(self):
        start_dockerd()
        super().start()

    def clear(self):
        if containers := self.call("ps", "--all", "--quiet").stdout.split():
            self.call("rm", "--force", *containers)


class Containerd(Engine):
    name = "containerd"
    load = ("images", "import", str(PLACE / "image.tar"))

    def command(self, words):
        if words[0] == "run":
            words = ["run", "--runc-binary", self.runtime, "--seccomp", *words[1:]]
        return ["ctr", "--address", str(CONTAINERD_SOCKET), *words]

    def start(self):
        start_containerd()
        super().start()

    def clear(self):
        for task in self.call("tasks", "list", "--quiet").stdout.split():
            self.call("tasks", "resume", task)
            self.call("tasks", "delete", "--force", task)
        for container in self.call("containers", "list", "--quiet").stdout.split():
            self.call("containers", "delete", container)


ENGINES = {engine.name: engine for engine in (Podman, Docker, Containerd)}


def prepare():
    """What all engines share."""
    PLACE.mkdir()
    image.write(PLACE / "image.tar", "/usr/bin/busybox")
