"""A radio, a host or a node's stack on an air that another process holds (`airproof air`)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from harness.base.address import MacAddress
from harness.base.errors import RadioError, WireError
from harness.base.ht import HtAbility
from harness.base.seam import Command
from harness.base.seam_events import LinkMeasurement, PeerCounters, RadioEvent, ScanFinished
from harness.live import seam_codec
from harness.live.loop import Loop
from harness.live.packets import connect
from harness.radio.sim.radio import HT_ABILITY
from harness.wire.dot11.ethernet import EthernetFrame

AIR_VARIABLE: Final = "AIRPROOF_AIR"
"""Environment variable: the path of the air's socket."""
NODE_VARIABLE: Final = "AIRPROOF_NODE"
"""Environment variable: the node that a program's radios and bridges belong to."""
DEFAULT_AIR: Final = Path("/tmp/airproof.air")

_ANSWER_LIMIT_S: Final = 30.0
_RADIO_RANK: Final = 0


def air_path(given: str | None = None) -> Path:
    """Where the air is: as given, else as the environment says, else the usual place."""
    return Path(given or os.environ.get(AIR_VARIABLE) or DEFAULT_AIR)


def node_name(program: str, given: str | None = None) -> str:
    """The node: as given, else as the environment says, else one of this process's own."""
    return given or os.environ.get(NODE_VARIABLE) or f"{program}-{os.getpid()}"


class _Link:
    """The connection of one thing that joined. `began`: of the air's clock, monotonic."""

    def __init__(
        self, path: Path, loop: Loop, hello: dict[str, object], lost: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._lost = lost
        self._messages: list[dict[str, Any]] = []
        self._packets = connect(path)
        try:
            self.welcome: Final = self._join(path, hello)
        except BaseException:
            self._packets.close()
            raise
        self.shift: Final = float(self.welcome["began"]) - (time.monotonic() - loop.now())
        self.open = True
        loop.add(self._packets, self._receive, _RADIO_RANK)

    def send(self, message: dict[str, object]) -> None:
        if not self.open:
            return
        try:
            self._packets.send(seam_codec.to_json(message))
        except ConnectionError:
            self._hang_up()

    def ask(self, message: dict[str, object]) -> dict[str, Any]:
        """Ask and wait for the answer; what comes before it is kept. Empty when none comes."""
        self.send(message)
        try:
            while self.open:
                told = seam_codec.from_json(self._packets.receive_within(_ANSWER_LIMIT_S))
                if "answer" in told:
                    return told
                self._messages.append(told)
        except (ConnectionError, WireError):
            self._hang_up()
        return {}

    def take(self) -> list[dict[str, Any]]:
        messages, self._messages = self._messages, []
        return messages

    def close(self) -> None:
        if self.open:
            self.open = False
            self._loop.remove(self._packets)
            self._packets.close()

    def _join(self, path: Path, hello: dict[str, object]) -> dict[str, Any]:
        try:
            self._packets.send(seam_codec.to_json(hello))
            answer = seam_codec.from_json(self._packets.receive_within(_ANSWER_LIMIT_S))
        except (ConnectionError, WireError) as error:
            raise RadioError("join the air", 0, f"{path}: {error}") from error
        if "refused" in answer:
            raise RadioError("join the air", 0, f"{path}: {answer['refused']}")
        return answer

    def _receive(self) -> None:
        try:
            while (message := self._packets.receive()) is not None:
                self._messages.append(seam_codec.from_json(message))
        except (ConnectionError, WireError):
            self._hang_up()

    def _hang_up(self) -> None:
        self.close()
        self._lost()


class SharedRadio:
    """A radio on a shared air: a `Radio` whose commands and events go over the socket.

    `address` None: the air gives one. `lost`: called once when the air has gone; what is
    performed after that is dropped. Raises `RadioError` when it can't join.
    """

    def __init__(
        self,
        path: Path,
        loop: Loop,
        node: str,
        *,
        interface: str = "wlan0",
        address: MacAddress | None = None,
        lost: Callable[[], None] = lambda: None,
    ) -> None:
        hello: dict[str, object] = {"join": "radio", "node": node, "interface": interface}
        if address is not None:
            hello["address"] = str(address)
        self._link = _Link(path, loop, hello, lost)
        self.node: Final = node
        self.interface: Final = interface
        self.address: Final = MacAddress(self._link.welcome["address"])
        self.frequencies: Final[tuple[int, ...]] = tuple(self._link.welcome["frequencies"])
        self.rekeys_safely: Final = True
        self.protects_beacons: Final = True
        self.protects_own_beacons: Final = True
        self._power: Final = int(self._link.welcome["power"])

    def perform(self, command: Command) -> None:
        self._link.send({"perform": seam_codec.encode(command)})

    def poll(self) -> list[tuple[float, RadioEvent]]:
        return [self._event(message) for message in self._link.take()]

    def measure(self, bssid: MacAddress) -> LinkMeasurement | None:
        """Ask the air; None when there is no link to `bssid`, or no air any more."""
        answer = self._link.ask({"measure": str(bssid)}).get("answer")
        return seam_codec.decode_measurement(answer)

    def peer_counters(self, interface: str, peer: MacAddress) -> PeerCounters | None:
        """What the air has counted of a station; None when there is no such one."""
        told = self._link.ask({"look": {"interface": interface, "peer": str(peer)}})
        return seam_codec.decode_counters(told.get("answer"))

    def settle(self) -> None:
        """Wait until the air has taken in what it was told, and has answered."""
        self._link.ask({"look": {"interface": self.interface, "peer": str(self.address)}})

    def max_power(self, frequency: int) -> int | None:
        """How loud a channel may be, in dBm."""
        return self._power if frequency in self.frequencies else None

    def ht(self, frequency: int) -> HtAbility | None:
        """What simulated radios do of 802.11n."""
        return HT_ABILITY

    def close(self) -> None:
        self._link.close()

    def _event(self, message: dict[str, Any]) -> tuple[float, RadioEvent]:
        """Read an event, its times on this process's clock."""
        shift = self._link.shift
        event = seam_codec.decode_event(message.get("event"))
        if isinstance(event, ScanFinished):
            seen = (replace(each, seen=each.seen + shift) for each in event.results)
            event = replace(event, results=tuple(seen))
        return float(message["t"]) + shift, event


class SharedPort:
    """A host on a cable, or a node's own stack on an interface: an `EthernetPort`."""

    def __init__(self, link: _Link) -> None:
        self._link = link
        self.address: Final = MacAddress(link.welcome["address"])

    @classmethod
    def host(
        cls, path: Path, loop: Loop, node: str, bridge: str, address: MacAddress | None = None
    ) -> SharedPort:
        """Cable a host to a node's bridge. Raises `RadioError` when it can't be."""
        hello: dict[str, object] = {"join": "host", "node": node, "bridge": bridge}
        if address is not None:
            hello["address"] = str(address)
        return cls(_Link(path, loop, hello, lambda: None))

    @classmethod
    def stack(cls, path: Path, loop: Loop, node: str, interface: str) -> SharedPort:
        """Open a node's own stack on one of its interfaces. Raises `RadioError`."""
        hello: dict[str, object] = {"join": "port", "node": node, "interface": interface}
        return cls(_Link(path, loop, hello, lambda: None))

    def send(self, frame: EthernetFrame) -> None:
        self._link.send({"frame": frame.encode().hex()})

    def poll(self) -> list[tuple[float, EthernetFrame]]:
        return [
            (
                float(message["t"]) + self._link.shift,
                EthernetFrame.decode(bytes.fromhex(message["frame"])),
            )
            for message in self._link.take()
        ]

    def close(self) -> None:
        self._link.close()
