"""Messages of the key handshakes that are not as they should be, to wpa_supplicant and to ours.

hostapd is the AP; what it sends is changed on its way, or made in its name. What a station says on
its control interface and on the air, and which keys its kernel has then, has to be the same.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from handshake_ground import DEBUGFS, RIGHT, Handshakes, Wrong, made
from key_ground import Wire
from programs import Monitor, kernel_lab, ours, real

from harness.wire.eapol_key import (
    ACK,
    DESCRIPTOR_RSN,
    DESCRIPTOR_WPA,
    ENCRYPTED,
    INSTALL,
    KEY_INDEX_MASK,
    MIC,
    PAIRWISE,
    SECURE,
    EapolKey,
)
from harness.wire.key_data import (
    KDE_GTK,
    KDE_IGTK,
    GtkKde,
    IgtkKde,
    RawKeyDatum,
    join_key_data,
    split_key_data,
)

pytestmark = kernel_lab("hostapd", "wpa_supplicant")

CONNECTED, GONE = "CTRL-EVENT-CONNECTED", "CTRL-EVENT-DISCONNECTED"
REKEYED = "Group rekeying completed"
TOLD = ("WPA: ", "RSN: ", CONNECTED, GONE, "SSID-TEMP-DISABLED")
UNTOLD = ("Tx bit set", "dropping packet", "could not decrypt EAPOL-Key", "to the driver")
"""What wpa_supplicant says beyond: of what it ignores, and what its driver does."""

RSN = "wpa=2\nrsn_pairwise=CCMP\nieee80211w=2\n", "ieee80211w=2\n"
WPA = "wpa=1\nwpa_pairwise=CCMP\n", "proto=WPA\npairwise=CCMP\ngroup=CCMP\n"
VERSION = 2

Changed = Callable[[bytes], bytes]


# ---- what may be wrong ------------------------------------------------------------------------


def without(*kdes: int) -> Changed:
    return lambda data: join_key_data(d for d in split_key_data(data) if d.kde not in kdes)


def resized(which: int, octets: int) -> Changed:
    """Give a key of a KDE so many octets more, or less."""

    def change(datum: RawKeyDatum) -> RawKeyDatum:
        if datum.kde != which:
            return datum
        value = datum.value[:octets] if octets < 0 else datum.value + bytes(octets)
        return RawKeyDatum(datum.id, value)

    return lambda data: join_key_data(map(change, split_key_data(data)))


def followed(*kdes: bytes) -> Changed:
    return lambda data: join_key_data(split_key_data(data)) + b"".join(kdes)


def field(**fields: object) -> tuple[tuple[str, object], ...]:
    return tuple(fields.items())


def gtk(number: int, octets: int = 16) -> bytes:
    return GtkKde(2, made(number, octets)).encode()


def igtk(number: int, octets: int = 16, index: int = 5) -> bytes:
    return IgtkKde(index, bytes(6), made(number, octets)).encode()


REFUSED_THIRDS = {
    "another key length": Wrong(fields=field(key_length=32)),
    "GTK in the clear": Wrong(without=ENCRYPTED),
    "short IGTK": Wrong(resized(KDE_IGTK, -1)),
    "short GTK": Wrong(resized(KDE_GTK, -1)),
    "IGTK with an index of a GTK": Wrong(followed(igtk(7, index=3))),
}
BORNE_THIRDS = {
    "what cannot be decrypted, then with two keys of a kind": (
        Wrong(spoilt="data"),
        Wrong(followed(gtk(1), gtk(2), igtk(3), igtk(4)), without=SECURE),
    ),
    "no IGTK, and nothing to be installed": (Wrong(without(KDE_IGTK), without=INSTALL),),
}
WPA_THIRDS = {
    "another key length": REFUSED_THIRDS["another key length"],
    "group 1/2 in its place": Wrong(without=PAIRWISE | INSTALL),
}

GROUP_1 = EapolKey(VERSION | ACK | MIC | SECURE | ENCRYPTED, 0, key_length=16)
WPA_GROUP_1 = EapolKey(
    VERSION | ACK | MIC | SECURE | 0x20, 0, key_length=16, descriptor=DESCRIPTOR_WPA
)
BORNE_GROUPS = (
    (gtk(1) + igtk(1), RIGHT),
    (gtk(1) + igtk(1), RIGHT),  # nothing of it is installed again
    (gtk(2) + igtk(2), Wrong(later=0)),
    (gtk(2) + igtk(2), Wrong(later=-1)),
    (gtk(2) + igtk(2), Wrong(spoilt="mic")),
    (gtk(2) + igtk(2), Wrong(spoilt="data")),
    (gtk(3), RIGHT),
    (gtk(4) + igtk(4, 15), RIGHT),
    (gtk(4) + igtk(4, 32), RIGHT),
    (gtk(5) + igtk(5, index=3), RIGHT),
    (gtk(6) + gtk(7) + igtk(6) + igtk(7), RIGHT),
    (gtk(8), Wrong(within=KEY_INDEX_MASK & 0x10 | INSTALL, without=SECURE)),
    (gtk(9), Wrong(fields=field(key_length=32))),
)
REFUSED_GROUPS = (
    (igtk(1), RIGHT),
    (gtk(1, 15), RIGHT),
    (gtk(1), Wrong(without=ENCRYPTED)),
)
BORNE_WPA_GROUPS = (
    (made(1), RIGHT),
    (made(1), RIGHT),
    (made(2), Wrong(later=0)),
    (made(2), Wrong(spoilt="mic")),
    (made(3, 24), RIGHT),
    (made(4), Wrong(fields=field(descriptor=DESCRIPTOR_RSN))),
    (made(5), Wrong(without=SECURE, within=INSTALL | ENCRYPTED)),
)
REFUSED_WPA_GROUPS = (
    (made(1), Wrong(fields=field(key_length=5))),
    (made(1), Wrong(fields=field(key_length=32))),
)


# ---- what becomes of it -----------------------------------------------------------------------

Seen = list[tuple[str, object]]


def kept(lines: list[str]) -> list[str]:
    return [
        line for line in lines
        if any(part in line for part in TOLD) and not any(part in line for part in UNTOLD)
    ]  # fmt: skip


class Play:
    """One station's run through all that is wrong."""

    def __init__(self, ground: Handshakes, wire: Wire, station: Monitor) -> None:
        self.ground, self.wire, self.station = ground, wire, station
        self.seen: Seen = []

    def thirds(self, refused: dict[str, Wrong], borne: dict[str, tuple[Wrong, ...]]) -> None:
        for name, wrong in refused.items():
            told = self.ground.connect(self.station, GONE, wrong)
            self._note(name, told, self.ground.answers())
        for name, wrongs in borne.items():
            told = self.ground.connect(self.station, CONNECTED, *wrongs)
            self._note(name, told, self.ground.answers(), self.ground.group_keys())

    def groups(
        self,
        template: EapolKey,
        borne: tuple[tuple[bytes, Wrong], ...],
        refused: tuple[tuple[bytes, Wrong], ...],
    ) -> None:
        self.ground.connect(self.station, CONNECTED)
        answered = sum(not each.spoilt and each.later > 0 for _, each in borne)
        for data, wrong in borne:
            self.wire(self.ground.group_message(wrong, data, template))
        told = self.ground.until(self.station, REKEYED, answered)
        self._note("borne", told, self.ground.answers(), self.ground.group_keys())
        for count, (data, wrong) in enumerate(refused):
            if count:
                self.ground.connect(self.station, CONNECTED)
            self.wire(self.ground.group_message(wrong, data, template))
            self._note(repr((data, wrong)), self.ground.until(self.station, GONE))

    def _note(self, name: str, told: list[str], *rest: object) -> None:
        self.seen.append((name, (kept(told), *rest)))


def played(folder: Path, program: tuple[str, ...], *, wpa: bool) -> Seen:
    ground = Handshakes(folder, wpa=wpa)
    settings, changes = WPA if wpa else RSN
    try:
        with (
            ground.access_point(real(), settings) as ap,
            ground.station(program, changes) as station,
        ):
            play = Play(ground, ground.hook_access_point(ap), station)
            if wpa:
                play.thirds(WPA_THIRDS, {})
                play.groups(WPA_GROUP_1, BORNE_WPA_GROUPS, REFUSED_WPA_GROUPS)
            else:
                play.thirds(REFUSED_THIRDS, BORNE_THIRDS)
                play.groups(GROUP_1, BORNE_GROUPS, REFUSED_GROUPS)
            return play.seen
    finally:
        ground.close()


@pytest.fixture(autouse=True)
def debugfs() -> None:
    if not (DEBUGFS / "ieee80211").exists():
        subprocess.run(["mount", "-t", "debugfs", "debugfs", str(DEBUGFS)], check=True)


@pytest.mark.parametrize("wpa", [False, True], ids=["RSN", "WPA"])
def test_a_station_does_as_wpa_supplicant(tmp_path: Path, wpa: bool) -> None:
    theirs = played(tmp_path / "real", real("wpa_supplicant"), wpa=wpa)
    our = played(tmp_path / "ours", ours("wpa_supplicant"), wpa=wpa)
    assert our == theirs
