"""Somebody at a terminal: a command on a pty, what is typed there, and what is seen."""

import os
import pty
import re
import select
import signal
import termios
import time

from .check import Failed


class Person:
    """Calls a command on a terminal of so many rows and columns."""

    def __init__(self, command, size=(24, 80)):
        self.command, self.seen, self.read_to, self.status = command, b"", 0, None
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            termios.tcsetwinsize(0, size)
            os.execvp(command[0], command)

    def types(self, text):
        os.write(self.master, text.encode())

    def presses(self, keys):
        """One key after the other, as fingers do: an engine may look for its own keys only where they come alone."""
        for key in keys:
            self._waits(0.2)
            self.types(key)

    def sees(self, pattern, patience=20):
        """Waits for text that matches the pattern, after what was seen before; returns the match."""
        end = time.monotonic() + patience
        while not (match := re.compile(pattern.encode()).search(self.seen, self.read_to)):
            if not self._reads(end - time.monotonic()):
                raise Failed(f"expected {pattern!r} on the terminal, observed {self.seen[self.read_to:][-300:]!r}")
        self.read_to = match.end()
        return match

    def resizes(self, rows, columns):
        """As a terminal's window does, when the engine has long begun: the kernel tells the foreground process by SIGWINCH."""
        self._waits(0.5)
        termios.tcsetwinsize(self.master, (rows, columns))

    def is_raw(self):
        """Whether what is typed is passed on as it is."""
        return not termios.tcgetattr(self.master)[3] & (termios.ICANON | termios.ECHO)

    def signals(self, number):
        """Sends the engine a signal, when it has long begun to pass signals on."""
        self._waits(0.5)
        os.kill(self.pid, number)

    def leaves(self, patience=20):
        """Reads on until the command ends, and returns its exit status."""
        end = time.monotonic() + patience
        while self._reads(end - time.monotonic()):
            pass
        while self.status is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                raise Failed(f"expected an end within {patience} s, observed {self.seen[self.read_to:][-300:]!r}")
            else:
                time.sleep(0.02)
        return self.status

    def is_gone(self):
        """Ends what is still there after a check."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.master)

    def _waits(self, seconds):
        """Looks on meanwhile."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._reads(end - time.monotonic()):
            pass

    def _reads(self, seconds):
        """Whether more came; not at the terminal's end."""
        if not select.select([self.master], [], [], max(seconds, 0))[0]:
            return False
        try:
            got = os.read(self.master, 65536)
        except OSError:
            return False
        self.seen += got
        if b"\x1b[6n" in got:
            # What is asked is where the cursor is, and a terminal answers. It matters to nobody here.
            self.types("\x1b[1;1R")
        return bool(got)
