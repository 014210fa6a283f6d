"""A stage for each test, and clients that are hung up at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live_stage import Client, Stage


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
