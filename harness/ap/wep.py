"""Authentication of stations by WEP's keys.

Source: IEEE 802.11-2020, 12.3.3.3 (Shared Key) and 9.4.2.8 (challenge text).
"""

from __future__ import annotations

from typing import Final

from harness.ap.stations import UNASSOCIATED_LIMIT
from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.wire.dot11.codes import STATUS_CHALLENGE_FAILED, STATUS_OUT_OF_SEQUENCE, STATUS_SUCCESS
from harness.wire.dot11.elements import ELEMENT_CHALLENGE_TEXT, element
from harness.wire.dot11.frames import Authentication

SHARED_KEY: Final = 1
CHALLENGE_OCTETS: Final = 128

_ASKS: Final = 1
_RESPONDS: Final = 3


class SharedKey:
    """Authenticates stations that encrypt what they are given, one challenge for each."""

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy
        self._challenges: dict[MacAddress, bytes] = {}

    def answer(
        self, station: MacAddress, frame: Authentication, *, decrypted: bool
    ) -> tuple[int, bytes]:
        """Give status and body of the reply. `decrypted`: the frame came protected."""
        if frame.transaction == _ASKS:
            return STATUS_SUCCESS, element(ELEMENT_CHALLENGE_TEXT, self._challenge(station))
        if frame.transaction != _RESPONDS:
            return STATUS_OUT_OF_SEQUENCE, b""
        expected = self._challenges.pop(station, None)
        if expected is None or not decrypted:
            return STATUS_CHALLENGE_FAILED, b""
        given = frame.elements.get(ELEMENT_CHALLENGE_TEXT)
        return STATUS_SUCCESS if given == expected else STATUS_CHALLENGE_FAILED, b""

    def is_proof(self, frame: Authentication) -> bool:
        """Whether a frame ends the exchange when it is answered with success."""
        return frame.transaction == _RESPONDS

    def _challenge(self, station: MacAddress) -> bytes:
        """Another one each time; the station that was challenged first may have to ask again."""
        self._challenges.pop(station, None)
        if len(self._challenges) >= UNASSOCIATED_LIMIT:
            del self._challenges[next(iter(self._challenges))]
        self._challenges[station] = self._entropy.octets(CHALLENGE_OCTETS)
        return self._challenges[station]
