"""The WPS commands of the control interface: README-WPS-access-point, "External operations"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import IntFlag
from functools import partial
from typing import Final

from harness.ap.access_point import Actions
from harness.ap.ap_pin import LONGEST_PIN
from harness.ap.control import kept_pin
from harness.ap.control.interface import Interface
from harness.ap.control.reply import FAIL, OK, Reply
from harness.ap.new_settings import NetworkSettings
from harness.ap.wps import Result
from harness.base.address import MacAddress
from harness.base.errors import UsageError
from harness.crypto.wsc import pin_digits, pin_is_valid
from harness.wire.wsc.device import INDICATIONS, AuthenticationType, EncryptionType

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_AP_PIN_TIMEOUT_S: Final = 300.0
_NUMBER = re.compile(r"[+-]?\d+")
_AUTHENTICATION: Final[Mapping[str, IntFlag]] = {
    "OPEN": AuthenticationType.OPEN,
    "WPAPSK": AuthenticationType.WPA_PSK,
    "WPA2PSK": AuthenticationType.WPA2_PSK,
}
_ENCRYPTION: Final[Mapping[str, IntFlag]] = {
    "NONE": EncryptionType.NONE,
    "TKIP": EncryptionType.TKIP,
    "CCMP": EncryptionType.AES,
}


def push_button(interface: Interface, on: str, now: float) -> Reply:
    """WPS_PBC: fails on a session overlap, which an event tells of."""
    machine = interface.wps_machine
    refused = machine.wps_overlap(now, on=on)
    actions = machine.wps_pbc(now, on=on)
    return Reply(FAIL if refused else OK, actions)


def pin(interface: Interface, on: str, arguments: str, now: float) -> Reply:
    """WPS_PIN uuid|any pin [timeout_s [address]]; an address that is none is overlooked."""
    words = arguments.split(" ")
    if len(words) < 2 or not words[1]:
        return Reply(FAIL)
    if words[0] != "any" and not _UUID.fullmatch(words[0]):
        return Reply(FAIL)
    uuid = None if words[0] == "any" else bytes.fromhex(words[0].replace("-", ""))
    timeout_s = _seconds(words[2]) if len(words) > 2 else 0.0
    address: MacAddress | None = None
    if len(words) > 3:
        try:
            address = MacAddress(words[3])
        except ValueError:
            address = None
    machine = interface.wps_machine
    actions = machine.wps_pin(
        words[1], now, uuid, timeout_s=timeout_s, address=address, on=on
    )
    return Reply(OK, actions)


def ap_pin(interface: Interface, on: str, arguments: str, now: float) -> Reply:
    """WPS_AP_PIN disable|random [timeout]|get|set pin [timeout]: what external registrars need."""
    verb, *words = arguments.split(" ")
    if verb == "get":
        return Reply(interface.ap_pin(on, now) or FAIL)
    if not interface.running and verb in ("disable", "set"):
        return _keep_ap_pin(interface, on, verb, words, now)
    machine = interface.wps_machine
    if verb == "disable":
        return Reply(OK, _where_it_runs(partial(machine.disable_ap_pin, now, on=on)))
    if verb == "random":
        machine.ap_pin_of(on)  # another radio's can be told a PIN from here, not asked for one
        actions = machine.random_ap_pin(now, _timeout(words), on=on)
        return Reply(machine.ap_pin_of(on) or FAIL, actions)
    if verb == "set" and words:
        return Reply(words[0], machine.set_ap_pin(words[0], now, _timeout(words[1:]), on=on))
    return Reply(FAIL)


def _keep_ap_pin(
    interface: Interface, on: str, verb: str, words: list[str], now: float
) -> Reply:
    """The same of a BSS that does not run: the AP PIN is there when it does."""
    bss, machine = interface.bss(on), interface.machine
    pin, order = None, machine and partial(machine.disable_ap_pin, now, on=on)
    seconds = _timeout(words[1:])
    if verb == "set":
        if not words or not 1 <= len(words[0]) <= LONGEST_PIN:
            return Reply(FAIL)
        pin = words[0]
        order = machine and partial(machine.set_ap_pin, pin, now, seconds, on=on)
    kept_pin.set_for(interface.settings, bss, pin, now + seconds if seconds else None)
    actions = interface.reload(now) if interface.choosing else ()
    return Reply(pin or OK, (*actions, *(_where_it_runs(order) if order else ())))


def _where_it_runs(order: Callable[[], Actions]) -> Actions:
    """Order something of who has WPS and runs, here or on another radio; there may be nobody."""
    try:
        return order()
    except UsageError:
        return ()


def _timeout(words: list[str]) -> float:
    """Seconds, 0 for no limit; a word that is no number counts as 0."""
    return _seconds(words[0]) if words else _AP_PIN_TIMEOUT_S


def _seconds(word: str) -> float:
    match = _NUMBER.match(word)
    return max(0.0, float(match[0])) if match else 0.0


def check_pin(text: str) -> Reply:
    """WPS_CHECK_PIN: the digits of a PIN, when they are one."""
    digits = pin_digits(text)
    if digits is None:
        return Reply(FAIL)
    return Reply(digits if pin_is_valid(digits) else "FAIL-CHECKSUM\n")


def cancel(interface: Interface, on: str, now: float) -> Reply:
    """WPS_CANCEL."""
    return Reply(OK, interface.wps_machine.wps_cancel(now, on=on))


def status(interface: Interface, on: str) -> Reply:
    """WPS_GET_STATUS."""
    shown = interface.wps_status(on)
    lines = [f"PBC Status: {shown.pbc.value}", f"Last WPS result: {shown.result.value}"]
    reason = INDICATIONS.get(shown.indication)
    if shown.result is Result.FAILED and reason is not None:
        lines.append(f"Failure Reason: {reason}")
    if shown.result is not Result.NONE and shown.peer is not None:
        lines.append(f"Peer Address: {shown.peer}")
    return Reply("\n".join(lines) + "\n")


def configure(interface: Interface, on: str, arguments: str, now: float) -> Reply:
    """WPS_CONFIG ssid-hex authentication [encryption [key-hex]]: new settings for the network."""
    words = arguments.split(" ")
    try:
        ssid = bytes.fromhex(words[0])
        key = bytes.fromhex(words[3]) if len(words) > 3 else b""
    except ValueError:
        return Reply(FAIL)
    authentication = _named(_AUTHENTICATION, words[1] if len(words) > 1 else "")
    encryption = _named(_ENCRYPTION, words[2] if len(words) > 2 else "NONE")
    if authentication is None or encryption is None:
        return Reply(FAIL)
    new = NetworkSettings(ssid, int(authentication), int(encryption), key)
    return Reply(OK, interface.adopt(new, now, on))


def _named(names: Mapping[str, IntFlag], word: str) -> IntFlag | None:
    """What a word begins with the name of."""
    return next((value for name, value in names.items() if word.startswith(name)), None)
