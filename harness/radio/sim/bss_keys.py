"""The keys of a BSS, and which of them a frame from or to one of its stations goes by."""

from __future__ import annotations

from harness.base.seam import CIPHER_BIP_CMAC_128, InstallKey
from harness.crypto.wep import key_id
from harness.radio.sim.keys import CipherKey, key_from
from harness.radio.sim.peer import Peer
from harness.radio.sim.protection import (
    IntegrityKey,
    integrity_key_from,
    is_group_addressed,
    is_robust,
    protects_beacons,
    sealed_management,
)
from harness.wire.dot11.frames import Data, ProtectedManagement


class BssKeys:
    """What is not one station's own; the pairwise keys are with the peers.

    `group`: what frames to groups are encrypted with, the group key that was installed last.
    """

    def __init__(self) -> None:
        self.group: CipherKey | None = None
        self._by_index: dict[int, CipherKey] = {}
        self._integrity: IntegrityKey | None = None
        self._beacons: IntegrityKey | None = None

    def install(self, command: InstallKey) -> None:
        """Take a group key, an IGTK or a BIGTK."""
        if command.cipher != CIPHER_BIP_CMAC_128:
            self.group = key_from(command, self._by_index.get(command.index))
            self._by_index[command.index] = self.group
        elif protects_beacons(command):
            self._beacons = integrity_key_from(command, self._beacons)
        else:
            self._integrity = integrity_key_from(command, self._integrity)

    def remove(self, index: int) -> None:
        removed = self._by_index.pop(index, None)
        if removed is self.group:
            self.group = None

    def of_wep(self, frame: Data | ProtectedManagement) -> CipherKey | None:
        """The key of WEP that a received frame names."""
        named = key_id(frame.body)
        key = None if named is None else self._by_index.get(named)
        return key if key is not None and key.is_wep else None

    def to(self, peer: Peer) -> CipherKey | None:
        """What frames to a peer are encrypted with."""
        shared = self.group
        return shared if peer.key is None and shared is not None and shared.is_wep else peer.key

    def sealed_beacon(self, octets: bytes) -> bytes:
        """A Beacon as it goes out: with its MIC where there is a key for that."""
        return octets if self._beacons is None else self._beacons.seal(octets)

    def sealed_management(self, octets: bytes, peer: Peer | None) -> bytes:
        """A management frame as it goes out: a robust one protected where that was negotiated.

        `peer`: whom it goes to, None for a group or a stranger.
        """
        if not is_robust(octets):
            return octets
        if is_group_addressed(octets):
            return octets if self._integrity is None else self._integrity.seal(octets)
        if peer is None or not peer.mfp or peer.key is None:
            return octets
        return sealed_management(octets, peer.key)
