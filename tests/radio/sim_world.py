"""A small world for tests of the simulated air: radios, and answers to the frames of joining."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from harness.base.address import BROADCAST, MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.seam import (
    CIPHER_CCMP,
    AddPeer,
    AddPeerVlan,
    Associate,
    Authenticate,
    InstallKey,
    SetFourAddress,
    SetPortAuthorized,
    StartBss,
    TransmitManagement,
)
from harness.base.seam_events import Associated, Authenticated, ManagementReceived, RadioEvent
from harness.radio.interface import CapturedFrame, EthernetPort, Radio
from harness.radio.sim import SimAir
from harness.wire.dot11.elements import Elements, element
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.frames import (
    AssociationRequest,
    AssociationResponse,
    Authentication,
    Beacon,
    Frame,
    ProbeRequest,
    ProbeResponse,
    ReassociationRequest,
    decode_frame,
    management_header,
)
from harness.wire.dot11.header import (
    ASSOCIATION_RESPONSE,
    AUTHENTICATION,
    BEACON,
    PROBE_RESPONSE,
)

FREQUENCY = 2412
LAYER_2_UPDATE = bytes.fromhex("0001af810100")
"""What every bridge is told when a station is authorised: no test waits for it."""

TK = bytes(range(16))
GTK = bytes(range(16, 32))
RATES = element(1, bytes.fromhex("82848b960c121824")) + element(50, bytes.fromhex("3048606c"))
Kind = TypeVar("Kind")


def beacon_head(bssid: MacAddress, ssid: bytes, channel: int = 1, interval: int = 100) -> bytes:
    header = management_header(BEACON, destination=BROADCAST, source=bssid, bssid=bssid)
    elements = Elements(element(0, ssid) + RATES[:10] + element(3, bytes((channel,))))
    return Beacon(header, 0, interval, 0x0401, elements).encode()


class World:
    """An air, its radios by node, and every event with its time.

    `ssids`: BSSID → SSID of the BSSs that `answer` speaks for; `statuses`: status codes to give
    instead of 0, by frame class.
    """

    def __init__(self, seed: bytes = b"seed") -> None:
        self.air = SimAir(SeededEntropy(seed))
        self.radios: dict[str, Radio] = {}
        self.events: list[tuple[float, str, RadioEvent]] = []
        self.ssids: dict[MacAddress, bytes] = {}
        self.statuses: dict[type, int] = {}
        self.silent = False
        self.received: dict[str, list[tuple[float, EthernetFrame]]] = {}
        self._hosts: dict[str, EthernetPort] = {}

    # ---- making it ------------------------------------------------------------------------

    def radio(self, node: str, **options: object) -> Radio:
        radio = self.air.add_radio(node, **options)  # type: ignore[arg-type]
        self.radios[node] = radio
        return radio

    def host(self, name: str, node: str, bridge: str = "br0") -> EthernetPort:
        return self._keep(name, self.air.add_host(node, bridge))

    def port(self, name: str, node: str, interface: str = "wlan0") -> EthernetPort:
        return self._keep(name, self.air.open_port(node, interface))

    def _keep(self, name: str, port: EthernetPort) -> EthernetPort:
        self._hosts[name] = port
        self.received[name] = []
        return port

    def start_bss(
        self,
        node: str = "ap",
        ssid: bytes = b"home",
        *,
        interface: str = "wlan0",
        bssid: MacAddress | None = None,
        frequency: int = FREQUENCY,
        bridge: str | None = "br0",
        interval: int = 100,
        shown: bytes | None = None,
        tail: bytes = RATES[10:],
    ) -> MacAddress:
        radio = self.radios[node] if node in self.radios else self.radio(node)
        bssid = bssid or radio.address
        self.ssids[bssid] = ssid
        radio.perform(
            StartBss(
                interface=interface,
                bssid=bssid,
                ssid=ssid,
                frequency=frequency,
                beacon_head=beacon_head(bssid, ssid if shown is None else shown, interval=interval),
                beacon_tail=tail,
                beacon_interval=interval,
                bridge=bridge,
            )
        )
        return bssid

    # ---- letting it run -------------------------------------------------------------------

    def run(self, seconds: float) -> None:
        self._run(self.air.now() + seconds, lambda event: False)

    def run_until(self, kind: type[Kind], node: str = "", within: float = 10.0) -> Kind:
        """Run until an event of this kind comes (to `node`); fails when none does."""
        found: list[Kind] = []

        def look(event: RadioEvent) -> bool:
            if isinstance(event, kind):
                found.append(event)
            return bool(found)

        self._run(self.air.now() + within, look, node)
        assert found, f"no {kind.__name__} within {within} s"
        return found[0]

    def _run(self, until: float, look: Callable[[RadioEvent], bool], node: str = "") -> None:
        done = False
        while not done and self.air.now() < until:
            self.air.advance(until)
            assert self.air.now() <= until
            for name, radio in self.radios.items():
                for when, event in radio.poll():
                    self.events.append((when, name, event))
                    self.answer(name, event)
                    done = (node in ("", name) and look(event)) or done
            for name, host in self._hosts.items():
                self.received[name] += (
                    came for came in host.poll() if came[1].payload != LAYER_2_UPDATE
                )

    def answer(self, node: str, event: RadioEvent) -> None:
        """What an access point without policy would say."""
        if self.silent or not isinstance(event, ManagementReceived):
            return
        frame = decode_frame(event.frame)
        radio, interface = self.radios[node], event.interface
        own, peer = frame.header.a1, frame.header.a2
        assert own is not None
        assert peer is not None
        if isinstance(frame, ProbeRequest):
            self._answer_probe(radio, interface, frame)
        elif isinstance(frame, Authentication):
            header = management_header(AUTHENTICATION, destination=peer, source=own, bssid=own)
            status = self.statuses.get(Authentication, 0)
            self.transmit(radio, interface, Authentication(header, 0, 2, status))
        elif isinstance(frame, AssociationRequest | ReassociationRequest):
            rates = frame.elements.rates
            radio.perform(
                AddPeer(
                    interface=interface, peer=peer, aid=1, capability=0x0401,
                    listen_interval=5, rates=rates,
                )
            )  # fmt: skip
            header = management_header(
                ASSOCIATION_RESPONSE, destination=peer, source=own, bssid=own
            )
            status = self.statuses.get(AssociationRequest, 0)
            self.transmit(
                radio, interface, AssociationResponse(header, 0x0401, status, 1, Elements(RATES))
            )

    def _answer_probe(self, radio: Radio, interface: str, frame: ProbeRequest) -> None:
        bssid = next(
            bssid
            for bssid in self.ssids
            if (interface == radio.interface) == (bssid == radio.address)
            and bssid[:5] == radio.address[:5]
        )
        if frame.elements.ssid not in (b"", self.ssids[bssid]):
            return
        assert frame.header.a2 is not None
        header = management_header(
            PROBE_RESPONSE, destination=frame.header.a2, source=bssid, bssid=bssid
        )
        elements = Elements(element(0, self.ssids[bssid]) + RATES + element(200, b"probe"))
        self.transmit(radio, interface, ProbeResponse(header, 0, 100, 0x0401, elements))

    def transmit(self, radio: Radio, interface: str, frame: Frame, token: int = 0) -> None:
        radio.perform(TransmitManagement(interface=interface, frame=frame.encode(), token=token))

    # ---- common stories -------------------------------------------------------------------

    def associate(self, node: str, bssid: MacAddress, *, frequency: int = FREQUENCY) -> None:
        """Join an open BSS and open both ports."""
        radio = self.radios[node] if node in self.radios else self.radio(node)
        ssid = self.ssids[bssid]
        radio.perform(Authenticate(interface="wlan0", bssid=bssid, frequency=frequency, ssid=ssid))
        self.run_until(Authenticated, node)
        radio.perform(Associate(interface="wlan0", bssid=bssid, frequency=frequency, ssid=ssid))
        self.run_until(Associated, node)
        radio.perform(SetPortAuthorized(interface="wlan0", peer=bssid, authorized=True))
        self.ap_of(bssid).perform(
            SetPortAuthorized(
                interface=self.interface_of(bssid), peer=radio.address, authorized=True
            )
        )
        self.run(0.01)

    def install_keys(self, node: str, bssid: MacAddress, tk: bytes = TK) -> None:
        """Give both ends the same pairwise and group keys."""
        radio, ap = self.radios[node], self.ap_of(bssid)
        for end, interface, peer in (
            (radio, "wlan0", bssid),
            (ap, self.interface_of(bssid), radio.address),
        ):
            for to, index, key in ((peer, 0, tk), (None, 1, GTK)):
                end.perform(
                    InstallKey(
                        interface=interface, peer=to, index=index, cipher=CIPHER_CCMP, key=key
                    )
                )

    def four_addresses(self, node: str, bssid: MacAddress, bridge: str = "br0") -> None:
        """Make the link a four-address one at both ends."""
        radio = self.radios[node]
        self.ap_of(bssid).perform(
            AddPeerVlan(
                interface=self.interface_of(bssid), peer=radio.address, name="wlan0.sta1",
                bridge=bridge,
            )
        )  # fmt: skip
        radio.perform(SetFourAddress(interface="wlan0", enabled=True, bridge=bridge))
        self.run(0.01)

    def ap_of(self, bssid: MacAddress) -> Radio:
        return next(each for each in self.radios.values() if each.address[:5] == bssid[:5])

    def interface_of(self, bssid: MacAddress) -> str:
        return "wlan0" if self.ap_of(bssid).address == bssid else "wlan0-1"

    # ---- looking at it --------------------------------------------------------------------

    def of(self, kind: type[Kind], node: str = "") -> list[Kind]:
        return [
            event
            for _, name, event in self.events
            if isinstance(event, kind) and node in ("", name)
        ]

    def on_air(self, kind: type[Kind]) -> list[tuple[CapturedFrame, Kind]]:
        decoded = ((frame, decode_frame(frame.octets)) for frame in self.air.frames)
        return [(frame, value) for frame, value in decoded if isinstance(value, kind)]
