"""What the kernel has counted of a station, and whether it is there."""

from __future__ import annotations

import errno

from harness.base.address import MacAddress
from harness.base.seam import ProbePeer
from harness.base.seam_events import PeerCounters
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.core import Core
from harness.radio.nl80211.netlink import (
    Attributes,
    NetlinkError,
    attribute,
    number,
    signed,
    split,
)


def peer_counters(core: Core, interface: str, peer: MacAddress) -> PeerCounters | None:
    """Read a station's counters; None when the kernel has no such station."""
    if interface not in core.indexes:
        return None
    try:
        answer = core.command(nl.CMD_GET_STATION, interface, attribute(nl.ATTR_MAC, peer))
    except NetlinkError as error:
        if error.errno in (errno.ENOENT, errno.ENODEV, errno.ENETDOWN):
            return None
        raise
    told = split(answer.messages[0].body[4:]).get(nl.ATTR_STA_INFO)
    return None if told is None else _counters(split(told))


def probe_peer(core: Core, command: ProbePeer) -> None:
    """Have a frame sent that the station acknowledges."""
    core.command(nl.CMD_PROBE_CLIENT, command.interface, attribute(nl.ATTR_MAC, command.peer))


def _counters(told: Attributes) -> PeerCounters:
    def count(*kinds: int) -> int:
        return next((number(told[kind]) for kind in kinds if kind in told), 0)

    signal = told.get(nl.STA_INFO_SIGNAL)
    received, sent = (
        split(told.get(kind, b"")) for kind in (nl.STA_INFO_RX_BITRATE, nl.STA_INFO_TX_BITRATE)
    )
    return PeerCounters(
        rx_packets=count(nl.STA_INFO_RX_PACKETS),
        tx_packets=count(nl.STA_INFO_TX_PACKETS),
        rx_bytes=count(nl.STA_INFO_RX_BYTES64, nl.STA_INFO_RX_BYTES),
        tx_bytes=count(nl.STA_INFO_TX_BYTES64, nl.STA_INFO_TX_BYTES),
        inactive_ms=count(nl.STA_INFO_INACTIVE_TIME),
        signal=None if signal is None else signed(signal),
        rx_rate=_rate(received),
        tx_rate=_rate(sent),
        rx_mcs=_mcs(received),
        tx_mcs=_mcs(sent),
        rx_short_gi=nl.RATE_INFO_SHORT_GI in received,
        tx_short_gi=nl.RATE_INFO_SHORT_GI in sent,
    )


def _mcs(told: Attributes) -> int | None:
    """The index of a rate of 802.11n; None for any other."""
    return number(told[nl.RATE_INFO_MCS]) if nl.RATE_INFO_MCS in told else None


def _rate(told: Attributes) -> int | None:
    """A rate in units of 100 kb/s."""
    for kind in (nl.RATE_INFO_BITRATE32, nl.RATE_INFO_BITRATE):
        if kind in told:
            return number(told[kind])
    return None
