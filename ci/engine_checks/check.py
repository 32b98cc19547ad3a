"""What a check is written with."""

import contextlib
import dataclasses
import time


class Failed(Exception):
    """What was asked for did not happen."""


@dataclasses.dataclass(frozen=True)
class Check:
    name: str
    engines: tuple
    perform: object


CHECKS = []


def check(*engines):
    """Makes a function a check for these engines; its name, read as words, is that of the check."""

    def register(function):
        CHECKS.append(Check(function.__name__.replace("_", " "), engines, function))
        return function

    return register


def same(observed, expected):
    if observed != expected:
        raise Failed(f"expected {expected!r}, observed {observed!r}")


def has(observed, part):
    if part not in observed:
        raise Failed(f"expected {part!r} in {observed!r}")


def lacks(observed, part):
    if part in observed:
        raise Failed(f"expected no {part!r} in {observed!r}")


def until(observe, expected, patience=20):
    """Waits until `observe()` gives what is expected."""
    end = time.monotonic() + patience
    while (observed := observe()) != expected:
        if time.monotonic() > end:
            raise Failed(f"expected {expected!r} within {patience} s, observed {observed!r}")
        time.sleep(0.1)


@contextlib.contextmanager
def takes(at_least, at_most):
    """What stands within it takes so many seconds."""
    begun = time.monotonic()
    yield
    took = time.monotonic() - begun
    if not at_least <= took <= at_most:
        raise Failed(f"expected {at_least} to {at_most} s, observed {took:.1f} s")
