"""The station's test hooks on the kernel's simulated radios, with the real hostapd as AP.

An outside program carries every EAPOL frame of the station through an enrolment and the key
handshake after it; tshark says what went over the air otherwise.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hooked_station import MARKS, Ground
from programs import running, wait

from harness.base.address import MacAddress
from harness.radio.hwsim import HwsimAir

pytestmark = MARKS
CARRIER = Path(__file__).with_name("eapol_carrier.py")
MARK = "dd07aabbcc01020304"


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    air = HwsimAir()
    try:
        made = Ground(tmp_path, air)
        with made.start():
            yield made
    finally:
        air.close()


@contextmanager
def carrying(ground: Ground, bssid: MacAddress) -> Iterator[Path]:
    """Give the file that the program writes what it does into."""
    log = ground.folder / "carrier.log"
    command = (sys.executable, str(CARRIER), str(ground.folder / "sta/wlan0"), "wlan0", str(bssid))
    with running(ground.sta.namespace, log, *command):
        wait("the program", lambda: "carrying" in log.read_text())
        yield log


def test_a_program_carries_an_enrolment_and_the_key_handshake(ground: Ground) -> None:
    with carrying(ground, ground.ap.address) as log:
        ground.push_button()
        ground.ask("wps_pbc")
        wait("both ends", ground.authorized)
        wait("its word", lambda: log.read_text().count("carried 0103") >= 2)
        carried = log.read_text()
    assert carried.count("carried 0100") >= 6, carried  # identity, M1 to M7, WSC_Done
    assert carried.count("carried 0103") == 2, carried
    ground.until("the connection", "COMPLETED")
    assert 'psk="12345678"' in (ground.folder / "sta.conf").read_text()
    sent = ground.on_air(f"eapol && wlan.sa == {ground.sta.address}", "eapol.type")
    assert sent[-2:] == [["3"], ["3"]]


def test_without_the_program_nothing_is_said(ground: Ground) -> None:
    ground.ask("set", "ext_eapol_frame_io", "1")
    ground.push_button()
    ground.ask("wps_pbc")
    ground.until("the association", "ASSOCIATED")
    assert {sender for (sender,) in ground.on_air("eapol", "wlan.sa")} == {str(ground.ap.address)}


def test_elements_and_versions_are_on_the_air(ground: Ground) -> None:
    for frame in ("13", "14"):
        assert ground.ask("raw", "VENDOR_ELEM_ADD", frame, MARK) == "OK\n"
    orders = (
        ("wps_version_number", "0x43"),
        ("wps_force_auth_types", "0x20"),
        ("wps_force_encr_types", "0x8"),
    )
    for name, value in orders:
        assert ground.ask("set", name, value) == "OK\n"
    ground.push_button()
    ground.ask("wps_pbc")
    ground.until("the enrolment", "COMPLETED")
    said = ground.on_air(
        f"wlan.sa == {ground.sta.address}",
        "wlan.fc.type_subtype", "wlan.tag.oui", "wps.message_type",
        "wps.ext.version2", "wps.authentication_type_flags", "wps.encryption_type_flags",
    )  # fmt: skip
    for kind in ("0x0004", "0x0000"):
        ouis = next(each[1] for each in said if each[0] == kind)
        assert str(0xAABBCC) in ouis.split(","), (kind, ouis)
    assert "0x43" in {each[3] for each in said if each[0] == "0x0004"}
    (m1,) = (each[3:] for each in said if each[2] == "0x04")
    assert m1 == ["0x43", "0x0020", "0x0008"]
    assert 'psk="12345678"' in (ground.folder / "sta.conf").read_text()
