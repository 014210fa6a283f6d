"""A stage for the station: an air of scripted access points behind the seam, on a virtual clock.

An access point is made of the wire codecs and of the protocol machines of the other side; what it
does wrong is said by its fields.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.base.address import MacAddress
from harness.base.entropy import SeededEntropy
from harness.base.event import VOCABULARY, Event
from harness.base.seam import (
    AKM_PSK,
    CIPHER_BIP_CMAC_128,
    Associate,
    Authenticate,
    Command,
    Deauthenticate,
    Scan,
    SetAddress,
    TransmitEapol,
)
from harness.base.seam_events import (
    Associated,
    AssociationTimedOut,
    Authenticated,
    AuthenticationTimedOut,
    BssObservation,
    Disconnected,
    EapolReceived,
    RadioEvent,
    ScanFinished,
)
from harness.crypto.psk import derive_psk
from harness.proto.authenticator import Authenticator, AuthenticatorConfig
from harness.proto.authenticator import Begin as BeginHandshake
from harness.proto.eap_server import Begin as BeginEap
from harness.proto.eap_server import EapServer
from harness.proto.eap_wsc import EapReceived
from harness.proto.group_key import GroupKeyConfig, GroupKeys, StartGroup
from harness.proto.key_handshake import EapolKeyReceived
from harness.proto.machine import Output, Timeout, Transmit
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.proto.wsc_registrar import Registrar
from harness.proto.wsc_registrar_config import RegistrarConfig
from harness.proto.wsc_run import Password, Refusal
from harness.sta.config import StationConfig
from harness.sta.control_events import render
from harness.sta.station import Station
from harness.wire.dot11 import header as numbers
from harness.wire.dot11.elements import ELEMENT_SSID, Elements, element, wsc_element
from harness.wire.dot11.frames import (
    CAPABILITY_ESS,
    CAPABILITY_PRIVACY,
    AssociationResponse,
    Authentication,
    management_header,
)
from harness.wire.eap import WSC_REGISTRAR
from harness.wire.eapol import EAPOL_EAP, EAPOL_KEY, EAPOL_START, EapolFrame
from harness.wire.multi_ap import BACKHAUL_BSS, FRONTHAUL_BSS, MultiApElement
from harness.wire.rsn import CAPABILITY_MFPC, Rsne
from harness.wire.wsc.device import DeviceAttributes, device_type, uuid_from_mac
from harness.wire.wsc.element import WscAssociationResponse, WscBeacon, WscProbeResponse
from harness.wire.wsc.extension import WfaExtension
from harness.wire.wsc.messages import M1
from harness.wire.wsc.settings import ApSettings, Credential

STA = MacAddress("02:00:00:00:00:51")
AP1 = MacAddress("02:00:00:00:01:00")
AP2 = MacAddress("02:00:00:00:02:00")
BACKHAUL = MacAddress("02:00:00:00:01:01")
FREQUENCIES = (2412, 2437, 2462)
DEVICE = DeviceAttributes("Maker", "Model", "1", "0001", device_type("1-0050F204-1"), "A station")
PASSPHRASE = "correct horse"
RATES = bytes.fromhex("010482848b96")


def psk_credential(
    ssid: bytes, key: bytes = b"backhaul secret", auth: int = 0x20, encr: int = 0x08
) -> Credential:
    return Credential(
        network_index=1,
        ssid=ssid,
        authentication_type=auth,
        encryption_type=encr,
        network_key=key,
        mac_address=STA,
    )


@dataclass
class Registration:
    """The policy of a scripted AP's registrar: a password and what it buys."""

    credentials: tuple[Credential, ...]
    password: bytes = b"00000000"
    refusal: int | None = None
    seen: list[M1] = field(default_factory=list)

    def password_for(self, m1: M1) -> Password | Refusal:
        self.seen.append(m1)
        return Password(self.password) if self.refusal is None else Refusal(self.refusal)

    def still_allowed(self, m1: M1) -> Refusal | None:
        return None

    def credentials_for(self, m1: M1) -> tuple[Credential, ...] | Refusal:
        return self.credentials


@dataclass
class Setup:
    """What a scripted AP has for an external registrar: its PIN, its settings, and its noes."""

    pin: bytes = b"12345670"
    settings: ApSettings = field(default_factory=lambda: ap_settings())
    locked: int | None = None
    frozen: int | None = None

    def ap_password(self) -> Password | Refusal:
        return Password(self.pin) if self.locked is None else Refusal(self.locked)

    def ap_settings(self) -> bytes:
        return self.settings.encode()

    def may_configure(self, settings: object) -> Refusal | None:
        return None if self.frozen is None else Refusal(self.frozen)


def ap_settings(**changes: object) -> ApSettings:
    fields: dict[str, object] = {
        "ssid": b"home",
        "mac_address": AP1,
        "authentication_type": 0x20,
        "encryption_type": 0x08,
        "network_key": PASSPHRASE.encode(),
    }
    return ApSettings(**(fields | changes))  # type: ignore[arg-type]


@dataclass
class ScriptedAp:
    """One BSS.

    `multi_ap`: what its Multi-AP element says, None for none. `selected`: the Device Password ID
    that its selected registrar names, None for no selected registrar. `statuses`: the status of
    each Association Response in turn, then 0. `mute`: what it leaves unanswered. `protects`: its
    management frames and its Beacons are protected.
    """

    bssid: MacAddress = AP1
    ssid: bytes = b"home"
    frequency: int = 2412
    signal: int = -40
    passphrase: str | None = None
    multi_ap: int | None = None
    wps: bool = False
    version2: bool = True
    selected: int | None = None
    authorized: tuple[MacAddress, ...] | None = None
    uuid: bytes | None = None
    hidden: bool = False
    registration: Registration | None = None
    setup: Setup | None = None
    statuses: list[int] = field(default_factory=list)
    authentication_statuses: list[int] = field(default_factory=list)
    mute: frozenset[str] = frozenset()
    eapol_first: bool = False
    present: bool = True
    protects: bool = False
    extra: bytes = b""
    station: MacAddress = STA

    def __post_init__(self) -> None:
        self.entropy = SeededEntropy(b"ap" + self.bssid)
        rsne = Rsne(akms=(AKM_PSK,), capabilities=CAPABILITY_MFPC if self.protects else 0)
        self.rsne = rsne.element() if self.passphrase else b""
        self.eap: EapServer | None = None
        self.authenticator: Authenticator | None = None
        self.requests: list[Associate] = []
        self.received: list[bytes] = []

    def wsc(self, *, probe: bool) -> bytes:
        wfa = WfaExtension(
            version2=0x20 if self.version2 else None, authorized_macs=self.authorized
        )
        selected = True if self.selected is not None else None
        uuid = self.uuid or uuid_from_mac(self.bssid)
        if not probe:
            return WscBeacon(
                wps_state=2, selected_registrar=selected, device_password_id=self.selected, wfa=wfa
            ).encode()
        return WscProbeResponse(
            wps_state=2,
            selected_registrar=selected,
            device_password_id=self.selected,
            uuid_e=uuid,
            **DEVICE.on_air(),
            config_methods=0x100,
            wfa=wfa,
        ).encode()

    def elements(self, *, probe: bool) -> bytes:
        ssid = b"" if self.hidden else self.ssid
        octets = element(ELEMENT_SSID, ssid) + RATES + self.rsne
        if self.wps:
            octets += wsc_element(self.wsc(probe=probe))
        return octets + self.extra

    def observation(self, now: float) -> BssObservation:
        privacy = CAPABILITY_PRIVACY if self.passphrase else 0
        probe, beacon = self.elements(probe=True), self.elements(probe=False)
        return BssObservation(
            bssid=self.bssid,
            frequency=self.frequency,
            signal=self.signal,
            tsf=int(now * 1e6),
            beacon_interval=100,
            capability=CAPABILITY_ESS | privacy,
            seen=now,
            elements=probe,
            beacon_elements=beacon,
            probe_elements=probe,
        )

    def authenticate(self) -> RadioEvent:
        if "authentication" in self.mute:
            return AuthenticationTimedOut(interface="wlan0", bssid=self.bssid)
        status = self.authentication_statuses.pop(0) if self.authentication_statuses else 0
        header = self._header(numbers.AUTHENTICATION)
        frame = Authentication(header, 0, 2, status)
        return Authenticated(interface="wlan0", bssid=self.bssid, frame=frame.encode())

    def associate(self, request: Associate, now: float) -> list[RadioEvent]:
        self.requests.append(request)
        if "association" in self.mute:
            return [AssociationTimedOut(interface="wlan0", bssid=self.bssid)]
        status = self.statuses.pop(0) if self.statuses else 0
        asked = Elements(request.elements)
        octets = RATES
        if asked.wsc is not None:
            octets += wsc_element(WscAssociationResponse().encode())
        if asked.multi_ap is not None and self.multi_ap is not None:
            octets += MultiApElement(flags=self.multi_ap).element()
        header = self._header(numbers.ASSOCIATION_RESPONSE)
        frame = AssociationResponse(header, CAPABILITY_ESS, status, 1, Elements(octets))
        answer = Associated(interface="wlan0", bssid=self.bssid, frame=frame.encode())
        if status:
            return [answer]
        opening = self._open(asked, now)
        return [*opening, answer] if self.eapol_first else [answer, *opening]

    def _open(self, asked: Elements, now: float) -> list[RadioEvent]:
        self.eap, self.authenticator = None, None
        if asked.wsc is not None and self.setup is not None:
            own = EnrolleeConfig(
                mac=self.bssid,
                uuid=uuid_from_mac(self.bssid),
                device=DEVICE,
                password=b"",
                device_password_id=0,
                config_methods=0x100,
                rf_bands=1,
                wps_state=2,
            )
            setup = self.setup
            self.eap = EapServer(
                lambda identity: (
                    Enrollee(own, self.entropy, setup) if identity == WSC_REGISTRAR else None
                ),
                self.entropy,
            )
            return self._say(self.eap.step(BeginEap(), now))
        if asked.wsc is not None and self.registration is not None:
            config = RegistrarConfig(
                uuid=uuid_from_mac(self.bssid), device=DEVICE, config_methods=0x80, rf_bands=1
            )
            policy = self.registration
            self.eap = EapServer(
                lambda identity: Registrar(config, policy, self.entropy), self.entropy
            )
            return self._say(self.eap.step(BeginEap(), now))
        if self.passphrase and asked.rsn is not None:
            bip = CIPHER_BIP_CMAC_128 if self.protects else None
            keys = GroupKeyConfig(group_management=bip, beacon_protection=self.protects)
            group = GroupKeys(keys, self.entropy)
            group.step(StartGroup(), now)
            self.authenticator = Authenticator(
                AuthenticatorConfig(
                    own=self.bssid,
                    peer=self.station,
                    pmks=(derive_psk(self.passphrase, self.ssid),),
                    akm=AKM_PSK,
                    own_rsne=self.rsne,
                    station_rsne=element(48, asked.rsn),
                    group=group,
                    mfp=self.protects,
                ),
                self.entropy,
            )
            return self._say(self.authenticator.step(BeginHandshake(), now))
        return []

    def receive(self, payload: bytes, now: float) -> list[RadioEvent]:
        self.received.append(payload)
        frame = EapolFrame.decode(payload)
        if frame.type == EAPOL_KEY and self.authenticator is not None:
            return self._say(self.authenticator.step(EapolKeyReceived(payload, False), now))
        if frame.type == EAPOL_EAP and self.eap is not None:
            return self._say(self.eap.step(EapReceived(frame.body), now))
        if frame.type == EAPOL_START and self.eap is not None:
            return self._say(self.eap.step(BeginEap(), now))
        return []

    def deadline(self) -> float | None:
        return self.authenticator.deadline() if self.authenticator is not None else None

    def tick(self, now: float) -> list[RadioEvent]:
        assert self.authenticator is not None
        return self._say(self.authenticator.step(Timeout(), now))

    def _say(self, outputs: tuple[Output, ...]) -> list[RadioEvent]:
        if "eapol" in self.mute:
            return []
        said = []
        for output in outputs:
            if isinstance(output, Transmit):
                octets = output.octets
                if self.eap is not None:
                    octets = EapolFrame(2, EAPOL_EAP, octets).encode()
                said.append(eapol(self.bssid, octets))
        return said

    def _header(self, subtype: int) -> numbers.Header:
        return management_header(
            subtype, destination=self.station, source=self.bssid, bssid=self.bssid
        )


def eapol(source: MacAddress, payload: bytes) -> EapolReceived:
    return EapolReceived(interface="wlan0", source=source, payload=payload, encrypted=False)


class Stage:
    """A station, its access points and the time between them."""

    def __init__(self, *aps: ScriptedAp, config: StationConfig | None = None) -> None:
        self.aps = list(aps)
        self.config = config or StationConfig(device=DEVICE)
        self.station = Station(self.config, STA, FREQUENCIES, SeededEntropy(b"station"))
        self.now = 0.0
        self.commands: list[tuple[float, Command]] = []
        self.events: list[Event] = []
        self._queue: list[tuple[float, int, RadioEvent]] = []
        self._count = 0
        self.scan_s = 0.05

    # ---- time --------------------------------------------------------------------------------

    def do(self, actions: tuple[Command | Event, ...]) -> None:
        for action in actions:
            if isinstance(action, Event):
                assert action.name in VOCABULARY
                assert action.t == self.now
                self.events.append(action)
            else:
                self.commands.append((self.now, action))
                self._answer(action)

    def say(self, event: RadioEvent, after: float = 0.001) -> None:
        """Let the radio say this to the station, `after` seconds from now."""
        heapq.heappush(self._queue, (self.now + after, self._count, event))
        self._count += 1

    def run(self, until: float, stop: Callable[[], bool] | None = None) -> None:
        """Let time pass until `until`, or until `stop()`."""
        for _ in range(20000):
            if stop is not None and stop():
                return
            times = [self._queue[0][0]] if self._queue else []
            times += [at for at in (self.station.deadline(),) if at is not None]
            times += [at for at in (ap.deadline() for ap in self.aps) if at is not None]
            following = min(times, default=until)
            if following > until:
                self.now = until
                return
            if not times:
                self.now = until
                return
            self._take_one(max(following, self.now))
        raise AssertionError("time stands still")

    def _take_one(self, at: float) -> None:
        self.now = at
        if self._queue and self._queue[0][0] <= at:
            self.do(self.station.step(heapq.heappop(self._queue)[2], at))
            return
        due = self.station.deadline()
        if due is not None and due <= at:
            self.do(self.station.tick(at))
            return
        for ap in self.aps:
            due = ap.deadline()
            if due is not None and due <= at:
                for event in ap.tick(at):
                    self.say(event)

    # ---- the radio ---------------------------------------------------------------------------

    def _answer(self, command: Command) -> None:
        if isinstance(command, Scan):
            tuned = command.frequencies or FREQUENCIES
            at = self.now + self.scan_s
            seen = tuple(
                ap.observation(at) for ap in self.aps if ap.frequency in tuned and ap.present
            )
            self.say(ScanFinished(interface="wlan0", results=seen), self.scan_s)
        elif isinstance(command, SetAddress):
            for ap in self.aps:
                ap.station = command.address
        elif isinstance(command, Authenticate):
            self.say(self._ap(command.bssid).authenticate())
        elif isinstance(command, Associate):
            for event in self._ap(command.bssid).associate(command, self.now):
                self.say(event)
        elif isinstance(command, TransmitEapol):
            for event in self._ap(command.peer).receive(command.payload, self.now):
                self.say(event)
        elif isinstance(command, Deauthenticate):
            ap = self._ap(command.bssid)
            ap.eap = ap.authenticator = None
            self.say(
                Disconnected(
                    interface="wlan0",
                    bssid=command.bssid,
                    reason=command.reason,
                    locally_generated=True,
                )
            )

    def _ap(self, bssid: MacAddress) -> ScriptedAp:
        return next(ap for ap in self.aps if ap.bssid == bssid)

    def disconnect_by_ap(self, ap: ScriptedAp, reason: int, *, lost: bool = False) -> None:
        ap.eap = ap.authenticator = None
        self.say(
            Disconnected(interface="wlan0", bssid=ap.bssid, reason=reason, locally_generated=lost)
        )

    # ---- what was seen -----------------------------------------------------------------------

    @property
    def lines(self) -> list[str]:
        """The control lines so far, without those about BSSs and scans."""
        rendered = [render(event) for event in self.events]
        return [line for line in rendered if line and "BSS-ADDED" not in line]

    def names(self) -> list[str]:
        return [event.name for event in self.events]

    def sent(self, kind: type[Command]) -> list[Command]:
        return [command for _, command in self.commands if isinstance(command, kind)]

    def until_line(self, part: str, limit: float = 200.0) -> None:
        """Let time pass until a new control line has `part` in it; fails at `limit`."""
        looked = len(self.events)
        hit = False

        def found() -> bool:
            nonlocal looked, hit
            fresh, looked = self.events[looked:], len(self.events)
            hit = hit or any(part in (render(event) or "") for event in fresh)
            return hit

        self.run(limit, found)
        assert hit, f"no {part!r} in {self.lines[-40:]}"


def home(**changes: object) -> ScriptedAp:
    """A WPA2-PSK network."""
    return ScriptedAp(passphrase=PASSPHRASE, **changes)  # type: ignore[arg-type]


def onboarding() -> tuple[ScriptedAp, ScriptedAp]:
    """A fronthaul BSS with its button pushed, and the backhaul BSS that its M8 names."""
    backhaul = ScriptedAp(
        bssid=BACKHAUL, ssid=b"backhaul", passphrase="backhaul secret", multi_ap=BACKHAUL_BSS
    )
    fronthaul = ScriptedAp(
        passphrase=PASSPHRASE,
        wps=True,
        selected=4,
        multi_ap=FRONTHAUL_BSS,
        registration=Registration((psk_credential(b"backhaul"),)),
    )
    return fronthaul, backhaul


def pushed(*aps: ScriptedAp, config: StationConfig | None = None, multi_ap: int = 0) -> Stage:
    """A stage whose station has had its button pushed."""
    stage = Stage(*aps, config=config)
    stage.do(stage.station.start(0.0))
    stage.do(stage.station.wps_pbc(0.0, multi_ap=multi_ap))
    return stage


def enrolling_ap(**changes: object) -> ScriptedAp:
    """An AP in push-button mode that gives away its own network."""
    given: dict[str, object] = {
        "passphrase": PASSPHRASE,
        "wps": True,
        "selected": 4,
        "registration": Registration((psk_credential(b"home", PASSPHRASE.encode()),)),
    }
    return ScriptedAp(**(given | changes))  # type: ignore[arg-type]
