"""Holds a report to the JSON Schema in docs/, and the schema to the report: it names every field that is written."""
import copy
import json
import sys

import jsonschema

path, count = sys.argv[1], int(sys.argv[2])
with open("../../docs/report.schema.json", encoding="ascii") as file:
    schema = json.load(file)
with open(path, encoding="ascii") as file:
    report = json.load(file)


def strict(schema):
    """The same, and nothing else is allowed than what is named."""
    if isinstance(schema, dict):
        if "properties" in schema:
            schema["additionalProperties"] = False
        for part in schema.values():
            strict(part)
    return schema


def refused(schema, report):
    return list(jsonschema.Draft202012Validator(schema).iter_errors(report))


jsonschema.Draft202012Validator.check_schema(schema)
errors = refused(strict(copy.deepcopy(schema)), report)
assert not errors, errors[0]
assert len(report["results"]) == count
fail = next((result for result in report["results"] if result["id"] == "area/fail"), None)
assert fail is None or {"calls", "stopped", "kept", "known"} <= set(fail), "each field is held to the schema once"
for change in (
    lambda report: report.pop("summary"),
    lambda report: report["results"][0].update(verdict="passed"),
    lambda report: report["results"][0].update(transcript=[["c1", [{"at_ms": 1, "direction": "typed", "bytes": "\x1b"}]]]),
    lambda report: report.update(schema=1),
):
    wrong = copy.deepcopy(report)
    change(wrong)
    assert refused(schema, wrong), change
