"""The keys of SAE that are kept, and the association that follows on the present one."""

from __future__ import annotations

import pytest
from control_stage import ControlStage, joined
from sta_stage import AP1, ScriptedAp

from harness.base.seam import Associate, Authenticate, Deauthenticate, Scan
from harness.proto.sae import SaeAccepted
from harness.sta.pmksa import PmksaCache
from harness.wire.dot11.codes import STATUS_INVALID_PMKID
from harness.wire.rsn import AKM_SAE, CAPABILITY_MFPC, CAPABILITY_MFPR, Rsne

SECRET = ("secret", None)
KEY = SaeAccepted(bytes(32), bytes(16))


def test_what_comes_and_goes_is_news() -> None:
    cache = PmksaCache()
    cache.store(AP1, b"home", SECRET, KEY, 0.0, 3)
    cache.store(AP1, b"other", SECRET, KEY, 0.0, 4)
    assert [each.network_id for each in cache.drop(3)] == [3]
    assert cache.find(AP1, b"home", SECRET, 1.0) is None
    assert cache.find(AP1, b"other", SECRET, 1.0) == KEY
    assert [(came, entry.network_id) for came, entry in cache.news] == [
        (True, 3), (True, 4), (False, 3),
    ]  # fmt: skip


ADDED = f"PMKSA-CACHE-ADDED {AP1} 0"
REMOVED = f"PMKSA-CACHE-REMOVED {AP1} 0"


def with_key(*aps: ScriptedAp) -> ControlStage:
    stage = ControlStage(*aps)
    stage.ask("ADD_NETWORK")
    stage.ask_all(
        'SET_NETWORK 0 ssid "home"', 'SET_NETWORK 0 sae_password "x"', "SET_NETWORK 0 key_mgmt SAE",
        "SET_NETWORK 0 ieee80211w 2",
        f"PMKSA_ADD 0 {AP1} {16 * '00'} {32 * '00'} 30240 43200 1024 0",
    )  # fmt: skip
    return stage


@pytest.mark.parametrize(
    ("command", "goes"),
    [
        ("PMKSA_FLUSH", True),
        ("REMOVE_NETWORK 0", True),
        ('SET_NETWORK 0 sae_password "y"', True),
        ('SET_NETWORK 0 sae_password "x"', False),
        ("SET_NETWORK 0 priority 5", False),
        (f"SET_NETWORK 0 bssid {AP1}", False),
        ("SET_NETWORK 0 scan_freq 2412", False),
    ],
)
def test_when_a_key_is_let_go(command: str, goes: bool) -> None:
    stage = with_key()
    assert ADDED in stage.lines
    assert stage.ask(command) == "OK\n"
    assert (REMOVED in stage.lines) is goes
    assert (len(stage.ask("PMKSA").splitlines()) == 1) is goes


def test_a_rejection_is_told_before_the_key_that_was_no_good_goes() -> None:
    """The order of wpa_supplicant 2.10."""
    ap = ScriptedAp(statuses=[STATUS_INVALID_PMKID])
    ap.rsne = Rsne(
        akms=(AKM_SAE,), capabilities=CAPABILITY_MFPC | CAPABILITY_MFPR
    ).element()
    stage = with_key(ap)
    assert stage.ask("ENABLE_NETWORK 0") == "OK\n"
    stage.until_line(REMOVED)
    rejected = [line for line in stage.lines if line.startswith("CTRL-EVENT-ASSOC-REJECT")]
    assert len(rejected) == 1
    assert stage.lines.index(rejected[0]) < stage.lines.index(REMOVED)


def test_a_station_reassociates_without_an_end_in_between() -> None:
    stage = joined()
    stage.ask("REASSOCIATE")
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert len(stage.sent(Authenticate)) == 2
    assert not stage.sent(Deauthenticate)
    second = stage.sent(Associate)[-1]
    assert isinstance(second, Associate)
    assert second.previous == AP1


def test_a_station_that_reassociates_looks_around_first_when_it_has_not_lately() -> None:
    stage = joined()
    stage.run(stage.now + 30.0)
    stage.ask("REASSOCIATE")
    assert len(stage.sent(Scan)) == 2
    assert len(stage.sent(Authenticate)) == 1
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert len(stage.sent(Authenticate)) == 2
