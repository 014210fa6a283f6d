"""Beacons at their target times (IEEE 802.11-2020, 11.1.3.2), with timestamp and TIM."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.base.errors import RadioError
from harness.base.seam import StartBss
from harness.radio.sim.agenda import Appointment
from harness.radio.sim.airtime import access_delay, airtime, lowest_rate
from harness.wire.dot11.elements import ELEMENT_TIM, element

if TYPE_CHECKING:
    from harness.radio.sim.bss import Bss

TU_US: Final = 1024
_FIXED = 36
_SEQUENCE_AT, _TIMESTAMP_AT, _INTERVAL_AT = 22, 24, 32
_LARGEST_AID = 2007


@dataclass(slots=True)
class _Countdown:
    """The announcement of a channel. `count`: of the next Beacon."""

    tail: bytes
    offsets: tuple[int, ...]
    count: int
    done: Callable[[], None]

    def step(self) -> tuple[bytes, Callable[[], None] | None]:
        """The next Beacon's tail, and what to do when it is the last one and out."""
        tail = bytearray(self.tail)
        for offset in self.offsets:
            tail[offset] = self.count
        if self.count > 1:
            self.count -= 1
            return bytes(tail), None
        return bytes(tail), self.done


class Beaconing:
    """Sends one BSS's Beacons. The target times are where the TSF is a multiple of the interval."""

    def __init__(self, bss: Bss, command: StartBss) -> None:
        if command.beacon_interval < 1 or command.dtim_period < 1:
            raise RadioError("start BSS", errno.EINVAL, "beacon interval or DTIM period of 0")
        self._bss = bss
        self._radio = bss.radio
        self._interval_us = command.beacon_interval * TU_US
        self._dtim_period = command.dtim_period
        self._rate = lowest_rate(command.frequency)
        before_timestamp = airtime(_TIMESTAMP_AT, self._rate)
        self._timestamp_delay = access_delay(command.frequency, 0) + before_timestamp
        self._target = 0
        self._next: Appointment | None = None
        self._waiting: tuple[int, ...] = ()
        self._for_group = False
        self._tims: dict[int, bytes] = {}
        self._head = self._fixed = self._tail = b""
        self._countdown: _Countdown | None = None
        self.change(command.beacon_head, command.beacon_tail)

    def change(self, head: bytes, tail: bytes) -> None:
        """Use other contents from the next Beacon on. Raises `RadioError` for a short head."""
        if len(head) < _FIXED:
            raise RadioError("beacon", errno.EINVAL, f"a beacon head of {len(head)} octets")
        self._head = head[:_SEQUENCE_AT]
        self._fixed = head[_INTERVAL_AT:]
        self._tail = tail

    def count_down(
        self, tail: bytes, offsets: tuple[int, ...], count: int, done: Callable[[], None]
    ) -> None:
        """Announce a channel in the next `count` Beacons; `done` is called when they are out.

        `tail`: until other contents are given. Raises `RadioError` for an offset behind its end.
        """
        if any(offset >= len(tail) for offset in offsets):
            raise RadioError("switch channel", errno.EINVAL, "a count behind the tail's end")
        self._countdown = _Countdown(tail, offsets, count, done)

    def move(self, frequency: int, head: bytes, tail: bytes) -> None:
        """Go on with other contents on another channel."""
        self._countdown = None
        self._rate = lowest_rate(frequency)
        self._timestamp_delay = access_delay(frequency, 0) + airtime(_TIMESTAMP_AT, self._rate)
        self.change(head, tail)

    def announce(self, aids: Sequence[int], *, for_group: bool) -> None:
        """Say in the TIM for which stations, and whether for groups, frames are held."""
        waiting = tuple(sorted(aids))
        if waiting != self._waiting or for_group != self._for_group:
            self._waiting, self._for_group = waiting, for_group
            self._tims.clear()

    def start(self) -> None:
        self._target = self._radio.tsf(self._radio.agenda.now) // self._interval_us + 1
        self._wait()

    def stop(self) -> None:
        if self._next is not None:
            self._next.cancel()

    def _wait(self) -> None:
        due = self._target * self._interval_us - self._radio.tsf_offset_us
        self._next = self._radio.agenda.at(due * 1e-6, self._send)

    def _send(self) -> None:
        is_dtim = self._target % self._dtim_period == 0
        count = -self._target % self._dtim_period
        self._target += 1
        self._wait()
        if self._radio.is_away:
            return
        tail, then = self._tail, None
        if self._countdown is not None:
            tail, then = self._countdown.step()
        for_group = is_dtim and self._for_group

        def gone(acknowledged: bool) -> None:
            if for_group:
                self._bss.delivery.dtim_gone()
            if then is not None:
                then()

        self._radio.transmit_late(
            lambda: self._make(count, tail), self._rate, gone if for_group or then else None
        )

    def _make(self, dtim_count: int, tail: bytes) -> bytes:
        """Encode the Beacon as it goes out now."""
        timestamp = self._radio.tsf(self._radio.agenda.now + self._timestamp_delay)
        tim = self._tims.get(dtim_count)
        if tim is None:
            tim = self._tims[dtim_count] = self._encode_tim(dtim_count)
        octets = b"".join(
            (
                self._head,
                (self._bss.next_sequence() << 4).to_bytes(2, "little"),
                timestamp.to_bytes(8, "little"),
                self._fixed,
                tim,
                tail,
            )
        )
        return self._bss.keys.sealed_beacon(octets)

    def _encode_tim(self, dtim_count: int) -> bytes:
        """Encode the TIM element (9.4.2.5), its bitmap cut to the octets that hold a bit."""
        bitmap = bytearray(_LARGEST_AID // 8 + 1)
        for aid in self._waiting:
            bitmap[aid // 8] |= 1 << aid % 8
        used = [position for position, octet in enumerate(bitmap) if octet]
        first = used[0] & ~1 if used else 0
        last = used[-1] if used else 0
        control = first | (self._for_group and dtim_count == 0)
        octets = bytes((dtim_count, self._dtim_period, control)) + bitmap[first : last + 1]
        return element(ELEMENT_TIM, octets)
