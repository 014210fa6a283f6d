"""Commands for test programs: they carry frames, install keys and have messages sent once more.

Source: the access point's control interface, 4.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from harness.ap.control.hooks import Hooks
from harness.ap.control.interface import Interface
from harness.ap.control.radar import radar
from harness.ap.control.reply import FAIL, OK, Reply
from harness.ap.stations import Station
from harness.base.address import BROADCAST, MacAddress
from harness.base.errors import UsageError
from harness.base.seam import (
    CIPHER_BIP_CMAC_128,
    CIPHER_CCMP,
    CIPHER_TKIP,
    InstallKey,
    RemoveKey,
    TransmitEapol,
    TransmitManagement,
)
from harness.base.seam_events import EapolReceived, ManagementReceived, ManagementStatus
from harness.proto.authenticator import Authenticator

_HIGHEST_VERSION: Final = 255
_HEADER_OCTETS: Final = 24
_ALGORITHMS: Final = {2: CIPHER_TKIP, 3: CIPHER_CCMP, 4: CIPHER_BIP_CMAC_128}
_NO_ALGORITHM: Final = 0


# ---- knobs ------------------------------------------------------------------------------------


def set_knob(interface: Interface, bss: str, name: str, value: str, now: float) -> Reply | None:
    """SET of a test variable; None: `name` is none."""
    change = _KNOBS.get(name)
    return None if change is None else change(interface, interface.hooks_of(bss), value, now)


def _switch(value: str) -> bool:
    if value not in ("0", "1"):
        raise UsageError(f"must be 0 or 1, not {value!r}")
    return value == "1"


def _eapol_by_program(interface: Interface, hooks: Hooks, value: str, now: float) -> Reply:
    hooks.eapol_by_program = _switch(value)
    return Reply(OK)


def _management_by_program(interface: Interface, hooks: Hooks, value: str, now: float) -> Reply:
    hooks.management_by_program = _switch(value)
    return Reply(OK)


def _version(interface: Interface, hooks: Hooks, value: str, now: float) -> Reply:
    """0x10 omits the WFA extension, more than 0x20 adds an attribute of the future."""
    try:
        version = int(value, 0)
    except ValueError:
        return Reply(FAIL)
    if not 0 <= version <= _HIGHEST_VERSION:
        return Reply(FAIL)
    return Reply(OK, interface.try_out(replace(interface.trials, wps_version=version), now))


def _stub(interface: Interface, hooks: Hooks, value: str, now: float) -> Reply:
    trials = replace(interface.trials, stub_credential=_switch(value))
    return Reply(OK, interface.try_out(trials, now))


def _corrupt_hash(interface: Interface, hooks: Hooks, value: str, now: float) -> Reply:
    """Without NFC nothing tells the hash of our public key."""
    _switch(value)
    return Reply(OK)


_Knob: TypeAlias = Callable[[Interface, Hooks, str, float], Reply]

_KNOBS: Final[dict[str, _Knob]] = {
    "ext_eapol_frame_io": _eapol_by_program,
    "ext_mgmt_frame_handling": _management_by_program,
    "wps_version_number": _version,
    "wps_testing_stub_cred": _stub,
    "wps_corrupt_pkhash": _corrupt_hash,
}


def set_association_status(interface: Interface, bss: str, value: str, now: float) -> Reply:
    """SET association_response_status_code: a status, or `disable`."""
    hooks = interface.hooks_of(bss)
    if value == "disable":
        hooks.association_status = None
        return Reply(OK)
    if not value.isdecimal() or int(value) > 0xFFFF:
        return Reply(FAIL)
    hooks.association_status = int(value)
    return Reply(OK)


_KNOBS["association_response_status_code"] = lambda interface, hooks, value, now: (
    set_association_status(interface, hooks.interface, value, now)
)


# ---- EAPOL and management frames ----------------------------------------------------------------


def receive_eapol(interface: Interface, bss: str, arguments: str, now: float) -> Reply:
    """EAPOL_RX address hex: as if the station had sent it."""
    words = arguments.split(" ")
    if len(words) != 2:
        return Reply(FAIL)
    source, payload = _address(words[0]), _octets(words[1])
    event = EapolReceived(interface=bss, source=source, payload=payload, encrypted=False)
    return Reply(OK, interface.hear(event, now))


def transmit_eapol(interface: Interface, bss: str, arguments: str, now: float) -> Reply:
    """EAPOL_TX address hex [encrypt=1]: past the switch, to a station that is associated."""
    words = arguments.split(" ")
    if len(words) not in (2, 3):
        return Reply(FAIL)
    peer = _address(words[0])
    station = interface.running_machine.bss(bss).stations.get(peer)
    if station is None or not station.known:
        raise UsageError(f"{peer} is not associated")
    command = TransmitEapol(
        interface=bss,
        peer=peer,
        payload=_octets(words[1]),
        encrypt=words[2:] == ["encrypt=1"],
    )
    return Reply(OK, (command,))


def transmit_management(interface: Interface, bss: str, arguments: str, now: float) -> Reply:
    """MGMT_TX hex."""
    frame = _octets(arguments)
    if len(frame) < _HEADER_OCTETS:
        return Reply(FAIL)
    interface.running_machine.bss(bss)
    command = TransmitManagement(interface=bss, frame=frame)
    return Reply(OK, (interface.hooks_of(bss).awaited(command),))


def receive_management(interface: Interface, bss: str, arguments: str, now: float) -> Reply:
    """MGMT_RX_PROCESS freq= [datarate=] [ssi_signal=] frame=: while the switch is on."""
    given = _options(arguments)
    if not interface.hooks_of(bss).management_by_program or "frame" not in given:
        return Reply(FAIL)
    event = ManagementReceived(
        interface=bss,
        frame=_octets(given["frame"]),
        frequency=_integer(given.get("freq", "0")),
        signal=_integer(given.get("ssi_signal", "0")),
    )
    return Reply(OK, interface.take(event, now))


def management_status(interface: Interface, bss: str, arguments: str, now: float) -> Reply:
    """MGMT_TX_STATUS_PROCESS stype= ok= buf=: while the switch is on."""
    given, hooks = _options(arguments), interface.hooks_of(bss)
    if not hooks.management_by_program or not {"stype", "ok", "buf"} <= given.keys():
        return Reply(FAIL)
    token = hooks.token_of(_octets(given["buf"]))
    if token is None:
        return Reply(OK)
    status = ManagementStatus(interface=bss, token=token, acknowledged=given["ok"] == "1")
    passed = hooks.completed(status)
    return Reply(OK, () if passed is None else interface.take(passed, now))


# ---- keys -------------------------------------------------------------------------------------


def set_key(interface: Interface, bss: str, arguments: str, now: float) -> Reply:
    """SET_KEY algorithm address index set_tx sequence-hex key-hex [flags].

    Algorithms: 0 none (the key is taken away), 2 TKIP, 3 CCMP, 4 BIP.
    """
    words = arguments.split(" ")
    if len(words) < 5:
        return Reply(FAIL)
    address = _address(words[1])
    peer = None if address == BROADCAST else address
    algorithm, index = _integer(words[0]), _integer(words[2])
    interface.running_machine.bss(bss)
    if algorithm == _NO_ALGORITHM:
        return Reply(OK, (RemoveKey(interface=bss, peer=peer, index=index),))
    if algorithm not in _ALGORITHMS or len(words) < 6:
        return Reply(FAIL)
    command = InstallKey(
        interface=bss,
        peer=peer,
        index=index,
        cipher=_ALGORITHMS[algorithm],
        key=_octets(words[5]),
        sequence=_octets(words[4]).ljust(6, b"\0")[:6],
    )
    return Reply(OK, interface.outgoing((command,), now))


def reset_packet_number(interface: Interface, bss: str, arguments: str, now: float) -> Reply:
    """RESET_PN address [IGTK]: install the key that is in use anew, its counters at zero."""
    words = arguments.split(" ")
    address = _address(words[0])
    peer = None if address == BROADCAST else address
    integrity = words[1:] == ["IGTK"]
    held = [
        each
        for each in interface.hooks_of(bss).installed.values()
        if each.peer == peer and (each.cipher == CIPHER_BIP_CMAC_128) == integrity
    ]
    if not held or len(words) > 2:
        return Reply(FAIL)
    interface.running_machine.bss(bss)
    newest = held[-1]
    removed = RemoveKey(interface=bss, peer=peer, index=newest.index)
    return Reply(OK, (removed, replace(newest, sequence=bytes(6))))


def get_pmk(interface: Interface, bss: str, arguments: str, now: float) -> Reply:
    """GET_PMK address: in hex, without a newline."""
    pmk = _authenticator(interface, bss, arguments).pmk
    return Reply(FAIL if pmk is None else pmk.hex())


def resend_message_1(interface: Interface, bss: str, arguments: str, now: float) -> Reply:
    """RESEND_M1 address [change-anonce]."""
    address, _, option = arguments.partition(" ")
    anonce = interface.entropy.octets(32) if option == "change-anonce" else None
    machine = _authenticator(interface, bss, address)
    return _sent(bss, address, machine.repeat_message_1(anonce=anonce).octets, encrypt=False)


def resend_message_3(interface: Interface, bss: str, arguments: str, now: float) -> Reply:
    """RESEND_M3 address."""
    machine = _authenticator(interface, bss, arguments)
    return _sent(bss, arguments, machine.repeat_message_3().octets)


def resend_group_message_1(interface: Interface, bss: str, arguments: str, now: float) -> Reply:
    """RESEND_GROUP_M1 address."""
    machine = _authenticator(interface, bss, arguments)
    return _sent(bss, arguments, machine.repeat_group_message_1().octets)


def _sent(bss: str, address: str, payload: bytes, *, encrypt: bool = True) -> Reply:
    command = TransmitEapol(
        interface=bss, peer=MacAddress(address), payload=payload, encrypt=encrypt
    )
    return Reply(OK, (command,))


def rekey_pairwise(interface: Interface, bss: str, arguments: str, now: float) -> Reply:
    """REKEY_PTK address."""
    machine = interface.running_machine
    station = _station(interface, bss, arguments)
    return Reply(OK, interface.outgoing(tuple(machine.bss(bss).rekey(station, now)), now))


def rekey_group(interface: Interface, bss: str, now: float) -> Reply:
    """REKEY_GTK."""
    machine = interface.running_machine
    return Reply(OK, interface.outgoing(tuple(machine.bss(bss).rekey_group(now)), now))


def _no_faults(interface: Interface, bss: str, arguments: str, now: float) -> Reply:
    """TEST_FAIL and TEST_ALLOC_FAIL name functions of hostapd's: there are none to fail here."""
    return Reply(FAIL)


# ---- within -----------------------------------------------------------------------------------


def _station(interface: Interface, bss: str, text: str) -> Station:
    found = interface.running_machine.bss(bss).stations.get(_address(text))
    if found is None:
        raise UsageError(f"{bss} has no station {text}")
    return found


def _authenticator(interface: Interface, bss: str, text: str) -> Authenticator:
    machine = _station(interface, bss, text).authenticator
    if machine is None:
        raise UsageError(f"{text} has no key handshake")
    return machine


def _address(text: str) -> MacAddress:
    try:
        return MacAddress(text)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _octets(text: str) -> bytes:
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})*", text):
        raise UsageError("no hex of whole octets")
    return bytes.fromhex(text)


def _integer(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise UsageError(f"{text!r} is no number")
    return int(text)


def _options(arguments: str) -> dict[str, str]:
    return dict(word.partition("=")[::2] for word in arguments.split(" "))


_Command: TypeAlias = Callable[[Interface, str, str, float], Reply]

COMMANDS: Final[dict[str, _Command]] = {
    "EAPOL_RX": receive_eapol,
    "EAPOL_TX": transmit_eapol,
    "MGMT_TX": transmit_management,
    "MGMT_RX_PROCESS": receive_management,
    "MGMT_TX_STATUS_PROCESS": management_status,
    "SET_KEY": set_key,
    "RESET_PN": reset_packet_number,
    "GET_PMK": get_pmk,
    "RESEND_M1": resend_message_1,
    "RESEND_M3": resend_message_3,
    "RESEND_GROUP_M1": resend_group_message_1,
    "REKEY_PTK": rekey_pairwise,
    "RADAR": radar,
    "TEST_FAIL": _no_faults,
    "TEST_ALLOC_FAIL": _no_faults,
}
"""Commands with arguments; what they bring about has passed the hooks already."""

PLAIN: Final[dict[str, Callable[[Interface, str, float], Reply]]] = {
    "REKEY_GTK": rekey_group,
    "GET_FAIL": lambda interface, bss, now: _no_faults(interface, bss, "", now),
    "GET_ALLOC_FAIL": lambda interface, bss, now: _no_faults(interface, bss, "", now),
}

