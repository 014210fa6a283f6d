"""The WPS commands of the control interface: README-WPS-access-point, "External operations"."""

from __future__ import annotations

import re
from typing import Any, Final

from harness.ap.control.interface import Interface
from harness.ap.control.reply import FAIL, OK, Reply
from harness.ap.wps import PbcStatus, Result
from harness.base.address import MacAddress
from harness.base.errors import ConfigError, UsageError
from harness.crypto.wsc import pin_is_valid
from harness.wire.wsc.device import ErrorIndication

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_INDICATIONS: Final = {
    ErrorIndication.TKIP_ONLY_PROHIBITED: "TKIP Only Prohibited",
    ErrorIndication.WEP_PROHIBITED: "WEP Prohibited",
    ErrorIndication.AUTHENTICATION_FAILURE: "Authentication Failure",
}
_LONGEST_KEY: Final = 64
_AP_PIN_TIMEOUT_S: Final = 300.0
_NUMBER = re.compile(r"[+-]?\d+")


def push_button(interface: Interface, now: float) -> Reply:
    """WPS_PBC: fails on a session overlap, which an event tells of."""
    machine = interface.running_machine
    actions = machine.wps_pbc(now)
    active = machine.wps_status.pbc is PbcStatus.ACTIVE
    return Reply(OK if active else FAIL, actions)


def pin(interface: Interface, arguments: str, now: float) -> Reply:
    """WPS_PIN uuid|any pin [timeout_s [address]]; an address that is none is overlooked."""
    words = arguments.split(" ")
    if len(words) < 2 or not words[1]:
        return Reply(FAIL)
    if words[0] != "any" and not _UUID.fullmatch(words[0]):
        return Reply(FAIL)
    uuid = None if words[0] == "any" else bytes.fromhex(words[0].replace("-", ""))
    timeout = int(words[2]) if len(words) > 2 and words[2].isdecimal() else 0
    address: MacAddress | None = None
    if len(words) > 3:
        try:
            address = MacAddress(words[3])
        except ValueError:
            address = None
    machine = interface.running_machine
    return Reply(
        OK, machine.wps_pin(words[1], now, uuid, timeout_s=float(timeout), address=address)
    )


def ap_pin(interface: Interface, arguments: str, now: float) -> Reply:
    """WPS_AP_PIN disable|random [timeout]|get|set pin [timeout]: what external registrars need."""
    machine = interface.running_machine
    verb, *words = arguments.split(" ")
    if verb == "disable":
        machine.disable_ap_pin()
        return Reply(OK)
    if verb == "get":
        return Reply(machine.ap_pin or FAIL)
    if verb == "random":
        actions = machine.random_ap_pin(now, _timeout(words))
    elif verb == "set" and words:
        actions = machine.set_ap_pin(words[0], now, _timeout(words[1:]))
    else:
        return Reply(FAIL)
    return Reply(machine.ap_pin or FAIL, actions)


def _timeout(words: list[str]) -> float:
    """Seconds, 0 for no limit; a word that is no number counts as 0."""
    if not words:
        return _AP_PIN_TIMEOUT_S
    match = _NUMBER.match(words[0])
    return max(0.0, float(match[0])) if match else 0.0


def check_pin(text: str) -> Reply:
    """WPS_CHECK_PIN: the digits of a PIN, when they are one."""
    digits = "".join(character for character in text if character in "0123456789")
    if len(digits) not in (4, 8):
        return Reply(FAIL)
    return Reply(digits if pin_is_valid(digits) else "FAIL-CHECKSUM\n")


def cancel(interface: Interface, now: float) -> Reply:
    """WPS_CANCEL."""
    return Reply(OK, interface.running_machine.wps_cancel(now))


def status(interface: Interface) -> Reply:
    """WPS_GET_STATUS."""
    shown = interface.wps_status
    lines = [f"PBC Status: {shown.pbc.value}", f"Last WPS result: {shown.result.value}"]
    reason = _INDICATIONS.get(ErrorIndication(shown.indication))
    if shown.result is Result.FAILED and reason is not None:
        lines.append(f"Failure Reason: {reason}")
    if shown.result is not Result.NONE and shown.peer is not None:
        lines.append(f"Peer Address: {shown.peer}")
    return Reply("\n".join(lines) + "\n")


def configure(interface: Interface, arguments: str, now: float) -> Reply:
    """WPS_CONFIG ssid-hex authentication [encryption [key-hex]]: new settings for the network."""
    machine = interface.running_machine
    if not machine.has_wps:
        raise UsageError("no running BSS has WPS")
    words = arguments.split(" ")
    try:
        ssid = bytes.fromhex(words[0])
        key = bytes.fromhex(words[3]) if len(words) > 3 else b""
    except ValueError:
        return Reply(FAIL)
    encryption = words[2] if len(words) > 2 else "NONE"
    if not 1 <= len(ssid) <= 32 or len(key) > _LONGEST_KEY or len(words) < 2:
        return Reply(FAIL)
    values = _network(words[1], encryption, key)
    if values is None:
        return Reply(FAIL)
    try:
        return Reply(OK, interface.adopt({"ssid": ssid, **values}, now))
    except ConfigError:
        return Reply(FAIL)


def _network(authentication: str, encryption: str, key: bytes) -> dict[str, Any] | None:
    """What the words mean for us: TKIP and WPA of old are always raised to AES and WPA2."""
    if authentication.startswith("OPEN"):
        return {"wpa": 0} if encryption.startswith("NONE") else None
    if not authentication.startswith(("WPAPSK", "WPA2PSK")):
        return None
    if not encryption.startswith(("TKIP", "CCMP")) or not 8 <= len(key) <= _LONGEST_KEY:
        return None
    if len(key) == _LONGEST_KEY:
        try:
            return {"wpa": 2, "wpa_psk": bytes.fromhex(key.decode())}
        except ValueError:
            return None
    try:
        return {"wpa": 2, "wpa_passphrase": key.decode("ascii")}
    except UnicodeDecodeError:
        return None
