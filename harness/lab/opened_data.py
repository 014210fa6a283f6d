"""Opens data frames of the air, with keys from the handshakes that were on it."""

from __future__ import annotations

from collections.abc import Iterable

from harness.base.errors import Inconclusive, PeerViolation
from harness.crypto import ccmp
from harness.lab.transcript import Seen
from harness.radio.handshakes import temporal_keys
from harness.radio.interface import CapturedFrame
from harness.radio.sim.datapath import ethernet_of
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.header import Header


def open_data(frames: Iterable[CapturedFrame], data: Seen, psk: bytes) -> EthernetFrame:
    """Give the Ethernet frame in a unicast data frame under a PSK of 32 octets, tag and all.

    `frames`: the air so far. Raises `Inconclusive` when the handshake of its key was not captured.
    """
    header, body = data.frame.header, data.frame.body
    if not header.protected:
        return _ethernet(header, body)
    for key in temporal_keys(frames, (psk,)):
        try:
            _, plaintext = ccmp.decrypt(key, header.encode(), body)
        except PeerViolation:
            continue
        return _ethernet(header, plaintext)
    raise Inconclusive(f"frame {data.index}: no handshake on the air has its key")


def _ethernet(header: Header, body: bytes) -> EthernetFrame:
    frame = ethernet_of(header, body)
    if frame is None:
        raise Inconclusive("the data frame holds no Ethernet frame, or several")
    return frame
