"""What a radio answers a station with that sends data without being associated."""

from __future__ import annotations

from typing import Final

from harness.base.address import MacAddress
from harness.wire.dot11.frames import Deauthentication
from harness.wire.dot11.header import DEAUTHENTICATION, management_header

CLASS_3: Final = 7
"""Reason: a class 3 frame came from a station that is not associated."""


def dismissal(bssid: MacAddress, station: MacAddress) -> bytes:
    """The frame that tells a station that the BSS does not know it (IEEE 802.11-2020, 11.3.4.1).

    A station that the access point forgot, by a restart for instance, finds out by it.
    """
    header = management_header(DEAUTHENTICATION, destination=station, source=bssid, bssid=bssid)
    return Deauthentication(header, CLASS_3).encode()
