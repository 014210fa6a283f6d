"""Renders a run as one HTML page that needs nothing beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from harness.base.errors import AirproofError
from harness.report.ladder import Ladder, read_ladder
from harness.report.records import Run, ScenarioResult
from harness.report.verdict import MEANING, Verdict

_EVIDENCE = ("air.pcapng", "events.jsonl", "keys.json", "record.json")


@dataclass(frozen=True)
class ScenarioPage:
    """What the template shows of one scenario."""

    result: ScenarioResult
    anchor: str
    files: tuple[str, ...]
    frame: int | None
    ladder: Ladder | None
    problem: str


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("harness.report"),
        autoescape=select_autoescape(),
        trim_blocks=True,
    )


def render(template: str, **values: object) -> str:
    """Render one of the templates, with the common style."""
    environment = _environment()
    assert environment.loader is not None
    style = environment.loader.get_source(environment, "run.css")[0]
    return environment.get_template(template).render(style=Markup(style), **values)


def _page(run: Run, number: int, result: ScenarioResult) -> ScenarioPage:
    anchor = f"s{number}-{re.sub(r'[^A-Za-z0-9.-]', '-', result.id)}"
    frame = result.record.get("outcome", {}).get("frame")
    if result.folder is None:
        return ScenarioPage(result, anchor, (), frame, None, "")
    name = result.folder.name
    files = tuple(f"{name}/{file}" for file in _EVIDENCE if (result.folder / file).exists())
    ladder, problem = None, ""
    try:
        ladder = read_ladder(result.folder, result.record)
    except AirproofError as error:
        problem = f"No frame ladder: {error}"
    return ScenarioPage(result, anchor, files, frame, ladder, problem)


def _facts(run: Run) -> list[tuple[str, str]]:
    about = run.about
    facts = [(key, str(about[key])) for key in ("started", "finished", "seed") if about.get(key)]
    facts += [(name, str(value)) for name, value in about.get("versions", {}).items() if value]
    return facts


def write_page(run: Run, path: Path) -> None:
    """Write the page. A capture that can't be read costs its ladder only, and says so."""
    text = render(
        "run.html",
        run=run,
        verdicts=tuple(Verdict),
        meaning=MEANING,
        facts=_facts(run),
        pages=[_page(run, number, result) for number, result in enumerate(run.results, 1)],
    )
    path.write_text(text, encoding="utf-8")
