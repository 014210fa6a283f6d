"""The station's side of a radio: scans, authentication, association, four-address mode."""

from __future__ import annotations

import errno
from contextlib import suppress

from harness.base.address import MacAddress
from harness.base.seam import (
    AbortScan,
    Associate,
    Authenticate,
    Deauthenticate,
    Scan,
    SetAddress,
    SetCountry,
    SetFourAddress,
)
from harness.base.seam_events import (
    Associated,
    AssociationTimedOut,
    Authenticated,
    AuthenticationTimedOut,
    CommandFailed,
    Disconnected,
    EapolReceived,
    InterfaceSwitched,
    ScanFinished,
    UnprotectedBeacon,
    UnprotectedDisconnection,
)
from harness.crypto.wep import wep_cipher
from harness.radio.nl80211 import channel
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.bss import observation
from harness.radio.nl80211.core import NETLINK_RANK, Core
from harness.radio.nl80211.country import set_country
from harness.radio.nl80211.link import LinkWatch
from harness.radio.nl80211.measurement import noise_by_channel
from harness.radio.nl80211.netlink import (
    Attributes,
    NetlinkError,
    attribute,
    flag,
    nested,
    u8,
    u16,
    u32,
    u32_array,
)
from harness.wire.dot11.codes import REASON_LEAVING

_AUTHENTICATION_TYPES = {
    0: nl.AUTHTYPE_OPEN_SYSTEM,
    1: nl.AUTHTYPE_SHARED_KEY,
    2: nl.AUTHTYPE_FT,
    3: nl.AUTHTYPE_SAE,
    4: nl.AUTHTYPE_FILS_SK,
    5: nl.AUTHTYPE_FILS_SK_PFS,
    6: nl.AUTHTYPE_FILS_PK,
}
"""Authentication algorithm (IEEE 802.11-2020, 9.4.1.1) → enum nl80211_auth_type."""

_ACTION = 0xD0


class StationSide:
    """Carries out a station's commands. Every command method may raise `NetlinkError`."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._ready: set[str] = set()
        self._scanning: dict[str, Scan | Authenticate] = {}
        self._aborted: set[str] = set()
        self._four_address_bridge: dict[str, str] = {}
        self._vlan_links: dict[str, int] = {}
        self.frequency: int | None = None
        self._watch: LinkWatch | None = None
        self._up: dict[str, bool] = {}
        self._found: dict[str, MacAddress] = {}
        self._silenced: set[tuple[str, MacAddress]] = set()

    def close(self) -> None:
        """Watch no longer, and give addresses back that were changed."""
        for interface, address in self._found.items():
            with suppress(NetlinkError):
                self._give(interface, address)
        if self._watch is not None:
            self._core.loop.remove(self._watch)
            self._watch.close()
            self._watch = None

    def _prepare(self, interface: str) -> None:
        if interface in self._ready:
            return
        core = self._core
        core.set_kind(interface, nl.IFTYPE_STATION)
        core.links.set_up(core.index(interface))
        core.command(
            nl.CMD_REGISTER_FRAME,
            interface,
            u16(nl.ATTR_FRAME_TYPE, _ACTION),
            attribute(nl.ATTR_FRAME_MATCH),
        )
        self._ready.add(interface)
        self._up[interface] = True
        if self._watch is None:
            self._watch = core.watch_links()
            core.loop.add(self._watch, self._links_changed, NETLINK_RANK)

    def _links_changed(self) -> None:
        """Say when someone else has switched an interface off or on."""
        assert self._watch is not None
        self._watch.drain()
        for interface in self._ready:
            up = self._core.links.is_up(self._core.index(interface))
            if up is not None and up is not self._up[interface]:
                self._up[interface] = up
                self._core.say(InterfaceSwitched(interface=interface, up=up))

    def set_address(self, command: SetAddress) -> None:
        """Take the interface down for it, and up again."""
        core, name = self._core, command.interface
        self._prepare(name)
        self._found.setdefault(name, core.links.address(core.index(name)))
        core.claim(command.address)
        self._give(name, command.address)

    def _give(self, interface: str, address: MacAddress) -> None:
        index, links = self._core.index(interface), self._core.links
        links.set_up(index, False)
        try:
            links.set_address(index, address)
        finally:
            links.set_up(index)

    def becomes_access_point(self, interface: str) -> None:
        """Forget the interface: its next command as a station prepares it anew."""
        self._ready.discard(interface)

    # ---- commands -----------------------------------------------------------------------

    def scan(self, command: Scan, *, beacons: bool = False) -> None:
        """Begin a scan. `beacons`: the interface is an access point's, and stays that."""
        if not beacons:
            self._prepare(command.interface)
        self._trigger(command, nl.SCAN_FLAG_AP if beacons else 0)
        self._scanning[command.interface] = command

    def _trigger(self, command: Scan, flags: int = 0) -> None:
        flags |= nl.SCAN_FLAG_FLUSH if command.afresh else 0
        ssids = (attribute(at, ssid) for at, ssid in enumerate(command.ssids, 1))
        frequencies = (u32(at, each) for at, each in enumerate(command.frequencies, 1))
        self._core.command(
            nl.CMD_TRIGGER_SCAN,
            command.interface,
            nested(nl.ATTR_SCAN_SSIDS, *ssids) if command.ssids else b"",
            nested(nl.ATTR_SCAN_FREQUENCIES, *frequencies) if command.frequencies else b"",
            attribute(nl.ATTR_IE, command.elements) if command.elements else b"",
            b"" if command.bssid is None else attribute(nl.ATTR_BSSID, command.bssid),
            u32(nl.ATTR_SCAN_FLAGS, flags) if flags else b"",
        )

    def abort_scan(self, command: AbortScan) -> None:
        self._core.command(nl.CMD_ABORT_SCAN, command.interface)
        self._aborted.add(command.interface)

    def set_country(self, command: SetCountry) -> None:
        set_country(self._core, command.country)

    def authenticate(self, command: Authenticate) -> None:
        """Begin to authenticate; an AP that the kernel does not know is looked for first."""
        self._prepare(command.interface)
        try:
            self._authenticate(command)
        except NetlinkError as error:
            if error.errno == errno.EALREADY:
                self._begin_anew(command)
            elif error.errno == errno.ENOENT:
                self._look_for(command)
            else:
                raise

    def _begin_anew(self, command: Authenticate) -> None:
        """Leave first: the kernel authenticates with no AP that it is associated with.

        What it then says of the end is no news.
        """
        name, bssid = command.interface, command.bssid
        self._silenced.add((name, bssid))
        self.deauthenticate(Deauthenticate(interface=name, bssid=bssid, reason=REASON_LEAVING))
        self._authenticate(command)

    def _look_for(self, command: Authenticate) -> None:
        self._trigger(
            Scan(
                interface=command.interface,
                ssids=(command.ssid,),
                frequencies=(command.frequency,),
            )
        )
        self._scanning[command.interface] = command

    def _authenticate(self, command: Authenticate) -> None:
        kind = _AUTHENTICATION_TYPES.get(command.algorithm)
        if kind is None:
            raise NetlinkError(errno.EINVAL, f"authentication algorithm {command.algorithm}")
        self._core.command(
            nl.CMD_AUTHENTICATE,
            command.interface,
            attribute(nl.ATTR_MAC, command.bssid),
            u32(nl.ATTR_WIPHY_FREQ, command.frequency),
            attribute(nl.ATTR_SSID, command.ssid),
            u32(nl.ATTR_AUTH_TYPE, kind),
            attribute(nl.ATTR_AUTH_DATA, command.body) if command.body else b"",
            attribute(nl.ATTR_IE, command.elements) if command.elements else b"",
            _wep_key(command) if command.wep_key else b"",
        )
        self.frequency = command.frequency

    def associate(self, command: Associate) -> None:
        self._core.command(
            nl.CMD_ASSOCIATE,
            command.interface,
            attribute(nl.ATTR_MAC, command.bssid),
            u32(nl.ATTR_WIPHY_FREQ, command.frequency),
            attribute(nl.ATTR_SSID, command.ssid),
            attribute(nl.ATTR_IE, command.elements),
            b"" if command.previous is None else attribute(nl.ATTR_PREV_BSSID, command.previous),
            flag(nl.ATTR_PRIVACY, command.privacy),
            u32(nl.ATTR_USE_MFP, nl.MFP_REQUIRED if command.mfp else nl.MFP_NO),
            flag(nl.ATTR_CONTROL_PORT),
            u16(nl.ATTR_CONTROL_PORT_ETHERTYPE, 0x888E),
            flag(nl.ATTR_CONTROL_PORT_OVER_NL80211),
            flag(nl.ATTR_SOCKET_OWNER),
            _security(command),
        )

    def deauthenticate(self, command: Deauthenticate) -> None:
        self._core.command(
            nl.CMD_DEAUTHENTICATE,
            command.interface,
            attribute(nl.ATTR_MAC, command.bssid),
            u16(nl.ATTR_REASON_CODE, command.reason),
        )

    def set_four_address(self, command: SetFourAddress) -> None:
        """Switch the mode; the kernel has a station in a bridge in no other than this one."""
        self._prepare(command.interface)
        if self._four_address_bridge.pop(command.interface, None) is not None:
            self._core.join_bridge(command.interface, None)
        if (link := self._vlan_links.pop(command.interface, None)) is not None:
            self._core.links.delete(link)
        self._core.command(
            nl.CMD_SET_INTERFACE, command.interface, u8(nl.ATTR_4ADDR, command.enabled)
        )
        if not command.enabled or command.bridge is None:
            return
        if command.primary_vlan is not None:
            self._vlan_links[command.interface] = self._core.join_bridge_by_vlan(
                command.interface, command.bridge, command.primary_vlan
            )
            return
        self._core.join_bridge(command.interface, command.bridge)
        self._four_address_bridge[command.interface] = command.bridge

    # ---- events -------------------------------------------------------------------------

    def scan_ended(self, interface: str, attributes: Attributes) -> None:
        asked = self._scanning.pop(interface, None)
        self._aborted.discard(interface)
        if isinstance(asked, Scan):
            found = self._core.socket.list(
                nl.CMD_GET_SCAN, u32(nl.ATTR_IFINDEX, self._core.index(interface))
            )
            noise = noise_by_channel(self._core, interface)
            results = tuple(
                observation(each[nl.ATTR_BSS], self._core.loop, noise) for each in found
            )
            self._core.say(ScanFinished(interface=interface, results=results))
        elif asked is not None:
            self._authenticate_again(asked)

    def scan_aborted(self, interface: str, attributes: Attributes) -> None:
        """The kernel ended a scan: when asked to, it has seen what it has seen."""
        if interface in self._aborted:
            self.scan_ended(interface, attributes)
            return
        asked = self._scanning.pop(interface, None)
        if asked is not None:
            self._refuse(asked, NetlinkError(errno.ECANCELED, "the scan was aborted"))

    def _authenticate_again(self, command: Authenticate) -> None:
        try:
            self._authenticate(command)
        except NetlinkError as error:
            self._refuse(command, error)

    def _refuse(self, command: Scan | Authenticate, error: NetlinkError) -> None:
        self._core.say(
            CommandFailed(
                interface=command.interface,
                command=command,
                errno=error.errno,
                reason=str(error),
            )
        )

    def authenticated(self, interface: str, attributes: Attributes) -> None:
        if nl.ATTR_TIMED_OUT in attributes:
            bssid = MacAddress(attributes[nl.ATTR_MAC])
            self._core.say(AuthenticationTimedOut(interface=interface, bssid=bssid))
        else:
            frame = attributes[nl.ATTR_FRAME]
            bssid = MacAddress(frame[16:22])
            self._core.say(Authenticated(interface=interface, bssid=bssid, frame=frame))

    def associated(self, interface: str, attributes: Attributes) -> None:
        if nl.ATTR_TIMED_OUT in attributes:
            bssid = MacAddress(attributes[nl.ATTR_MAC])
            self._core.say(AssociationTimedOut(interface=interface, bssid=bssid))
            return
        frame = attributes[nl.ATTR_FRAME]
        self._core.say(
            Associated(
                interface=interface,
                bssid=MacAddress(frame[16:22]),
                frame=frame,
                channel=channel.present(self._core, interface),
            )
        )

    def disconnected(self, interface: str, attributes: Attributes) -> None:
        """A Deauthentication or Disassociation went either way, or stands for a lost AP."""
        frame = attributes[nl.ATTR_FRAME]
        bssid = MacAddress(frame[16:22])
        if (interface, bssid) in self._silenced and frame[10:16] != bssid:
            self._silenced.remove((interface, bssid))
            return
        self._core.say(
            Disconnected(
                interface=interface,
                bssid=bssid,
                reason=int.from_bytes(frame[24:26], "little"),
                locally_generated=frame[10:16] != bssid,
            )
        )

    def unprotected(self, interface: str, attributes: Attributes) -> None:
        """A Deauthentication or Disassociation came that should have been protected."""
        frame = attributes[nl.ATTR_FRAME]
        self._core.say(
            UnprotectedDisconnection(
                interface=interface,
                bssid=MacAddress(frame[16:22]),
                reason=int.from_bytes(frame[24:26], "little"),
            )
        )

    def unprotected_beacon(self, interface: str, attributes: Attributes) -> None:
        """A Beacon came whose protection is missing or wrong."""
        bssid = MacAddress(attributes[nl.ATTR_FRAME][16:22])
        self._core.say(UnprotectedBeacon(interface=interface, bssid=bssid))

    def control_port(self, interface: str, attributes: Attributes) -> None:
        self._core.say(
            EapolReceived(
                interface=interface,
                source=MacAddress(attributes[nl.ATTR_MAC]),
                payload=attributes[nl.ATTR_FRAME],
                encrypted=nl.ATTR_CONTROL_PORT_NO_ENCRYPT not in attributes,
            )
        )


def _wep_key(command: Authenticate) -> bytes:
    """What the kernel answers the challenge of a Shared Key authentication with."""
    return nested(
        nl.ATTR_KEY,
        attribute(nl.KEY_DATA, command.wep_key),
        u8(nl.KEY_IDX, command.wep_index),
        u32(nl.KEY_CIPHER, wep_cipher(command.wep_key)),
    )


def _security(command: Associate) -> bytes:
    chosen = b""
    if command.pairwise is not None:
        chosen += u32(nl.ATTR_WPA_VERSIONS, nl.WPA_VERSION_2)
        chosen += u32_array(nl.ATTR_CIPHER_SUITES_PAIRWISE, (command.pairwise,))
    if command.group is not None:
        chosen += u32(nl.ATTR_CIPHER_SUITE_GROUP, command.group)
    if command.akm is not None:
        chosen += u32_array(nl.ATTR_AKM_SUITES, (command.akm,))
    return chosen
