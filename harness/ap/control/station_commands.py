"""Commands about one station, or all: the access point's control interface, 3.1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from harness.ap.access_point import Actions
from harness.ap.bss import Bss
from harness.ap.config import MFP_OFF
from harness.ap.control.reply import FAIL, OK, Reply
from harness.ap.stations import Station
from harness.base.address import BROADCAST, MacAddress
from harness.base.seam import ProbePeer, TransmitManagement
from harness.wire.dot11.frames import Deauthentication, Disassociation, management_header
from harness.wire.dot11.header import DEAUTHENTICATION, DISASSOCIATION

_DEFAULT_REASON: Final = 2
_ADDRESS_LENGTH: Final = len("00:00:00:00:00:00")


@dataclass(frozen=True, slots=True)
class _Farewell:
    """`kind`: Deauthentication or Disassociation (a management subtype). `silent`: without it."""

    kind: int
    reason: int
    silent: bool


def deauthenticate(bss: Bss | None, arguments: str, now: float) -> Reply:
    """DEAUTHENTICATE address [reason=] [tx=0] [test=]; nobody is there when no BSS runs."""
    return _send_away(bss, arguments, now, DEAUTHENTICATION)


def disassociate(bss: Bss | None, arguments: str, now: float) -> Reply:
    """DISASSOCIATE address [reason=] [tx=0] [test=]; nobody is there when no BSS runs."""
    return _send_away(bss, arguments, now, DISASSOCIATION)


def name_station(bss: Bss, arguments: str, now: float) -> Reply:
    """NEW_STA address: make an entry for a station that has not been heard."""
    address = read_address(arguments)
    if address is None:
        return Reply(FAIL)
    if bss.stations.get(address) is None:
        bss.stations.name(address, now)
    return Reply(OK)


def poll(bss: Bss, arguments: str, now: float) -> Reply:
    """POLL_STA address: an event tells when the station has acknowledged a frame."""
    station = find(bss, arguments)
    if station is None:
        return Reply(FAIL)
    if not station.known:
        return Reply(OK)
    return Reply(OK, (ProbePeer(interface=bss.config.interface, peer=station.address),))


def reauthenticate(bss: Bss, arguments: str, now: float) -> Reply:
    """EAPOL_REAUTH address: begin EAP anew. Raises `UsageError` when it does not speak EAP."""
    station = find(bss, arguments)
    if station is None:
        return Reply(FAIL)
    return Reply(OK, tuple(bss.reauthenticate(station, now)))


def query(bss: Bss | None, arguments: str, now: float) -> Reply:
    """SA_QUERY address: ask whether the station still holds its keys."""
    if read_address(arguments) is None:
        return Reply(FAIL)
    if bss is None:
        return Reply(OK)
    station = find(bss, arguments)
    return Reply(OK, () if station is None else tuple(bss.query(station, now)))


def find(bss: Bss, text: str) -> Station | None:
    """The station whose address an argument begins with; None when there is none."""
    address = read_address(text)
    return None if address is None else bss.stations.get(address)


def read_address(text: str) -> MacAddress | None:
    """Read the address that an argument begins with; what follows it is overlooked."""
    try:
        return MacAddress(text[:_ADDRESS_LENGTH])
    except ValueError:
        return None


def _send_away(bss: Bss | None, arguments: str, now: float, kind: int) -> Reply:
    words = arguments.split()
    options = dict(word.partition("=")[::2] for word in words[1:])
    address = read_address(words[0] if words else "")
    if address is None:
        return Reply(FAIL)
    if bss is None:
        return Reply(OK)
    farewell = _Farewell(kind, _reason(options), options.get("tx") == "0")
    if "test" in options:
        encrypt = bss.config.ieee80211w == MFP_OFF or options["test"] != "0"
        return Reply(OK, (replace(_frame(bss, address, farewell), encrypt=encrypt),))
    if address == BROADCAST:
        return Reply(OK, _send_all_away(bss, farewell, now))
    station = bss.stations.get(address)
    if station is None:
        return Reply(OK, () if farewell.silent else (_frame(bss, address, farewell),))
    return Reply(OK, _end(bss, station, farewell, now))


def _reason(options: Mapping[str, str]) -> int:
    given = options.get("reason", "")
    return int(given) if given.isdecimal() and int(given) < 0x10000 else _DEFAULT_REASON


def _send_all_away(bss: Bss, farewell: _Farewell, now: float) -> Actions:
    """One frame to all, and nobody is a station any more."""
    told = () if farewell.silent else (_frame(bss, BROADCAST, farewell),)
    gone = tuple(action for each in tuple(bss.stations) for action in bss.drop(each, now))
    return (*told, *gone)


def _end(bss: Bss, station: Station, farewell: _Farewell, now: float) -> Actions:
    if farewell.silent:
        return tuple(bss.drop(station, now))
    if farewell.kind == DISASSOCIATION:
        return tuple(bss.disassociate(station, farewell.reason, now))
    return tuple(bss.dismiss(station, farewell.reason, now))


def _frame(bss: Bss, address: MacAddress, farewell: _Farewell) -> TransmitManagement:
    """Only the frame, for a station that is not ours, for all, or to try one out."""
    header = management_header(
        farewell.kind, destination=address, source=bss.bssid, bssid=bss.bssid
    )
    make = Deauthentication if farewell.kind == DEAUTHENTICATION else Disassociation
    frame = make(header, farewell.reason).encode()
    return TransmitManagement(interface=bss.config.interface, frame=frame)
