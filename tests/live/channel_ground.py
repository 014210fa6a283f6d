"""Ground for operating channel validation: what one end says of its channel is made untrue.

The key handshake's messages go through a hook of the program that sends them, hostapd's or our
station's: `ext_eapol_frame_io`. SA Query frames are forged, with the key that both ends have.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from programs import PATIENCE_S, Monitor, cli, real, wait, without_level
from two_radios import TwoRadios

from harness.base.address import MacAddress
from harness.base.errors import WireError
from harness.base.seam import AKM_PSK
from harness.crypto.ccmp import CcmpKey
from harness.crypto.keywrap import unwrap_key_data, wrap_key_data
from harness.crypto.prf import Ptk, derive_ptk
from harness.crypto.psk import derive_psk
from harness.proto.key_handshake import seal
from harness.wire.dot11.ethernet import ETHERTYPE_EAPOL
from harness.wire.dot11.frames import (
    Action,
    Data,
    Deauthentication,
    decode_frame,
    management_header,
)
from harness.wire.dot11.header import ACTION, DEAUTHENTICATION
from harness.wire.eapol_key import EapolKey
from harness.wire.rsn import KDE_OCI, join_key_data, split_key_data
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

MESSAGE_1, MESSAGE_2, MESSAGE_3, MESSAGE_4 = "1/4", "2/4", "3/4", "4/4"
GROUP_1, GROUP_2 = "group 1/2", "group 2/2"
_PROTECTED, _ACTION = 0x40, 0xD0
_HEADER = 24
_FORGED_FROM = 1 << 20
"""Packet numbers above those of the true frames."""

Told = tuple[bytes, ...]
"""The OCIs that stand in a frame, without their heads."""


class Channels(TwoRadios):
    """An access point and a station, each a program, and what they say of their channel."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.untrue: Mapping[str, Told] = {}
        self.said: list[tuple[str, Told]] = []
        """The messages that were handed to the hook, with what they truly said."""
        self._ptk: Ptk | None = None
        self._anonce = b""
        self._seen = 0
        self._forged = _FORGED_FROM
        self._hooks: list[tuple[Monitor, Callable[[bytes], None]]] = []
        self._sockets: list[socket.socket] = []

    def close(self) -> None:
        for each in self._sockets:
            each.close()
        super().close()

    # ---- the programs ---------------------------------------------------------------------

    @contextmanager
    def access_point(self, program: tuple[str, ...], settings: str = "") -> Iterator[Monitor]:
        path = self.file("ap.conf", AP_CONFIG, settings)
        with self.at_ap(*program, str(path)):
            wait("the AP", lambda: "ENABLED" in self.ask_ap("status"))
            yield self.client(self.folder / "ctl/wlan0", attached=True)

    @contextmanager
    def station(self, program: tuple[str, ...], changes: str = "") -> Iterator[Monitor]:
        """`changes`: lines of the network's that stand after the others."""
        text = STATION_CONFIG.replace("}}\n", changes + "}}\n")
        self.file("sta.conf", text)
        p2p = ("-p", "p2p_device=0") if program == real("wpa_supplicant") else ()
        with self.at_station(program, *p2p):
            wait("the station", lambda: self.ask_station("ping") == "PONG\n")
            yield self.client(self.folder / "sta/wlan0", attached=True)

    def ask_ap(self, *words: str) -> str:
        return cli("hostapd_cli", self.folder / "ctl", *words)

    def ask_station(self, *words: str) -> str:
        return cli("wpa_cli", self.folder / "sta", *words)

    # ---- the key handshake ----------------------------------------------------------------

    def hook_access_point(self, monitor: Monitor) -> None:
        """Have its EAPOL frames go through here."""
        assert monitor.ask("SET ext_eapol_frame_io 1") == "OK\n"
        with self.air.entered("ap"):
            wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETHERTYPE_EAPOL))
            wire.bind(("wlan0", ETHERTYPE_EAPOL))
        self._sockets.append(wire)
        target = ("wlan0", ETHERTYPE_EAPOL, 0, 0, bytes(self.sta.address))
        self._hooks.append((monitor, lambda octets: _put(wire, octets, target)))

    def hook_station(self, monitor: Monitor) -> None:
        """Have its EAPOL frames go through here; for ours, the real one has no hooks."""
        assert monitor.ask("SET ext_eapol_frame_io 1") == "OK\n"

        def pass_on(octets: bytes) -> None:
            encrypt = " encrypt=1" if self.ptk and self.kind(octets, ap=False) == GROUP_2 else ""
            said = monitor.ask(f"EAPOL_TX {self.ap.address} {octets.hex()}{encrypt}")
            assert said == "OK\n", said

        self._hooks.append((monitor, pass_on))

    @property
    def ptk(self) -> Ptk | None:
        """The keys that the newest handshake leads to, when 1/4 and 2/4 have been seen."""
        self.look()
        return self._ptk

    def look(self) -> None:
        """Follow what was on the air."""
        self.air.advance(self.air.now() + 0.02)
        frames = self.air.frames
        while self._seen < len(frames):
            octets = frames[self._seen].octets
            self._seen += 1
            key = _key_in(octets)
            if key is not None:
                self._follow(key, ap=octets[10:16] == self.ap.address)

    def _follow(self, key: EapolKey, *, ap: bool) -> None:
        kind = _kind(key, ap=ap)
        if kind == MESSAGE_1:
            self._anonce = key.nonce
        elif kind == MESSAGE_2:
            self._ptk = derive_ptk(
                AKM_PSK, PSK, self.ap.address, self.sta.address, self._anonce, key.nonce
            )

    def kind(self, octets: bytes, *, ap: bool) -> str:
        return _kind(EapolKey.decode(octets), ap=ap)

    def carry(self, until: Callable[[], object], within_s: float = PATIENCE_S) -> None:
        """Pass the frames on that come to the hooks, untrue where that was wished."""

        def done() -> object:
            for monitor, pass_on in self._hooks:
                kept = []
                for line in monitor.told(0.02):
                    words = without_level(line).split()
                    if words[0] == "EAPOL-TX":
                        self.look()
                        pass_on(self._edited(bytes.fromhex(words[2]), ap=pass_on is not None))
                    else:
                        kept.append(line)
                monitor.events = kept + monitor.events
            return until()

        wait("what is carried for", done, within_s)

    def _edited(self, octets: bytes, *, ap: bool) -> bytes:
        key = EapolKey.decode(octets)
        kind = _kind(key, ap=key.ack)
        self._follow(key, ap=key.ack)
        if kind in (MESSAGE_1, MESSAGE_4):
            return octets
        assert self._ptk is not None, "1/4 and 2/4 came before"
        data = key.key_data
        if key.encrypted:
            data = unwrap_key_data(self._ptk.kek, data)
        true, rest = [], []
        for datum in split_key_data(data):
            (true if datum.kde == KDE_OCI else rest).append(datum)
        self.said.append((kind, tuple(each.value[4:] for each in true)))
        if kind not in self.untrue:
            return octets
        data = join_key_data(rest) + b"".join(map(_kde, self.untrue[kind]))
        if key.encrypted:
            data = wrap_key_data(self._ptk.kek, data)
        changed = replace(key, key_data=data, mic=bytes(len(key.mic)), octets=b"")
        return seal(changed, AKM_PSK, self._ptk.kck)

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
            except WireError:
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


def _put(wire: socket.socket, octets: bytes, target: tuple[str, int, int, int, bytes]) -> None:
    wire.sendto(octets, target)


def _kind(key: EapolKey, *, ap: bool) -> str:
    if not key.is_pairwise:
        return GROUP_1 if ap else GROUP_2
    if ap:
        return MESSAGE_3 if key.has_mic else MESSAGE_1
    return MESSAGE_2 if key.key_data else MESSAGE_4


def _key_in(octets: bytes) -> EapolKey | None:
    """The EAPOL-Key frame in a data frame in the clear; None: it is something else."""
    try:
        frame = decode_frame(octets)
        if not isinstance(frame, Data) or frame.ethertype != ETHERTYPE_EAPOL:
            return None
        return EapolKey.decode(frame.payload)
    except WireError:
        return None


def _kde(told: bytes) -> bytes:
    return bytes((0xDD, 4 + len(told))) + bytes.fromhex("000fac0d") + told
