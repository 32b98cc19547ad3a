"""The checks. A new one is a function in one of these modules: its name, read as words, is the check's."""

from . import containerd, containerd_options, containerd_terminal, life, options, process, resources, sharing, streams, terminal  # noqa: F401
