"""A simulated radio: its interfaces, its channel, and what mac80211 does below them."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from harness.base.address import MacAddress
from harness.base.errors import RadioError, UsageError, WireError
from harness.base.ht import PLAIN, HtAbility
from harness.base.seam import Command, SetAddress, StartBss, StopBss
from harness.base.seam_events import CommandFailed, LinkMeasurement, PeerCounters, RadioEvent
from harness.radio.sim.agenda import Agenda, Inbox
from harness.radio.sim.airtime import ack_delay
from harness.radio.sim.ap_scan import ApScan
from harness.radio.sim.bridge import HostPort, NetDevice, Node
from harness.radio.sim.bss import Bss
from harness.radio.sim.join import State
from harness.radio.sim.medium import Medium, Transmission
from harness.radio.sim.station import StationInterface
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.frames import Control, Frame, ProbeResponse, decode_frame

FREQUENCIES: Final = (*range(2412, 2473, 5), 5180, 5200, 5220, 5240)
"""What a simulated radio tunes to unless it is told otherwise: channels 1–13 and 36–48."""

MAX_POWER_DBM: Final = 20

HT_ABILITY: Final = PLAIN
"""Of 802.11n: 20 MHz and one spatial stream, so that elements can be said."""

_BEACON = 0x80
_GROUP = 1
_RETRY = 0x08
_SHORTEST = 24
"""Octets of a management or data header; control frames are the medium's own business."""
_NO_DURATION = bytes(2)


class SimRadio:
    """One radio on the simulated medium: a `Radio`.

    Begins with one station interface, which `StartBss` turns into an access point's; further
    interfaces come and go by commands. `counters`: why received frames were dropped. `scanning`:
    the scan of a BSS's interface that is under way.
    """

    def __init__(
        self,
        medium: Medium,
        stack: Node,
        interface: str,
        address: MacAddress,
        frequencies: tuple[int, ...],
        tsf_offset_us: int,
    ) -> None:
        self.node: Final = stack.name
        self.interface: Final = interface
        self.address = address
        self.frequencies: Final = frequencies
        self.rekeys_safely: Final = True
        self.protects_beacons: Final = True
        self.protects_own_beacons: Final = True
        self.stack: Final = stack
        self.agenda: Final[Agenda] = medium.agenda
        self.tsf_offset_us: Final = tsf_offset_us
        self.counters: Final[Counter[str]] = Counter()
        self.alive = True
        self.frequency: int | None = None
        self._medium = medium
        self._inbox: Inbox[RadioEvent] = Inbox(medium.agenda)
        self._bsss: dict[str, Bss] = {}
        self._station: StationInterface | None = StationInterface(self, interface, address)
        self._by_address: dict[bytes, Bss | StationInterface] = {address: self._station}
        self._outstanding = 0
        self._when_flushed: list[Callable[[], None]] = []
        self._last_received: dict[bytes, bytes] = {}
        self.scanning: ApScan | None = None
        self._held: list[Callable[[], None]] | None = None

    # ---- the Radio interface --------------------------------------------------------------

    def perform(self, command: Command) -> None:
        if not self.alive:
            raise UsageError(f"the radio of {self.node} is closed")
        try:
            self._perform(command)
        except RadioError as error:
            self.emit(
                CommandFailed(
                    interface=command.interface,
                    command=command,
                    errno=error.errno,
                    reason=error.reason,
                )
            )

    def poll(self) -> list[tuple[float, RadioEvent]]:
        return self._inbox.take()

    def peer_counters(self, interface: str, peer: MacAddress) -> PeerCounters | None:
        """What was counted of a BSS's station; None when there is no such one."""
        bss = self._bsss.get(interface)
        return None if bss is None else bss.counters(peer)

    def max_power(self, frequency: int) -> int | None:
        """How loud a channel may be, in dBm: as loud as mac80211_hwsim's radios."""
        return MAX_POWER_DBM if frequency in self.frequencies else None

    def ht(self, frequency: int) -> HtAbility | None:
        """What simulated radios do of 802.11n."""
        return HT_ABILITY

    def close(self) -> None:
        """Vanish from the air at once."""
        if not self.alive:
            return
        for name in list(self._bsss):
            self._bsss.pop(name).stop()
        if self._station is not None:
            self._station.close()
        self.tune(None)
        self.alive = False

    def measure(self, bssid: MacAddress) -> LinkMeasurement | None:
        """What is known of the station's link to `bssid`; None when there is none."""
        return None if self._station is None else self._station.measure(bssid)

    def open_port(self, interface: str) -> HostPort | None:
        """Open the node's own stack on one of the interfaces; None when there is no such one."""
        device = self._device(interface)
        if device is None:
            return None
        port = HostPort(self.agenda, device.address, lambda frame: self._send_own(interface, frame))
        self.stack.stacks[interface] = port
        return port

    def _send_own(self, interface: str, frame: EthernetFrame) -> None:
        device = self._device(interface)
        if device is None:
            raise UsageError(f"{self.node} has no interface {interface} any more")
        device.send_own(frame)

    def _device(self, interface: str) -> NetDevice | None:
        if interface in self._bsss:
            return self._bsss[interface].device
        if self._station is not None and interface == self.interface:
            return self._station.device
        return None

    def _perform(self, command: Command) -> None:
        if isinstance(command, StartBss):
            self._start_bss(command)
            return
        bss = self._bsss.get(command.interface)
        if bss is not None:
            if isinstance(command, StopBss):
                self._stop_bss(bss)
            else:
                bss.perform(command)
        elif self._station is not None and command.interface == self.interface:
            if isinstance(command, SetAddress):
                self._set_address(self._station, command.address)
            else:
                self._station.perform(command)
        else:
            kind = type(command).__name__
            raise RadioError(kind, errno.ENODEV, f"no interface {command.interface}")

    def _set_address(self, station: StationInterface, address: MacAddress) -> None:
        """Put another interface into the place of the one that has the old address."""
        if station.join is not None and station.join.state is State.ASSOCIATED:
            raise RadioError("set the address", errno.EBUSY, f"{station.name} is in a BSS")
        station.close()
        del self._by_address[station.address]
        self.address = address
        self._station = StationInterface(self, self.interface, address, station.watch)
        self._by_address[address] = self._station

    def _start_bss(self, command: StartBss) -> None:
        if self.scanning is not None:
            self.scanning.abort()
        self.check_frequency("start BSS", command.frequency)
        if command.interface in self._bsss:
            raise RadioError("start BSS", errno.EALREADY, f"{command.interface} has a BSS")
        if self._bsss and self.frequency != command.frequency:
            raise RadioError("start BSS", errno.EBUSY, f"the radio is on {self.frequency} MHz")
        taken = self._by_address.get(command.bssid)
        if taken is not None and taken is not self._station:
            raise RadioError("start BSS", errno.ENOTUNIQ, f"{command.bssid} is in use")
        if self._station is not None:
            if command.interface != self.interface:
                raise RadioError("start BSS", errno.EBUSY, f"start {self.interface} first")
            self._station.close()
            self._station = None
            self._by_address.clear()
        self.tune(command.frequency)
        bss = Bss(self, command)
        self._bsss[command.interface] = bss
        self._by_address[command.bssid] = bss
        bss.start()

    def _stop_bss(self, bss: Bss) -> None:
        del self._bsss[bss.name], self._by_address[bss.bssid]
        bss.stop()
        if not self._bsss:
            self.tune(None)
            self._station = StationInterface(self, self.interface, self.address)
            self._by_address[self.address] = self._station

    @property
    def announces_channel(self) -> bool:
        """Whether a BSS announces another channel: until then no interface can be made."""
        return any(bss.next_frequency is not None for bss in self._bsss.values())

    def may_go_to(self, frequency: int) -> bool:
        """Whether no BSS announces another channel."""
        return all(bss.next_frequency in (None, frequency) for bss in self._bsss.values())

    def switch_when_all_await_it(self) -> None:
        """Go to the announced channel when the last BSS's count is down."""
        bsss = tuple(self._bsss.values())
        if all(bss.awaits_switch for bss in bsss):
            self.when_flushed(lambda: self._switch(bsss))

    def _switch(self, bsss: tuple[Bss, ...]) -> None:
        if not all(bss.awaits_switch for bss in bsss) or bsss != tuple(self._bsss.values()):
            return
        self.tune(bsss[0].next_frequency)
        for bss in bsss:
            bss.switched()

    # ---- what the interfaces need ---------------------------------------------------------

    def emit(self, event: RadioEvent) -> None:
        self._inbox.put(event)

    def count(self, reason: str) -> None:
        """Count a received frame that is dropped."""
        self.counters[reason] += 1

    def check_frequency(self, what: str, frequency: int) -> None:
        """Raise `RadioError` (EINVAL) for a channel that the radio doesn't have."""
        if frequency not in self.frequencies:
            raise RadioError(what, errno.EINVAL, f"{self.node} has no channel at {frequency} MHz")

    def tune(self, frequency: int | None) -> None:
        """Listen on another channel, or on none."""
        if frequency == self.frequency:
            return
        if self.frequency is not None:
            self._medium.channel(self.frequency).tune_out(self)
        self.frequency = frequency
        if frequency is not None:
            self._medium.channel(frequency).tune_in(self)

    def tsf(self, when: float) -> int:
        """The radio's timer, in µs, at a time of the world's clock."""
        return round(when * 1e6) + self.tsf_offset_us

    def transmit(
        self, octets: bytes, rate_kbps: int, done: Callable[[bool], None] | None = None
    ) -> None:
        """Queue a frame on the present channel, or on that of the BSSs when they are back on it."""
        if self._held is None:
            self.transmit_now(octets, rate_kbps, done)
        else:
            self._held.append(lambda: self.transmit_now(octets, rate_kbps, done))

    def transmit_now(
        self, octets: bytes, rate_kbps: int, done: Callable[[bool], None] | None = None
    ) -> None:
        """Queue a frame on the present channel; the Duration field is filled in."""
        needs_ack = not octets[4] & _GROUP
        frequency = self.frequency
        if frequency is None:
            if done is not None:
                done(False)
            return
        duration = _duration(frequency, rate_kbps) if needs_ack else _NO_DURATION
        octets = octets[:2] + duration + octets[4:]
        self.transmit_late(lambda: octets, rate_kbps, done, needs_ack=needs_ack)

    def transmit_late(
        self,
        make: Callable[[], bytes],
        rate_kbps: int,
        done: Callable[[bool], None] | None = None,
        *,
        needs_ack: bool = False,
    ) -> None:
        """Queue a frame that is made when the channel is free for it."""
        assert self.frequency is not None
        self._outstanding += 1

        def left(acknowledged: bool) -> None:
            self._outstanding -= 1
            if not self.alive:
                return
            if done is not None:
                done(acknowledged)
            if not self._outstanding:
                self._run_flushed()

        transmission = Transmission(self, make, rate_kbps, needs_ack, left)
        self._medium.channel(self.frequency).send(transmission)

    @property
    def is_away(self) -> bool:
        """True while the radio is on another channel than its BSSs."""
        return self._held is not None

    def hold(self) -> None:
        """Keep what is sent from now on until `release`."""
        self._held = []

    def release(self) -> None:
        held, self._held = self._held or [], None
        for send in held:
            send()

    def when_flushed(self, action: Callable[[], None]) -> None:
        """Do `action` when none of this radio's frames waits for its channel any more."""
        if self._outstanding:
            self._when_flushed.append(action)
        else:
            action()

    def _run_flushed(self) -> None:
        actions, self._when_flushed = self._when_flushed, []
        for action in actions:
            action()

    # ---- from the air ---------------------------------------------------------------------

    def receive(self, octets: bytes, frequency: int, signal: int) -> bool:
        """Hear a frame; True when it is for one of the interfaces alone, and acknowledged.

        Beacons, most of what is on the air, are looked at only as far as a station needs.
        """
        if len(octets) < _SHORTEST:
            return False
        if octets[0] == _BEACON:
            self._hear_beacon(octets, frequency, signal)
            return False
        if octets[4] & _GROUP:
            self._receive_for_all(octets, frequency, signal)
            return False
        return self._receive_for_one(octets, frequency, signal)

    def _hear_beacon(self, octets: bytes, frequency: int, signal: int) -> None:
        if self._station is not None:
            self._station.hear_beacon(octets, frequency, signal)
            return
        if self.scanning is not None:
            self.scanning.hear(octets, frequency, signal)
        if self._bsss and not self.is_away:
            next(iter(self._bsss.values())).hear_beacon(octets, frequency, signal)

    def _receive_for_all(self, octets: bytes, frequency: int, signal: int) -> None:
        """Hand a group's frame to the interfaces; what BSSs would hear elsewhere is not theirs."""
        frame = None if self.is_away else self._decode(octets)
        if frame is not None and not isinstance(frame, Control):
            for interface in tuple(self._by_address.values()):
                interface.receive(frame, frequency, signal)

    def _receive_for_one(self, octets: bytes, frequency: int, signal: int) -> bool:
        addressed = self._by_address.get(octets[4:10])
        if addressed is None:
            return False
        frame = self._decode(octets)
        if isinstance(frame, Control):
            return False
        if isinstance(frame, ProbeResponse) and self.scanning is not None:
            self.scanning.hear(octets, frequency, signal)
        elif frame is not None and not self._is_repeated(octets):
            addressed.receive(frame, frequency, signal)
        return True

    def _decode(self, octets: bytes) -> Frame | None:
        try:
            return decode_frame(octets)
        except WireError as error:
            self.count(type(error).__name__)
            return None

    def _is_repeated(self, octets: bytes) -> bool:
        """Tell a repetition of what was received already from a new frame (10.3.2.14)."""
        pair, sequence = octets[4:16], octets[22:24]
        if octets[1] & _RETRY and self._last_received.get(pair) == sequence:
            self.count("repeated")
            return True
        self._last_received[pair] = sequence
        return False


@lru_cache(maxsize=256)
def _duration(frequency: int, rate_kbps: int) -> bytes:
    """The Duration field of a frame that awaits an Ack: SIFS and the Ack, in µs, rounded up."""
    microseconds = -(-round(ack_delay(frequency, rate_kbps) * 1e7) // 10)
    return microseconds.to_bytes(2, "little")
