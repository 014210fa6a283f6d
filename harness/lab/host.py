"""An Ethernet host, or a station's own network stack: who the data frames are for."""

from __future__ import annotations

from dataclasses import dataclass

from harness.base.address import BROADCAST, MacAddress
from harness.lab.expectations import ExpectationFailed
from harness.lab.world import World
from harness.radio.interface import EthernetPort
from harness.wire.dot11.ethernet import EthernetFrame

ETHERTYPE_EXPERIMENT = 0x88B5
"""IEEE 802 Local Experimental EtherType 1 (IEEE 802-2014, 9.2.4)."""

_SHORTEST = 46
_AGAIN_AFTER = 0.5
_MOST_TIMES = 6


@dataclass(slots=True)
class _Outstanding:
    """A frame that has not come yet."""

    frame: EthernetFrame
    to: Host
    due: float
    sent: int = 1


class Host:
    """Sends and receives Ethernet frames. A member of the world.

    `received`: what has come, with its time on the world's clock.
    """

    def __init__(self, name: str, port: EthernetPort, world: World) -> None:
        self.name = name
        self.received: list[tuple[float, EthernetFrame]] = []
        self._port = port
        self._world = world
        self._sent = 0
        self._outstanding: list[_Outstanding] = []

    @property
    def address(self) -> MacAddress:
        return self._port.address

    @property
    def addresses(self) -> tuple[MacAddress, ...]:
        return (self._port.address,)

    def send(self, to: Host) -> EthernetFrame:
        """Send a frame with a text of its own, so that it can be told from all others.

        Sent again each 0.5 s until it has come, six times at most, as a host asks again for an
        address: a real bridge drops what comes before it has noticed a new link.
        """
        self._sent += 1
        text = f"{self.name} to {to.name}, number {self._sent}".encode()
        payload = text.ljust(_SHORTEST, b"\0")
        frame = EthernetFrame(to.address, self.address, ETHERTYPE_EXPERIMENT, payload)
        self._port.send(frame)
        self._outstanding.append(_Outstanding(frame, to, self._world.now() + _AGAIN_AFTER))
        return frame

    def broadcast(self) -> EthernetFrame:
        """Send a frame with a text of its own to everyone, once."""
        self._sent += 1
        text = f"{self.name} to everyone, number {self._sent}".encode()
        frame = EthernetFrame(
            BROADCAST, self.address, ETHERTYPE_EXPERIMENT, text.ljust(_SHORTEST, b"\0")
        )
        self._port.send(frame)
        return frame

    def expect_once(self, frame: EthernetFrame, *, within: float = 5.0, clause: str = "") -> None:
        """Wait until `frame` has come, and a second longer: it must not come again.

        Raises `ExpectationFailed`.
        """
        __tracebackhide__ = True
        self.expect(frame, within=within, clause=clause)
        self._expect_count(frame, 1, clause)

    def refuse(self, frame: EthernetFrame, *, within: float = 1.0, clause: str = "") -> None:
        """Raise `ExpectationFailed` when `frame` has come, or does within that time."""
        __tracebackhide__ = True
        self._expect_count(frame, 0, clause, within)

    def _expect_count(
        self, frame: EthernetFrame, wanted: int, clause: str, within: float = 1.0
    ) -> None:
        __tracebackhide__ = True

        def count() -> int:
            return sum(each == frame for _, each in self.received)

        if self._world.step_until(self._world.now() + within, lambda: count() > wanted):
            text = frame.payload.rstrip(b"\0").decode(errors="replace")
            raise ExpectationFailed(
                f"{self.name}: frame {text!r}: expected {wanted} times, got {count()}",
                expected=f"{wanted} times",
                got=f"{count()} times",
                clause=clause,
            )

    def expect(self, frame: EthernetFrame, *, within: float = 5.0, clause: str = "") -> None:
        """Wait until `frame` has come, unchanged. Raises `ExpectationFailed`."""
        __tracebackhide__ = True

        def came() -> bool:
            return self.has(frame)

        if not self._world.step_until(self._world.now() + within, came):
            text = frame.payload.rstrip(b"\0").decode(errors="replace")
            raise ExpectationFailed(
                f"{self.name}: frame {text!r}: expected within {within:g} s, "
                f"got {len(self.received)} others",
                expected=text,
                got="\n".join(str(each) for _, each in self.received) or "nothing",
                clause=clause,
            )

    def has(self, frame: EthernetFrame) -> bool:
        """Whether `frame` has come, unchanged."""
        return any(each == frame for _, each in self.received)

    def pump(self) -> bool:
        came = self._port.poll()
        self.received += came
        return bool(came)

    def deadline(self) -> float | None:
        self._outstanding = [
            each
            for each in self._outstanding
            if each.sent < _MOST_TIMES and not each.to.has(each.frame)
        ]
        return min((each.due for each in self._outstanding), default=None)

    def tick(self, now: float) -> None:
        for each in self._outstanding:
            if each.due <= now:
                each.due, each.sent = now + _AGAIN_AFTER, each.sent + 1
                self._port.send(each.frame)
