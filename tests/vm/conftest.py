"""What the tests of the kernel lab stand on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from vm_stage import Ran, Run

from vm import guest, kernel
from vm.guest import Options


@pytest.fixture(scope="session")
def built() -> kernel.Kernel:
    """The guest's kernel; building it takes minutes, so a test run doesn't."""
    if guest.in_guest():
        pytest.skip("a guest boots no guest")
    if (found := kernel.built()) is None:
        pytest.skip("no kernel in the cache: build one with ./airproof vm build")
    return found


@pytest.fixture
def run(built: kernel.Kernel, tmp_path: Path) -> Run:
    """Runs a command in a guest that is given at most ten minutes."""

    def _run(
        *command: str, stdin: bytes | None = None, windows: Sequence[Path] = (), **options: object
    ) -> Ran:
        files = [tmp_path / name for name in ("stdin", "stdout", "stderr")]
        files[0].write_bytes(stdin or b"")
        fds = [os.open(files[0], os.O_RDONLY)]
        fds += [os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for path in files[1:]]
        chosen = Options(windows=tuple(windows), **{"limit_s": 600.0, **options})
        try:
            given = None if stdin is None else fds[0]
            status = guest.run(command, chosen, stdin=given, stdout=fds[1], stderr=fds[2])
        finally:
            for fd in fds:
                os.close(fd)
        return Ran(status, files[1].read_bytes(), files[2].read_bytes())

    return _run
