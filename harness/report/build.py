"""Builds everything that a run's folder shows: the page, the JUnit file and the summary."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.report.junit import write_junit
from harness.report.page import write_page
from harness.report.records import Run, read_run
from harness.report.verdict import Verdict


@dataclass(frozen=True)
class Summary:
    """What a terminal shows of a run."""

    run: Run

    @property
    def good(self) -> bool:
        return self.run.good

    def lines(self) -> list[str]:
        """One line for each scenario that ran and is no plain PASS, the counts, and the page."""
        width = max((len(verdict.value) for verdict in self.run.counts), default=0)
        lines = []
        for result in self.run.results:
            verdict, reason = result.judgement.verdict, result.judgement.reason
            if verdict is not Verdict.NOT_RUN and (verdict is not Verdict.PASS or reason):
                clause = result.record.get("outcome", {}).get("clause", "")
                blames = verdict in (Verdict.FAIL, Verdict.WEAK) and clause not in reason
                told = f" [{clause}]" if blames else ""
                lines.append(f"{verdict.value:<{width}}  {result.id}: {reason}".rstrip(": ") + told)
            if result.judgement.known:
                lines.append(f"{'':<{width}}  known: {result.judgement.known}")
        counts = self.run.counts
        lines.append(
            ", ".join(
                f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict]
            )
            or "nothing ran"
        )
        lines.append(f"report: {self.run.folder / 'index.html'}")
        return lines


def build(folder: Path) -> Summary:
    """Write `index.html` and `junit.xml` from the records in `folder`.

    Raises `BadRecord` when a record can't be read.
    """
    run = read_run(folder)
    write_page(run, folder / "index.html")
    write_junit(run, folder / "junit.xml")
    return Summary(run)
