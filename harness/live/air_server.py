"""A simulated air in real time, shared between processes: `airproof air SOCKET`.

Each connection joins one thing to the air: a radio, a host's cable, or a node's own stack on one
of its interfaces. Its first message says which; from then on the seam's words, or Ethernet
frames, go both ways (`harness.live.shared_air` is the other end). Who hangs up vanishes from the
air; who sends rubbish, or does not read, is cut off.
"""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.errors import AirproofError, BadValue, UsageError, WireError
from harness.live import seam_codec
from harness.live.control_server import bind_file
from harness.live.loop import Loop
from harness.live.packets import Packets
from harness.radio.interface import CapturedFrame, EthernetPort
from harness.radio.sim import SimAir
from harness.radio.sim.radio import SimRadio
from harness.wire.dot11.ethernet import EthernetFrame

MODE: Final = 0o660
_CLIENT_LIMIT: Final = 256
_WORDS_AT_A_TIME: Final = 256
_NAME = re.compile(r"[^\s/]{1,64}")
_INTERFACE = re.compile(r"[^\s/:]{1,15}")


class Joined(Protocol):
    """What one connection stands for."""

    def take(self, message: dict[str, Any]) -> None:
        """Do what the other process says. Raises `WireError`, `UsageError`."""

    def poll(self) -> list[dict[str, object]]:
        """Give what the other process is to be told."""

    def close(self) -> None: ...


class AirServer:
    """Listens at `path` and lets `air` follow the loop's clock: a member of the loop.

    `record`: given every frame that was on the air. `say`: told in words who comes and goes.
    Raises `UsageError` when another air is there, `OSError` when the path can't be used.
    """

    def __init__(
        self,
        loop: Loop,
        path: Path,
        say: Callable[[str], None],
        record: Callable[[list[CapturedFrame]], None] = lambda frames: None,
    ) -> None:
        self._loop = loop
        self._path = path
        self._say = say
        self._record = record
        self._air = SimAir(SeededEntropy(os.urandom(32)))
        self._clients: dict[int, _Client] = {}
        self._addresses: set[MacAddress] = set()
        self._socket = _listen(path)
        loop.add(self._socket, self._accept)
        loop.join(self)

    # ---- a member of the loop -------------------------------------------------------------

    def pump(self) -> bool:
        self.catch_up()
        return False

    def deadline(self) -> float | None:
        return self._air.next_due()

    def tick(self, now: float) -> None:
        self.catch_up()

    def catch_up(self) -> None:
        """Let the air's time become the loop's, and tell everyone what happened."""
        now = self._loop.now()
        while True:
            self._air.advance(now)
            for client in tuple(self._clients.values()):
                self._tell(client)
            if self._air.now() >= now:
                break
        if self._air.frames:
            self._record(self._air.frames)
            self._air.frames.clear()

    def close(self) -> None:
        for client in tuple(self._clients.values()):
            self._dismiss(client, "the air closes")
        self._loop.leave(self)
        self._loop.remove(self._socket)
        self._socket.close()
        self._path.unlink(missing_ok=True)

    # ---- connections ----------------------------------------------------------------------

    def _accept(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except BlockingIOError:
            return
        if len(self._clients) >= _CLIENT_LIMIT:
            connection.close()
            return
        client = _Client(Packets(connection))
        self._clients[client.packets.fileno()] = client
        self._loop.add(client.packets, lambda: self._receive(client))

    def _receive(self, client: _Client) -> None:
        self.catch_up()
        if self._clients.get(client.packets.fileno()) is not client:
            return  # it was dismissed while its word waited
        try:
            for _ in range(_WORDS_AT_A_TIME):
                message = client.packets.receive()
                if message is None:
                    break
                self._take(client, seam_codec.from_json(message))
        except (ConnectionError, WireError, UsageError) as error:
            self._dismiss(client, str(error))
            return
        self.catch_up()

    def _take(self, client: _Client, message: dict[str, Any]) -> None:
        if client.joined is not None:
            client.joined.take(message)
            return
        for other in tuple(self._clients.values()):
            if other.joined is not None:
                self._receive(other)  # who has hung up leaves its name to who comes now
        try:
            answer = self._join(client, message)
        except AirproofError as error:
            client.packets.send(seam_codec.to_json({"refused": str(error)}))
            raise
        client.packets.send(seam_codec.to_json(answer))
        self._say(f"{client.name} joined the air")

    def _tell(self, client: _Client) -> None:
        if client.joined is None:
            return
        try:
            for message in client.joined.poll():
                client.packets.send(seam_codec.to_json(message))
        except ConnectionError as error:
            self._dismiss(client, str(error))

    def _dismiss(self, client: _Client, why: str) -> None:
        if self._clients.pop(client.packets.fileno(), None) is None:
            return
        self._loop.remove(client.packets)
        client.packets.close()
        if client.joined is not None:
            client.joined.close()
            if client.address is not None:
                self._addresses.discard(client.address)
        self._say(f"{client.name} left the air: {why}")

    # ---- joining --------------------------------------------------------------------------

    def _join(self, client: _Client, message: dict[str, Any]) -> dict[str, object]:
        kind = message.get("join")
        node = _text(message, "node", _NAME)
        if kind == "radio":
            interface = _text(message, "interface", _INTERFACE)
            address = self._claim(client, message.get("address"), 0x02)
            try:
                radio = self._air.add_radio(node, interface=interface, address=address)
            except UsageError:
                self._addresses.discard(address)
                raise
            client.name = f"{node} {interface} ({address})"
            client.joined = _JoinedRadio(self._air, radio)
            frequencies = list(radio.frequencies)
            return {
                **self._welcome(address),
                "frequencies": frequencies,
                "power": radio.max_power(frequencies[0]),
            }
        if kind == "host":
            bridge = _text(message, "bridge", _INTERFACE)
            address = self._claim(client, message.get("address"), 0x06)
            host = self._air.add_host(node, bridge, address=address)
            client.name = f"a host on {bridge} of {node} ({address})"
            unplug = lambda: self._air.unplug_host(node, bridge, host)  # noqa: E731
            client.joined = _JoinedPort(host, unplug)
            return self._welcome(address)
        if kind == "port":
            interface = _text(message, "interface", _INTERFACE)
            port = self._air.open_port(node, interface)
            client.name = f"the stack on {interface} of {node}"
            client.joined = _JoinedPort(port, lambda: None)
            return self._welcome(port.address)
        raise BadValue(f"{kind!r} can't join the air")

    def _welcome(self, address: MacAddress) -> dict[str, object]:
        """`began`: the beginning of the air's clock on this machine's monotonic one."""
        began = time.monotonic() - self._loop.now()
        return {"joined": True, "address": str(address), "began": began}

    def _claim(self, client: _Client, asked: object, first: int) -> MacAddress:
        if asked is None:
            free = (_address(first, number) for number in range(0x10000))
            address = next(each for each in free if each not in self._addresses)
        else:
            try:
                address = MacAddress(str(asked))
            except ValueError as error:
                raise BadValue(str(error)) from None
            if address.is_group:
                raise UsageError(f"{address} is a group address")
            if address in self._addresses:
                raise UsageError(f"{address} is on the air already")
        self._addresses.add(address)
        client.address = address
        return address


def _address(first: int, number: int) -> MacAddress:
    """The `number`th address, as hwsim gives them: the last octet is left for a radio's BSSs."""
    return MacAddress(bytes((first, 0, 0, number >> 8, number & 0xFF, 0)))


class _Client:
    """One connection, and what it is once it has joined."""

    def __init__(self, packets: Packets) -> None:
        self.packets: Final = packets
        self.joined: Joined | None = None
        self.address: MacAddress | None = None
        self.name = "someone who did not join"


class _JoinedRadio:
    """A radio whose machine is in the other process."""

    def __init__(self, air: SimAir, radio: SimRadio) -> None:
        self._air = air
        self._radio = radio
        self._answers: list[dict[str, object]] = []

    def take(self, message: dict[str, Any]) -> None:
        if "look" in message:
            self._answers.append({"answer": self._look(message["look"])})
        elif "measure" in message:
            self._answers.append({"answer": self._measure(message["measure"])})
        else:
            self._radio.perform(seam_codec.decode_command(message.get("perform")))

    def poll(self) -> list[dict[str, object]]:
        told: list[dict[str, object]] = [
            {"t": t, "event": seam_codec.encode(event)} for t, event in self._radio.poll()
        ]
        told += self._answers
        self._answers = []
        return told

    def _measure(self, asked: object) -> object:
        try:
            measured = self._radio.measure(MacAddress(str(asked)))
        except ValueError as error:
            raise BadValue(str(error)) from None
        return None if measured is None else seam_codec.encode(measured)

    def _look(self, what: object) -> object:
        if not isinstance(what, dict):
            raise BadValue("who is to be looked at is an object")
        try:
            peer = MacAddress(str(what.get("peer")))
        except ValueError as error:
            raise BadValue(str(error)) from None
        counters = self._radio.peer_counters(str(what.get("interface")), peer)
        return None if counters is None else seam_codec.encode(counters)

    def close(self) -> None:
        self._air.remove_radio(self._radio)


class _JoinedPort:
    """A host's end of a cable, or a node's own stack, in the other process."""

    def __init__(self, port: EthernetPort, unplug: Callable[[], None]) -> None:
        self._port = port
        self._unplug = unplug

    def take(self, message: dict[str, Any]) -> None:
        try:
            octets = bytes.fromhex(message["frame"])
        except (KeyError, TypeError, ValueError):
            raise BadValue("not an Ethernet frame in hex") from None
        self._port.send(EthernetFrame.decode(octets))

    def poll(self) -> list[dict[str, object]]:
        return [{"t": t, "frame": frame.encode().hex()} for t, frame in self._port.poll()]

    def close(self) -> None:
        self._unplug()


def _text(message: dict[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = message.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise BadValue(f"{name}: {value!r} is no name")
    return value


def _listen(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        listening.setblocking(False)
        bind_file(listening, path, MODE)
        listening.listen(16)
    except BaseException as error:
        listening.close()
        if isinstance(error, OSError):
            raise UsageError(f"{path}: {error.strerror or error}") from error
        raise
    return listening
