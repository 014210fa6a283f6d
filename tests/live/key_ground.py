"""Ground for key handshakes: the messages of an end go through here, and may be others then.

They go through a hook of the program that sends them, hostapd's or our station's:
`ext_eapol_frame_io`. The keys are known from what is on the air.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from programs import PATIENCE_S, Monitor, cli, real, wait, without_level
from two_radios import TwoRadios

from harness.base.errors import WireError
from harness.base.seam import AKM_PSK
from harness.crypto.prf import Ptk, derive_ptk
from harness.wire.dot11.ethernet import ETHERTYPE_EAPOL
from harness.wire.dot11.frames import Data, decode_frame
from harness.wire.eapol_key import EapolKey

MESSAGE_1, MESSAGE_2, MESSAGE_3, MESSAGE_4 = "1/4", "2/4", "3/4", "4/4"
GROUP_1, GROUP_2 = "group 1/2", "group 2/2"

Wire = Callable[[bytes], None]
"""Puts an EAPOL frame on the air."""


class KeyGround(TwoRadios):
    """An access point and a station, each a program, and the keys that they agree on.

    `ap_file`, `station_file`: their configurations, the latter's one network at its end.
    """

    def __init__(self, folder: Path, psk: bytes, ap_file: str, station_file: str) -> None:
        super().__init__(folder)
        self._psk, self._ap_file, self._station_file = psk, ap_file, station_file
        self._ptk: Ptk | None = None
        self._anonce = b""
        self._seen = 0
        self._hooks: list[tuple[Monitor, Wire]] = []
        self._sockets: list[socket.socket] = []

    def close(self) -> None:
        for each in self._sockets:
            each.close()
        super().close()

    @contextmanager
    def access_point(self, program: tuple[str, ...], settings: str = "") -> Iterator[Monitor]:
        path = self.file("ap.conf", self._ap_file, settings)
        with self.at_ap(*program, str(path)):
            wait("the AP", lambda: "ENABLED" in self.ask_ap("status"))
            yield self.client(self.folder / "ctl/wlan0", attached=True)

    @contextmanager
    def station(self, program: tuple[str, ...], changes: str = "") -> Iterator[Monitor]:
        """`changes`: lines of the network's that stand after the others."""
        text = self._station_file.replace("}}\n", changes + "}}\n")
        self.file("sta.conf", text)
        p2p = ("-p", "p2p_device=0") if program == real("wpa_supplicant") else ()
        with self.at_station(program, *p2p):
            wait("the station", lambda: self.ask_station("ping") == "PONG\n")
            yield self.client(self.folder / "sta/wlan0", attached=True)

    def ask_ap(self, *words: str) -> str:
        return cli("hostapd_cli", self.folder / "ctl", *words)

    def ask_station(self, *words: str) -> str:
        return cli("wpa_cli", self.folder / "sta", *words)

    def hook_access_point(self, monitor: Monitor) -> Wire:
        """Have its EAPOL frames go through here."""
        assert monitor.ask("SET ext_eapol_frame_io 1") == "OK\n"
        with self.air.entered("ap"):
            wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETHERTYPE_EAPOL))
            wire.bind(("wlan0", ETHERTYPE_EAPOL))
        self._sockets.append(wire)
        target = ("wlan0", ETHERTYPE_EAPOL, 0, 0, bytes(self.sta.address))

        def pass_on(octets: bytes) -> None:
            wire.sendto(octets, target)

        self._hooks.append((monitor, pass_on))
        return pass_on

    def hook_station(self, monitor: Monitor) -> None:
        """Have its EAPOL frames go through here; for ours, the real one has no hooks."""
        assert monitor.ask("SET ext_eapol_frame_io 1") == "OK\n"

        def pass_on(octets: bytes) -> None:
            encrypt = " encrypt=1" if self.ptk and kind(EapolKey.decode(octets)) == GROUP_2 else ""
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
            key = key_in(frames[self._seen].octets)
            self._seen += 1
            if key is not None:
                self._follow(key)

    def _follow(self, key: EapolKey) -> None:
        if kind(key) == MESSAGE_1:
            self._anonce = key.nonce
        elif kind(key) == MESSAGE_2:
            self._ptk = derive_ptk(
                AKM_PSK, self._psk, self.ap.address, self.sta.address, self._anonce, key.nonce
            )

    def carry(self, until: Callable[[], object], within_s: float = PATIENCE_S) -> None:
        """Pass the frames on that come to the hooks, as `edited` has them."""

        def done() -> object:
            for monitor, pass_on in self._hooks:
                kept = []
                for line in monitor.told(0.02):
                    words = without_level(line).split()
                    if words[0] == "EAPOL-TX":
                        self.look()
                        pass_on(self._carried(bytes.fromhex(words[2])))
                    else:
                        kept.append(line)
                monitor.events = kept + monitor.events
            return until()

        wait("what is carried for", done, within_s)

    def _carried(self, octets: bytes) -> bytes:
        key = EapolKey.decode(octets)
        self._follow(key)
        if kind(key) in (MESSAGE_1, MESSAGE_4):
            return octets
        assert self._ptk is not None, "1/4 and 2/4 came before"
        return self.edited(key, self._ptk)

    def edited(self, key: EapolKey, ptk: Ptk) -> bytes:
        """What goes on the air in the place of a message that has to do with keys."""
        return key.octets


def kind(key: EapolKey) -> str:
    if not key.is_pairwise:
        return GROUP_1 if key.ack else GROUP_2
    if key.ack:
        return MESSAGE_3 if key.has_mic else MESSAGE_1
    return MESSAGE_2 if key.key_data else MESSAGE_4


def key_in(octets: bytes) -> EapolKey | None:
    """The EAPOL-Key frame in a data frame in the clear; None: it is something else."""
    try:
        frame = decode_frame(octets)
        if not isinstance(frame, Data) or frame.ethertype != ETHERTYPE_EAPOL:
            return None
        return EapolKey.decode(frame.payload)
    except WireError:
        return None
