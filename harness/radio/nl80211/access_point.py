"""The access point's side of a radio: its BSSs, their peers, four-address interfaces."""

from __future__ import annotations

import contextlib
import errno
from dataclasses import dataclass, field

from harness.base.address import MacAddress
from harness.base.errors import RadioError, WireError
from harness.base.seam import (
    AddPeer,
    AddPeerVlan,
    ChangeBeacon,
    RemovePeer,
    RemovePeerVlan,
    SetCountry,
    StartBss,
    StopBss,
)
from harness.base.seam_events import BssStarted, CommandFailed, InterfaceSwitched
from harness.radio.nl80211 import ht
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.core import NETLINK_RANK, Core
from harness.radio.nl80211.country import obey
from harness.radio.nl80211.eapol import EapolSockets
from harness.radio.nl80211.keys import station_flags
from harness.radio.nl80211.link import LinkWatch
from harness.radio.nl80211.netlink import (
    NetlinkError,
    attribute,
    flag,
    u8,
    u16,
    u32,
    u32_array,
)
from harness.radio.nl80211.qos import granted_flags, set_tx_queues, wmm
from harness.wire.dot11.elements import ELEMENT_ERP, Elements
from harness.wire.dot11.frames import CAPABILITY_SHORT_SLOT

_RECEIVED_FRAMES = (0x00, 0x20, 0x40, 0xA0, 0xB0, 0xC0, 0xD0)
"""Frame Control of what is registered for: (re)association and probe requests, disassociation,
authentication, deauthentication, action."""

_HEADER_AND_FIXED = 24 + 12
_BASIC_RATE = 0x80
_MOST_RATES = 32
_USE_PROTECTION = 0x02
"""Bit of the ERP element's octet (9.4.2.11)."""


@dataclass(slots=True)
class _Bss:
    address: MacAddress
    created: bool
    vlans: dict[MacAddress, str] = field(default_factory=dict)


class AccessPointSide:
    """Carries out an access point's commands.

    Every method for one may raise `NetlinkError` or `RadioError`.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._bsss: dict[str, _Bss] = {}
        self._registered: set[int] = set()
        self._eapol = EapolSockets(core)
        self._made: set[str] = set()
        self._down: dict[str, _Bss] = {}
        self._watch: LinkWatch | None = None

    def has(self, interface: str) -> bool:
        return interface in self._bsss

    def close(self) -> None:
        self._eapol.close_all()
        if self._watch is not None:
            self._core.loop.remove(self._watch)
            self._watch.close()
            self._watch = None

    def interface_of(self, interface: str, peer: MacAddress) -> str:
        """The interface that a peer of a BSS is bound to: its own, or the BSS's."""
        return self._bss(interface).vlans.get(peer, interface)

    def address_of(self, interface: str) -> MacAddress | None:
        """The BSSID of an interface; None: it has no BSS."""
        bss = self._bsss.get(interface)
        return None if bss is None else bss.address

    def _bss(self, interface: str) -> _Bss:
        bss = self._bsss.get(interface)
        if bss is None:
            raise RadioError("command", errno.ENOLINK, f"{interface} has no BSS")
        return bss

    def start_bss(self, command: StartBss) -> None:
        if command.country is not None:
            self._obey(command.interface, command.country)
        if self._watch is None:
            self._watch = self._core.watch_links()
            self._core.loop.add(self._watch, self._links_changed, NETLINK_RANK)
        self._core.claim(command.bssid)
        created = self._prepare(command)
        self._register(command.interface)
        self._core.command(nl.CMD_START_AP, command.interface, *_description(command))
        self._hear_others()
        self._bsss[command.interface] = _Bss(command.bssid, created)
        self._down.pop(command.interface, None)
        rates = _basic_rates(command.beacon_head)
        basic = attribute(nl.ATTR_BSS_BASIC_RATES, rates) if rates else b""
        isolate = u8(nl.ATTR_AP_ISOLATE, command.isolate)
        self._core.command(nl.CMD_SET_BSS, command.interface, basic, isolate)
        set_tx_queues(self._core, command.interface, command.tx_queues)
        if command.bridge is not None:
            self._core.join_bridge(command.interface, command.bridge)
        self._eapol.open(command.interface, command.interface)
        self._core.say(BssStarted(interface=command.interface))

    def _obey(self, interface: str, country: str) -> None:
        """Have a country's rules hold; where they can't be had the others go on holding."""
        try:
            obey(self._core, country)
        except (NetlinkError, RadioError) as error:
            asked = SetCountry(interface=interface, country=country)
            self._core.say(
                CommandFailed(
                    interface=interface, command=asked, errno=error.errno, reason=str(error)
                )
            )

    def _prepare(self, command: StartBss) -> bool:
        """Bring the interface up as an access point's; tell whether it was made for that."""
        core, name = self._core, command.interface
        if name not in core.indexes:
            core.create(name, nl.IFTYPE_AP, command.bssid)
            self._made.add(name)
        else:
            core.set_kind(name, nl.IFTYPE_AP)
            core.links.set_address(core.index(name), command.bssid)
        core.links.set_up(core.index(name))
        return name in self._made

    def _links_changed(self) -> None:
        """Say when someone else has switched the interface of a BSS off or on, or deleted it."""
        assert self._watch is not None, "it is what called"
        self._watch.drain()
        for name in (*self._bsss, *self._down):
            up = bool(self._core.links.is_up(self._core.index(name)))
            if up is (name in self._bsss):
                continue
            if not up:
                self._lose(name)
            else:
                self._down.pop(name)
            self._core.say(InterfaceSwitched(interface=name, up=up))

    def _lose(self, name: str) -> None:
        """The kernel has stopped the BSS."""
        bss = self._bsss.pop(name)
        self._down[name] = bss
        self._eapol.close(name)
        for vlan in bss.vlans.values():
            with contextlib.suppress(NetlinkError):  # it goes with an interface that was deleted
                self._delete_vlan(vlan)

    def _register(self, interface: str) -> None:
        """Ask for the frames that an access point needs.

        What was asked for is kept while the interface stays an access point's, and lost when it
        was a station's in between: we ask again, and it may be said that we did already.
        """
        index = self._core.index(interface)
        ours = (errno.EALREADY, errno.EBUSY) if index in self._registered else ()
        for frame_control in _RECEIVED_FRAMES:
            frame_type = u16(nl.ATTR_FRAME_TYPE, frame_control)
            match = attribute(nl.ATTR_FRAME_MATCH)
            self._ask(ours, nl.CMD_REGISTER_FRAME, interface, frame_type, match)
        self._ask(ours, nl.CMD_UNEXPECTED_FRAME, interface)
        self._registered.add(index)

    def _ask(
        self, tolerated: tuple[int, ...], command: int, interface: str, *attributes: bytes
    ) -> None:
        try:
            self._core.command(command, interface, *attributes)
        except NetlinkError as error:
            if error.errno not in tolerated:
                raise

    def _hear_others(self) -> None:
        """Ask for the Beacons of other BSSs; a driver need not have them to give."""
        tolerated = (errno.EALREADY, errno.EBUSY, errno.EOPNOTSUPP)
        try:
            self._core.socket.command(
                nl.CMD_REGISTER_BEACONS, u32(nl.ATTR_WIPHY, self._core.wiphy)
            )
        except NetlinkError as error:
            if error.errno not in tolerated:
                raise

    def first(self) -> str | None:
        """The interface of the first BSS, None without one."""
        return next(iter(self._bsss), None)

    def change_beacon(self, command: ChangeBeacon) -> None:
        self._core.command(
            nl.CMD_SET_BEACON,
            command.interface,
            attribute(nl.ATTR_BEACON_HEAD, command.beacon_head),
            attribute(nl.ATTR_BEACON_TAIL, command.beacon_tail),
        )
        protection = _protection(command.beacon_head, command.beacon_tail)
        protection += ht.operation_mode(command.beacon_tail)
        if protection:
            self._core.command(nl.CMD_SET_BSS, command.interface, protection)

    def stop_bss(self, command: StopBss) -> None:
        core, name = self._core, command.interface
        lost = self._down.pop(name, None)
        if lost is not None:
            self._remove_lost(name, lost)
            return
        bss = self._bss(name)
        del self._bsss[name]
        self._eapol.close(name)
        core.command(nl.CMD_STOP_AP, name)
        for vlan in bss.vlans.values():
            self._delete_vlan(vlan)
        if bss.created:
            self._delete(name)
        else:
            core.join_bridge(name, None)
            core.links.set_up(core.index(name), False)

    def _delete(self, name: str) -> None:
        self._registered.discard(self._core.index(name))
        self._made.discard(name)
        self._core.delete(name)

    def _remove_lost(self, name: str, bss: _Bss) -> None:
        """End a BSS whose interface somebody switched off, or deleted."""
        if not bss.created:
            return
        with contextlib.suppress(NetlinkError):  # whoever switched it off may have deleted it
            self._delete(name)

    # ---- peers --------------------------------------------------------------------------

    def add_peer(self, command: AddPeer) -> None:
        self._forget(command.interface, command.peer)
        state = (nl.STA_FLAG_AUTHENTICATED, nl.STA_FLAG_ASSOCIATED)
        granted = granted_flags(command)
        changed = (*state, nl.STA_FLAG_AUTHORIZED, nl.STA_FLAG_MFP, nl.STA_FLAG_WME)
        self._core.command(
            nl.CMD_NEW_STATION,
            command.interface,
            attribute(nl.ATTR_MAC, command.peer),
            u16(nl.ATTR_STA_AID, command.aid),
            u16(nl.ATTR_STA_CAPABILITY, command.capability),
            u16(nl.ATTR_STA_LISTEN_INTERVAL, command.listen_interval),
            attribute(nl.ATTR_STA_SUPPORTED_RATES, command.rates[:_MOST_RATES]),
            station_flags(changed, state + granted),
            wmm(command),
            ht.capability(command.ht),
        )

    def remove_peer(self, command: RemovePeer) -> None:
        self._forget(command.interface, command.peer)

    def _forget(self, interface: str, peer: MacAddress) -> None:
        try:
            self._core.command(nl.CMD_DEL_STATION, interface, attribute(nl.ATTR_MAC, peer))
        except NetlinkError as error:
            if error.errno != errno.ENOENT:
                raise
        vlan = self._bss(interface).vlans.pop(peer, None)
        if vlan is not None:
            self._delete_vlan(vlan)

    def add_peer_vlan(self, command: AddPeerVlan) -> None:
        core, bss = self._core, self._bss(command.interface)
        index = core.create(command.name, nl.IFTYPE_AP_VLAN, bss.address, u8(nl.ATTR_4ADDR, 1))
        bss.vlans[command.peer] = command.name
        core.links.set_up(index)
        self._bind(command.interface, command.peer, index)
        self._eapol.open(command.name, command.interface)
        if command.bridge is None:
            return
        if command.primary_vlan is None:
            core.join_bridge(command.name, command.bridge)
        else:
            core.join_bridge_by_vlan(command.name, command.bridge, command.primary_vlan)

    def remove_peer_vlan(self, command: RemovePeerVlan) -> None:
        self._bss(command.interface).vlans.pop(command.peer, None)
        self._bind(command.interface, command.peer, self._core.index(command.interface))
        self._delete_vlan(command.name)

    def _bind(self, interface: str, peer: MacAddress, index: int) -> None:
        self._core.command(
            nl.CMD_SET_STATION,
            interface,
            attribute(nl.ATTR_MAC, peer),
            u32(nl.ATTR_STA_VLAN, index),
        )

    def _delete_vlan(self, name: str) -> None:
        self._eapol.close(name)
        self._core.delete(name)


def _description(command: StartBss) -> tuple[bytes, ...]:
    return (
        attribute(nl.ATTR_BEACON_HEAD, command.beacon_head),
        attribute(nl.ATTR_BEACON_TAIL, command.beacon_tail),
        u32(nl.ATTR_BEACON_INTERVAL, command.beacon_interval),
        u32(nl.ATTR_DTIM_PERIOD, command.dtim_period),
        attribute(nl.ATTR_SSID, command.ssid),
        u32(nl.ATTR_HIDDEN_SSID, _hidden(command)) if command.hidden else b"",
        flag(nl.ATTR_PRIVACY, command.privacy),
        u32(nl.ATTR_AUTH_TYPE, nl.AUTHTYPE_OPEN_SYSTEM),
        *ht.channel(command),
        flag(nl.ATTR_SOCKET_OWNER),
        u16(nl.ATTR_CONTROL_PORT_ETHERTYPE, 0x888E),
        _security(command),
    )


def _security(command: StartBss) -> bytes:
    if command.group is None:
        return b""
    return (
        u32(nl.ATTR_WPA_VERSIONS, nl.WPA_VERSION_1 | nl.WPA_VERSION_2)
        + u32_array(nl.ATTR_CIPHER_SUITES_PAIRWISE, command.pairwise)
        + u32(nl.ATTR_CIPHER_SUITE_GROUP, command.group)
        + u32_array(nl.ATTR_AKM_SUITES, command.akms)
    )


def _hidden(command: StartBss) -> int:
    """Tell how the beacon hides its SSID: its element is empty, or as long but all zero."""
    ssid_length = command.beacon_head[_HEADER_AND_FIXED + 1 : _HEADER_AND_FIXED + 2]
    return nl.HIDDEN_SSID_ZERO_CONTENTS if ssid_length > b"\0" else nl.HIDDEN_SSID_ZERO_LEN


def _protection(beacon_head: bytes, beacon_tail: bytes) -> bytes:
    """What a Beacon says of stations of 802.11b, for the kernel to act upon; b"": nothing."""
    try:
        erp = Elements(beacon_tail).get(ELEMENT_ERP)
    except WireError:
        return b""
    if not erp:
        return b""
    capability = int.from_bytes(beacon_head[_HEADER_AND_FIXED - 2 : _HEADER_AND_FIXED], "little")
    short_slot = bool(capability & CAPABILITY_SHORT_SLOT)
    protects = bool(erp[0] & _USE_PROTECTION)
    return u8(nl.ATTR_BSS_CTS_PROT, protects) + u8(nl.ATTR_BSS_SHORT_SLOT_TIME, short_slot)


def _basic_rates(beacon_head: bytes) -> bytes:
    """Read the basic rates from a beacon; none when its elements are deliberately broken."""
    try:
        rates = Elements(beacon_head[_HEADER_AND_FIXED:]).rates
    except WireError:
        return b""
    return bytes(rate & ~_BASIC_RATE for rate in rates if rate & _BASIC_RATE)
