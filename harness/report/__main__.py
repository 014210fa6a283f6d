"""Builds reports again from the evidence.

python -m harness.report RUN_FOLDER
python -m harness.report --matrix PAGE RUN_FOLDER...
"""

from __future__ import annotations

import sys
from pathlib import Path

from harness.base.errors import AirproofError
from harness.report.build import Summary, build
from harness.report.matrix import Matrix, write_matrix


def main(arguments: list[str]) -> int:
    summary: Summary | Matrix
    try:
        if len(arguments) == 1 and not arguments[0].startswith("-"):
            summary = build(Path(arguments[0]))
        elif len(arguments) > 2 and arguments[0] == "--matrix":
            summary = write_matrix([Path(name) for name in arguments[2:]], Path(arguments[1]))
        else:
            print((__doc__ or "").strip(), file=sys.stderr)
            return 2
    except AirproofError as error:
        print(f"airproof: {error}", file=sys.stderr)
        return 2
    print("\n".join(summary.lines()))
    return 0 if summary.good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
