"""A private D-Bus: its daemon, and a client whose calls are answered while the world goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_call
from jeepney.bus_messages import MatchRule, message_bus
from jeepney.io.blocking import open_dbus_connection

from harness.base.errors import AirproofError

PROPERTIES = "org.freedesktop.DBus.Properties"
OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"

_REPLY_LIMIT = 30.0
_AUTHENTICATION_LIMIT = 20.0
_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"""


class BusError(AirproofError):
    """A D-Bus call that was answered with an error, or not at all.

    `name`: the error's, such as `net.connman.iwd.InProgress`; empty without an answer.
    """

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message)
        self.name = name


Answer = Callable[[tuple[Any, ...] | BusError], None]
"""Takes what a call returned, or its error."""

Told = Callable[[str, str, str, tuple[Any, ...]], None]
"""Takes a signal: the object's path, the interface, the signal's name, its values."""


def write_configuration(file: Path, socket: Path) -> list[str]:
    """Configure a bus that anybody may do anything on; gives dbus-daemon's arguments."""
    file.write_text(_CONFIGURATION.format(socket=socket), encoding="utf-8")
    return [f"--config-file={file}", "--nofork", "--nopidfile", "--nosyslog"]


class Bus:
    """A connection to the bus at `socket`. Raises `OSError` while nobody listens there."""

    def __init__(self, socket: Path, told: Told) -> None:
        self._connection = open_dbus_connection(
            f"unix:path={socket}", auth_timeout=_AUTHENTICATION_LIMIT
        )
        self._told = told
        self._answers: dict[int, tuple[str, Answer | None]] = {}

    def fileno(self) -> int:
        """What becomes readable when something came."""
        descriptor: int = self._connection.sock.fileno()
        return descriptor

    def close(self) -> None:
        self._connection.close()

    def watch(self, service: str) -> None:
        """Let the signals of a service come."""
        rule = MatchRule(type="signal", sender=service)
        self.ask("org.freedesktop.DBus", message_bus.AddMatch(rule))

    def call(
        self,
        address: DBusAddress,
        method: str,
        signature: str = "",
        *values: Any,
        then: Answer | None = None,
    ) -> None:
        """Call a method and go on; `then` gets the answer when `pump` finds it."""
        message = new_method_call(address, method, signature or None, values)
        serial = next(self._connection.outgoing_serial)
        self._answers[serial] = (f"{address.interface}.{method}", then)
        self._connection.send(message, serial=serial)

    def ask(self, what: str, message: Message) -> tuple[Any, ...]:
        """Send a call and wait for its answer. Raises `BusError`."""
        given: list[tuple[Any, ...] | BusError] = []
        serial = next(self._connection.outgoing_serial)
        self._answers[serial] = (what, given.append)
        self._connection.send(message, serial=serial)
        while not given:
            try:
                self._take(self._connection.receive(timeout=_REPLY_LIMIT))
            except TimeoutError:
                del self._answers[serial]
                raise BusError(f"{what}: no answer in {_REPLY_LIMIT:g} s") from None
        if isinstance(given[0], BusError):
            raise given[0]
        return given[0]

    def pump(self) -> bool:
        """Take what has come; True when there was something. Raises `BusError` when it is gone."""
        busy = False
        while True:
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return busy
            except ConnectionError as error:
                raise BusError(f"the bus: {error}") from error
            self._take(message)
            busy = True

    def _take(self, message: Message) -> None:
        fields = message.header.fields
        if message.header.message_type is MessageType.signal:
            self._told(
                fields[HeaderFields.path],
                fields[HeaderFields.interface],
                fields[HeaderFields.member],
                message.body,
            )
            return
        what, then = self._answers.pop(fields.get(HeaderFields.reply_serial, 0), ("", None))
        if then is None:
            return
        if message.header.message_type is MessageType.error:
            name = fields[HeaderFields.error_name]
            said = "".join(f": {text}" for text in message.body if isinstance(text, str))
            then(BusError(f"{what}: {name}{said}", name))
        else:
            then(message.body)
