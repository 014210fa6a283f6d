"""Renders a run as JUnit XML, for the machines that read it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as Xml

from harness.report.records import Run, ScenarioResult
from harness.report.verdict import Verdict

_ELEMENT = {
    Verdict.FAIL: "failure",
    Verdict.INCONCLUSIVE: "error",
    Verdict.SETUP: "error",
    Verdict.HARNESS: "error",
    Verdict.UNSUPPORTED: "skipped",
    Verdict.NOT_RUN: "skipped",
}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _kind(result: ScenarioResult) -> str | None:
    """The element that a result becomes; a known failure is skipped, as an expected one is."""
    return "skipped" if result.judgement.known else _ELEMENT.get(result.judgement.verdict)


def _case(suite: Xml.Element, result: ScenarioResult) -> None:
    case = Xml.SubElement(
        suite,
        "testcase",
        classname=_clean(result.nodeid.split("::")[0].removesuffix(".py").replace("/", ".")),
        name=_clean(result.id),
        time=f"{result.record.get('duration_s', 0.0):.3f}",
    )
    verdict, reason = result.judgement.verdict, result.judgement.reason
    if verdict in _ELEMENT:
        child = Xml.SubElement(case, _ELEMENT[verdict], type=verdict.value, message=_clean(reason))
        child.text = _clean(result.record.get("outcome", {}).get("traceback") or reason)
    elif reason:
        Xml.SubElement(case, "system-out").text = _clean(f"{verdict.value}: {reason}")


def write_junit(run: Run, path: Path) -> None:
    """Write one test suite.

    FAIL is a failure, what blames no device is an error or a skip; a known FAIL is a skip.
    """
    kinds = [_kind(result) for result in run.results]
    name = "-".join(str(run.about.get(key, "?")) for key in ("air", "ap", "sta"))
    suite = Xml.Element(
        "testsuite",
        name=_clean(f"airproof-{name}"),
        timestamp=str(run.about.get("started", "")),
        tests=str(len(kinds)),
        failures=str(kinds.count("failure")),
        errors=str(kinds.count("error")),
        skipped=str(kinds.count("skipped")),
    )
    for result in run.results:
        _case(suite, result)
    root = Xml.Element("testsuites")
    root.append(suite)
    Xml.indent(root)
    Xml.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
