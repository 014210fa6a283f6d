"""Several runs side by side: every requirement against every pair of devices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.report.page import render
from harness.report.records import Run, ScenarioResult, read_run
from harness.report.verdict import Verdict

_SHORT = {Verdict.UNSUPPORTED: "unsupp.", Verdict.INCONCLUSIVE: "INCONCL."}
_WIDTH = 9


@dataclass(frozen=True)
class Matrix:
    """`runs`: the columns. `rows`: a requirement's id, and its result in each run or None."""

    runs: tuple[Run, ...]
    rows: tuple[tuple[str, tuple[ScenarioResult | None, ...]], ...]

    @property
    def good(self) -> bool:
        return bool(self.runs) and all(run.good for run in self.runs)

    def lines(self) -> list[str]:
        """The table in plain text, then every reason once, with where it applies."""
        names = [column_name(run) for run in self.runs]
        width = max((len(name) for name, _ in self.rows), default=0)
        lines = [f"{number}: {name}" for number, name in enumerate(names, 1)]
        numbers = "".join(f"{number:<{_WIDTH}}" for number in range(1, len(names) + 1))
        lines += ["", f"{'':<{width}}  {numbers}".rstrip()]
        for name, results in self.rows:
            cells = "".join(f"{_word(result):<{_WIDTH}}" for result in results)
            lines.append(f"{name:<{width}}  {cells}".rstrip())
        return [*lines, "", *self._reasons()]

    def _reasons(self) -> list[str]:
        found: dict[str, list[str]] = {}
        for name, results in self.rows:
            for number, result in enumerate(results, 1):
                if result is not None and result.judgement.verdict is not Verdict.PASS:
                    told = result.judgement.known or result.judgement.reason
                    text = f"{result.judgement.verdict.value}: {told}"
                    found.setdefault(text, []).append(f"{name} ({number})")
        return [f"{text}\n    {', '.join(places)}" for text, places in sorted(found.items())]


def column_name(run: Run) -> str:
    """Say which air and devices a run was made with."""
    about = run.about
    return f"{about.get('air', '?')}, {about.get('ap', '?')} with {about.get('sta', '?')}"


def _word(result: ScenarioResult | None) -> str:
    if result is None:
        return "-"
    verdict = result.judgement.verdict
    return f"{_SHORT.get(verdict, verdict.value)}{'*' if result.judgement.known else ''}"


def read_matrix(folders: Iterable[Path]) -> Matrix:
    """Read the runs' folders. Raises `BadRecord`."""
    runs = tuple(read_run(folder) for folder in folders)
    by_run = [{result.id: result for result in run.results} for run in runs]
    names = sorted({name for results in by_run for name in results})
    rows = tuple((name, tuple(results.get(name) for results in by_run)) for name in names)
    return Matrix(runs, rows)


def write_matrix(folders: Sequence[Path], path: Path) -> Matrix:
    """Write the matrix as a page at `path`, with links to the runs' own pages."""
    matrix = read_matrix(folders)
    links = [relative(run.folder, path.parent) for run in matrix.runs]
    text = render("matrix.html", matrix=matrix, links=links, column_name=column_name)
    path.write_text(text, encoding="utf-8")
    return matrix


def relative(folder: Path, start: Path) -> str:
    """Give a run's page as seen from `start`, or its whole path where it lies elsewhere."""
    page = folder.resolve() / "index.html"
    try:
        return page.relative_to(start.resolve()).as_posix()
    except ValueError:
        return page.as_uri()
