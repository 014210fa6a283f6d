"""A peer made by hand: it sends the frames that it is told to, and shows what comes back."""

from __future__ import annotations

import socket
import struct
import subprocess
import time
from typing import Final

from ap_ground import Ground
from programs import PATIENCE_S

from harness.wire.dot11.elements import element, wsc_element
from harness.wire.dot11.frames import Beacon, decode_frame

EVERY_PROTOCOL: Final = 0x0003
EMPTY_RADIOTAP: Final = bytes.fromhex("0000080000000000")
LLC_OF_EAPOL: Final = bytes.fromhex("aaaa03000000888e")
DATA, AUTHENTICATION, ASSOCIATION, LEAVING = 0x0108, 0x00B0, 0x0000, 0x00C0
ANSWER_TO_ASSOCIATION, BEACON = 0x0010, 0x0080
"""Frame Control; of data with To DS."""

EAP_REQUEST, EAP_RESPONSE, EAP_IDENTITY = 1, 2, 1

OF_802_11B: Final = bytes.fromhex("82848b96")
ALL_RATES: Final = bytes.fromhex("82848b960c121824")
TO_MONITOR: Final = (
    "iw dev wlan0 set type monitor",
    "iw dev wlan0 set monitor active otherbss",
    "ip link set wlan0 up",
    "iw dev wlan0 set channel 6",
)

WPS_1: Final = wsc_element(bytes.fromhex("104a000110103a000101"))
WPS_2: Final = wsc_element(bytes.fromhex("104a000110103a0001011049000600372a000120"))
"""What an Enrollee adds to its Association Request."""

EAPOL_START: Final = bytes.fromhex("01010000")


class RawPeer:
    """The station's radio of a ground, on channel 6, whose receiver acknowledges as any other."""

    def __init__(self, ground: Ground) -> None:
        self._own, self._ap = bytes(ground.sta.address), bytes(ground.ap.address)
        self._count = 0
        enter = ["nsenter", f"--net=/run/netns/{ground.sta.namespace}"]
        for words in TO_MONITOR:
            subprocess.run([*enter, *words.split()], check=True)
        with ground.at_the_station():
            self._socket = socket.socket(
                socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERY_PROTOCOL)
            )
            self._socket.bind(("wlan0", EVERY_PROTOCOL))

    def close(self) -> None:
        self._socket.close()

    def _send(self, control: int, body: bytes) -> None:
        self._count += 1
        header = struct.pack("<HH", control, 0) + self._ap + self._own + self._ap
        frame = header + struct.pack("<H", self._count << 4 & 0xFFFF) + body
        self._socket.send(EMPTY_RADIOTAP + frame)

    def join(
        self, extra: bytes = b"", *, rates: bytes = ALL_RATES, capability: int = 0x0431
    ) -> None:
        """Authenticate and associate. `extra`: further elements."""
        self._send(AUTHENTICATION, struct.pack("<HHH", 0, 1, 0))
        self._await(AUTHENTICATION)
        fixed = struct.pack("<HH", capability, 5)
        self._send(ASSOCIATION, fixed + element(0, b"wps test") + element(1, rates) + extra)
        self._await(ANSWER_TO_ASSOCIATION)

    def leave(self) -> None:
        self._send(LEAVING, struct.pack("<H", 3))

    def eapol(self, octets: bytes) -> None:
        self._send(DATA, LLC_OF_EAPOL + octets)

    def identify(self, identity: bytes) -> None:
        """Answer the newest Request Identity (RFC 3748, 5.1)."""
        asked = [
            packet
            for frame in self.heard(1.0)
            if (at := frame.find(LLC_OF_EAPOL, 24)) > 0
            and (packet := frame[at + len(LLC_OF_EAPOL) + 4 :])[0] == EAP_REQUEST
            and packet[4] == EAP_IDENTITY
        ]
        assert asked, "the access point did not ask who the peer is"
        length = len(identity) + 5
        answer = struct.pack(">BBHB", EAP_RESPONSE, asked[-1][1], length, EAP_IDENTITY)
        self.eapol(struct.pack(">BBH", 1, 0, length) + answer + identity)

    def heard(self, within_s: float = 0.4) -> list[bytes]:
        """The frames of the AP's to this peer, and its Beacons."""
        limit, frames = time.monotonic() + within_s, []
        while frame := self._receive(limit):
            frames.append(frame)
        return frames

    def _await(self, control: int) -> bytes:
        """The next frame of a kind."""
        limit = time.monotonic() + PATIENCE_S
        while frame := self._receive(limit):
            if frame[:1] == bytes((control,)):
                return frame
        raise AssertionError(f"the access point sent no frame {control:#06x}")

    def _receive(self, limit: float) -> bytes | None:
        """The next frame of the AP's to this peer, or its Beacon, before `limit`."""
        while (left := limit - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                octets = self._socket.recv(4096)
            except TimeoutError:
                return None
            frame = octets[int.from_bytes(octets[2:4], "little") :]
            wanted = frame[4:10] == self._own or frame[0] == BEACON
            if wanted and frame[10:16] == self._ap:
                return frame
        return None

    def beacon(self) -> Beacon:
        """The AP's next Beacon."""
        self.heard(0.2)  # what came before is of no interest
        decoded = decode_frame(self._await(BEACON))
        assert isinstance(decoded, Beacon)
        return decoded


def told(frames: list[bytes]) -> str:
    """What an AP sent a peer, in words."""
    lines = []
    for frame in frames:
        kind = frame[0] & 0xFC
        at = frame.find(LLC_OF_EAPOL, 24)
        if kind == LEAVING:
            lines.append(f"Deauthentication {int.from_bytes(frame[24:26], 'little')}")
        elif at > 0:
            packet = frame[at + len(LLC_OF_EAPOL) + 4 :]
            lines.append(f"EAP {packet[0]} {packet[4]}")
    return "".join(f"{line}\n" for line in lines)
