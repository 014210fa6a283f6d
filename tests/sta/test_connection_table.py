"""Every state of a connection with every input: what has no cell in the table is discarded."""

from __future__ import annotations

import pytest
from sta_stage import DEVICE, PASSPHRASE, STA, home

from harness.base.entropy import SeededEntropy
from harness.base.errors import UsageError
from harness.base.seam import Scan
from harness.proto.machine import Timeout
from harness.sta.attempts import Identity, attempt_for
from harness.sta.bss_table import BssTable
from harness.sta.config import Network, StationConfig
from harness.sta.connection import _TABLE, Connection
from harness.sta.joining import (
    AssociationAnswered,
    AssociationUnanswered,
    AuthenticationAnswered,
    AuthenticationUnanswered,
    CommandRefused,
    EapolArrived,
    Join,
    Leave,
    LinkLost,
    LogOn,
)
from harness.sta.selection import Candidate
from harness.sta.state import WpaState
from harness.wire.dot11.elements import Elements

_INPUTS = (
    AuthenticationAnswered(0, 2, 0),
    AuthenticationAnswered(0, 2, 1),
    AuthenticationUnanswered(),
    AssociationAnswered(0, Elements(b"")),
    AssociationAnswered(1, Elements(b"")),
    AssociationUnanswered(),
    EapolArrived(b"\x02\x00\x00\x00", False),
    LinkLost(1, False),
    Leave(),
    LogOn(off=True),
    Timeout(),
    CommandRefused(Scan(interface="wlan0"), 1),
)


def _brought_to(state: WpaState, multi_ap: bool) -> Connection:
    """A connection in `state`, made by joining a network."""
    network = Network(id=0, ssid=b"home", passphrase=PASSPHRASE, multi_ap_backhaul_sta=multi_ap)
    ap = home()
    table = BssTable(maximum=9, age=180, scan_count=2)
    table.update([ap.observation(0.0)], 0.0)
    identity = Identity(STA, bytes(16), StationConfig(device=DEVICE), (2412,))
    candidate = Candidate(network, next(iter(table)))
    connection = Connection("wlan0")
    if state is WpaState.DISCONNECTED:
        return connection
    connection.step(Join(attempt_for(candidate, identity, SeededEntropy(b"x"), 0.0)), 0.0)
    if state >= WpaState.ASSOCIATING:
        connection.step(AuthenticationAnswered(0, 2, 0), 0.0)
    if state >= WpaState.ASSOCIATED:
        good = Elements(bytes.fromhex("dd07506f9a1b060140"))
        connection.step(AssociationAnswered(0, good), 0.0)
    assert connection.state is min(state, WpaState.ASSOCIATED)
    return connection


@pytest.mark.parametrize("multi_ap", [False, True])
@pytest.mark.parametrize("given", _INPUTS, ids=lambda given: repr(given)[:40])
@pytest.mark.parametrize(
    "state",
    [
        WpaState.DISCONNECTED,
        WpaState.AUTHENTICATING,
        WpaState.ASSOCIATING,
        WpaState.ASSOCIATED,
    ],
)
def test_every_input_stays_in_the_table(state: WpaState, given: object, multi_ap: bool) -> None:
    connection = _brought_to(state, multi_ap)
    has_cell = (state, type(given)) in _TABLE
    if isinstance(given, Leave | Timeout) and not has_cell:
        with pytest.raises(UsageError):
            connection.step(given, 100.0)
        return
    outputs = connection.step(given, 100.0)  # type: ignore[arg-type]
    if not has_cell:
        assert connection.state is state
        assert [type(output).__name__ for output in outputs] == ["Discarded"]
    if connection.state is WpaState.DISCONNECTED:
        assert connection.deadline() is None
