"""Protected management frames (IEEE 802.11-2020, 12.2.7), as mac80211 does them.

Robust ones (Deauthentication, Disassociation, most Action frames) go out encrypted to one station
that negotiated it, and with a Management MIC element to a group; so do Beacons where there is a key
for them (11.52).
"""

from __future__ import annotations

import errno
from dataclasses import replace
from typing import Final

from harness.base.errors import PeerViolation, RadioError, ReplayedCounter, WireError
from harness.base.seam import InstallKey
from harness.crypto import bip
from harness.radio.sim.keys import CipherKey
from harness.wire.dot11.frames import Frame, ProtectedManagement, decode_frame
from harness.wire.dot11.header import (
    ACTION,
    ACTION_NO_ACK,
    DEAUTHENTICATION,
    DISASSOCIATION,
    decode_header,
)

_ROBUST: Final = frozenset((DISASSOCIATION, DEAUTHENTICATION, ACTION, ACTION_NO_ACK))
_NOT_ROBUST: Final = frozenset((4, 7, 11, 15, 20, 21, 22, 30, 127))
"""Categories of Action frames that are never protected (9.4.1.11)."""
_HEADER: Final = 24
_TYPE_MASK: Final = 0x0C
_GROUP: Final = 1
_IGTKS: Final = (4, 5)
_BIGTKS: Final = (6, 7)


def is_robust(octets: bytes) -> bool:
    """Tell whether an unprotected frame is one that is to be protected."""
    subtype = octets[0] >> 4
    if octets[0] & _TYPE_MASK or subtype not in _ROBUST or len(octets) <= _HEADER:
        return False
    return subtype not in (ACTION, ACTION_NO_ACK) or octets[_HEADER] not in _NOT_ROBUST


def is_group_addressed(octets: bytes) -> bool:
    """Whether Address 1 of a whole MPDU is of a group."""
    return bool(octets[4] & _GROUP)


class IntegrityKey:
    """One IGTK or BIGTK: packet numbers out, replay check in."""

    __slots__ = ("_received", "_sent", "index", "octets")

    def __init__(self, index: int, octets: bytes, received: int = 0) -> None:
        self.index: Final = index
        self.octets: Final = octets
        self._sent = 0
        self._received = received

    def seal(self, frame: bytes) -> bytes:
        """Append the Management MIC element under the next packet number."""
        self._sent += 1
        return bip.protect(self.octets, self.index, self._sent, frame)

    def open(self, frame: bytes) -> None:
        """Check a received frame's element. Raises `BadMic`, `ReplayedCounter`, `WireError`."""
        number = bip.verify(self.octets, frame)
        if number <= self._received:
            raise ReplayedCounter(f"packet number {number} again", clause="12.5.4.6")
        self._received = number


def integrity_key_from(command: InstallKey, present: IntegrityKey | None) -> IntegrityKey:
    """Make the key that a command installs; the one that is there already stays as it is."""
    usable = command.index in _IGTKS + _BIGTKS and len(command.key) == 16
    if command.peer is not None or not usable:
        raise RadioError("install key", errno.EINVAL, "not a key for group management frames")
    if present is not None and present.octets == command.key:
        return present
    return IntegrityKey(command.index, command.key, int.from_bytes(command.sequence, "little"))


def protects_beacons(command: InstallKey) -> bool:
    """Whether the key of BIP that a command installs is a BIGTK."""
    return command.index in _BIGTKS


def sealed_management(octets: bytes, key: CipherKey) -> bytes:
    """Encrypt a management frame for one station."""
    header, size = decode_header(octets)
    return key.seal(replace(header, protected=True), octets[size:])


def opened_management(
    frame: ProtectedManagement, key: CipherKey | None
) -> tuple[Frame | None, str]:
    """Give a protected management frame in the clear, or None and why it is dropped."""
    if key is None:
        return None, "no key"
    try:
        plain = key.open(frame)
        return decode_frame(replace(frame.header, protected=False).encode() + plain), ""
    except (PeerViolation, WireError) as error:
        return None, type(error).__name__


def verified(octets: bytes, keys: dict[int, IntegrityKey]) -> str:
    """Check a robust group-addressed frame, or a Beacon; the text says why it is to be dropped."""
    try:
        key = keys.get(bip.key_id_of(octets))
        if key is None:
            return "no key"
        key.open(octets)
    except (PeerViolation, WireError) as error:
        return type(error).__name__
    return ""
