"""The Python of a pytest-xdist worker that has a guest of its own.

execnet starts it as it would start `python`: `worker.py OPTIONS -- PYTHON-ARGUMENTS`. It boots a
guest, runs the interpreter there, and carries execnet's octets over the guest's serial lines.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parent.parent)  # run as a file, so that any directory will do

from vm.__main__ import main  # noqa: E402

if __name__ == "__main__":
    split = sys.argv.index("--")
    python = [sys.executable, *sys.argv[split + 1 :]]
    sys.exit(main(["run", *sys.argv[1:split], "--", *python]))
