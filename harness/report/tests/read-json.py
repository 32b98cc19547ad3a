"""Reads a report as JSON."""
import json
import sys

path, count = sys.argv[1], int(sys.argv[2])
with open(path, encoding="ascii") as file:
    report = json.load(file)
results = {result["id"]: result for result in report["results"]}
assert report["schema"] == 2 and len(results) == count, len(results)
fail, known = results["area/fail"], results["area/xfail"]["known"]
assert fail["observed"]["words"].startswith("\x1b[31mred\0 \x9b1m"), fail["observed"]
assert fail["known"]["observed"] == "another: failure", fail["known"]
assert known["link"] == "https://example.org/1" and known["because"].endswith("missing #1"), known
assert fail["transcript"][0][1][1]["bytes"] == "\\x1b]0;t\\x07\\xff\\r\\n", fail["transcript"]
