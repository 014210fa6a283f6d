"""Stations come, associate, and go: what one BSS does about its members.

Frames reach it decoded; EAPOL and keys are `harness.ap.eapol`'s, whose outputs it carries out.
Source: IEEE 802.11-2020, 11.3 (authentication and association).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from harness.ap import association, events
from harness.ap.answers import AssociationAnswers
from harness.ap.authentication import Authentications, NewStation, Steps
from harness.ap.beacon import Describer
from harness.ap.config import ApConfig, BssConfig
from harness.ap.controlled_port import ControlledPorts
from harness.ap.eapol import Addressed, EapolDispatch, PortClosed
from harness.ap.enrolment import EnrolmentEnded
from harness.ap.erp import Erp
from harness.ap.four_address import FourAddressInterfaces
from harness.ap.inactivity import DISASSOCIATED_S, DISMISSED_S, Inactivity
from harness.ap.reporting import Actions, Reporter
from harness.ap.security import Security
from harness.ap.stations import Station, StationState, StationTable, Step
from harness.ap.wep import SharedKey
from harness.base.address import MacAddress
from harness.base.errors import UsageError
from harness.base.seam import (
    CIPHER_TKIP,
    AddPeer,
    AddPeerVlan,
    RemovePeer,
    TransmitEapol,
    TransmitManagement,
)
from harness.base.seam_events import EapolReceived, PeerIdle
from harness.proto.authenticator import MichaelFailureReported
from harness.proto.countermeasures import Countermeasures
from harness.proto.key_handshake import (
    Failed,
    InstallGroupKey,
    InstallPairwiseKey,
    PortAuthorized,
    installation,
)
from harness.proto.machine import Discarded, LocalInput, Notify, PeerInput, Timeout, Transmit
from harness.proto.sa_query import Doubt, PeerSilent, SaQueryReceived, TransmitSaQuery
from harness.wire.dot11.codes import (
    REASON_8021X_FAILED,
    REASON_INACTIVITY,
    REASON_MIC_FAILURE,
    REASON_NO_LONGER_VALID,
    REASON_NOT_AUTHENTICATED,
    REASON_UNSPECIFIED,
    STATUS_FULL,
)
from harness.wire.dot11.frames import (
    Action,
    AssociationRequest,
    Authentication,
    Deauthentication,
    Disassociation,
    ReassociationRequest,
)
from harness.wire.eap import EapCode
from harness.wire.eapol import EAPOL_EAP
from harness.wire.sa_query import CATEGORY_SA_QUERY, RESPONSE, SaQuery

EARLY_EAPOL_S: Final = 0.2
"""EAPOL may overtake the status of the Association Response by so much."""

FAILURE_TO_DEAUTHENTICATION_S: Final = 0.010
KEPT_AFTER_EAP_S: Final = 5.0

QUESTION_AFTER_SWITCH_S: Final = 15.0
"""Who validates the channel has so long to ask, by SA Query, after a switch (11.13)."""



class Membership:
    """The stations of one BSS: their states, and what the radio must know of them.

    `basic_rates`: see `association.judge`. `tokens`: of frames whose status is awaited. `refuses`:
    see `Authentications`. `interfaces`: the four-address ones. Every method returns what is to be
    done, in order.
    """

    def __init__(
        self,
        config: BssConfig,
        basic_rates: bytes,
        frames: Describer,
        stations: StationTable,
        eapol: EapolDispatch,
        security: Security | None,
        reporter: Reporter,
        tokens: Iterator[int],
        refuses: Callable[[MacAddress, float], int],
        shared_key: SharedKey | None,
        regard: Callable[[float], Erp],
    ) -> None:
        self._config = config
        self._basic_rates = basic_rates
        self._frames = frames
        self._stations = stations
        self._eapol = eapol
        self._security = security
        self._reporter = reporter
        self._authentications = Authentications(
            config,
            frames,
            None if security is None else security.sae,
            shared_key,
            reporter,
            refuses,
        )
        self._answers = AssociationAnswers(
            config, frames, stations, reporter, tokens, lambda: eapol.wps_version, regard
        )
        self.interfaces: Final = FourAddressInterfaces(config, stations, reporter)
        self._inactivity = Inactivity(config.interface, config.patience)
        self._ports = ControlledPorts(config.interface, reporter)
        self.countermeasures: Final = Countermeasures()
        self._tokens = tokens
        self.handshake_failures = 0

    # ---- the whole membership -------------------------------------------------------------

    def begin(self, now: float) -> Actions:
        """The BSS beacons from now on."""
        return self._carry_out(self._eapol.start(now), now)

    def end(self, now: float) -> Actions:
        """Forget everyone; what tells the stations is the caller's."""
        actions: Actions = []
        for station in self._stations:
            actions += self._close(station, now)
        for station in self._stations:
            actions += self._forget(station, now)
        return actions

    def deadline(self) -> float | None:
        dues = [self._eapol.deadline(), self._authentications.deadline()]
        for station in self._stations:
            dues += [station.deadline(), self._eapol.deadline_of(station)]
        return min((due for due in dues if due is not None), default=None)

    def tick(self, now: float) -> Actions:
        """Do what is due at `now`."""
        actions: Actions = []
        for station in self._stations:
            actions += self._tick_station(station, now)
        actions += self._admit(self._authentications.tick(now), now)
        return actions + self._carry_out(self._eapol.tick(now), now)

    def retune(self, ap: ApConfig, frames: Describer) -> None:
        """The BSS is on another channel."""
        self._basic_rates, self._frames = ap.basic_rates, frames
        self._authentications.retune(frames)
        self._answers.retune(frames)
        self._eapol.retune(ap)
        if self._security is not None:
            self._security.channel.current = ap.operating_channel

    def moved(self, now: float) -> None:
        """The BSS is on another channel: who validates that has some time to ask about it."""
        for station in self._stations:
            if station.ocv and station.holds_keys:
                station.question_due = now + QUESTION_AFTER_SWITCH_S

    # ---- authentication and association --------------------------------------------------

    def authenticate(self, frame: Authentication, now: float, *, decrypted: bool) -> Actions:
        """An Authentication frame came (11.3.4.3). `decrypted`: as in `ManagementReceived`."""
        return self._admit(self._authentications.receive(frame, now, decrypted=decrypted), now)

    def _admit(self, steps: Steps, now: float) -> Actions:
        actions: Actions = []
        for step in steps:
            if isinstance(step, NewStation):
                actions += self._begin_anew(step, now)
            else:
                actions.append(step)
        return actions

    def _begin_anew(self, new: NewStation, now: float) -> Actions:
        """11.3.4.3: a station that authenticates anew is no longer associated.

        Unless it holds keys: then its next request brings an SA Query first (11.13).
        """
        station = self._stations.get(new.address)
        if station is not None and station.holds_keys:
            return []
        actions = self._close(station, now) + self._forget(station, now)
        self._stations.add(new.address, now).algorithm = new.algorithm
        return actions

    def associate(self, frame: AssociationRequest | ReassociationRequest, now: float) -> Actions:
        """Judge a request and answer it; what the station had before ends (11.3.5.3, 11.3.5.5)."""
        source = frame.header.a2
        assert source is not None, "a management frame has a transmitter"
        station = self._stations.get(source)
        if station is None or station.state in (StationState.LEAVING, StationState.NAMED):
            refusal = self._frames.deauthentication(source, REASON_NOT_AUTHENTICATED)
            return [self._management(refusal)]
        if station.holds_keys and not station.silent:
            answer = self._answers.come_back(station, frame)
            return [*answer, *self._query(station, Doubt(), now)]
        actions = self._close(station, now)
        asked = (frame.elements, frame.listen_interval, self._frames.ht)
        verdict = association.judge(self._config, self._basic_rates, *asked)
        if isinstance(verdict, association.Terms) and not self._stations.assign_aid(station):
            actions.append(self._reporter.event(now, events.STATION_LIMIT_REACHED, station=source))
            verdict = association.Refusal(STATUS_FULL, "the BSS is full")
        if isinstance(verdict, association.Terms) and self._security is not None:
            verdict = self._security.with_key(station, verdict, now)
        if isinstance(verdict, association.Refusal):
            return actions + self._answers.refuse(station, frame, verdict, now)
        return actions + self._answers.accept(station, frame, verdict, now)

    def action(self, frame: Action, now: float) -> Actions:
        """An Action frame came; one of a station that holds keys was protected."""
        station = None if frame.header.a2 is None else self._stations.get(frame.header.a2)
        if station is None or not station.holds_keys or frame.category != CATEGORY_SA_QUERY:
            return []
        return self._query(station, SaQueryReceived(SaQuery.decode(frame.body)), now)

    def query(self, station: Station, now: float) -> Actions:
        """Ask a station that holds keys whether it still does."""
        return self._query(station, Doubt(), now) if station.holds_keys else []

    def _query(self, station: Station, given: PeerInput | LocalInput, now: float) -> Actions:
        assert self._security is not None, "it holds keys"
        return self._carry_out(self._security.query(station, given, now), now)

    def _transmit_query(self, station: Station, output: TransmitSaQuery, now: float) -> Actions:
        if output.query.action == RESPONSE:
            station.question_due = None
        body = output.query.encode()
        return [self._management(self._frames.action(station.address, CATEGORY_SA_QUERY, body))]

    def _fell_silent(self, station: Station, output: PeerSilent, now: float) -> Actions:
        station.silent = True
        return []

    def status(self, token: int, acknowledged: bool, now: float) -> Actions:
        """A frame has left: a station whose Association Response arrived is associated."""
        if not token:
            return []
        for station in self._stations:
            if station.token != token:
                continue
            station.token = 0
            if station.state is StationState.LEAVING:
                return self._let_go(station, now)
            if station.state is StationState.ASSOCIATING:
                if acknowledged:
                    return self._associated(station, now)
                return self._forget(station, now)
        return []

    def _associated(self, station: Station, now: float) -> Actions:
        """The station acknowledged its Association Response."""
        station.state = StationState.ASSOCIATED
        station.since = now
        self._inactivity.begin(station, now)
        actions: Actions = [
            self._reporter.event(
                now,
                events.STATION_ASSOCIATED,
                station=station.address,
                aid=station.aid,
                wps=station.wps,
                backhaul=station.backhaul,
            )
        ]
        actions += self.interfaces.associated(station, now)
        if not self._config.protected:
            actions += self._ports.open(station, now)
        station.connected = now
        early, station.early = station.early, None
        actions += self._carry_out(self._eapol.begin(station, now), now)
        if early is not None and now - early[0] <= EARLY_EAPOL_S:
            begun = self._eapol.receive(station, early[1], encrypted=early[2], now=now)
            actions += self._carry_out(begun, now)
        return actions

    def peer_left(self, frame: Deauthentication | Disassociation, now: float) -> Actions:
        """A station says that it goes (11.3.4.5 and 11.3.5.9)."""
        source = frame.header.a2
        assert source is not None, "a management frame has a transmitter"
        station = self._stations.get(source)
        if station is None:
            return []
        was_associated = station.state is not StationState.AUTHENTICATED
        actions = self._close(station, now) + self._forget(station, now)
        if isinstance(frame, Disassociation) and was_associated:
            self._stations.add(source, now)
        return actions

    # ---- EAPOL and keys -------------------------------------------------------------------

    def eapol_received(self, event: EapolReceived, now: float) -> Actions:
        """EAPOL came; of a station that is still associating it is kept for a moment."""
        station = self._stations.get(event.source)
        if station is not None and station.state is StationState.ASSOCIATING:
            station.early = (now, event.payload, event.encrypted)
            return []
        if station is None or not station.associated:
            why = "EAPOL without association"
            return [self._reporter.discarded(now, event.source, why, "802.11-2020 11.3.3")]
        station.since = now
        outputs = self._eapol.receive(station, event.payload, encrypted=event.encrypted, now=now)
        return self._carry_out(outputs, now)

    def rekey(self, station: Station, now: float) -> Actions:
        return self._carry_out(self._eapol.rekey(station, now), now)

    def rekey_group(self, now: float) -> Actions:
        return self._carry_out(self._eapol.rekey_group(now), now)

    def reauthenticate(self, station: Station, now: float) -> Actions:
        """Begin EAP anew with a station that enrols. Raises `UsageError` for any other."""
        if station.enrolment is None:
            raise UsageError(f"{station.address} does not speak EAP")
        return self._carry_out(self._eapol.begin_anew(station, now), now)

    def _carry_out(self, outputs: Iterable[Addressed], now: float) -> Actions:
        """Turn what the machines put out into commands and events, in their order."""
        actions: Actions = []
        for station, output in outputs:
            if isinstance(output, Notify):
                who = {} if station is None else {"station": station.address}
                actions.append(self._reporter.event(now, output.name, **{**output.fields, **who}))
            elif isinstance(output, InstallGroupKey):
                actions.append(installation(self._config.interface, None, output))
            elif station is None:
                raise AssertionError(f"{output!r} concerns no station")
            else:
                actions += _OUTPUTS[type(output)](self, station, output, now)
        return actions

    def _transmit(self, station: Station, output: Transmit, now: float) -> Actions:
        token = next(self._tokens) if _ends_eap(output.octets) else 0
        return [
            TransmitEapol(
                interface=self._config.interface,
                peer=station.address,
                payload=output.octets,
                token=token,
            )
        ]

    def _pairwise_key(self, station: Station, output: InstallPairwiseKey, now: float) -> Actions:
        return [installation(self._config.interface, station.address, output)]

    def _handshake_failed(self, station: Station, output: Failed, now: float) -> Actions:
        """Dismiss it; after EAP it is shown for a while yet, as with hostapd 2.10."""
        self.handshake_failures += station.authenticator is not None
        actions = self.dismiss(station, output.reason, now)
        if output.reason == REASON_8021X_FAILED and station.known:
            station.token, station.wait_s, station.known = 0, KEPT_AFTER_EAP_S, False
            actions.append(RemovePeer(interface=self._config.interface, peer=station.address))
        return actions

    def _enrolment_ended(self, station: Station, output: EnrolmentEnded, now: float) -> Actions:
        if station.dismissal is None:
            station.dismissal = (now + FAILURE_TO_DEAUTHENTICATION_S, REASON_8021X_FAILED)
        return []

    def _discarded(self, station: Station, output: Discarded, now: float) -> Actions:
        return [self._reporter.discarded(now, station.address, output.reason, output.clause)]

    def refused(self, command: AddPeer | AddPeerVlan, now: float) -> Actions:
        """The radio can't have a station, or not its four-address interface."""
        station = self._stations.get(command.peer)
        if station is None:
            return []
        if isinstance(command, AddPeer):
            station.known = False
        else:
            station.vlan = None
        return self.dismiss(station, REASON_UNSPECIFIED, now)

    # ---- the controlled port, and the end -------------------------------------------------

    def dismiss(self, station: Station, reason: int, now: float) -> Actions:
        """Deauthenticate a station; it is forgotten when the frame has left."""
        if station.state is StationState.LEAVING:
            return []
        actions = self._close(station, now)
        station.state = StationState.LEAVING
        station.since = now
        station.token = next(self._tokens)
        frame = self._frames.deauthentication(station.address, reason)
        return [*actions, self._management(frame, station.token)]

    def disassociate(
        self, station: Station, reason: int, now: float, linger_s: float = DISMISSED_S
    ) -> Actions:
        """Disassociate a station; when the frame has left it is authenticated and no more.

        `linger_s`: for so long.
        """
        if not station.associated:
            return []
        actions = self._close(station, now)
        station.state = StationState.LEAVING
        station.stays_authenticated = True
        station.linger_s = linger_s
        station.since = now
        station.token = next(self._tokens)
        frame = self._frames.disassociation(station.address, reason)
        return [*actions, self._management(frame, station.token)]

    def judge_keys(self, now: float) -> Actions:
        """The list of keys is another one: dismiss who holds none of it."""
        if self._security is None:
            return []
        gone: list[Station] = []
        for each in self._stations:
            each.key = self._security.proven(each) if each.authorized else None
            if not self._security.still_knows(each):
                gone.append(each)
        return [
            action for each in gone for action in self.dismiss(each, REASON_NO_LONGER_VALID, now)
        ]

    def drop(self, station: Station, now: float) -> Actions:
        """Forget a station without a word to it, nor of an enrolment that this ends."""
        if station.enrolment is not None:
            station.enrolment.abandon()
        return self._close(station, now) + self._forget(station, now)

    def _port_authorized(self, station: Station, output: PortAuthorized, now: float) -> Actions:
        if self._security is not None:
            station.key = self._security.proven(station)
        return self._ports.open(station, now)

    def _port_closed(self, station: Station, output: PortClosed, now: float) -> Actions:
        return self._ports.close(station, now)

    def _close(self, station: Station | None, now: float) -> Actions:
        """End what an association had: its port, its four-address interface, its machines."""
        if station is None:
            return []
        actions = self._ports.close(station, now)
        actions += self._carry_out(self._eapol.end(station, now), now)
        self._inactivity.end(station)
        station.dismissal = station.early = station.sa_query = station.key = None
        station.silent, station.question_due = False, None
        station.token = 0
        return actions + self.interfaces.remove(station, now)

    def _forget(self, station: Station | None, now: float) -> Actions:
        if station is None:
            return []
        self._stations.remove(station)
        actions: Actions = []
        if station.known:
            actions.append(RemovePeer(interface=self._config.interface, peer=station.address))
        actions.append(self._reporter.event(now, events.STATION_REMOVED, station=station.address))
        return actions

    def _let_go(self, station: Station, now: float) -> Actions:
        """Its Deauthentication or Disassociation is out."""
        actions = self._forget(station, now)
        if station.stays_authenticated:
            left = self._stations.add(station.address, now)
            self._inactivity.linger(left, station.linger_s, now)
        return actions

    def _tick_station(self, station: Station, now: float) -> Actions:
        if station.status_due is not None:
            return self._let_go(station, now) if now >= station.status_due else []
        due, asking = self._inactivity.tick(station, now)
        if due is not None:
            return [*asking, *self._end_silence(station, due, now)]
        if station.dismissal is not None and now >= station.dismissal[0]:
            return self.dismiss(station, station.dismissal[1], now)
        if station.question_due is not None and now >= station.question_due:
            return self.dismiss(station, REASON_NO_LONGER_VALID, now)
        query = None if station.sa_query is None else station.sa_query.deadline()
        asked = self._query(station, Timeout(), now) if query is not None and query <= now else []
        return asking + asked + self._carry_out(self._eapol.tick_station(station, now), now)

    # ---- silence and forgery --------------------------------------------------------------

    def idle(self, event: PeerIdle, now: float) -> Actions:
        """The radio tells how long a station has been silent."""
        station = self._stations.get(event.peer)
        if station is None:
            return []
        due, asking = self._inactivity.idle(station, event.idle_ms / 1000, now)
        return asking if due is None else self._end_silence(station, due, now)

    def answered(self, station: Station) -> None:
        """A station is there: it acknowledged what it was asked."""
        self._inactivity.answered(station)

    def _end_silence(self, station: Station, due: Step, now: float) -> Actions:
        if due is Step.DISASSOCIATE:
            return self.disassociate(station, REASON_INACTIVITY, now, DISASSOCIATED_S)
        return self.dismiss(station, REASON_NO_LONGER_VALID, now)

    def michael_failed(self, station: Station, now: float, *, remote: bool) -> Actions:
        """A frame in TKIP was forged: the second within a minute sends everybody away."""
        if CIPHER_TKIP not in (station.pairwise, self._config.group) or station.rsne is None:
            return []
        station.remote_mic_failures += remote
        station.local_mic_failures += not remote
        who = {"station": station.address, "remote": remote}
        actions: Actions = [self._reporter.event(now, events.MICHAEL_FAILED, **who)]
        if not self.countermeasures.failed(now):
            return actions
        actions.append(self._reporter.event(now, events.COUNTERMEASURES_BEGUN))
        for each in self._stations:
            actions += self.dismiss(each, REASON_MIC_FAILURE, now)
        return actions + self.rekey_group(now)

    def _michael_reported(
        self, station: Station, output: MichaelFailureReported, now: float
    ) -> Actions:
        return self.michael_failed(station, now, remote=True)

    def _management(self, frame: bytes, token: int = 0) -> TransmitManagement:
        return TransmitManagement(interface=self._config.interface, frame=frame, token=token)


def _ends_eap(payload: bytes) -> bool:
    """True for EAP-Failure: what waits for the end of EAP asks whether it has arrived."""
    return payload[1:2] == bytes((EAPOL_EAP,)) and payload[4:5] == bytes((EapCode.FAILURE,))


_OUTPUTS: Mapping[type, Callable[[Membership, Station, Any, float], Actions]] = {
    Transmit: Membership._transmit,
    InstallPairwiseKey: Membership._pairwise_key,
    PortAuthorized: Membership._port_authorized,
    PortClosed: Membership._port_closed,
    Failed: Membership._handshake_failed,
    MichaelFailureReported: Membership._michael_reported,
    EnrolmentEnded: Membership._enrolment_ended,
    Discarded: Membership._discarded,
    TransmitSaQuery: Membership._transmit_query,
    PeerSilent: Membership._fell_silent,
}
