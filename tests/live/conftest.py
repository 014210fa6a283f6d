"""A stage for each test, and clients that are hung up at its end."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live_stage import Client, Stage
from programs import obey, rules_obeyed

from harness.radio.hwsim import HwsimAir


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.close()
    assert not made.troubles


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Callable[[Path], Client]]:
    clients: list[Client] = []

    def make(path: Path) -> Client:
        clients.append(Client(path, tmp_path / f"client{len(clients)}"))
        return clients[-1]

    yield make
    for each in clients:
        each.close()


@pytest.fixture(autouse=True)
def rules_for_radios(request: pytest.FixtureRequest) -> Iterator[None]:
    """What country a test obeys is not passed on to the next, which would find other channels."""
    if request.node.get_closest_marker("hwsim") is None or HwsimAir.usable() is not None:
        yield
        return
    before = rules_obeyed()
    yield
    if rules_obeyed() != before:
        obey(before)


@pytest.fixture
def tmp_path(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A short path in the kernel lab: that of a UNIX socket has room for 107 octets."""
    if request.node.get_closest_marker("hwsim") is None:
        yield tmp_path_factory.mktemp(request.node.name[:30], numbered=True)
        return
    with tempfile.TemporaryDirectory(prefix="lab", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
