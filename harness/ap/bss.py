"""One BSS: takes what its radio interface says, decodes it once, and routes it.

Source: IEEE 802.11-2020, 11.1.4 (beacons and probes) and 11.3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeAlias

from harness.ap import beacon, events
from harness.ap.config import ApConfig, BssConfig
from harness.ap.config_parts import AccessList
from harness.ap.eapol import EapolDispatch
from harness.ap.erp import Erp
from harness.ap.membership import Membership
from harness.ap.psks import StationKey
from harness.ap.reporting import Actions, Reporter
from harness.ap.security import Security
from harness.ap.stations import Station, StationTable
from harness.ap.wep import SharedKey
from harness.ap.wmm import Qos
from harness.ap.wps import Advertisement, Notices, WpsRegistrarState
from harness.ap.wsc_elements import WscDescriber, enrollee_seen
from harness.base.address import BROADCAST, MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import WireError
from harness.base.event import Event
from harness.base.seam import (
    AddPeer,
    AddPeerVlan,
    ChangeBeacon,
    StartBss,
    StopBss,
    SwitchChannel,
    TransmitManagement,
)
from harness.base.seam_events import (
    BssStarted,
    ChannelSwitched,
    ChannelSwitchStarted,
    CommandFailed,
    EapolReceived,
    FourAddressSeen,
    ManagementReceived,
    ManagementStatus,
    MichaelFailure,
    PeerAnswered,
    PeerIdle,
    RadioEvent,
)
from harness.wire.dot11.channel_switch import ChannelSwitch
from harness.wire.dot11.codes import REASON_LEAVING, STATUS_FULL, STATUS_SUCCESS, STATUS_UNSPECIFIED
from harness.wire.dot11.frames import (
    Action,
    AssociationRequest,
    Authentication,
    Deauthentication,
    Disassociation,
    Frame,
    ProbeRequest,
    ReassociationRequest,
    decode_frame,
)
from harness.wire.operating_channel import class_of

TU_S: Final = 1024e-6


@dataclass(frozen=True, slots=True)
class _Switch:
    """A channel that is announced. `ap`: what holds then; `until`: when that is about."""

    ap: ApConfig
    announced: ChannelSwitch
    until: float

    def seen_at(self, now: float, interval_s: float) -> ChannelSwitch:
        """The announcement with the count that a Probe Response at `now` has."""
        left = math.ceil((self.until - now) / interval_s)
        return replace(self.announced, count=min(max(left, 0), self.announced.count))


def _named(ap: ApConfig) -> dict[str, Any]:
    """A channel as events name it."""
    channel = ap.operating_channel
    return {
        "frequency": channel.frequency,
        "ht": ap.ht is not None,
        "secondary": channel.secondary,
    }


class Bss:
    """A BSS of the access point. `bssid`: its address. `registrar`: None without WPS.

    `tokens`: for frames whose status is awaited, never the same twice on one radio.
    """

    def __init__(
        self,
        config: BssConfig,
        ap: ApConfig,
        bssid: MacAddress,
        uuid: bytes,
        entropy: Entropy,
        node: str,
        registrar: WpsRegistrarState | None,
        tokens: Iterator[int],
    ) -> None:
        self.config = config
        self.bssid = bssid
        self.registrar = registrar
        self.stations = StationTable(config.max_stations)
        self.started = False
        self.on_radio = False
        self.lost = False
        """The radio has lost it: somebody took its network interface down."""
        self.heard: dict[MacAddress, tuple[float, int]] = {}
        self.access: AccessList = config.access
        self.regard: Callable[[float], Erp] = lambda now: self._frames.erp
        """What all BSSs of the radio have regard for; set by who knows them."""
        self._ap = ap
        self._reporter = Reporter(node, config.interface)
        self._security = (
            Security(config, ap.operating_channel, bssid, entropy) if config.protected else None
        )
        rsne = self._security.rsne if self._security is not None else b""
        rsnxe = self._security.rsnxe if self._security is not None else b""
        wpa = self._security.wpa if self._security is not None else b""
        self._frames = beacon.Describer(ap, config, bssid, rsne, rsnxe, wpa)
        self._wsc = WscDescriber(ap, config, uuid)
        self._switch: _Switch | None = None
        eapol = EapolDispatch(
            config, ap, uuid, bssid, self.stations, self._security, registrar, entropy
        )
        self._members = Membership(
            config,
            ap.basic_rates,
            self._frames,
            self.stations,
            eapol,
            self._security,
            self._reporter,
            tokens,
            self._refuses,
            SharedKey(entropy) if config.shared_key else None,
            lambda now: self.regard(now),
        )

    def admits(self, station: MacAddress) -> bool:
        """Whether the access control lists let a station in, with WPS as without (hostapd 2.10)."""
        return self.access.admits(station)

    def _refuses(self, station: MacAddress, now: float) -> int:
        """Give the status of a station that may not even authenticate."""
        if not self.admits(station) or self._members.countermeasures.active(now):
            return STATUS_UNSPECIFIED
        full = self.stations.full and station not in self.stations
        return STATUS_FULL if full else STATUS_SUCCESS

    @property
    def rekeys(self) -> bool:
        """False where a station that is due for another pairwise key is sent away."""
        keys = self.config.keys
        return self._security is None or keys.rekeying.allowed(keys.rekeys_safely)

    def start(self) -> Actions:
        security, wep = self._security, self.config.wep
        self.on_radio = True
        return [
            StartBss(
                interface=self.config.interface,
                bssid=self.bssid,
                ssid=self.config.ssid,
                frequency=self._ap.channel,
                beacon_head=self._frames.beacon_head(),
                beacon_tail=self._beacon_tail(),
                beacon_interval=self.config.beacon_interval,
                dtim_period=self.config.dtim_period,
                hidden=bool(self.config.hidden),
                privacy=self.config.private,
                pairwise=security.pairwise if security else (),
                group=security.group if security else None,
                akms=security.akms if security else (),
                bridge=self.config.bridge,
                isolate=self.config.isolate,
                country=self._ap.country,
                tx_queues=self._ap.qos.queues,
                ht=self._ap.ht is not None,
                secondary=self._ap.operating_channel.secondary,
            ),
            *([] if wep is None else wep.installed(self.config.interface)),
        ]

    def change_beacon(self) -> Actions:
        """Put the present contents into the beacon; while a switch is announced, only after it."""
        if self._switch is not None or not self.on_radio:
            return []
        return [
            ChangeBeacon(
                interface=self.config.interface,
                beacon_head=self._frames.beacon_head(),
                beacon_tail=self._beacon_tail(),
            )
        ]

    def have_regard(self, erp: Erp) -> Actions:
        """Say what stations of 802.11b, ours and others', ask for; the radio does as we say."""
        bears = self._ap.does_erp or self._ap.ht is not None
        if erp == self._frames.erp or not self.started or not bears:
            return []
        self._frames = replace(self._frames, erp=erp)
        self._members.retune(self._ap, self._frames)
        return self.change_beacon()

    def tell_qos(self, qos: Qos) -> Actions:
        """Tell the stations how their frames are to contend from now on."""
        self._ap = replace(self._ap, qos=qos)
        self._frames = replace(self._frames, ap=self._ap)
        self._members.retune(self._ap, self._frames)
        return self.change_beacon() if self.config.wmm else []

    @property
    def whereabouts(self) -> ApConfig:
        """What holds of the channel that it is on."""
        return self._ap

    @property
    def switching(self) -> bool:
        """True while another channel is announced."""
        return self._switch is not None

    @property
    def ahead(self) -> ApConfig:
        """The same, but while another channel is announced what holds of that one."""
        return self._ap if self._switch is None else self._switch.ap

    def switch_channel(self, ap: ApConfig, count: int, now: float, *, quiet: bool) -> Actions:
        """Announce the channel of `ap` for `count` Beacons and go there."""
        self._members.interfaces.hold()
        announced = ChannelSwitch(ap.number, count, quiet, class_of(ap.operating_channel))
        until = now + count * self._interval_s
        self._switch = _Switch(ap, announced, until)
        after = replace(self._frames, ap=ap)
        wsc = self._beacon_wsc()
        return [
            SwitchChannel(
                interface=self.config.interface,
                frequency=ap.channel,
                count=count,
                beacon_head=after.beacon_head(),
                beacon_tail=after.beacon_tail(wsc),
                announcing_tail=self._frames.beacon_tail(wsc, announced),
                count_offsets=self._frames.count_offsets(announced),
                quiet=quiet,
                ht=ap.ht is not None,
                secondary=ap.operating_channel.secondary,
            )
        ]

    def release_interfaces(self, now: float) -> Actions:
        """No BSS of the radio announces a channel any more: make what had to wait for that."""
        return self._members.interfaces.release(now)

    def stop(self, now: float, reason: int = REASON_LEAVING) -> Actions:
        """Dismiss everyone, with one Deauthentication to all, and stop to beacon."""
        farewell = TransmitManagement(
            interface=self.config.interface,
            frame=self._frames.deauthentication(BROADCAST, reason),
        )
        said: Actions = [farewell] if self.config.says_farewell else []
        actions = [*said, *self._members.end(now)] if self.started else []
        self.started = False
        if self.lost:  # the radio has its interface still
            self.lost = False
            return [*actions, StopBss(interface=self.config.interface)]
        return [*actions, *self.halt()]

    def halt(self) -> Actions:
        """Stop to beacon and no more: the stations are not told, nor forgotten."""
        was_on_radio, self.on_radio, self.started = self.on_radio, False, False
        return [StopBss(interface=self.config.interface)] if was_on_radio else []

    def vanish(self, now: float) -> Actions:
        """Forget everyone: the radio has lost the BSS, its peers and its keys."""
        ended = self.forget_all(now) if self.started else []
        self.lost, self.on_radio, self.started, self._switch = True, False, False, None
        return [*ended, self._reporter.event(now, events.LINK_SWITCHED_OFF)]

    def forget_all(self, now: float) -> Actions:
        """Forget the stations that the radio has forgotten already."""
        return [each for each in self._members.end(now) if isinstance(each, Event)]

    def step(self, event: RadioEvent, now: float) -> Actions:
        """Take what the radio says about this BSS's interface or one of its four-address ones."""
        take = _EVENTS.get(type(event))
        if take is None or not (self.started or isinstance(event, BssStarted | CommandFailed)):
            return []
        return take(self, event, now)

    def deadline(self) -> float | None:
        return self._members.deadline() if self.on_radio else None

    def tick(self, now: float) -> Actions:
        """Do what is due at `now`."""
        return self._members.tick(now) if self.on_radio else []

    def owns(self, interface: str) -> bool:
        """True for this BSS's interface and its four-address ones."""
        if interface == self.config.interface:
            return True
        return any(station.vlan == interface for station in self.stations)

    def drop(self, station: Station, now: float) -> Actions:
        """Forget a station without a word to it."""
        return self._members.drop(station, now)

    def dismiss(self, station: Station, reason: int, now: float) -> Actions:
        """Deauthenticate a station with `reason` (IEEE 802.11-2020, 9.4.1.7)."""
        return self._members.dismiss(station, reason, now)

    def disassociate(self, station: Station, reason: int, now: float) -> Actions:
        """Disassociate a station with `reason`; it stays authenticated."""
        return self._members.disassociate(station, reason, now)

    @property
    def everybodys_psk(self) -> bytes | None:
        """The PSK that is tried first, 32 octets; None when it is a single station's."""
        return None if self._security is None else self._security.psks.everybodys

    def renew_keys(self, keys: tuple[StationKey, ...], now: float) -> Actions:
        """Take another list of PSKs, and dismiss the stations whose PSK is not in it."""
        self.config = replace(self.config, station_keys=keys)
        if self._security is None:
            return []
        self._security.psks.replace(keys)
        return self._members.judge_keys(now)

    def rekey(self, station: Station, now: float) -> Actions:
        """Make another pairwise key with a station that has one. Raises `UsageError`."""
        return self._members.rekey(station, now)

    def rekey_group(self, now: float) -> Actions:
        """Make another group key and hand it to every station."""
        return self._members.rekey_group(now)

    def reauthenticate(self, station: Station, now: float) -> Actions:
        """Begin EAP anew. Raises `UsageError` when the station does not speak it."""
        return self._members.reauthenticate(station, now)

    def query(self, station: Station, now: float) -> Actions:
        """Ask a station that holds keys whether it still does (11.13)."""
        return self._members.query(station, now)

    @property
    def handshake_failures(self) -> int:
        """How many key handshakes failed."""
        return self._members.handshake_failures

    @property
    def countermeasures_begun(self) -> int:
        """How often everybody was sent away since frames in TKIP were forged."""
        return self._members.countermeasures.invoked

    @property
    def security(self) -> Security | None:
        """None for an open BSS."""
        return self._security

    @property
    def beacon(self) -> bytes:
        """The Beacon as the radio is given it: without TIM."""
        return self._frames.beacon_head() + self._beacon_tail()

    def tell(self, notices: Notices, now: float) -> Actions:
        """Make events of what the registrar noticed."""
        return [self._reporter.event(now, each.name, **each.fields) for each in notices]

    # ---- what the radio says --------------------------------------------------------------

    def _on_started(self, event: BssStarted, now: float) -> Actions:
        if self.started:
            return []
        self.started = True
        told = self._reporter.event(now, events.BSS_STARTED, bssid=self.bssid)
        return [told, *self._members.begin(now)]

    def _on_refused(self, event: CommandFailed, now: float) -> Actions:
        command = event.command
        told = self._reporter.event(
            now,
            events.COMMAND_REFUSED,
            command=type(command).__name__,
            errno=event.errno,
            reason=event.reason,
        )
        if isinstance(command, StartBss):
            self.on_radio = False
        if isinstance(command, TransmitManagement):
            return [told, *self._members.status(command.token, False, now)]
        if isinstance(command, AddPeer | AddPeerVlan):
            return [told, *self._members.refused(command, now)]
        if isinstance(command, SwitchChannel):
            self._switch = None
            return [told, *self.change_beacon()]
        return [told]

    def _on_switch_started(self, event: ChannelSwitchStarted, now: float) -> Actions:
        if self._switch is None:
            return []
        named = _named(self._switch.ap)
        return [
            self._reporter.event(now, events.CHANNEL_SWITCH_STARTED, count=event.count, **named)
        ]

    def _on_switched(self, event: ChannelSwitched, now: float) -> Actions:
        """The BSS beacons on the new channel, with contents from before the announcement."""
        if self._switch is not None:
            self._ap, self._switch = self._switch.ap, None
        self._frames = replace(self._frames, ap=self._ap)
        self._wsc = replace(self._wsc, ap=self._ap)
        self._members.retune(self._ap, self._frames)
        self._members.moved(now)
        told = [
            self._reporter.event(now, events.CHANNEL_SWITCHED, **_named(self._ap)),
            self._reporter.event(
                now, events.CHANNEL_SWITCH_FINISHED, frequency=event.frequency
            ),
        ]
        return [*told, *self.change_beacon()]

    def _on_management(self, event: ManagementReceived, now: float) -> Actions:
        try:
            frame = decode_frame(event.frame)
        except WireError as broken:
            return [self._reporter.discarded(now, None, str(broken), broken.clause)]
        if isinstance(frame, ProbeRequest):
            take: _Take | None = partial(Bss._probe_request, signal=event.signal)
        elif isinstance(frame, Authentication):
            take = partial(Bss._authentication, decrypted=event.decrypted)
        else:
            take = _FRAMES.get(type(frame))
        source = frame.header.a2
        if take is None or source is None or source.is_group or source == self.bssid:
            return []
        if not self._concerns(frame):
            return []
        try:
            return take(self, frame, now)
        except WireError as broken:
            return [self._reporter.discarded(now, source, str(broken), broken.clause)]

    def _concerns(self, frame: Frame) -> bool:
        header = frame.header
        if isinstance(frame, ProbeRequest):
            return header.a1 in (BROADCAST, self.bssid) and header.a3 in (BROADCAST, self.bssid)
        return header.a1 == self.bssid and header.a3 == self.bssid

    def _on_status(self, event: ManagementStatus, now: float) -> Actions:
        return self._members.status(event.token, event.acknowledged, now)

    def _on_eapol(self, event: EapolReceived, now: float) -> Actions:
        return self._members.eapol_received(event, now)

    def _on_four_address(self, event: FourAddressSeen, now: float) -> Actions:
        return self._members.interfaces.seen(event, now)

    def _on_idle(self, event: PeerIdle, now: float) -> Actions:
        return self._members.idle(event, now)

    def _on_michael(self, event: MichaelFailure, now: float) -> Actions:
        station = self.stations.get(event.peer)
        if station is None:
            return []
        return self._members.michael_failed(station, now, remote=False)

    def _on_answer(self, event: PeerAnswered, now: float) -> Actions:
        station = self.stations.get(event.peer)
        if station is None:
            return []
        if station.asked:
            self._members.answered(station)
            return []
        return [self._reporter.event(now, events.STATION_ANSWERED, station=event.peer)]

    def _probe_request(self, frame: ProbeRequest, now: float, signal: int) -> Actions:
        ssid, source = frame.elements.ssid, frame.header.a2
        assert source is not None, "a management frame has a transmitter"
        self._track(source, signal, now)
        wildcard = not ssid
        if (not wildcard and ssid != self.config.ssid) or not self.admits(source):
            return []
        actions: Actions = []
        if self.registrar is not None and frame.elements.wsc is not None:
            notices = enrollee_seen(self.registrar, source, frame.elements.wsc, now)
            actions += self.tell(notices, now)
        told = {"station": source, "signal": signal}
        actions.append(self._reporter.event(now, events.PROBE_REQUEST_RECEIVED, **told))
        quiet = self.config.quiet_when_full and self.stations.full and source not in self.stations
        if self.config.answers_probes and not (wildcard and self.config.hidden) and not quiet:
            switch = None if self._switch is None else self._switch.seen_at(now, self._interval_s)
            answer = self._frames.probe_response(source, self._probe_wsc(), switch)
            actions.append(TransmitManagement(interface=self.config.interface, frame=answer))
        return actions

    def _track(self, source: MacAddress, signal: int, now: float) -> None:
        """Remember when a station was heard; the one that was silent longest may have to go."""
        if not self._ap.tracked_stations:
            return
        self.heard.pop(source, None)
        self.heard[source] = (now, signal)
        oldest = next(iter(self.heard))
        too_old = now - self.heard[oldest][0] > self._ap.tracked_age_s
        if too_old or len(self.heard) > self._ap.tracked_stations:
            del self.heard[oldest]

    def _authentication(self, frame: Authentication, now: float, decrypted: bool) -> Actions:
        return self._members.authenticate(frame, now, decrypted=decrypted)

    def _association_request(
        self, frame: AssociationRequest | ReassociationRequest, now: float
    ) -> Actions:
        return self._members.associate(frame, now)

    def _action(self, frame: Action, now: float) -> Actions:
        return self._members.action(frame, now)

    def _peer_left(self, frame: Deauthentication | Disassociation, now: float) -> Actions:
        return self._members.peer_left(frame, now)

    @property
    def _interval_s(self) -> float:
        return self.config.beacon_interval * TU_S

    def _beacon_tail(self) -> bytes:
        return self._frames.beacon_tail(self._beacon_wsc())

    def _beacon_wsc(self) -> bytes:
        if self.registrar is None:
            return b""
        return self._describer(self.registrar).beacon(self._shown(self.registrar))

    def _probe_wsc(self) -> bytes:
        if self.registrar is None:
            return b""
        shown = self._shown(self.registrar)
        methods = self.registrar.methods_without_button(self.config.interface)
        return self._describer(self.registrar).probe_response(shown, methods)

    def _shown(self, registrar: WpsRegistrarState) -> Advertisement:
        return registrar.advertisement(self.config.interface)

    def _describer(self, registrar: WpsRegistrarState) -> WscDescriber:
        return replace(self._wsc, version=registrar.trials.wps_version)


_Take: TypeAlias = Callable[["Bss", Any, float], Actions]

_EVENTS: Mapping[type[RadioEvent], Callable[[Bss, Any, float], Actions]] = {
    BssStarted: Bss._on_started,
    CommandFailed: Bss._on_refused,
    ManagementReceived: Bss._on_management,
    ManagementStatus: Bss._on_status,
    EapolReceived: Bss._on_eapol,
    FourAddressSeen: Bss._on_four_address,
    PeerAnswered: Bss._on_answer,
    PeerIdle: Bss._on_idle,
    MichaelFailure: Bss._on_michael,
    ChannelSwitchStarted: Bss._on_switch_started,
    ChannelSwitched: Bss._on_switched,
}

_FRAMES: Mapping[type[Frame], Callable[[Bss, Any, float], Actions]] = {
    AssociationRequest: Bss._association_request,
    ReassociationRequest: Bss._association_request,
    Deauthentication: Bss._peer_left,
    Disassociation: Bss._peer_left,
    Action: Bss._action,
}
