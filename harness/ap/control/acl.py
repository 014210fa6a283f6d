"""Commands about the access control lists of a BSS: ACCEPT_ACL and DENY_ACL.

Source: the access point's control interface, 3.1; replies of hostapd 2.10.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from harness.ap.access_point import Actions
from harness.ap.control.interface import Interface
from harness.ap.control.reply import FAIL, OK, Reply
from harness.base.address import MacAddress
from harness.base.errors import UsageError
from harness.wire.dot11.codes import REASON_UNSPECIFIED

ACCEPTED: Final = "accept_mac_file"
DENIED: Final = "deny_mac_file"


def change(interface: Interface, name: str, field: str, arguments: str, now: float) -> Reply:
    """ADD_MAC address, DEL_MAC address, SHOW or CLEAR, for the list `field` of a BSS.

    A station that may not be there any more is disassociated.
    """
    word, _, rest = arguments.partition(" ")
    bss = interface.bss(name)
    listed: frozenset[MacAddress] = bss.get(field, frozenset())
    if word == "SHOW":
        return Reply("".join(f"{each} VLAN_ID=0\n" for each in sorted(listed)))
    if word in ("ADD_MAC", "DEL_MAC"):
        address, _, options = rest.partition(" ")
        try:
            station = MacAddress(address)
        except ValueError:
            return Reply(FAIL)
        if options not in ("", "VLAN_ID=0"):
            raise UsageError("VLANs by station are not served")
        listed = listed | {station} if word == "ADD_MAC" else listed - {station}
    elif word == "CLEAR":
        listed = frozenset()
    bss.values[field] = listed
    return Reply(OK, _apply(interface, name, field, listed, now))


def _apply(
    interface: Interface, name: str, field: str, listed: frozenset[MacAddress], now: float
) -> Actions:
    if not interface.running:
        return ()
    bss = interface.running_machine.bss(name)
    if field == ACCEPTED:
        bss.access = replace(bss.access, accepted=listed)
    else:
        bss.access = replace(bss.access, denied=listed)
    return tuple(
        action
        for station in tuple(bss.stations)
        if not bss.admits(station.address)
        for action in bss.disassociate(station, REASON_UNSPECIFIED, now)
    )
