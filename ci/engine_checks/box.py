"""What a check calls its engine by: lines as one types them, in which IMAGE is the image and NAME a container of the check's own."""

import dataclasses
import shlex
import subprocess

from . import image
from .check import Failed
from .person import Person


@dataclasses.dataclass
class Said:
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str


class Box:
    def __init__(self, engine, number):
        self.engine, self.name, self.people = engine, f"box{number}", []

    def words(self, line):
        words = (word.replace("NAME", self.name) for word in shlex.split(line))
        return [image.NAME if word == "IMAGE" else word for word in words]

    def __call__(self, line, typed="", patience=60):
        """Calls the engine, with this input on a pipe."""
        command = self.engine.command(self.words(line))
        try:
            done = subprocess.run(command, input=typed.encode(), capture_output=True, timeout=patience)
        except subprocess.TimeoutExpired:
            raise Failed(f"`{line}` does not end within {patience} s") from None
        return Said(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))

    def says(self, line, typed="", patience=60):
        """What the engine prints, where it succeeds."""
        said = self(line, typed, patience)
        if said.status != 0:
            raise Failed(f"`{line}` ends with {said.status}: {said.err.strip()[-400:]}")
        return said.out

    def person(self, line, size=(24, 80)):
        """Calls the engine at a terminal."""
        person = Person(self.engine.command(self.words(line)), size)
        self.people.append(person)
        return person

    def is_cleared(self):
        for person in self.people:
            person.is_gone()
        self.engine.clear()
