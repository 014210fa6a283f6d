"""The commands of one BSS's control socket: text in, reply and actions out.

Source: the access point's control interface, 3; spelling of replies as hostapd 2.10 has them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from cryptography.hazmat.backends.openssl.backend import backend

from harness import __version__
from harness.ap import events, wmm
from harness.ap.bss import Bss
from harness.ap.control import (
    absent,
    acl,
    channel,
    port_text,
    station_commands,
    station_text,
    testing,
    texts,
    wps,
)
from harness.ap.control.interface import Interface
from harness.ap.control.reply import FAIL, OK, UNKNOWN, Reply
from harness.ap.stations import Station, StationState
from harness.base.address import MacAddress
from harness.base.errors import AirproofError, UsageError
from harness.base.event import Event
from harness.proto.key_handshake import HANDSHAKE_COMPLETED

_DEVICES_KEPT: Final = 256
"""Of how many Enrollees it is remembered what they told of themselves: the newest ones."""
_Device: TypeAlias = dict[str, str]


class BssCommands:
    """The vocabulary of the BSS `name`. `phy`: what STATUS calls the radio.

    `told`: what was told of a command that failed, in words, for the log.
    """

    def __init__(self, interface: Interface, name: str, phy: str = "") -> None:
        self.name: Final = name
        self.told: str | None = None
        self._interface = interface
        self._phy = phy
        self._devices: dict[MacAddress, _Device] = {}
        self._selected: texts.Selected | None = None

    def execute(self, command: str, now: float) -> Reply:
        """Carry one command out."""
        self.told = None
        word, space, arguments = command.partition(" ")
        try:
            if space and word in testing.COMMANDS:
                return testing.COMMANDS[word](self._interface, self.name, arguments, now)
            if not space and word in testing.PLAIN:
                return testing.PLAIN[word](self._interface, self.name, now)
            reply = self._usual(command, now)
            if reply is not None:
                return Reply(reply.text, self._interface.outgoing(reply.actions, now))
        except AirproofError as error:
            self.told = str(error)
            return Reply(FAIL)
        self.told = f"unknown command {word!r}"
        return Reply(UNKNOWN)

    def _usual(self, command: str, now: float) -> Reply | None:
        """Carry out a command that test hooks may stand behind; None: there is no such."""
        word, space, arguments = command.partition(" ")
        if not space and word in _PLAIN:
            return _PLAIN[word](self, now)
        if space and word in _WITH_ARGUMENTS:
            return _WITH_ARGUMENTS[word](self, arguments, now)
        reasons = absent.REASONS if space else absent.PLAIN_REASONS
        if word in reasons:
            raise UsageError(reasons[word])
        for prefix, run in _PREFIXES.items():
            if command.startswith(prefix):
                return run(self, now)
        return None

    def hear(self, event: Event) -> None:
        """Remember what an enrolling device told of itself, for STA after it has come back.

        And what the last key handshake was about, for MIB.
        """
        if event.name == HANDSHAKE_COMPLETED:
            self._note_selected(event)
        if event.name in (events.REGISTRATION_SUCCEEDED, events.REGISTRAR_SERVED):
            station = event.fields.get("station")
            if isinstance(station, MacAddress):
                self._devices.pop(station, None)
                self._devices[station] = station_text.device(event.fields)
                for oldest in list(self._devices)[:-_DEVICES_KEPT]:
                    del self._devices[oldest]

    def _note_selected(self, event: Event) -> None:
        address = event.fields.get("station")
        found = next((each for each in self._stations() if each.address == address), None)
        if found is not None and found.rsne is not None:
            self._selected = texts.Selected(
                station_text.akm(found), station_text.pairwise(found), _pmkid_used(found)
            )

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

    def _reload_bss(self, now: float) -> Reply:
        return Reply(OK, self._interface.reload_bss(self.name, now))

    def _enable_bss(self, now: float) -> Reply:
        return Reply(OK, self._interface.running_machine.enable_bss(self.name, now))

    def _disable_bss(self, now: float) -> Reply:
        return Reply(OK, self._interface.running_machine.disable_bss(self.name, now))

    def _stop_beaconing(self, now: float) -> Reply:
        if not self._interface.running:
            return Reply(OK)
        return Reply(OK, self._interface.running_machine.stop_beaconing(now))

    def _update(self, arguments: str, now: float) -> Reply:
        """UPDATE: what is wrong with it is only for the log."""
        try:
            return Reply(OK, self._interface.update(arguments, now))
        except AirproofError as error:
            self.told = str(error)
            return Reply(OK)

    def _update_plainly(self, now: float) -> Reply:
        return self._update("", now)

    def _update_beacon(self, now: float) -> Reply:
        return Reply(OK, self._interface.running_machine.update_beacon(self.name, now))

    def _channel_switch(self, arguments: str, now: float) -> Reply:
        return channel.switch(self._interface, arguments, now)

    def _set(self, arguments: str, now: float) -> Reply:
        name, space, value = arguments.partition(" ")
        if not space:
            return Reply(FAIL)
        tried = testing.set_knob(self._interface, self.name, name, value, now)
        if tried is not None:
            return tried
        if name.startswith(wmm.CATEGORY_KEYS):
            return Reply(OK, self._interface.set_qos(self.name, name, value))
        self.told = self._interface.set(self.name, name, value)
        return Reply(OK)

    def _get(self, arguments: str, now: float) -> Reply:
        if arguments == "version":
            return Reply(f"{__version__}-airproof")
        if arguments == "tls_library":
            return Reply(backend.openssl_version_text())
        return Reply(FAIL)

    def _note(self, arguments: str, now: float) -> Reply:
        self.told = f"NOTE: {arguments}"
        return Reply(OK)

    # ---- what is to be seen ---------------------------------------------------------------

    def _status(self, now: float) -> Reply:
        return Reply(texts.status(self._interface, phy=self._phy or self._interface.phy))

    def _driver_status(self, now: float) -> Reply:
        return Reply(texts.driver_status(self._interface, self.name))

    def _tracked(self, now: float) -> Reply:
        return Reply(texts.tracked(self._interface, now))

    def _get_config(self, now: float) -> Reply:
        return Reply(texts.get_config(self._interface, self._interface.bss(self.name)))

    def _mib(self, now: float) -> Reply:
        settings = self._interface.bss(self.name)
        return Reply(texts.mib(self._interface, settings, self._selected))

    def _mib_part(self, arguments: str, now: float) -> Reply:
        """MIB radius_server: there is none here."""
        return Reply("" if arguments == "radius_server" else FAIL)

    def _first_station(self, now: float) -> Reply:
        return self._show(self._stations()[:1], now)

    def _station(self, arguments: str, now: float) -> Reply:
        address, _, rest = arguments.partition(" ")
        found = self._find(address)
        if found is None or rest not in ("", "eapol"):
            return Reply(FAIL)
        if rest == "eapol":
            if found.port is None:
                return Reply(FAIL)
            return Reply(station_text.lines([*port_text.machines(found, found.port)]))
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
        found, view = stations[0], self._interface.view
        counters = None
        if view is not None and found.known and found.state is not StationState.LEAVING:
            counters = view.peer_counters(self.name, found.address)
        device = self._devices.get(found.address)
        looked_at = view is not None
        text = station_text.station(found, now, device, counters, radio_is_looked_at=looked_at)
        return Reply(text)

    # ---- stations -------------------------------------------------------------------------

    def _deauthenticate(self, arguments: str, now: float) -> Reply:
        return station_commands.deauthenticate(self._running_bss(), arguments, now)

    def _disassociate(self, arguments: str, now: float) -> Reply:
        return station_commands.disassociate(self._running_bss(), arguments, now)

    def _name_station(self, arguments: str, now: float) -> Reply:
        return station_commands.name_station(self._bss(), arguments, now)

    def _poll(self, arguments: str, now: float) -> Reply:
        return station_commands.poll(self._bss(), arguments, now)

    def _reauthenticate(self, arguments: str, now: float) -> Reply:
        return station_commands.reauthenticate(self._bss(), arguments, now)

    def _query(self, arguments: str, now: float) -> Reply:
        return station_commands.query(self._running_bss(), arguments, now)

    def _pmksas(self, now: float) -> Reply:
        bss = self._running_bss()
        return Reply("" if bss is None else texts.pmksas(bss, now))

    def _flush_pmksas(self, now: float) -> Reply:
        bss = self._running_bss()
        security = None if bss is None else bss.security
        if security is not None and security.sae is not None:
            security.sae.flush()
        return Reply(OK)

    def _nothing_to_flush(self, now: float) -> Reply:
        """ERP_FLUSH: no keys for that are kept."""
        return Reply(OK)

    def _dump_beacon(self, now: float) -> Reply:
        return Reply(self._bss().beacon.hex() + "\n")

    def _vendor(self, arguments: str, now: float) -> Reply:
        raise UsageError("the radio has no commands of vendors")

    # ---- WPS ------------------------------------------------------------------------------

    def _wps_pbc(self, now: float) -> Reply:
        return wps.push_button(self._interface, self.name, now)

    def _wps_pin(self, arguments: str, now: float) -> Reply:
        return wps.pin(self._interface, self.name, arguments, now)

    def _wps_check_pin(self, arguments: str, now: float) -> Reply:
        return wps.check_pin(arguments)

    def _wps_cancel(self, now: float) -> Reply:
        return wps.cancel(self._interface, self.name, now)

    def _wps_status(self, now: float) -> Reply:
        return wps.status(self._interface, self.name)

    def _wps_config(self, arguments: str, now: float) -> Reply:
        return wps.configure(self._interface, self.name, arguments, now)

    def _wps_ap_pin(self, arguments: str, now: float) -> Reply:
        return wps.ap_pin(self._interface, self.name, arguments, now)

    # ---- within ---------------------------------------------------------------------------

    def _bss(self) -> Bss:
        return self._interface.running_machine.bss(self.name)

    def _running_bss(self) -> Bss | None:
        return texts.running_bss(self._interface, self.name)

    def _stations(self) -> list[Station]:
        bss = self._running_bss()
        return [] if bss is None else list(bss.stations)

    def _find(self, text: str) -> Station | None:
        try:
            address = MacAddress(text)
        except ValueError:
            return None
        return next((each for each in self._stations() if each.address == address), None)


def _pmkid_used(found: Station) -> bytes:
    """The PMKID that a station named; one whose exchange has just brought a key needs none."""
    return bytes(16) if found.pmkid is None or found.exchange is not None else found.pmkid


def _acl(field: str) -> _WithArguments:
    return lambda self, arguments, now: acl.change(
        self._interface, self.name, field, arguments, now
    )


_Plain: TypeAlias = Callable[[BssCommands, float], Reply]
_WithArguments: TypeAlias = Callable[[BssCommands, str, float], Reply]

_PLAIN: Final[dict[str, _Plain]] = {
    "PING": BssCommands._ping,
    "STATUS": BssCommands._status,
    "STATUS-DRIVER": BssCommands._driver_status,
    "TRACK_STA_LIST": BssCommands._tracked,
    "MIB": BssCommands._mib,
    "GET_CONFIG": BssCommands._get_config,
    "STA-FIRST": BssCommands._first_station,
    "STOP_AP": BssCommands._stop_beaconing,
    "UPDATE": BssCommands._update_plainly,
    "UPDATE_BEACON": BssCommands._update_beacon,
    "DUMP_BEACON": BssCommands._dump_beacon,
    "PMKSA": BssCommands._pmksas,
    "PMKSA_FLUSH": BssCommands._flush_pmksas,
    "ERP_FLUSH": BssCommands._nothing_to_flush,
    "WPS_PBC": BssCommands._wps_pbc,
    "WPS_CANCEL": BssCommands._wps_cancel,
}

_WITH_ARGUMENTS: Final[dict[str, _WithArguments]] = {
    "STA": BssCommands._station,
    "STA-NEXT": BssCommands._next_station,
    "DEAUTHENTICATE": BssCommands._deauthenticate,
    "DISASSOCIATE": BssCommands._disassociate,
    "UPDATE": BssCommands._update,
    "NEW_STA": BssCommands._name_station,
    "POLL_STA": BssCommands._poll,
    "EAPOL_REAUTH": BssCommands._reauthenticate,
    "SA_QUERY": BssCommands._query,
    "MIB": BssCommands._mib_part,
    "VENDOR": BssCommands._vendor,
    "ACCEPT_ACL": _acl(acl.ACCEPTED),
    "DENY_ACL": _acl(acl.DENIED),
    "CHAN_SWITCH": BssCommands._channel_switch,
    "SET": BssCommands._set,
    "GET": BssCommands._get,
    "NOTE": BssCommands._note,
    "WPS_PIN": BssCommands._wps_pin,
    "WPS_CHECK_PIN": BssCommands._wps_check_pin,
    "WPS_CONFIG": BssCommands._wps_config,
    "WPS_AP_PIN": BssCommands._wps_ap_pin,
}

_PREFIXES: Final[dict[str, _Plain]] = {
    "ENABLE_BSS": BssCommands._enable_bss,
    "DISABLE_BSS": BssCommands._disable_bss,
    "ENABLE": BssCommands._enable,
    "DISABLE": BssCommands._disable,
    "RELOAD_BSS": BssCommands._reload_bss,
    "RELOAD_CONFIG": BssCommands._reload_file,
    "RELOAD_WPA_PSK": BssCommands._reload_psk,
    "RELOAD": BssCommands._reload,
    "WPS_GET_STATUS": BssCommands._wps_status,
}
"""Whatever goes on after them; the longer ones come first."""
