"""One radio of the kernel's, behind the `Radio` interface."""

from __future__ import annotations

import errno
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from harness.base.address import MacAddress
from harness.base.errors import Inconclusive, RadioError
from harness.base.ht import HtAbility
from harness.base.seam import (
    AbortScan,
    AddPeer,
    AddPeerVlan,
    AskIdle,
    Associate,
    Authenticate,
    ChangeBeacon,
    Command,
    Deauthenticate,
    InstallKey,
    ProbePeer,
    RemoveKey,
    RemovePeer,
    RemovePeerVlan,
    Scan,
    SetAddress,
    SetCountry,
    SetFourAddress,
    SetPortAuthorized,
    StartBss,
    StopBss,
    SwitchChannel,
    TransmitEapol,
    TransmitManagement,
    WatchSignal,
)
from harness.base.seam_events import (
    CommandFailed,
    FourAddressSeen,
    LinkMeasurement,
    ManagementReceived,
    MichaelFailure,
    PeerAnswered,
    PeerCounters,
    PeerIdle,
    RadioEvent,
)
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.access_point import AccessPointSide
from harness.radio.nl80211.channel import switch_channel, switch_started, switched
from harness.radio.nl80211.core import NETLINK_RANK, Core
from harness.radio.nl80211.counters import peer_counters, probe_peer
from harness.radio.nl80211.country import max_powers
from harness.radio.nl80211.ht import ability
from harness.radio.nl80211.in_the_clear import send_in_the_clear
from harness.radio.nl80211.keys import (
    install_key,
    remove_key,
    set_port_authorized,
    transmit_eapol,
    transmit_management,
)
from harness.radio.nl80211.loop import RealLoop
from harness.radio.nl80211.measurement import (
    measure,
    quality_changed,
    rules_changed,
    watch_signal,
)
from harness.radio.nl80211.netlink import Attributes, Message, NetlinkError, generic, number, signed
from harness.radio.nl80211.station import StationSide
from harness.radio.stranger import dismissal

_PROTECTED = 0x40
"""In the second octet of Frame Control."""
_OF_BEACONS = (nl.EXT_FEATURE_BEACON_PROTECTION, nl.EXT_FEATURE_BEACON_PROTECTION_CLIENT)


class Nl80211Radio:
    """Drives the wiphy of an existing interface; its loop brings the events.

    `entered`: gives a context in which sockets belong to the network namespace of the interface.
    `claim`: told of every address that the radio will send from, those of its BSSs too.
    Raises `RadioError` if there is no such interface, `NetlinkError` if the kernel has no
    nl80211. After `close` the kernel stops the BSSs and deletes the interfaces that were made.
    """

    def __init__(
        self,
        node: str,
        interface: str,
        loop: RealLoop,
        entered: Callable[[], AbstractContextManager[object]] = nullcontext,
        claim: Callable[[MacAddress], None] = lambda address: None,
    ) -> None:
        self.node = node
        self.interface = interface
        self._core = Core(interface, loop, entered, claim)
        self._access_point = AccessPointSide(self._core)
        self._station = StationSide(self._core)
        self._performers = self._performers_by_command()
        self._receivers = self._receivers_by_command()
        self._frequencies: tuple[int, ...] = ()
        self._powers: dict[int, int] = {}
        loop.add(self._core.socket, self._receive, NETLINK_RANK)

    @property
    def address(self) -> MacAddress:
        return self._core.address

    @property
    def phy(self) -> str:
        """The name of the wiphy, such as `phy0`."""
        return self._core.phy()

    @property
    def frequencies(self) -> tuple[int, ...]:
        if not self._frequencies:
            self._frequencies = self._core.frequencies()
        return self._frequencies

    @property
    def rekeys_safely(self) -> bool:
        return self._core.has_feature(nl.EXT_FEATURE_CAN_REPLACE_PTK0)

    @property
    def protects_beacons(self) -> bool:
        return any(map(self._core.has_feature, _OF_BEACONS))

    @property
    def protects_own_beacons(self) -> bool:
        return self._core.has_feature(nl.EXT_FEATURE_BEACON_PROTECTION)

    def peer_counters(self, interface: str, peer: MacAddress) -> PeerCounters | None:
        """What the kernel has counted of a station; None when it has no such one."""
        counters = peer_counters(self._core, interface, peer)
        self._hear(self._core.socket.kept())
        return counters

    def max_power(self, frequency: int) -> int | None:
        """How loud an access point may be on a channel, in dBm; None: it may not be there."""
        if not self._powers:
            self._powers = max_powers(self._core)
        return self._powers.get(frequency)

    def ht(self, frequency: int) -> HtAbility | None:
        """What the wiphy can do of 802.11n on a channel (MHz); None: nothing."""
        return ability(self._core, frequency)

    def perform(self, command: Command) -> None:
        """Carry a command out; a refusal comes as `CommandFailed`."""
        try:
            self._performers[type(command)](command)
        except NetlinkError as error:
            self._refuse(command, error.errno, str(error))
        except RadioError as error:
            self._refuse(command, error.errno, error.reason)
        self._hear(self._core.socket.kept())

    def poll(self) -> list[tuple[float, RadioEvent]]:
        return self._core.take()

    def measure(self, bssid: MacAddress) -> LinkMeasurement | None:
        """What is known of the station's link to `bssid`; None when there is none."""
        return measure(self._core, self.interface, bssid)

    def close(self) -> None:
        self._access_point.close()
        self._station.close()
        self._core.loop.remove(self._core.socket)
        self._core.close()

    # ---- commands -----------------------------------------------------------------------

    def _performers_by_command(self) -> dict[type[Command], Callable[..., None]]:
        core, access_point, station = self._core, self._access_point, self._station
        return {
            StartBss: self._start_bss,
            ChangeBeacon: access_point.change_beacon,
            SwitchChannel: lambda command: switch_channel(core, command),
            StopBss: access_point.stop_bss,
            AddPeer: access_point.add_peer,
            RemovePeer: access_point.remove_peer,
            AddPeerVlan: access_point.add_peer_vlan,
            RemovePeerVlan: access_point.remove_peer_vlan,
            AskIdle: self._ask_idle,
            ProbePeer: lambda command: probe_peer(core, command),
            Scan: self._scan,
            AbortScan: station.abort_scan,
            SetCountry: station.set_country,
            SetAddress: station.set_address,
            WatchSignal: lambda command: watch_signal(core, command),
            Authenticate: station.authenticate,
            Associate: station.associate,
            Deauthenticate: station.deauthenticate,
            SetFourAddress: station.set_four_address,
            TransmitManagement: self._transmit_management,
            TransmitEapol: lambda command: transmit_eapol(core, command),
            InstallKey: self._install_key,
            RemoveKey: lambda command: remove_key(core, command),
            SetPortAuthorized: lambda command: set_port_authorized(core, command),
        }

    def _scan(self, command: Scan) -> None:
        self._station.scan(command, beacons=self._access_point.has(command.interface))

    def _start_bss(self, command: StartBss) -> None:
        self._station.becomes_access_point(command.interface)
        self._access_point.start_bss(command)

    def _install_key(self, command: InstallKey) -> None:
        install_key(self._core, command, transmits_group=self._access_point.has(command.interface))

    def _transmit_management(self, command: TransmitManagement) -> None:
        from_bss = self._access_point.has(command.interface)
        if not command.encrypt:
            send_in_the_clear(self._core, command.frame)
        elif from_bss:
            receiver = MacAddress(command.frame[4:10])
            over = self._access_point.interface_of(command.interface, receiver)
            transmit_management(self._core, command, over=over)
        else:
            transmit_management(self._core, command, self._station.frequency)

    def _refuse(self, command: Command, errno: int, reason: str) -> None:
        self._core.say(
            CommandFailed(interface=command.interface, command=command, errno=errno, reason=reason)
        )

    # ---- events -------------------------------------------------------------------------

    def _receivers_by_command(self) -> dict[int, Callable[[str, Attributes], None]]:
        station = self._station
        return {
            nl.CMD_FRAME: self._management_received,
            nl.CMD_FRAME_TX_STATUS: self._sent,
            nl.CMD_CONTROL_PORT_FRAME_TX_STATUS: self._sent,
            nl.CMD_UNEXPECTED_FRAME: self._stranger_seen,
            nl.CMD_UNEXPECTED_4ADDR_FRAME: self._four_address_seen,
            nl.CMD_PROBE_CLIENT: self._peer_probed,
            nl.CMD_CONTROL_PORT_FRAME: station.control_port,
            nl.CMD_MICHAEL_MIC_FAILURE: self._forged,
            nl.CMD_NEW_SCAN_RESULTS: station.scan_ended,
            nl.CMD_SCAN_ABORTED: station.scan_aborted,
            nl.CMD_AUTHENTICATE: station.authenticated,
            nl.CMD_ASSOCIATE: station.associated,
            nl.CMD_DEAUTHENTICATE: station.disconnected,
            nl.CMD_DISASSOCIATE: station.disconnected,
            nl.CMD_UNPROT_DEAUTHENTICATE: station.unprotected,
            nl.CMD_UNPROT_DISASSOCIATE: station.unprotected,
            nl.CMD_UNPROT_BEACON: station.unprotected_beacon,
            nl.CMD_CH_SWITCH_STARTED_NOTIFY: self._switch_started,
            nl.CMD_CH_SWITCH_NOTIFY: self._switched,
            nl.CMD_NOTIFY_CQM: self._quality_changed,
        }

    def _receive(self) -> None:
        try:
            messages = self._core.socket.receive()
        except NetlinkError as error:
            raise Inconclusive(f"{self.node} {self.interface}: {error}") from error
        self._hear(messages)

    def _hear(self, messages: list[Message]) -> None:
        while messages:
            for message in messages:
                self._hear_one(message)
            messages = self._core.socket.kept()

    def _hear_one(self, message: Message) -> None:
        """Pass an event on; those of interfaces that are not this radio's are another's."""
        command, attributes = generic(message)
        receiver = self._receivers.get(command)
        if command == nl.CMD_REG_CHANGE:
            self._core.say(rules_changed(self.interface, attributes))
            self._frequencies, self._powers = (), {}
        if command == nl.CMD_FRAME and nl.ATTR_IFINDEX not in attributes:
            first = self._access_point.first()
            if first is not None and number(attributes[nl.ATTR_WIPHY]) == self._core.wiphy:
                self._management_received(first, attributes)
            return
        if receiver is None or nl.ATTR_IFINDEX not in attributes:
            return
        interface = self._core.interfaces.get(number(attributes[nl.ATTR_IFINDEX]))
        if interface is not None:
            receiver(interface, attributes)

    def _management_received(self, interface: str, attributes: Attributes) -> None:
        self._core.say(
            ManagementReceived(
                interface=interface,
                frame=_in_the_clear(attributes[nl.ATTR_FRAME]),
                frequency=number(attributes[nl.ATTR_WIPHY_FREQ]),
                signal=signed(attributes.get(nl.ATTR_RX_SIGNAL_DBM, b"")),
                decrypted=bool(attributes[nl.ATTR_FRAME][1] & _PROTECTED),
            )
        )

    def _sent(self, interface: str, attributes: Attributes) -> None:
        status = self._core.sent.pop(number(attributes[nl.ATTR_COOKIE]), None)
        if status is not None:
            self._core.say(status(nl.ATTR_ACK in attributes))

    def _switch_started(self, interface: str, attributes: Attributes) -> None:
        self._core.say(switch_started(interface, attributes))

    def _switched(self, interface: str, attributes: Attributes) -> None:
        told = switched(interface, attributes)
        if not self._access_point.has(interface):
            self._station.frequency = told.frequency
        self._core.say(told)

    def _quality_changed(self, interface: str, attributes: Attributes) -> None:
        told = quality_changed(interface, attributes)
        if told is not None:
            self._core.say(told)

    def _stranger_seen(self, interface: str, attributes: Attributes) -> None:
        """A station sends data that the kernel does not know as associated."""
        bssid = self._access_point.address_of(interface)
        if bssid is not None:
            frame = dismissal(bssid, MacAddress(attributes[nl.ATTR_MAC]))
            self.perform(TransmitManagement(interface=interface, frame=frame))

    def _four_address_seen(self, interface: str, attributes: Attributes) -> None:
        peer = MacAddress(attributes[nl.ATTR_MAC])
        self._core.say(FourAddressSeen(interface=interface, peer=peer))

    def _ask_idle(self, command: AskIdle) -> None:
        counters = peer_counters(self._core, command.interface, command.peer)
        if counters is None:
            raise RadioError("ask idle", errno.ENOENT, f"{command.peer} is no peer")
        idle = counters.inactive_ms
        told = PeerIdle(interface=command.interface, peer=command.peer, idle_ms=idle)
        self._core.say(told)

    def _forged(self, interface: str, attributes: Attributes) -> None:
        peer = MacAddress(attributes[nl.ATTR_MAC])
        kind = attributes.get(nl.ATTR_KEY_TYPE)
        group = kind is not None and number(kind) == nl.KEYTYPE_GROUP
        self._core.say(MichaelFailure(interface=interface, peer=peer, group=group))

    def _peer_probed(self, interface: str, attributes: Attributes) -> None:
        if nl.ATTR_ACK in attributes:
            peer = MacAddress(attributes[nl.ATTR_MAC])
            self._core.say(PeerAnswered(interface=interface, peer=peer))


def _in_the_clear(frame: bytes) -> bytes:
    """Clear the Protected bit, which the kernel leaves set in a frame that it decrypted."""
    return frame[:1] + bytes((frame[1] & ~_PROTECTED,)) + frame[2:]
