#!/usr/bin/env python3
"""Performs ptyproof's vectors on ptys of its own, and says which differ: ptyproof vectors --json | python3 consumer.py

This is how little it takes to use the vectors in another language. FORMAT.md says what everything means. Python 3.8 will do.
"""
import fcntl, json, os, select, signal, struct, sys, termios, time

SIGNALS = {signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGWINCH}
SETTINGS, FIELDS = "4IB19s", ("iflag", "oflag", "cflag", "lflag")  # the kernel's struct termios
TCGETS, TCSETS, TIOCPKT = 0x5401, {"now": 0x5402, "drain": 0x5403, "flush": 0x5404}, 0x5420
QUEUES = {"input": termios.TCIFLUSH, "output": termios.TCOFLUSH, "both": termios.TCIOFLUSH}
FLOWS = {"output-off": termios.TCOOFF, "output-on": termios.TCOON, "input-off": termios.TCIOFF, "input-on": termios.TCION}
PATIENCE = 1  # seconds for a machine that has other things to do
NOTHING = {"taken": None, "hold": False, "echo": [], "status": [], "signals": [], "readable": None, "writable": None,
           "unread": None, "most": 4096, "reads": [], "nothing": True}

def data(text):
    return text.encode("latin-1")  # a character is a byte

def attempt(call, *arguments):
    try:
        return call(*arguments)
    except BlockingIOError:
        return None

def ready(descriptor, event):
    poll = select.poll()
    poll.register(descriptor, event)
    return any(events & event for _, events in poll.poll(0))

def unread(descriptor):
    return struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, b"\0" * 4))[0]

def signals():
    return {signal.sigwait([one]).name for one in signal.sigpending() & SIGNALS}

def fits(pattern, seen):
    ends = {0}  # where the parts so far may have ended
    for part in pattern:
        whole = data(part if isinstance(part, str) else part["prefix"])
        lengths = [len(whole)] if isinstance(part, str) else range(len(whole) + 1)
        ends = {end + n for end in ends for n in lengths if seen[end:end + n] == whole[:n]}
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

    def change(self, on, change, when="now"):
        flags, line, characters = self.settings()
        for name in change["clear"] + change["set"]:
            field, bits = FIELDS.index(self.tables["flags"][name]["field"]), self.tables["flags"][name]["bits"]
            flags[field] = flags[field] | bits if name in change["set"] else flags[field] & ~bits
        for name, value in change["characters"].items():
            characters[self.tables["characters"][name]] = value
        fcntl.ioctl(on, TCSETS[when], struct.pack(SETTINGS, *flags, line, bytes(characters)))

    def do(self, action):
        on = getattr(self, action.get("on", "slave"))
        for name, end in ("type", self.master), ("write", self.slave):
            if name in action: return attempt(os.write, end, data(action[name])) or 0
        if "termios" in action: self.change(on, action["termios"], action["when"])
        if "flush" in action: termios.tcflush(on, QUEUES[action["flush"]])
        if "flow" in action: termios.tcflow(on, FLOWS[action["flow"]])
        if "size" in action: fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("4H", *action["size"]))
        if "packet" in action:
            self.packets = action["packet"]
            fcntl.ioctl(self.master, TIOCPKT, struct.pack("i", self.packets))

    def wait_until_quiet(self):
        for end in (self.slave, self.master):
            if ready(end, select.POLLIN):
                os.write(self.canary[0], b"\r")
                ready(self.canary[1], select.POLLIN)
                unread(end)

    def look(self, expect, came):
        """What is not as expected, of all that is looked at before the reads."""
        self.wait_until_quiet()
        while not expect["hold"] and (read := attempt(os.read, self.master, 65536)) is not None:
            if self.packets and read[0] != 0:
                came["status"].append(read[0])
            else:
                came["echo"] += read[1:] if self.packets else read
        came["signals"] |= signals()
        looked = {**came, "unread": unread(self.slave), "readable": ready(self.slave, select.POLLIN),
                  "writable": ready(self.slave, select.POLLOUT)}
        wanted = {**expect, "signals": set(expect["signals"]), "echo": came["echo"]}
        wrong = {name: seen for name, seen in looked.items() if wanted[name] is not None and seen != wanted[name]}
        return wrong or (not expect["hold"] and not fits(expect["echo"], came["echo"]) and {"echo": came["echo"]})

    def step(self, action, expect):
        """What is not as expected after a step."""
        late, taken = time.monotonic() + PATIENCE, self.do(action)
        everything = None if taken is None else len(action.get("type", action.get("write")))
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

def perform(terminal, vector, outcome):
    """Where a terminal differs from one of a vector's outcomes, or nothing."""
    try:
        terminal.change(terminal.slave, vector["termios"])
        left = {**NOTHING, "reads": [] if outcome["left"] is None else [outcome["left"]]}
        for number, step in enumerate(outcome["steps"] + [{"action": None, "expect": left}], 1):
            if wrong := terminal.step(step["action"] or {}, step["expect"]):
                return f"step {number}: {wrong}"
    finally:
        terminal.close()

tables = json.load(sys.stdin)
assert tables["format"] == 1, "another version of the format"
if child := os.fork():  # a session of its own, which is what can get a terminal
    sys.exit(os.waitpid(child, 0)[1] != 0)
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
total = len(tables["vectors"])
print(f"{total} {'vector' if total == 1 else 'vectors'}, {differing} {'differs' if differing == 1 else 'differ'}", flush=True)
sys.exit(differing > 0)
