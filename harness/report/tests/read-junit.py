"""Reads a report as JUnit XML: the structure of the schema that Jenkins and others agree on."""
import sys
import xml.etree.ElementTree as ElementTree

path, count = sys.argv[1], int(sys.argv[2])
root = ElementTree.parse(path).getroot()

ALLOWED = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase", "system-out", "system-err"},
    "properties": {"property"},
    "property": set(),
    "testcase": {"skipped", "error", "failure", "system-out", "system-err", "properties"},
    "skipped": set(), "error": set(), "failure": set(), "system-out": set(), "system-err": set(),
}
REQUIRED = {"testsuite": {"name", "tests"}, "testcase": {"name", "classname"}, "property": {"name", "value"}}
# At the places where writers have others.
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"name", "time", "classname"},
    "skipped": {"type", "message"}, "error": {"type", "message"}, "failure": {"type", "message"},
}


def check(element):
    assert set(element.attrib) <= ATTRIBUTES.get(element.tag, set(element.attrib)), (element.tag, element.attrib)
    assert REQUIRED.get(element.tag, set()) <= set(element.attrib), (element.tag, element.attrib)
    for child in element:
        assert child.tag in ALLOWED[element.tag], f"{child.tag} in {element.tag}"
        check(child)


assert root.tag == "testsuites", root.tag
check(root)
total = 0
for suite in root:
    cases = suite.findall("testcase")
    total += len(cases)
    assert int(suite.get("tests")) == len(cases)
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.get(attribute)) == len([case for case in cases if case.find(tag) is not None]), attribute
assert total == count, total
cases = {case.get("name"): case for case in root.iter("testcase")}
known = cases["area/xfail"].find("skipped").get("message")
assert "missing #1 <https://example.org/1>" in known, known
failure = cases["area/fail"].find("failure").text
for part in ("observed     \\u{1b}[31mred", "known as     another: failure", "it's: 'quoted' \\ \"twice\""):
    assert part in failure, failure
