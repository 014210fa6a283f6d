"""The real iwd as a station, driven over D-Bus."""

from __future__ import annotations

import configparser
import string
from pathlib import Path
from typing import Any, ClassVar

from harness.base.address import MacAddress
from harness.base.errors import SetupFailed, Unsupported
from harness.lab.devices import iwd_wording as wording
from harness.lab.devices.dbus import BusError
from harness.lab.devices.interface import (
    BRIDGE,
    LOST_MESSAGE,
    UNINVITED_PIN,
    Place,
    StationDevice,
)
from harness.lab.devices.iwd_service import (
    NETWORK,
    SIMPLE_CONFIGURATION,
    STATION,
    STATION_DEBUG,
    STATION_DIAGNOSTIC,
    Iwd,
)
from harness.lab.devices.networks import BssOnAir, StoredNetwork
from harness.lab.devices.stage import BareRadio, bare_radio

_SEEK_EVERY = 1.0
_STORES_WITHIN = 1.0
_PLAIN_NAME = frozenset(string.ascii_letters + string.digits + " _-")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNESCAPES = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t", "s": " "}
_LINE_OF_ERROR = {
    f"{SIMPLE_CONFIGURATION}.NotReachable": wording.WPS_SUCCESS,  # it has Credentials all the same
    f"{SIMPLE_CONFIGURATION}.SessionOverlap": wording.WPS_OVERLAP,
    f"{SIMPLE_CONFIGURATION}.WalkTimeExpired": wording.WPS_TIMEOUT,
    f"{SIMPLE_CONFIGURATION}.TimeExpired": wording.WPS_TIMEOUT,
}


class IwdStation(StationDevice):
    """iwd in a namespace of its own, as a station; it joins what it knows by itself too."""

    kind: ClassVar[str] = "iwd"
    says: ClassVar[tuple[str, ...] | None] = wording.STATION_LINES
    unsupported: ClassVar[dict[str, str]] = {
        **wording.NO_MULTI_AP,
        UNINVITED_PIN: "it enrols with an access point whose Selected Registrar takes its PIN only",
        LOST_MESSAGE: (
            "it leaves five seconds after its association, which is when an access point that "
            "had no answer says its message again"
        ),
    }

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._iwd: Iwd | None = None
        self._radio: BareRadio | None = None
        self._wanted: str | None = None
        self._last: str | None = None
        self._bssid = ""
        self._enrolling = 0

    @property
    def addresses(self) -> tuple[MacAddress, ...]:
        return () if self._radio is None else (self._radio.address,)

    @property
    def interface(self) -> str:
        assert self._radio is not None
        return self._radio.interface

    @property
    def iwd(self) -> Iwd:
        assert self._iwd is not None, "iwd is asked before it was started"
        return self._iwd

    def start(self) -> None:
        wording.require_no_keys(self.keys)
        self._radio = bare_radio(self.world.air, self._place, bridge=BRIDGE)
        self._iwd = Iwd(self, self._radio, self._place.folder, self._changed)
        self.world.join(self._iwd)
        self.wait_ready(lambda: self.iwd.has(SIMPLE_CONFIGURATION), "its station on D-Bus")
        self.version = self.iwd.version()

    def close(self) -> None:
        if self._iwd is not None:
            self.world.leave(self._iwd)
            self._iwd.close()
            self._iwd = None

    def require_event(self, text: str) -> None:
        super().require_event(text)
        wording.require_fields(text)

    def _push_button(self, backhaul: bool) -> None:
        self._enrolling += 1
        self.iwd.call(SIMPLE_CONFIGURATION, "PushButton", then=self._enrolled)

    def _enter_pin(self, pin: str, backhaul: bool) -> None:
        self._enrolling += 1
        self.iwd.call(SIMPLE_CONFIGURATION, "StartPin", "s", pin, then=self._enrolled)

    def _enrolled(self, answer: tuple[Any, ...] | BusError) -> None:
        """The enrolment is over: iwd answers the call that began it only now."""
        self._enrolling -= 1
        if isinstance(answer, BusError):
            self._note(str(answer))
            if answer.name in _LINE_OF_ERROR:
                self._hear(_LINE_OF_ERROR[answer.name])
        else:
            self._hear(wording.WPS_SUCCESS)

    def _connect(self, bss: BssOnAir, backhaul: bool, profile: int) -> None:
        wanted = bss.bss
        lines = []
        if wanted.passphrase is not None:
            lines = ["[Security]", f"Passphrase={escape(wanted.passphrase)}"]
        kind = "open" if wanted.passphrase is None else "psk"
        self.iwd.put(profile_name(wanted.ssid, kind), "\n".join([*lines, ""]))
        self._wanted = wanted.ssid
        self._seek()

    def connect_by_wpa(self, bss: BssOnAir) -> None:
        raise Unsupported("iwd: no profile of it asks for WPA version 1 alone")

    def roam(self, bss: BssOnAir) -> None:
        """iwd answers when it has scanned for the BSS: a failure is in the record."""
        self.iwd.call(STATION_DEBUG, "Roam", "ay", bytes(bss.bssid), then=self._answered)

    def disconnect(self) -> None:
        try:
            self.iwd.ask(STATION, "Disconnect")
        except BusError as error:
            raise SetupFailed(f"{self.name} (iwd): {error}") from error

    def reconnect(self) -> None:
        self._wanted = self._last
        if self._wanted is not None:
            self._seek()

    def stored_networks(self) -> tuple[StoredNetwork, ...]:
        """Read from its state directory, which is where it keeps them.

        A profile of iwd's is for PSK and SAE alike, so `sae` is None. At the end of an enrolment
        it takes a moment from the last frame to the file.
        """
        self.wait(lambda: not self._enrolling, _STORES_WITHIN)
        found = []
        for file in sorted(self.iwd.state.iterdir()):
            if file.suffix in (".psk", ".open"):
                found.append(stored_network(file))
        return tuple(found)

    # ---- joining: iwd connects to what its last scan found ----------------------------------

    def _seek(self) -> None:
        """Scan for the wanted network unless it is known of; `_changed` goes on afterwards."""
        if not self._join():
            self.iwd.call(STATION, "Scan", then=self._scan_begun)

    def _scan_begun(self, answer: tuple[Any, ...] | BusError) -> None:
        if isinstance(answer, BusError):
            self.iwd.after(_SEEK_EVERY, self._seek_on)

    def _seek_on(self) -> None:
        if self._wanted is not None:
            self._seek()

    def _join(self) -> bool:
        """Connect to the wanted network when iwd has seen it."""
        network = self.iwd.find(NETWORK, Name=self._wanted, Device=self.iwd.path)
        if network is None:
            return False
        self._wanted = None
        self.iwd.call(NETWORK, "Connect", path=network, then=self._answered)
        return True

    def _answered(self, answer: tuple[Any, ...] | BusError) -> None:
        if isinstance(answer, BusError):
            self._note(str(answer))

    # ---- what it says -----------------------------------------------------------------------

    def _changed(self, path: str, interface: str, name: str, value: Any) -> None:
        self._note(wording.line(interface, name, value))
        if interface != STATION:
            return
        if name == "Scanning" and not value and self._wanted is not None and not self._join():
            self.iwd.after(_SEEK_EVERY, self._seek_on)
        if name == "ConnectedNetwork":
            self._last = self.iwd.get(value, NETWORK, "Name")
        if name == "State" and value == "connected":
            self.iwd.call(STATION_DIAGNOSTIC, "GetDiagnostics", then=self._diagnosed)
        if name == "State" and value in ("disconnecting", "disconnected") and self._bssid:
            self._hear(f"{wording.DISCONNECTED} bssid={self._bssid}")
            self._bssid = ""

    def _diagnosed(self, answer: tuple[Any, ...] | BusError) -> None:
        """It is connected; to which BSS is not among its properties."""
        if isinstance(answer, BusError):
            self._note(str(answer))
            return
        self._bssid = answer[0]["ConnectedBss"][1].lower()
        self._hear(f"{wording.CONNECTED} - Connection to {self._bssid} completed")

    def _note(self, text: str) -> None:
        """Put what has no counterpart into the record alone."""
        wording.note(self, self.interface, text)

    def _hear(self, text: str) -> None:
        self.heard_control(self.world.now(), self.interface, text)


def profile_name(ssid: str, kind: str) -> str:
    """The name of a network's file (iwd.network(5), NAMING)."""
    plain = ssid and _PLAIN_NAME.issuperset(ssid)
    return f"{ssid if plain else '=' + ssid.encode().hex()}.{kind}"


def ssid_of(name: str) -> bytes:
    """The SSID that the name of a network's file, without its suffix, stands for."""
    return bytes.fromhex(name[1:]) if name.startswith("=") else name.encode()


def escape(value: str) -> str:
    """A string value as it stands in a file (iwd.network(5), FILE FORMAT)."""
    escaped = "".join(_ESCAPES.get(letter, letter) for letter in value)
    return f"\\s{escaped[1:]}" if escaped.startswith(" ") else escaped


def unescape(value: str) -> str:
    """Undo `escape`. Raises `ValueError` for an unknown escape."""
    parts, letters = [], iter(value)
    for letter in letters:
        if letter == "\\":
            code = next(letters, "")
            if code not in _UNESCAPES:
                raise ValueError(f"unknown escape \\{code}")
            letter = _UNESCAPES[code]
        parts.append(letter)
    return "".join(parts)


def stored_network(file: Path) -> StoredNetwork:
    """Read a network's file. Raises `SetupFailed` when it is none."""
    parser = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",), strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(file.read_text(encoding="utf-8"))
        security = dict(parser["Security"]) if parser.has_section("Security") else {}
        key = security.get("Passphrase") or security.get("PreSharedKey")
        key = None if key is None else unescape(key)
    except (configparser.Error, ValueError) as error:
        raise SetupFailed(f"{file.name}: {error}") from error
    return StoredNetwork(ssid=ssid_of(file.stem), key=key, backhaul=False, sae=None)
