"""`python -m harness.report RUN_FOLDER`: build the report again from the evidence."""

from __future__ import annotations

import sys
from pathlib import Path

from harness.base.errors import AirproofError
from harness.report.build import build


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m harness.report RUN_FOLDER", file=sys.stderr)
        return 2
    try:
        summary = build(Path(arguments[0]))
    except AirproofError as error:
        print(f"airproof: {error}", file=sys.stderr)
        return 2
    print("\n".join(summary.lines()))
    return 0 if summary.good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
