"""A station interface: joining, leaving, data and keys, as mac80211 does them."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from harness.base.address import MacAddress
from harness.base.errors import RadioError, WireError
from harness.base.seam import (
    CIPHER_BIP_CMAC_128,
    AbortScan,
    Associate,
    Authenticate,
    Command,
    Deauthenticate,
    InstallKey,
    RemoveKey,
    Scan,
    SetCountry,
    SetFourAddress,
    SetPortAuthorized,
    TransmitEapol,
    TransmitManagement,
    WatchSignal,
)
from harness.base.seam_events import (
    EapolReceived,
    EapolStatus,
    LinkMeasurement,
    ManagementReceived,
    ManagementStatus,
    MichaelFailure,
    RadioEvent,
    RulesChanged,
    ScanFinished,
    SignalCrossed,
    UnprotectedDisconnection,
)
from harness.crypto.tkip import BadMichael
from harness.crypto.wep import key_id, wep_cipher
from harness.radio.sim.airtime import lowest_rate
from harness.radio.sim.bridge import NetDevice
from harness.radio.sim.datapath import (
    PAE_GROUP,
    body_of,
    ethernet_of,
    four_addresses,
    opened,
    sealed,
    to_ap,
)
from harness.radio.sim.join import SHARED_KEY, Join, State
from harness.radio.sim.keys import CipherKey, key_from
from harness.radio.sim.protection import (
    integrity_key_from,
    is_group_addressed,
    is_robust,
    opened_management,
    protects_beacons,
    sealed_management,
    verified,
)
from harness.radio.sim.scan import Scanner, probe_request
from harness.radio.sim.signal_watch import SignalWatch
from harness.wire.dot11.ethernet import ETHERTYPE_EAPOL, EthernetFrame
from harness.wire.dot11.frames import (
    Action,
    Beacon,
    Data,
    Deauthentication,
    Disassociation,
    Frame,
    ProbeResponse,
    ProtectedManagement,
)
from harness.wire.dot11.header import NULL, TYPE_DATA, Header

if TYPE_CHECKING:
    from harness.radio.sim.radio import SimRadio


class StationInterface:
    """An interface in managed mode. `join` says where it is joined, or on its way to.

    `watch`: what is watched for in the AP's signal.
    """

    def __init__(
        self,
        radio: SimRadio,
        name: str,
        address: MacAddress,
        watch: SignalWatch | None = None,
    ) -> None:
        self.name: Final = name
        self.address: Final = address
        self.agenda: Final = radio.agenda
        self.join: Join | None = None
        self._radio = radio
        self.device: Final = NetDevice(radio.stack, name, address, self._transmit_ethernet)
        self._scanner = Scanner(self)
        self._four_address = False
        self._closed = False
        self.quiet = False
        self._held: list[Callable[[], None]] = []
        self._sequence = 0
        self._beacon_signal: int | None = None
        self.watch = watch or SignalWatch()
        self._sent = self._received = 0

    def measure(self, bssid: MacAddress) -> LinkMeasurement | None:
        """What is known of the link to `bssid`; None when there is none."""
        join = self.join
        if join is None or join.state is not State.ASSOCIATED or join.bssid != bssid:
            return None
        return LinkMeasurement(
            frequency=join.frequency,
            signal=self._beacon_signal,
            beacon_signal=self._beacon_signal,
            rate_kbps=join.rate_kbps,
            width=0,
            center1=join.frequency,
            sent=self._sent,
            failed=0,
            received=self._received,
        )

    # ---- commands -------------------------------------------------------------------------

    def perform(self, command: Command) -> None:
        """Carry a command out. Raises `RadioError` when it can't be."""
        perform = _COMMANDS.get(type(command))
        if perform is None:
            kind = type(command).__name__
            raise RadioError(kind, errno.EOPNOTSUPP, f"{self.name} is a station's interface")
        perform(self, command)

    def _scan(self, command: Scan) -> None:
        if self.join is not None and self.join.state in (State.AUTHENTICATING, State.ASSOCIATING):
            raise RadioError("scan", errno.EBUSY, "joining a BSS")
        frequencies = command.frequencies or self._radio.frequencies
        for frequency in frequencies:
            self._radio.check_frequency("scan", frequency)
        self._scanner.start(command, frequencies)

    def _abort_scan(self, command: AbortScan) -> None:
        if not self._scanner.running:
            raise RadioError("abort the scan", errno.ENOENT, "no scan is under way")
        self._scanner.abort()

    def _set_country(self, command: SetCountry) -> None:
        """The simulated air has the same rules everywhere."""
        self._radio.emit(
            RulesChanged(
                interface=self.name, initiator="USER", kind="COUNTRY", country=command.country
            )
        )

    def _watch_signal(self, command: WatchSignal) -> None:
        self.watch = SignalWatch(command.threshold, command.hysteresis)

    def _authenticate(self, command: Authenticate) -> None:
        self._radio.check_frequency("authenticate", command.frequency)
        if command.algorithm == SHARED_KEY:
            _check_shared_key(command)
        self._scanner.abort()
        if self.join is not None and self.join.goes_on_with(command):
            self.join.go_on(command)
            return
        if self.join is not None:
            self.join.abandon()
        self.join = Join(self, command)
        self.join.begin()

    def _associate(self, command: Associate) -> None:
        join = self.join
        if join is None or join.bssid != command.bssid or join.state is not State.AUTHENTICATED:
            raise RadioError("associate", errno.ENOTCONN, f"not authenticated to {command.bssid}")
        self._scanner.abort()
        join.associate(command)

    def _deauthenticate(self, command: Deauthenticate) -> None:
        join = self.join
        if join is None or join.bssid != command.bssid:
            raise RadioError("deauthenticate", errno.ENOTCONN, f"not joined to {command.bssid}")
        self._scanner.abort()
        join.deauthenticate(command.reason)

    def _set_four_address(self, command: SetFourAddress) -> None:
        changed = self._four_address != command.enabled
        self._four_address = command.enabled
        self.device.put_into(command.bridge if command.enabled else None, command.primary_vlan)
        join = self.join
        if changed and command.enabled and join is not None and join.state is State.ASSOCIATED:
            self._send_null(join, four=True)

    def _transmit_management(self, command: TransmitManagement) -> None:
        join = self.join
        if join is None:
            raise RadioError("transmit", errno.ENOTCONN, "not on a channel")
        token = command.token

        def done(acknowledged: bool) -> None:
            status = ManagementStatus(interface=self.name, token=token, acknowledged=acknowledged)
            self._radio.emit(status)

        self.send_management(command.frame, done if token else None)

    def _transmit_eapol(self, command: TransmitEapol) -> None:
        join = self._joined("transmit EAPOL", command.peer)
        frame = EthernetFrame(command.peer, self.address, ETHERTYPE_EAPOL, command.payload)
        header = to_ap(frame, join.bssid, self.address, self.next_sequence())
        octets = sealed(header, body_of(frame), join.sends_with if command.encrypt else None)
        token = command.token

        def done(acknowledged: bool) -> None:
            self._radio.emit(
                EapolStatus(
                    interface=self.name, peer=join.bssid, token=token, acknowledged=acknowledged
                )
            )

        self.send(octets, lowest_rate(join.frequency), done if token else None)

    def _install_key(self, command: InstallKey) -> None:
        join = self._joined("install key", command.peer)
        if command.cipher == CIPHER_BIP_CMAC_128:
            keys = join.beacon_keys if protects_beacons(command) else join.integrity
            keys[command.index] = integrity_key_from(command, keys.get(command.index))
        elif command.peer is not None:
            join.pairwise = key_from(command, join.pairwise)
        else:
            key = key_from(command, join.groups.get(command.index))
            join.groups[command.index] = key
            if key.is_wep:
                join.wep = key

    def _remove_key(self, command: RemoveKey) -> None:
        join = self._joined("remove key", command.peer)
        if command.peer is not None:
            join.pairwise = None
        else:
            removed = join.groups.pop(command.index, None)
            join.wep = None if join.wep is removed else join.wep

    def _set_port_authorized(self, command: SetPortAuthorized) -> None:
        self._joined("authorize", command.peer).authorized = command.authorized

    def _joined(self, what: str, peer: MacAddress | None) -> Join:
        """The present association; raises `RadioError` when there is none, or not with `peer`."""
        join = self.join
        if join is None or join.state is not State.ASSOCIATED or peer not in (None, join.bssid):
            raise RadioError(what, errno.ENOTCONN, "not associated")
        return join

    def close(self) -> None:
        """Vanish without a word on the air."""
        self._closed = True
        self._scanner.abort()
        if self.join is not None:
            self.join.forget()
        self.device.put_into(None)

    # ---- what the scanner and the join need -----------------------------------------------

    def home(self) -> int | None:
        return None if self.join is None else self.join.frequency

    def leave_home(self, then: Callable[[], None]) -> None:
        join = self.join
        assert join is not None
        if join.state is State.ASSOCIATED:
            self._send_null(join, power_management=True, done=lambda acknowledged: then())
        else:
            then()

    def come_home(self) -> None:
        join = self.join
        if join is None:
            self._held.clear()
            return
        self.tune(join.frequency)
        if join.state is State.ASSOCIATED:
            join.heard()
            self._send_null(join)
        self._send_held()

    def follow(self, frequency: int) -> None:
        self.quiet = False
        if not self._scanner.away:
            self.tune(frequency)
            self._send_held()

    def _send_held(self) -> None:
        held, self._held = self._held, []
        for send in held:
            send()

    def can_tune(self, frequency: int) -> bool:
        return frequency in self._radio.frequencies

    def tune(self, frequency: int | None) -> None:
        self._radio.tune(frequency)

    def when_flushed(self, action: Callable[[], None]) -> None:
        """Do `action` when no frame of this radio waits any more, unless this is closed by then."""
        self._radio.when_flushed(lambda: None if self._closed else action())

    def probe(
        self, ssid: bytes, frequency: int, elements: bytes, bssid: MacAddress | None
    ) -> None:
        octets = self._numbered(probe_request(self.address, ssid, frequency, elements, bssid))
        self._radio.transmit(octets, lowest_rate(frequency))

    def rest(self) -> None:
        """Leave the air if there is nothing to listen for."""
        if self.join is None and not self._scanner.running:
            self._radio.tune(None)

    def scan_ended(self) -> None:
        table = self._scanner.table
        if self.join is not None:
            self.join.note_beacon(table)
        results = table.results(self.agenda.now)
        self._radio.emit(ScanFinished(interface=self.name, results=results))

    def emit(self, event: RadioEvent) -> None:
        self._radio.emit(event)

    def send_management(self, octets: bytes, done: Callable[[bool], None] | None = None) -> None:
        """Send a management frame on the channel of the BSS."""
        join = self.join
        assert join is not None
        octets = self._numbered(octets)
        if join.mfp and join.pairwise is not None and is_robust(octets):
            octets = sealed_management(octets, join.pairwise)
        self.send(octets, lowest_rate(join.frequency), done)

    def send(
        self, octets: bytes, rate_kbps: int, done: Callable[[bool], None] | None = None
    ) -> None:
        """Send a frame on the channel of the BSS; later, while a scan or the AP forbids it."""
        if self._scanner.away or self.quiet:
            self._held.append(lambda: self._radio.transmit(octets, rate_kbps, done))
        else:
            self._radio.transmit(octets, rate_kbps, done)

    def check_connection(self, join: Join, done: Callable[[bool], None]) -> None:
        """Ask for an Ack of the AP."""
        if self._scanner.away:
            self._held.append(lambda: self._send_null(join, done=done))
        else:
            self._send_null(join, done=done)

    def next_sequence(self) -> int:
        self._sequence = self._sequence + 1 & 0xFFF
        return self._sequence

    def _numbered(self, octets: bytes) -> bytes:
        number = (self.next_sequence() << 4).to_bytes(2, "little")
        return octets[:22] + number + octets[24:]

    def _send_null(
        self,
        join: Join,
        *,
        power_management: bool = False,
        four: bool = False,
        done: Callable[[bool], None] | None = None,
    ) -> None:
        header = Header(
            TYPE_DATA,
            NULL,
            to_ds=True,
            from_ds=four,
            power_management=power_management,
            a1=join.bssid,
            a2=self.address,
            a3=join.bssid,
            sequence=self.next_sequence(),
            a4=self.address if four else None,
        )
        self._radio.transmit(header.encode(), lowest_rate(join.frequency), done)

    # ---- from the air ---------------------------------------------------------------------

    def hear_beacon(self, octets: bytes, frequency: int, signal: int) -> None:
        """Take a Beacon in: for the scan, or as a sign of life of the AP."""
        if self._scanner.running:
            self._scanner.table.note(octets, frequency, signal, self.agenda.now)
        join = self.join
        if join is None or octets[16:22] != join.bssid or frequency != join.frequency:
            return
        if join.believes(octets):
            self._beacon_signal = signal
            join.hear_beacon(octets, signal)
            self._compare(join, signal)

    def _compare(self, join: Join, signal: int) -> None:
        """Say when the signal of the AP has passed what is watched for."""
        if join.state is not State.ASSOCIATED:
            self.watch.forget()
            return
        above = self.watch.hear(signal)
        if above is not None:
            self._radio.emit(SignalCrossed(interface=self.name, above=above))

    def receive(self, frame: Frame, frequency: int, signal: int) -> None:
        """Take in a frame that is addressed to this interface or to a group."""
        if isinstance(frame, Data):
            self._receive_data(frame)
        elif isinstance(frame, ProbeResponse | Beacon):
            if self._scanner.running:
                self._scanner.table.note(frame.octets, frequency, signal, self.agenda.now)
        elif self.join is not None:
            opened = self._opened(self.join, frame)
            if isinstance(opened, Action):
                self._radio.emit(
                    ManagementReceived(
                        interface=self.name,
                        frame=opened.octets,
                        frequency=frequency,
                        signal=signal,
                    )
                )
            elif opened is not None:
                self.join.receive(opened)

    def _opened(self, join: Join, frame: Frame) -> Frame | None:
        """A management frame in the clear; None for one that its protection, or none, forbids."""
        if isinstance(frame, ProtectedManagement):
            plain, reason = opened_management(frame, join.pairwise if join.mfp else None)
            if plain is None:
                self._radio.count(reason)
            return plain
        if not join.mfp or join.pairwise is None or not is_robust(frame.octets):
            return frame
        if is_group_addressed(frame.octets):
            reason = verified(frame.octets, join.integrity)
            if reason:
                self._radio.count(reason)
            return None if reason else frame
        self._radio.count("not protected")
        if isinstance(frame, Deauthentication | Disassociation) and frame.header.a2 == join.bssid:
            self._radio.emit(
                UnprotectedDisconnection(interface=self.name, bssid=join.bssid, reason=frame.reason)
            )
        return None

    def _receive_data(self, frame: Data) -> None:
        join, header = self.join, frame.header
        if join is None or join.state is not State.ASSOCIATED or header.a2 != join.bssid:
            self._radio.count("not from the AP")
            return
        if not header.from_ds or header.subtype & NULL:
            return
        if header.is_group and header.source == self.address:
            return
        if header.to_ds != self._four_address and (header.to_ds or header.is_group):
            self._radio.count("wrong number of addresses")
            return
        body, reason = opened(frame, self._key_for(join, frame))
        if body is None:
            self._radio.count(reason)
            if reason == BadMichael.__name__:
                group = header.is_group
                told = MichaelFailure(interface=self.name, peer=join.bssid, group=group)
                self._radio.emit(told)
            return
        ethernet = ethernet_of(header, body)
        if ethernet is not None:
            self._accept(join, header, ethernet)

    def _key_for(self, join: Join, frame: Data) -> CipherKey | None:
        """The key that a protected frame names."""
        if not frame.header.is_group and join.wep is None:
            return join.pairwise
        named = key_id(frame.body)
        return None if named is None else join.groups.get(named)

    def _accept(self, join: Join, header: Header, frame: EthernetFrame) -> None:
        self._received += 1
        for_us = frame.destination in (self.address, PAE_GROUP)
        if frame.ethertype == ETHERTYPE_EAPOL and for_us:
            self._radio.emit(
                EapolReceived(
                    interface=self.name,
                    source=frame.source,
                    payload=frame.payload,
                    encrypted=header.protected,
                )
            )
        elif not join.authorized:
            self._radio.count("port closed")
        elif join.sends_with is not None and not header.protected:
            self._radio.count("not encrypted")
        else:
            self.device.hand_up(frame)

    # ---- to the air -----------------------------------------------------------------------

    def _transmit_ethernet(self, frame: EthernetFrame) -> None:
        join = self.join
        if join is None or join.state is not State.ASSOCIATED or not join.authorized:
            self._radio.count("port closed")
            return
        self._sent += 1
        sequence = self.next_sequence()
        if self._four_address:
            header = four_addresses(frame, join.bssid, self.address, sequence)
        else:
            header = to_ap(frame, join.bssid, self.address, sequence)
        self.send(sealed(header, body_of(frame), join.sends_with), join.rate_kbps)


def _check_shared_key(command: Authenticate) -> None:
    """Raise `RadioError` for a Shared Key authentication without a key, as cfg80211 does."""
    try:
        wep_cipher(command.wep_key)
    except WireError as error:
        raise RadioError("authenticate", errno.EINVAL, error.message) from error


_COMMANDS: dict[type[Command], Callable[..., None]] = {
    Scan: StationInterface._scan,
    AbortScan: StationInterface._abort_scan,
    SetCountry: StationInterface._set_country,
    WatchSignal: StationInterface._watch_signal,
    Authenticate: StationInterface._authenticate,
    Associate: StationInterface._associate,
    Deauthenticate: StationInterface._deauthenticate,
    SetFourAddress: StationInterface._set_four_address,
    TransmitManagement: StationInterface._transmit_management,
    TransmitEapol: StationInterface._transmit_eapol,
    InstallKey: StationInterface._install_key,
    RemoveKey: StationInterface._remove_key,
    SetPortAuthorized: StationInterface._set_port_authorized,
}
