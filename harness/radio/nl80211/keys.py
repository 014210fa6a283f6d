"""Temporal keys, ports and frames: the commands that access point and station have in common."""

from __future__ import annotations

from harness.base.seam import (
    CIPHER_BIP_CMAC_128,
    CIPHER_TKIP,
    CIPHER_WEP_40,
    CIPHER_WEP_104,
    InstallKey,
    RemoveKey,
    SetPortAuthorized,
    TransmitEapol,
    TransmitManagement,
)
from harness.base.seam_events import EapolStatus, ManagementStatus, RadioEvent
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.core import Core
from harness.radio.nl80211.netlink import (
    attribute,
    flag,
    nested,
    number,
    split,
    u8,
    u16,
    u32,
    u32_array,
)

_EAPOL = 0x888E
_WEP = (CIPHER_WEP_40, CIPHER_WEP_104)
_BIGTKS = (6, 7)


def install_key(core: Core, command: InstallKey, *, transmits_group: bool) -> None:
    """Install a key; `transmits_group`: group keys are for sending, as on an access point."""
    peer, key = command.peer, command.key
    if command.cipher == CIPHER_TKIP and not transmits_group:
        key = key[:16] + key[24:] + key[16:24]  # the kernel wants the own Michael key first
    kind = nl.KEYTYPE_GROUP if peer is None else nl.KEYTYPE_PAIRWISE
    core.command(
        nl.CMD_NEW_KEY,
        command.interface,
        b"" if peer is None else attribute(nl.ATTR_MAC, peer),
        nested(
            nl.ATTR_KEY,
            attribute(nl.KEY_DATA, key),
            u8(nl.KEY_IDX, command.index),
            u32(nl.KEY_CIPHER, command.cipher),
            b"" if command.cipher in _WEP else attribute(nl.KEY_SEQ, command.sequence),
            u32(nl.KEY_TYPE, kind),
        ),
    )
    if peer is None and (transmits_group or command.cipher in _WEP):
        _use_for_sending(core, command)


def _use_for_sending(core: Core, command: InstallKey) -> None:
    if command.cipher == CIPHER_BIP_CMAC_128:
        use = flag(nl.KEY_DEFAULT_BEACON if command.index in _BIGTKS else nl.KEY_DEFAULT_MGMT)
    else:
        to_each = flag(nl.KEY_DEFAULT_TYPE_UNICAST, command.cipher in _WEP)
        kinds = nested(nl.KEY_DEFAULT_TYPES, to_each, flag(nl.KEY_DEFAULT_TYPE_MULTICAST))
        use = flag(nl.KEY_DEFAULT) + kinds
    core.command(
        nl.CMD_SET_KEY,
        command.interface,
        nested(nl.ATTR_KEY, u8(nl.KEY_IDX, command.index), use),
    )


def remove_key(core: Core, command: RemoveKey) -> None:
    """Take a pairwise or group key out of the radio. Raises `NetlinkError`."""
    peer = command.peer
    kind = nl.KEYTYPE_GROUP if peer is None else nl.KEYTYPE_PAIRWISE
    core.command(
        nl.CMD_DEL_KEY,
        command.interface,
        b"" if peer is None else attribute(nl.ATTR_MAC, peer),
        nested(nl.ATTR_KEY, u8(nl.KEY_IDX, command.index), u32(nl.KEY_TYPE, kind)),
    )


def station_flags(mask: tuple[int, ...], given: tuple[int, ...]) -> bytes:
    """Encode which flags of a station are to change, and those that are to be set."""
    pair = sum(1 << bit for bit in mask), sum(1 << bit for bit in given)
    return u32_array(nl.ATTR_STA_FLAGS2, pair)


def set_port_authorized(core: Core, command: SetPortAuthorized) -> None:
    """Open or close a station's controlled port. Raises `NetlinkError`."""
    authorized = (nl.STA_FLAG_AUTHORIZED,)
    core.command(
        nl.CMD_SET_STATION,
        command.interface,
        attribute(nl.ATTR_MAC, command.peer),
        station_flags(authorized, authorized if command.authorized else ()),
    )


def transmit_management(
    core: Core,
    command: TransmitManagement,
    frequency: int | None = None,
    over: str | None = None,
) -> None:
    """Send a management frame on the interface's channel, or on `frequency` if there is none.

    `over`: another interface to send it on. The kernel protects a frame only on the one that its
    receiver is bound to.
    """
    token = command.token
    answer = core.command(
        nl.CMD_FRAME,
        over or command.interface,
        b"" if frequency is None else u32(nl.ATTR_WIPHY_FREQ, frequency),
        attribute(nl.ATTR_FRAME, command.frame),
        flag(nl.ATTR_DONT_WAIT_FOR_ACK, not token),
    )
    if not token:
        return
    cookie = number(split(answer.messages[0].body[4:])[nl.ATTR_COOKIE])

    def status(acknowledged: bool) -> RadioEvent:
        return ManagementStatus(interface=command.interface, token=token, acknowledged=acknowledged)

    core.sent[cookie] = status


def transmit_eapol(core: Core, command: TransmitEapol) -> None:
    """Send an EAPOL frame over the control port, on an access point too.

    There the kernel finds the peer even when it has an interface of its own, and the frame goes
    out with three addresses, which every four-address station takes for EAPOL.
    """
    token = command.token
    answer = core.command(
        nl.CMD_CONTROL_PORT_FRAME,
        command.interface,
        attribute(nl.ATTR_MAC, command.peer),
        attribute(nl.ATTR_FRAME, command.payload),
        u16(nl.ATTR_CONTROL_PORT_ETHERTYPE, _EAPOL),
        flag(nl.ATTR_CONTROL_PORT_NO_ENCRYPT, not command.encrypt),
        flag(nl.ATTR_DONT_WAIT_FOR_ACK, not token),
    )
    if not token or answer.cookie is None:
        return

    def status(acknowledged: bool) -> RadioEvent:
        return EapolStatus(
            interface=command.interface,
            peer=command.peer,
            token=token,
            acknowledged=acknowledged,
        )

    core.sent[answer.cookie] = status
