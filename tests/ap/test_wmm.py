"""WMM on the access point: keys, elements, stations; octets as hostapd 2.10 sent them."""

from __future__ import annotations

import dataclasses

import pytest
from ap_stage import ALICE, BOB, HOME, WSC, ScriptedStation, Stage
from test_control import FILE, Desk

from harness.ap.config_build import build
from harness.ap.config_file import ConfigErrors, parse
from harness.base.errors import ConfigError
from harness.base.seam import StartBss, TxQueue
from harness.crypto.psk import derive_psk
from harness.wire.dot11.elements import OUI_MICROSOFT, VENDOR_TYPE_WMM, Elements
from harness.wire.dot11.frames import ProbeResponse
from harness.wire.rsn import Rsne

WMM = dataclasses.replace(HOME, wmm=True)
USUAL = "0101010003a4000027a4000042435e0062322f00"
STATION = bytes.fromhex("dd070050f202000100")
PSK = derive_psk("correct horse", b"home")


def shown(elements: Elements) -> list[str]:
    return [each.hex() for each in elements.vendor(OUI_MICROSOFT, VENDOR_TYPE_WMM)]


def test_beacons_and_probe_responses_have_it_before_wsc() -> None:
    stage = Stage(WMM)
    ScriptedStation(stage).probe()
    response = stage.last(ProbeResponse, ALICE)
    assert isinstance(response, ProbeResponse)
    for elements in (stage.beacon().elements, response.elements):
        assert shown(elements) == [USUAL]
        vendors = [each.value[3] for each in elements.raw if each.id == 221]
        assert vendors == [2, 4]


def test_without_it_nothing_is_said() -> None:
    stage = Stage(HOME)
    answer = ScriptedStation(stage).join(WSC + STATION)
    assert (answer.status, shown(answer.elements), shown(stage.beacon().elements)) == (0, [], [])
    assert stage.peers["wlan0"][ALICE].qos_info is None


def test_a_station_with_it_is_known_as_such() -> None:
    """Its RSN capabilities have 16 replay counters, which the key handshake is bound to."""
    stage = Stage(WMM)
    answer = ScriptedStation(stage).join_with_key(PSK, bytes.fromhex("dd070050f20200012f"))
    assert (answer.status, shown(answer.elements)) == (0, [USUAL])
    assert stage.peers["wlan0"][ALICE].qos_info == 0x2F
    assert ALICE in stage.authorized
    rsn = stage.beacon().elements.rsn
    assert rsn is not None
    assert Rsne.decode(rsn).capabilities == 0x000C
    found = stage.ap.bss("wlan0").stations.get(ALICE)
    assert found is not None
    assert "[SHORT_PREAMBLE][WMM]" in found.flags


def test_a_station_without_it_is_told_nothing_of_it() -> None:
    stage = Stage(WMM)
    assert shown(ScriptedStation(stage, BOB).join_with_key(PSK).elements) == []
    assert stage.peers["wlan0"][BOB].qos_info is None


@pytest.mark.parametrize(
    ("extra", "status", "qos_info"),
    [
        ("dd080050f20200010000", 0, 0),
        ("dd070050f202000200", 1, None),
        ("dd060050f2020001", 1, None),
        ("dd180050f2020101000003a4000027a4000042435e0062322f00", 1, None),
        ("dd070050f202020100", 0, None),
        ("dd040050f202", 0, None),
    ],
)
def test_elements_that_are_not_a_stations(extra: str, status: int, qos_info: int | None) -> None:
    stage = Stage(WMM)
    answer = ScriptedStation(stage).join(WSC + bytes.fromhex(extra))
    assert answer.status == status
    peer = stage.peers["wlan0"].get(ALICE)
    assert (None if peer is None else peer.qos_info) == qos_info


def test_a_refused_station_is_told_of_it() -> None:
    answer = ScriptedStation(Stage(WMM)).join(bytes.fromhex("30020200") + STATION)
    assert answer.status != 0
    assert shown(answer.elements) == [USUAL]


# ---- the file, and SET ------------------------------------------------------------------------

KEYS = """\
wmm_enabled=1
uapsd_advertisement_enabled=1
wmm_ac_bk_cwmin=5
wmm_ac_bk_cwmax=9
wmm_ac_bk_aifs=15
wmm_ac_vi_acm=1
wmm_ac_vo_txop_limit=1000
tx_queue_data2_aifs=4
tx_queue_data2_cwmin=31
tx_queue_data2_cwmax=127
tx_queue_data2_burst=2.55
"""


def test_the_keys_of_a_file_are_said_and_done() -> None:
    desk = Desk(FILE + KEYS)
    assert shown(desk.beacon().elements) == ["0101810003a400002f95000052435e006232e803"]
    start = next(each for each in desk.commands if isinstance(each, StartBss))
    assert start.tx_queues == (
        TxQueue(aifs=1, cw_min=3, cw_max=7, txop_limit=47),
        TxQueue(aifs=1, cw_min=7, cw_max=15, txop_limit=94),
        TxQueue(aifs=4, cw_min=31, cw_max=127, txop_limit=78),
        TxQueue(aifs=7, cw_min=15, cw_max=1023, txop_limit=0),
    )


def test_set_is_told_at_once_and_counted() -> None:
    desk = Desk(FILE + "wmm_enabled=1\n")
    told = []
    for line in ("be_aifs 4", "be_aifs 4", "vi_aifs 18"):
        assert desk.ask(f"SET wmm_ac_{line}") == "OK\n"
        told += shown(desk.beacon().elements)
    assert told == [
        "0101030004a4000027a4000042435e0062322f00",
        "0101040004a4000027a4000042435e0062322f00",
        "0101060004a4000027a4000042435e0062322f00",
    ]


def test_a_set_that_does_not_fit_changes_nothing() -> None:
    desk = Desk(FILE + "wmm_enabled=1\n")
    assert desk.ask("SET wmm_ac_vo_cwmin 9") == "FAIL\n"
    assert desk.ask("SET wmm_ac_vo_cwmin x") == "FAIL\n"
    assert shown(desk.beacon().elements) == [USUAL]
    assert desk.ask("RELOAD") == "OK\n"
    assert shown(desk.beacon().elements) == [USUAL]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("wmm_ac_be_aifs=256", "wmm_ac_be_aifs: must be 1 to 255, not 256"),
        ("wmm_ac_be_foo=1", "wmm_ac_be_foo: there is no such key"),
        ("tx_queue_data0_cwmin=2", "tx_queue_data0_cwmin: must be 1, 3, 7 and so on"),
        ("tx_queue_data0_burst=x", "tx_queue_data0_burst: 'x' is no number"),
        ("wmm_ac_be_cwmax=3", "wmm_ac_be_cwmax: cwmin 4 is greater than cwmax 3"),
        ("tx_queue_data0_cwmin=15", "tx_queue_data0_cwmin: cwmin 15 is greater than cwmax 7"),
    ],
)
def test_bad_values_are_told_with_their_place(line: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        build(parse(f"{FILE}{line}\n", "ap.conf"))
    errors = caught.value.errors if isinstance(caught.value, ConfigErrors) else (caught.value,)
    assert len(errors) == 1
    assert str(errors[0]).startswith(f"ap.conf:11: {reason}")


def test_queues_of_earlier_days_are_taken_with_a_warning() -> None:
    read = parse(FILE + "tx_queue_after_beacon_aifs=2\n", "ap.conf")
    assert read.warnings == [
        "ap.conf:11: tx_queue_after_beacon_aifs: there is no such queue any more"
    ]
