"""Reads a report as the kernel's own tool does: kunit.py of the directory that PTYPROOF_KUNIT names (see ci/formats)."""
import os
import re
import subprocess
import sys

path, count = sys.argv[1], int(sys.argv[2])
tool = os.path.join(os.environ["PTYPROOF_KUNIT"], "kunit.py")
said = subprocess.run([sys.executable, tool, "parse", path], capture_output=True, text=True)
text = re.sub(r"\x1b\[[0-9;]*m", "", said.stdout)
plain = re.sub(r"^\[[0-9:]+\] ", "", text, flags=re.M)
assert said.returncode == 1, (said, "there are failures")
totals = re.search(r"^Testing complete\. (.*)$", plain, re.M)
assert totals, said
numbers = {name: int(number) for name, number in re.findall(r"(\w+): (\d+)", totals[1])} or {
    name: int(number) for number, name in re.findall(r"(\d+) (\w+)", totals[1])
}
failed = min(count, 10) - 6 if count > 6 else 0
assert numbers.get("passed") == 4 and numbers.get("skipped") == 2 and numbers.get("failed", 0) == failed, (numbers, plain)
# Where all cases have a result, the tool finds nothing wrong with the format.
assert (numbers.get("errors", 0) == 0) == (count == 10), (numbers, plain)
assert "\x1b" not in plain, plain
