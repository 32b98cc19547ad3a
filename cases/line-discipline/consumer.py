#!/usr/bin/env python3
"""Performs ptyproof's vectors on ptys of its own, and says which differ: ptyproof vectors --json | python3 consumer.py

This is how little it takes to use the vectors in another language. FORMAT.md says what everything means.
"""
import fcntl, json, os, select, signal, struct, sys, termios, time

SIGNALS = {signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGWINCH}
SETTINGS, FIELDS = "4IB19s", ("iflag", "oflag", "cflag", "lflag")  # the kernel's struct termios
TCGETS, TCSETS, TIOCPKT = 0x5401, {"now": 0x5402, "drain": 0x5403, "flush": 0x5404}, 0x5420
QUEUES = {"input": termios.TCIFLUSH, "output": termios.TCOFLUSH, "both": termios.TCIOFLUSH}
FLOWS = {"output-off": termios.TCOOFF, "output-on": termios.TCOON, "input-off": termios.TCIOFF, "input-on": termios.TCION}
PATIENCE = 1  # seconds for a machine that has other things to do

def data(text):
    return text.encode("latin-1")  # a character is a byte

def attempt(call, *arguments):
    try:
        return call(*arguments)
    except BlockingIOError:
        return None

def polled(descriptor):
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLOUT)
    return dict(poll.poll(0)).get(descriptor, 0)

def unread(descriptor):
    return struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, b"\0" * 4))[0]

def signals():
    return {signal.sigwait([one]).name for one in signal.sigpending() & SIGNALS}

def fits(pattern, seen):
    ends = {0}  # where the parts so far may have ended
    for part in pattern:
        if isinstance(part, str):
            ends = {end + len(part) for end in ends if seen.startswith(data(part), end)}
        else:
            whole = data(part["prefix"])
            ends = {end + n for end in ends for n in range(len(whole) + 1) if seen[end:end + n] == whole[:n]}
    return len(seen) in ends

class Terminal:
    """A new pty, whose slave is the terminal of this session."""
    def __init__(self, tables, canary):
        self.tables, self.canary, self.packets = tables, canary, False
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
        os.set_blocking(self.master, False), os.set_blocking(self.slave, False)

    def close(self):
        os.close(self.slave), os.close(self.master)  # a hang-up: the session has no terminal then
        signals()

    def settings(self):
        *flags, line, characters = struct.unpack(SETTINGS, fcntl.ioctl(self.slave, TCGETS, bytes(36)))
        return flags, line, bytearray(characters)

    def change(self, change, when="now", on="slave"):
        flags, line, characters = self.settings()
        for name in change["clear"] + change["set"]:
            field, bits = FIELDS.index(self.tables["flags"][name]["field"]), self.tables["flags"][name]["bits"]
            flags[field] = flags[field] | bits if name in change["set"] else flags[field] & ~bits
        for name, value in change["characters"].items():
            characters[self.tables["characters"][name]] = value
        fcntl.ioctl(getattr(self, on), TCSETS[when], struct.pack(SETTINGS, *flags, line, bytes(characters)))

    def do(self, action):
        on = getattr(self, action.get("on", "slave"))
        match action:
            case {"type": keys}: return attempt(os.write, self.master, data(keys)) or 0
            case {"write": output}: return attempt(os.write, self.slave, data(output)) or 0
            case {"termios": change}: self.change(change, action["when"], action["on"])
            case {"flush": queue}: termios.tcflush(on, QUEUES[queue])
            case {"flow": flow}: termios.tcflow(on, FLOWS[flow])
            case {"size": size}: fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("4H", *size))
            case {"packet": packets}:
                self.packets = packets
                fcntl.ioctl(self.master, TIOCPKT, struct.pack("i", packets))

    def wait_until_quiet(self):
        for end in (self.slave, self.master):
            if polled(end) & select.POLLIN:
                os.write(self.canary[0], b"\r")
                polled(self.canary[1])
                unread(end)

    def drain(self, echo, status):
        while (read := attempt(os.read, self.master, 65536)) is not None:
            if self.packets and read[0] != 0:
                status.append(read[0])
            else:
                echo += read[1:] if self.packets else read

    def look(self, expect, came):
        """What is not as expected, of all that is looked at before the reads."""
        self.wait_until_quiet()
        if not expect["hold"]:
            self.drain(came["echo"], came["status"])
        came["signals"] |= signals()
        ready = polled(self.slave)
        looked = {"status": came["status"], "signals": sorted(came["signals"]), "unread": unread(self.slave),
                  "readable": bool(ready & select.POLLIN), "writable": bool(ready & select.POLLOUT)}
        wanted = {**expect, "signals": sorted(expect["signals"])}
        wrong = {name: seen for name, seen in looked.items() if wanted[name] is not None and seen != wanted[name]}
        if not expect["hold"] and not fits(expect["echo"], came["echo"]):
            wrong["echo"] = bytes(came["echo"])
        return wrong

    def step(self, action, expect):
        """What is not as expected after a step."""
        action, late = action or {}, time.monotonic() + PATIENCE
        taken = self.do(action)
        everything = len(action.get("type", action.get("write", ""))) if taken is not None else None
        if taken != (everything if expect["taken"] is None else expect["taken"]):
            return f"taken {taken}"
        came = {"echo": bytearray(), "status": [], "signals": set()}
        while wrong := self.look(expect, came):
            if time.monotonic() > late:
                return wrong
        flags, _, characters = self.settings()
        at_once = not flags[3] & termios.ICANON and not characters[termios.VMIN] and not characters[termios.VTIME]
        for wanted in [data(one) for one in expect["reads"]] + [b"" if at_once else None] * expect["nothing"]:
            while wanted and unread(self.slave) < len(wanted) and time.monotonic() < late:
                self.wait_until_quiet()
            read = attempt(os.read, self.slave, expect["most"])
            if read != wanted:
                return f"read {read}, not {wanted}"
            self.wait_until_quiet()  # a read may let in what had no room

NOTHING = {"taken": None, "hold": False, "echo": [], "status": [], "signals": [], "readable": None, "writable": None,
           "unread": None, "most": 4096, "reads": [], "nothing": True}

def perform(terminal, vector, outcome):
    """Where a terminal differs from one of a vector's outcomes, or nothing."""
    try:
        terminal.change(vector["termios"])
        left = {"reads": [] if outcome["left"] is None else [outcome["left"]]}
        steps = outcome["steps"] + [{"action": None, "expect": {**NOTHING, **left}}]
        for number, step in enumerate(steps, 1):
            if wrong := terminal.step(step["action"], step["expect"]):
                return f"step {number}: {wrong}"
    finally:
        terminal.close()

def main():
    tables = json.load(sys.stdin)
    assert tables["format"] == 1, "another version of the format"
    if child := os.fork():  # a session of its own, which is what can get a terminal
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    canary = os.openpty()  # without echo, and it drops what is typed
    fcntl.ioctl(canary[1], TCSETS["now"], struct.pack(SETTINGS, termios.IGNCR, 0, termios.CS8, termios.ICANON, 0, bytes(19)))
    differing = 0
    for vector in tables["vectors"]:
        differences = [perform(Terminal(tables, canary), vector, outcome) for outcome in vector["outcomes"]]
        if None not in differences:
            differing += 1
            print("differs", vector["id"], *differences, sep="; ")
    print(len(tables["vectors"]), "vectors,", differing, "differ", flush=True)
    sys.exit(differing > 0)

main()
