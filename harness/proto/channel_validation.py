"""Operating channel validation: IEEE 802.11-2020, 12.2.9.

Who relays frames between two stations on another channel can't make them say that channel under
their keys. So each tells the other where it is, and believes nothing of one that is elsewhere.
"""

from __future__ import annotations

from typing import Final

from harness.base.address import MacAddress
from harness.base.channel import OperatingChannel
from harness.base.errors import BadValue
from harness.base.event import declare
from harness.proto.machine import Discarded, Notify
from harness.wire.operating_channel import OCI_OCTETS, Oci

CLAUSE: Final = "802.11-2020 12.2.9"

OCV_FAILED = declare(
    "rsn.operating-channel.mismatched",
    "a frame came from another channel, by its word or for want of it; fields peer, frame, error",
)

MESSAGE_2, MESSAGE_3 = "eapol-key-m2", "eapol-key-m3"
GROUP_1, GROUP_2 = "eapol-key-g1", "eapol-key-g2"
SA_QUERY_REQUEST, SA_QUERY_RESPONSE = "saqueryreq", "saqueryresp"
"""The frames as the event calls them."""


class OwnChannel:
    """Where this end is, for all that tells or checks it. `current`: the owner's to set.

    `whole`: whose part of 20 MHz this is, for a peer that uses no more.
    """

    def __init__(self, current: OperatingChannel, whole: OwnChannel | None = None) -> None:
        self._current = current
        self._whole = whole

    @property
    def current(self) -> OperatingChannel:
        return self._current if self._whole is None else self._whole.current

    @current.setter
    def current(self, channel: OperatingChannel) -> None:
        self._current = channel

    def for_narrow_peer(self) -> OwnChannel:
        """The same for a peer that uses 20 MHz alone: it is told all, and not asked for more."""
        return OwnChannel(self.current, self)

    def kde(self) -> bytes:
        """The OCI KDE for key data."""
        return Oci.of(self.current).kde()

    def element(self) -> bytes:
        """The OCI element for an Action frame."""
        return Oci.of(self.current).element()

    def complaint(self, told: bytes | None) -> str | None:
        """Say what is wrong with a peer's OCI, without its head; None: it is here.

        A peer may be ready for more than our width, not for less.
        """
        if told is None or len(told) < OCI_OCTETS:
            return "did not receive mandatory OCI"
        if len(told) != OCI_OCTETS:
            return f"received OCI of unexpected length ({len(told)})"
        try:
            theirs = Oci.decode(told).operating_channel()
        except BadValue:
            return "unable to interpret received OCI"
        own = self.current
        return _difference(own if self._whole is None else OperatingChannel(own.frequency), theirs)


def _difference(own: OperatingChannel, theirs: OperatingChannel) -> str | None:
    if theirs.frequency != own.frequency:
        what, pair = "primary channel", (own.frequency, theirs.frequency)
    elif theirs.width < own.width:
        return (
            "channel bandwidth mismatch in received OCI"
            f" (we use {own.width} but receiver only supports {theirs.width})"
        )
    elif own.secondary and theirs.secondary not in (0, own.secondary):
        what, pair = "secondary channel", (own.secondary, theirs.secondary)
    elif own.segment_1 and theirs.segment_1 != own.segment_1:
        what, pair = "frequency segment 1", (own.segment_1, theirs.segment_1)
    else:
        return None
    return f"{what} mismatch in received OCI (we use {pair[0]} but receiver is using {pair[1]})"


def refusal(
    channel: OwnChannel | None, told: bytes | None, peer: MacAddress, frame: str
) -> tuple[Notify, Discarded] | None:
    """What to say about a frame whose OCI is not to be believed; None: it is as it should be.

    `channel` None: no OCI was agreed on, and none is looked at.
    """
    error = None if channel is None else channel.complaint(told)
    if error is None:
        return None
    fields = {"peer": peer, "frame": frame, "error": error}
    return Notify(OCV_FAILED, fields), Discarded(f"{frame}: {error}", CLAUSE)
