"""The commands of one BSS's control socket: text in, reply and actions out.

Source: the access point's control interface, 3; spelling of replies as hostapd 2.10 has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from harness import __version__
from harness.ap import events
from harness.ap.access_point import Actions
from harness.ap.bss import Bss
from harness.ap.control import texts, wps
from harness.ap.control.interface import Interface
from harness.ap.control.reply import FAIL, OK, UNKNOWN, Reply
from harness.ap.stations import Station
from harness.base.address import BROADCAST, MacAddress
from harness.base.errors import AirproofError, UsageError
from harness.base.event import Event
from harness.base.seam import TransmitManagement
from harness.wire.dot11.frames import Deauthentication, Disassociation, management_header
from harness.wire.dot11.header import DEAUTHENTICATION, DISASSOCIATION

_DEFAULT_REASON: Final = 2
_DEVICES_KEPT: Final = 256
"""Of how many Enrollees it is remembered what they told of themselves: the newest ones."""
_Device: TypeAlias = dict[str, str]


class BssCommands:
    """The vocabulary of the BSS `name`. `phy`: what STATUS calls the radio.

    `told`: what was told of a command that failed, in words, for the log.
    """

    def __init__(self, interface: Interface, name: str, phy: str) -> None:
        self.name: Final = name
        self.told: str | None = None
        self._interface = interface
        self._phy = phy
        self._devices: dict[MacAddress, _Device] = {}

    def execute(self, command: str, now: float) -> Reply:
        """Carry one command out."""
        self.told = None
        word, space, arguments = command.partition(" ")
        try:
            if not space and word in _PLAIN:
                return _PLAIN[word](self, now)
            if space and word in _WITH_ARGUMENTS:
                return _WITH_ARGUMENTS[word](self, arguments, now)
            for prefix, run in _PREFIXES.items():
                if command.startswith(prefix):
                    return run(self, now)
        except AirproofError as error:
            self.told = str(error)
            return Reply(FAIL)
        self.told = f"unknown command {word!r}"
        return Reply(UNKNOWN)

    def hear(self, event: Event) -> None:
        """Remember what an Enrollee told of itself, for STA after it has come back."""
        if event.name == events.REGISTRATION_SUCCEEDED:
            station = event.fields.get("station")
            if isinstance(station, MacAddress):
                self._devices.pop(station, None)
                self._devices[station] = texts.device(event.fields)
                for oldest in list(self._devices)[:-_DEVICES_KEPT]:
                    del self._devices[oldest]

    # ---- the interface --------------------------------------------------------------------

    def _ping(self, now: float) -> Reply:
        return Reply("PONG\n")

    def _enable(self, now: float) -> Reply:
        return Reply(OK, self._interface.enable(now))

    def _disable(self, now: float) -> Reply:
        return Reply(OK, self._interface.disable(now))

    def _reload(self, now: float) -> Reply:
        return Reply(OK, self._interface.reload(now))

    def _reload_file(self, now: float) -> Reply:
        return Reply(OK, self._interface.reload_file(now))

    def _reload_psk(self, now: float) -> Reply:
        return Reply(OK, self._interface.reload_keys(self.name, now))

    def _update_beacon(self, now: float) -> Reply:
        bss = self._bss()
        return Reply(OK, tuple(bss.change_beacon()))

    def _channel_switch(self, arguments: str, now: float) -> Reply:
        words = arguments.split()
        if len(words) < 2 or not all(word.isdecimal() for word in words[:2]):
            return Reply(FAIL)
        machine = self._interface.running_machine
        count, frequency = int(words[0]), int(words[1])
        quiet = "blocktx" in words[2:]
        return Reply(OK, machine.switch_channel(frequency, now, count=max(count, 1), quiet=quiet))

    def _set(self, arguments: str, now: float) -> Reply:
        name, space, value = arguments.partition(" ")
        if not space:
            return Reply(FAIL)
        self.told = self._interface.set(self.name, name, value)
        return Reply(OK)

    def _get(self, arguments: str, now: float) -> Reply:
        if arguments == "version":
            return Reply(f"{__version__}-airproof")
        return Reply(FAIL)

    def _note(self, arguments: str, now: float) -> Reply:
        self.told = f"NOTE: {arguments}"
        return Reply(OK)

    # ---- what is to be seen ---------------------------------------------------------------

    def _status(self, now: float) -> Reply:
        return Reply(texts.status(self._interface, phy=self._phy))

    def _get_config(self, now: float) -> Reply:
        return Reply(texts.get_config(self._interface, self._interface.bss(self.name)))

    def _mib(self, now: float) -> Reply:
        return Reply(texts.mib(self._interface.bss(self.name)))

    def _first_station(self, now: float) -> Reply:
        return self._show(self._stations()[:1], now)

    def _station(self, arguments: str, now: float) -> Reply:
        address, _, rest = arguments.partition(" ")
        found = self._find(address)
        if found is None or rest not in ("", "eapol"):
            return Reply(FAIL)
        return self._show([found], now)

    def _next_station(self, arguments: str, now: float) -> Reply:
        found = self._find(arguments)
        stations = self._stations()
        if found is None:
            return Reply(FAIL)
        place = stations.index(found) + 1
        return self._show(stations[place : place + 1], now)

    def _show(self, stations: list[Station], now: float) -> Reply:
        if not stations:
            return Reply("")
        device = self._devices.get(stations[0].address)
        return Reply(texts.station(stations[0], now, device))

    # ---- stations -------------------------------------------------------------------------

    def _deauthenticate(self, arguments: str, now: float) -> Reply:
        return self._send_away(arguments, now, DEAUTHENTICATION)

    def _disassociate(self, arguments: str, now: float) -> Reply:
        return self._send_away(arguments, now, DISASSOCIATION)

    def _send_away(self, arguments: str, now: float, kind: int) -> Reply:
        words = arguments.split()
        options = dict(word.partition("=")[::2] for word in words[1:])
        try:
            address = MacAddress(words[0] if words else "")
        except ValueError:
            return Reply(FAIL)
        reason = options.get("reason", "")
        code = int(reason) if reason.isdecimal() and int(reason) < 0x10000 else _DEFAULT_REASON
        bss = self._bss()
        if "test" in options:
            return Reply(OK, self._farewell(bss, address, code, kind))
        if address == BROADCAST:
            return Reply(
                OK,
                tuple(
                    action
                    for each in tuple(bss.stations)
                    for action in self._end(bss, each, code, kind, options, now)
                ),
            )
        station = bss.stations.get(address)
        if station is None:
            silent = options.get("tx") == "0"
            return Reply(OK, () if silent else self._farewell(bss, address, code, kind))
        return Reply(OK, self._end(bss, station, code, kind, options, now))

    def _end(
        self,
        bss: Bss,
        station: Station,
        reason: int,
        kind: int,
        options: Mapping[str, str],
        now: float,
    ) -> Actions:
        if options.get("tx") == "0":
            return tuple(bss.drop(station, now))
        if kind == DISASSOCIATION:
            return tuple(bss.disassociate(station, reason, now))
        return tuple(bss.dismiss(station, reason, now))

    def _farewell(self, bss: Bss, address: MacAddress, reason: int, kind: int) -> Actions:
        """Only the frame, for a station that is not ours or to try one out."""
        header = management_header(kind, destination=address, source=bss.bssid, bssid=bss.bssid)
        make = Deauthentication if kind == DEAUTHENTICATION else Disassociation
        frame = make(header, reason).encode()
        return (TransmitManagement(interface=self.name, frame=frame),)

    # ---- WPS ------------------------------------------------------------------------------

    def _wps_pbc(self, now: float) -> Reply:
        return wps.push_button(self._interface, now)

    def _wps_pin(self, arguments: str, now: float) -> Reply:
        return wps.pin(self._interface, arguments, now)

    def _wps_check_pin(self, arguments: str, now: float) -> Reply:
        return wps.check_pin(arguments)

    def _wps_cancel(self, now: float) -> Reply:
        return wps.cancel(self._interface, now)

    def _wps_status(self, now: float) -> Reply:
        return wps.status(self._interface)

    def _wps_config(self, arguments: str, now: float) -> Reply:
        return wps.configure(self._interface, arguments, now)

    def _not_served(self, arguments: str, now: float) -> Reply:
        raise UsageError("external registrars are not served yet")

    # ---- within ---------------------------------------------------------------------------

    def _bss(self) -> Bss:
        return self._interface.running_machine.bss(self.name)

    def _stations(self) -> list[Station]:
        bss = texts.running_bss(self._interface, self.name)
        return [] if bss is None else list(bss.stations)

    def _find(self, text: str) -> Station | None:
        try:
            address = MacAddress(text)
        except ValueError:
            return None
        return next((each for each in self._stations() if each.address == address), None)


_Plain: TypeAlias = Callable[[BssCommands, float], Reply]
_WithArguments: TypeAlias = Callable[[BssCommands, str, float], Reply]

_PLAIN: Final[dict[str, _Plain]] = {
    "PING": BssCommands._ping,
    "STATUS": BssCommands._status,
    "MIB": BssCommands._mib,
    "GET_CONFIG": BssCommands._get_config,
    "STA-FIRST": BssCommands._first_station,
    "ENABLE": BssCommands._enable,
    "DISABLE": BssCommands._disable,
    "RELOAD": BssCommands._reload,
    "RELOAD_BSS": BssCommands._reload,
    "RELOAD_CONFIG": BssCommands._reload_file,
    "RELOAD_WPA_PSK": BssCommands._reload_psk,
    "UPDATE_BEACON": BssCommands._update_beacon,
    "WPS_PBC": BssCommands._wps_pbc,
    "WPS_CANCEL": BssCommands._wps_cancel,
}

_WITH_ARGUMENTS: Final[dict[str, _WithArguments]] = {
    "STA": BssCommands._station,
    "STA-NEXT": BssCommands._next_station,
    "DEAUTHENTICATE": BssCommands._deauthenticate,
    "DISASSOCIATE": BssCommands._disassociate,
    "CHAN_SWITCH": BssCommands._channel_switch,
    "SET": BssCommands._set,
    "GET": BssCommands._get,
    "NOTE": BssCommands._note,
    "WPS_PIN": BssCommands._wps_pin,
    "WPS_CHECK_PIN": BssCommands._wps_check_pin,
    "WPS_CONFIG": BssCommands._wps_config,
    "WPS_AP_PIN": BssCommands._not_served,
}

_PREFIXES: Final[dict[str, _Plain]] = {"WPS_GET_STATUS": BssCommands._wps_status}
