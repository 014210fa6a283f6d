"""A stage for the access point: a radio that only keeps the seam's rules, and scripted stations.

The radio checks each command as the kernel would (known interface, known peer) and answers it;
the stations are made of the wire codecs and of the protocol machines of the other side.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.ap.access_point import AccessPoint, Actions
from harness.ap.config import ApConfig, BssConfig
from harness.ap.control_events import render
from harness.base.address import BROADCAST, MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.event import VOCABULARY, Event
from harness.base.seam import (
    AKM_PSK,
    AddPeer,
    AddPeerVlan,
    AskIdle,
    ChangeBeacon,
    Command,
    InstallKey,
    ProbePeer,
    RemoveKey,
    RemovePeer,
    RemovePeerVlan,
    SetPortAuthorized,
    StartBss,
    StopBss,
    SwitchChannel,
    TransmitEapol,
    TransmitManagement,
)
from harness.base.seam_events import (
    BssStarted,
    EapolReceived,
    EapolStatus,
    ManagementReceived,
    ManagementStatus,
    PeerAnswered,
    PeerIdle,
    RadioEvent,
)
from harness.proto.machine import Output, Transmit
from harness.proto.supplicant import EapolKeyReceived, Supplicant, SupplicantConfig
from harness.wire.dot11 import header as numbers
from harness.wire.dot11.elements import Elements, element, wsc_element
from harness.wire.dot11.frames import (
    AssociationRequest,
    AssociationResponse,
    Authentication,
    Beacon,
    Deauthentication,
    Disassociation,
    Frame,
    ProbeRequest,
    decode_frame,
    management_header,
)
from harness.wire.multi_ap import BACKHAUL_STA, MultiApElement
from harness.wire.rsn import Rsne
from harness.wire.wsc.element import WscAssociationRequest

RADIO = MacAddress("02:00:00:00:00:00")
ALICE = MacAddress("02:00:00:00:00:a1")
BOB = MacAddress("02:00:00:00:00:b0")

RATES = element(1, bytes.fromhex("82848b960c121824")) + element(50, bytes.fromhex("3048606c"))
RSNE = Rsne(akms=(AKM_PSK,)).element()
WSC = wsc_element(WscAssociationRequest().encode())
MULTI_AP = MultiApElement(flags=BACKHAUL_STA).element()

HOME = BssConfig(interface="wlan0", ssid=b"home", passphrase="correct horse", wps_state=2)


class Stage:
    """An access point on a radio that loses nothing. `acknowledge`: whether peers do."""

    def __init__(self, *bsss: BssConfig, seed: bytes = b"stage", start: bool = True) -> None:
        self.now = 0.0
        self.config = ApConfig(bsss=bsss or (HOME,))
        self.ap = AccessPoint(self.config, RADIO, SeededEntropy(seed))
        self.events: list[Event] = []
        self.commands: list[Command] = []
        self.frames: list[Frame] = []
        self.peers: dict[str, dict[MacAddress, AddPeer]] = {}
        self.lost: set[str] = set()
        self.beacons: dict[str, StartBss | ChangeBeacon] = {}
        self.addresses: dict[str, MacAddress] = {}
        self.vlans: dict[str, AddPeerVlan] = {}
        self.authorized: set[MacAddress] = set()
        self.keys: list[InstallKey] = []
        self.acknowledge = True
        self.idle_s = 1e9
        self.hold_status = False
        self._held: list[RadioEvent] = []
        self.eapol_to: dict[MacAddress, Callable[[TransmitEapol], None]] = {}
        self._pending: list[RadioEvent] = []
        if start:
            self.do(self.ap.start(self.now))

    # ---- driving --------------------------------------------------------------------------

    def do(self, actions: Actions) -> None:
        """Carry actions out, then give the access point what comes of them, till all is quiet."""
        self._carry_out(actions)
        while self._pending:
            self._carry_out(self.ap.step(self._pending.pop(0), self.now))

    def feed(self, event: RadioEvent) -> None:
        self._pending.append(event)
        self.do(())

    def advance(self, seconds: float) -> None:
        """Let time pass, stopping at each deadline."""
        end = self.now + seconds
        while (due := self.ap.deadline()) is not None and due <= end:
            self.now = max(due, self.now)
            self.do(self.ap.tick(self.now))
        self.now = end

    def release_status(self) -> None:
        """Let the statuses through that were held."""
        self.hold_status = False
        self._pending += self._held
        self._held.clear()
        self.do(())

    def management(self, frame: Frame, interface: str = "wlan0") -> None:
        self.feed_octets(frame.encode(), interface)

    def feed_octets(self, octets: bytes, interface: str = "wlan0") -> None:
        self.feed(ManagementReceived(interface=interface, frame=octets, frequency=2412, signal=-40))

    # ---- looking --------------------------------------------------------------------------

    @property
    def lines(self) -> list[str]:
        return [line for event in self.events if (line := render(event)) is not None]

    def beacon(self, interface: str = "wlan0") -> Beacon:
        shown = self.beacons[interface]
        frame = decode_frame(shown.beacon_head + shown.beacon_tail)
        assert isinstance(frame, Beacon)
        return frame

    def last(self, kind: type, to: MacAddress | None = None) -> Frame:
        for frame in reversed(self.frames):
            if isinstance(frame, kind) and to in (None, frame.header.a1):
                return frame
        raise AssertionError(f"no {kind.__name__} was sent")

    # ---- the radio ------------------------------------------------------------------------

    def _carry_out(self, actions: Actions) -> None:
        for action in actions:
            if isinstance(action, Event):
                assert action.name in VOCABULARY, f"{action.name} is not declared"
                assert action.t == self.now
                render(action)
                self.events.append(action)
            else:
                self.commands.append(action)
                self._perform(action)

    def _perform(self, command: Command) -> None:
        name = command.interface
        if isinstance(command, StartBss):
            assert name not in self.peers, f"{name} beacons already"
            self.peers[name] = {}
            self.lost.discard(name)
            self.beacons[name] = command
            self.addresses[name] = command.bssid
            self._pending.append(BssStarted(interface=name))
            return
        if isinstance(command, StopBss) and name in self.lost:
            self.lost.discard(name)
            return
        assert name in self.peers, f"{command} names an interface that is not there"
        if isinstance(command, ChangeBeacon):
            self.beacons[name] = command
        elif isinstance(command, StopBss):
            left = [vlan for vlan in self.vlans.values() if vlan.interface == name]
            assert not left, "a four-address interface is left over"
            del self.peers[name]
        elif isinstance(command, AddPeer):
            self._forget(command.peer, name)
            self.peers[name][command.peer] = command
        elif isinstance(command, TransmitManagement):
            self.frames.append(decode_frame(command.frame))
            if command.token:
                status = ManagementStatus(
                    interface=name, token=command.token, acknowledged=self.acknowledge
                )
                (self._held if self.hold_status else self._pending).append(status)
        else:
            self._perform_on_peer(command)

    def _perform_on_peer(self, command: Command) -> None:
        if isinstance(command, SwitchChannel):
            return  # a test says itself when the radio has gone there
        peers = self.peers[command.interface]
        if isinstance(command, InstallKey | RemoveKey):
            assert command.peer is None or command.peer in peers
            if isinstance(command, InstallKey):
                self.keys.append(command)
            return
        peer = command.peer  # type: ignore[attr-defined]
        assert peer in peers, f"{command} names a peer that is not there"
        if isinstance(command, RemovePeer):
            assert all(vlan.peer != peer for vlan in self.vlans.values()), "its VLAN is left over"
            self._forget(peer, command.interface)
            del peers[peer]
        elif isinstance(command, AddPeerVlan | RemovePeerVlan):
            self._perform_on_vlan(command)
        elif isinstance(command, SetPortAuthorized):
            (self.authorized.add if command.authorized else self.authorized.discard)(peer)
        elif isinstance(command, AskIdle | ProbePeer):
            self._tell_of(command)
        elif isinstance(command, TransmitEapol):
            if peer in self.eapol_to:
                self.eapol_to[peer](command)
        else:
            raise AssertionError(f"no radio knows {command}")

    def _perform_on_vlan(self, command: AddPeerVlan | RemovePeerVlan) -> None:
        if isinstance(command, AddPeerVlan):
            assert command.name not in self.vlans
            self.vlans[command.name] = command
        else:
            assert self.vlans.pop(command.name).peer == command.peer

    def _tell_of(self, command: AskIdle | ProbePeer) -> None:
        peer, name = command.peer, command.interface
        if isinstance(command, AskIdle):
            idle_ms = int(self.idle_s * 1000)
            self._pending.append(PeerIdle(interface=name, peer=peer, idle_ms=idle_ms))
        elif self.acknowledge:
            self._pending.append(PeerAnswered(interface=name, peer=peer))

    def _forget(self, peer: MacAddress, interface: str) -> None:
        self.vlans = {
            name: vlan
            for name, vlan in self.vlans.items()
            if (vlan.peer, vlan.interface) != (peer, interface)
        }
        self.authorized.discard(peer)

    def eapol_heard(self, command: TransmitEapol) -> None:
        """Let a station have acknowledged what was sent to it."""
        self.feed(
            EapolStatus(
                interface=command.interface,
                peer=command.peer,
                token=command.token,
                acknowledged=True,
            )
        )

    def eapol(self, source: MacAddress, payload: bytes, interface: str = "wlan0") -> None:
        """Queue an EAPOL frame from a station."""
        self._pending.append(
            EapolReceived(interface=interface, source=source, payload=payload, encrypted=False)
        )


class ScriptedStation:
    """A station that does what it is told, frame by frame."""

    def __init__(self, stage: Stage, address: MacAddress = ALICE, interface: str = "wlan0") -> None:
        self.stage = stage
        self.address = address
        self.interface = interface
        self.bssid = stage.addresses[interface]
        self.eapol: list[bytes] = []
        self.answered: list[bytes] = []
        self.answer: Callable[[bytes], list[bytes]] = lambda payload: []
        self.wanted: list[Output] = []
        stage.eapol_to[address] = self._on_eapol

    def probe(self, elements: bytes = b"", ssid: bytes = b"") -> None:
        header = management_header(
            numbers.PROBE_REQUEST, destination=BROADCAST, source=self.address, bssid=BROADCAST
        )
        self._send(ProbeRequest(header, Elements(element(0, ssid) + RATES + elements)))

    def authenticate(self, algorithm: int = 0, transaction: int = 1) -> Authentication:
        header = self.header(numbers.AUTHENTICATION)
        self._send(Authentication(header, algorithm, transaction, 0))
        answer = self.stage.last(Authentication, self.address)
        assert isinstance(answer, Authentication)
        return answer

    def associate(
        self, extra: bytes = b"", *, ssid: bytes | None = None, rates: bytes = RATES
    ) -> AssociationResponse:
        """Send an Association Request with `extra` elements; gives the response."""
        if ssid is None:
            ssid = self.stage.ap.bss(self.interface).config.ssid
        header = self.header(numbers.ASSOCIATION_REQUEST)
        elements = Elements(element(0, ssid) + rates + extra)
        self._send(AssociationRequest(header, 0x0431, 5, elements))
        answer = self.stage.last(AssociationResponse, self.address)
        assert isinstance(answer, AssociationResponse)
        return answer

    def join(self, extra: bytes = b"") -> AssociationResponse:
        assert self.authenticate().status == 0
        return self.associate(extra)

    def join_with_key(self, passphrase_psk: bytes, extra: bytes = b"") -> AssociationResponse:
        """Associate with an RSNE, a Supplicant answering the handshake."""
        tail = self.stage.beacon(self.interface).elements.rsn
        assert tail is not None
        group = Rsne.decode(tail).group
        own = Rsne(group=group, akms=(AKM_PSK,)).element()
        supplicant = Supplicant(
            SupplicantConfig(
                own=self.address,
                peer=self.bssid,
                pmk=passphrase_psk,
                akm=AKM_PSK,
                own_rsne=own,
                peer_rsne=element(48, tail),
                group=group,
            ),
            SeededEntropy(bytes(self.address)),
        )
        self.answer_with(supplicant)
        return self.join(own + extra)

    def answer_with(self, supplicant: Supplicant) -> None:
        """Have it do the handshake; what else it wants done is kept in `wanted`."""

        def answer(payload: bytes) -> list[bytes]:
            outputs = supplicant.step(EapolKeyReceived(payload, False), self.stage.now)
            self.wanted += [each for each in outputs if not isinstance(each, Transmit)]
            return [each.octets for each in outputs if isinstance(each, Transmit)]

        self.answer = answer

    def leave(self, reason: int = 3) -> None:
        self._send(Deauthentication(self.header(numbers.DEAUTHENTICATION), reason))

    def disassociate(self, reason: int = 8) -> None:
        self._send(Disassociation(self.header(numbers.DISASSOCIATION), reason))

    def send_eapol(self, payload: bytes) -> None:
        self.stage.eapol(self.address, payload, self.interface)
        self.stage.do(())

    def header(self, subtype: int) -> numbers.Header:
        return management_header(
            subtype, destination=self.bssid, source=self.address, bssid=self.bssid
        )

    def _send(self, frame: Frame) -> None:
        self.stage.management(frame, self.interface)

    def _on_eapol(self, command: TransmitEapol) -> None:
        self.eapol.append(command.payload)
        for payload in self.answer(command.payload):
            self.answered.append(payload)
            self.stage.eapol(self.address, payload, self.interface)
