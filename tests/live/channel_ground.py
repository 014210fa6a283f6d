"""Ground for operating channel validation: what one end says of its channel is made untrue.

The key handshake's messages go through a hook of the program that sends them, hostapd's or our
station's: `ext_eapol_frame_io`. SA Query frames are forged, with the key that both ends have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from key_ground import KeyGround, kind

from harness.base.address import MacAddress
from harness.base.errors import BadMic, WireError
from harness.base.seam import AKM_PSK
from harness.crypto.ccmp import CcmpKey
from harness.crypto.keywrap import unwrap_key_data, wrap_key_data
from harness.crypto.prf import Ptk
from harness.crypto.psk import derive_psk
from harness.proto.key_handshake import seal
from harness.wire.dot11.frames import Action, Deauthentication, management_header
from harness.wire.dot11.header import ACTION, DEAUTHENTICATION
from harness.wire.eapol_key import EapolKey
from harness.wire.key_data import KDE_OCI, join_key_data, split_key_data
from harness.wire.sa_query import CATEGORY_SA_QUERY, SaQuery

PSK = derive_psk("12345678", b"channel")
AP_CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=channel
hw_mode=g
channel=1
wpa=2
wpa_key_mgmt=WPA-PSK
wpa_passphrase=12345678
rsn_pairwise=CCMP
ieee80211w=2
ocv=1
"""
STATION_CONFIG = """\
ctrl_interface={folder}/sta
network={{
    ssid="channel"
    psk="12345678"
    key_mgmt=WPA-PSK
    ieee80211w=2
    ocv=1
    scan_freq=2412 2437
    disabled=1
}}
"""

OWN = bytes((81, 1, 0))
"""What either end says truly: operating class 81 (20 MHz), channel 1, no second segment."""

_PROTECTED, _ACTION = 0x40, 0xD0
_HEADER = 24
_FORGED_FROM = 1 << 20
"""Packet numbers above those of the true frames."""

Told = tuple[bytes, ...]
"""The OCIs that stand in a frame, without their heads."""


class Channels(KeyGround):
    """An access point and a station, each a program, and what they say of their channel."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, PSK, AP_CONFIG, STATION_CONFIG)
        self.untrue: Mapping[str, Told] = {}
        self.said: list[tuple[str, Told]] = []
        """The messages that were handed to the hook, with what they truly said."""
        self._forged = _FORGED_FROM

    def edited(self, key: EapolKey, ptk: Ptk) -> bytes:
        """Untrue where that was wished."""
        data = key.key_data
        if key.encrypted:
            data = unwrap_key_data(ptk.kek, data)
        true, rest = [], []
        for datum in split_key_data(data):
            (true if datum.kde == KDE_OCI else rest).append(datum)
        self.said.append((kind(key), tuple(each.value[4:] for each in true)))
        if kind(key) not in self.untrue:
            return key.octets
        data = join_key_data(rest) + b"".join(map(_kde, self.untrue[kind(key)]))
        if key.encrypted:
            data = wrap_key_data(ptk.kek, data)
        changed = replace(key, key_data=data, mic=bytes(len(key.mic)), octets=b"")
        return seal(changed, AKM_PSK, ptk.kck)

    # ---- SA Query -------------------------------------------------------------------------

    def queries(self, sender: MacAddress) -> list[SaQuery]:
        """The SA Query frames that were sent under the present key, in their order."""
        ptk = self.ptk
        assert ptk is not None
        found = []
        for frame in self.air.frames:
            octets = frame.octets
            if octets[:1] != bytes((_ACTION,)) or not octets[1] & _PROTECTED:
                continue
            if octets[10:16] != sender:
                continue
            try:
                _, body = CcmpKey(ptk.tk).decrypt(octets[:_HEADER], octets[_HEADER:])
            except (WireError, BadMic):
                continue
            if body[0] == CATEGORY_SA_QUERY:
                found.append(SaQuery.decode(body[1:]))
        return found

    def forge_query(self, sender: MacAddress, query: SaQuery, frequency: int = 2412) -> None:
        """Put an SA Query frame on the air under the key, as if by one of the two."""
        ptk = self.ptk
        assert ptk is not None
        receiver = self.sta.address if sender == self.ap.address else self.ap.address
        header = management_header(
            ACTION, destination=receiver, source=sender, bssid=self.ap.address
        )
        plain = Action(header, CATEGORY_SA_QUERY, query.encode()).encode()
        head = plain[:1] + bytes((plain[1] | _PROTECTED,)) + plain[2:_HEADER]
        self._forged += 1
        body = CcmpKey(ptk.tk).encrypt(head, self._forged, 0, plain[_HEADER:])
        self.air.inject(head + body, frequency)

    def forge_doubt(self) -> None:
        """Have the station doubt that the AP holds the keys."""
        ap = self.ap.address
        header = management_header(
            DEAUTHENTICATION, destination=self.sta.address, source=ap, bssid=ap
        )
        self.air.inject(Deauthentication(header, 6).encode(), 2412)


def _kde(told: bytes) -> bytes:
    return bytes((0xDD, 4 + len(told))) + bytes.fromhex("000fac0d") + told
