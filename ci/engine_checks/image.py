"""The image that containers are made of: the machine's static busybox. It is loaded, never pulled."""

import hashlib
import io
import json
import subprocess
import tarfile

NAME = "localhost/box:latest"

FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n",
    "etc/group": "root:x:0:\ntty:x:5:\nuser:x:1000:\n",
    "etc/not-executable": "a file that cannot be executed\n",
}
DIRECTORIES = ["bin", "dev", "etc", "home", "mnt", "proc", "root", "run", "sys", "tmp", "var"]


def layer(busybox):
    """The files, as a tar file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:

        def add(name, kind, mode, content=b"", link="", owner=0):
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.linkname, info.size = kind, mode, link, len(content)
            info.uid = info.gid = owner
            tar.addfile(info, io.BytesIO(content))

        for name in DIRECTORIES:
            add(name, tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755)
        add("home/user", tarfile.DIRTYPE, 0o755, owner=1000)
        with open(busybox, "rb") as file:
            add("bin/busybox", tarfile.REGTYPE, 0o755, file.read())
        for applet in subprocess.check_output([busybox, "--list"], text=True).split():
            if applet != "busybox":
                add(f"bin/{applet}", tarfile.SYMTYPE, 0o777, link="busybox")
        for name, content in FILES.items():
            add(name, tarfile.REGTYPE, 0o644, content.encode())
    return buffer.getvalue()


def write(path, busybox):
    """Writes the image as `docker save` would, which all engines load."""
    content = layer(busybox)
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Env": ["PATH=/usr/bin:/bin"], "Cmd": ["/bin/sh"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(content).hexdigest()]},
        "history": [{"created": "2026-01-01T00:00:00Z"}],
        "created": "2026-01-01T00:00:00Z",
    }
    described = json.dumps(config).encode()
    name = hashlib.sha256(described).hexdigest() + ".json"
    manifest = [{"Config": name, "RepoTags": [NAME], "Layers": ["layer.tar"]}]
    with tarfile.open(path, "w") as tar:
        for entry, data in (("layer.tar", content), (name, described), ("manifest.json", json.dumps(manifest).encode())):
            info = tarfile.TarInfo(entry)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
