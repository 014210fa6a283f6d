"""The Association Responses of one BSS, and what each does to its station.

Source: IEEE 802.11-2020, 11.3.5.3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from harness.ap import association, events, multi_ap
from harness.ap.beacon import Describer
from harness.ap.config import BssConfig
from harness.ap.erp import Erp
from harness.ap.reporting import Actions, Reporter
from harness.ap.stations import Station, StationState, StationTable, does_ofdm
from harness.ap.wsc_elements import association_response
from harness.base.seam import AddPeer, RemovePeer, TransmitManagement
from harness.wire.dot11.codes import STATUS_COME_BACK, STATUS_SUCCESS
from harness.wire.dot11.frames import AssociationRequest, ReassociationRequest

Request: TypeAlias = AssociationRequest | ReassociationRequest


class AssociationAnswers:
    """Answers association requests once they are judged. `tokens`: see `Membership`.

    `wps_version`: what WSC elements say of WSC's. `regard`: what the BSS has regard for by now.
    """

    def __init__(
        self,
        config: BssConfig,
        frames: Describer,
        stations: StationTable,
        reporter: Reporter,
        tokens: Iterator[int],
        wps_version: Callable[[], int],
        regard: Callable[[float], Erp],
    ) -> None:
        self._regard = regard
        self._wps_version = wps_version
        self._config = config
        self._frames = frames
        self._stations = stations
        self._reporter = reporter
        self._tokens = tokens

    def retune(self, frames: Describer) -> None:
        """The BSS is on another channel."""
        self._frames = frames

    def come_back(self, station: Station, frame: Request) -> Actions:
        """Refuse a station that holds keys for a second (11.13)."""
        status, extra = STATUS_COME_BACK, association.COME_BACK_ELEMENT
        return [self._answer(station, frame, status, extra=extra)]

    def refuse(
        self, station: Station, frame: Request, refusal: association.Refusal, now: float
    ) -> Actions:
        """Refuse a station; it is authenticated and no more."""
        actions: Actions = []
        if station.known:
            actions.append(RemovePeer(interface=self._config.interface, peer=station.address))
        station.known = False
        station.state = StationState.AUTHENTICATED
        station.since = now
        station.qos_info, station.ht = refusal.qos_info, None
        self._stations.release_aid(station)
        actions.append(self._answer(station, frame, refusal.status))
        actions.append(
            self._reporter.event(
                now,
                events.STATION_REFUSED,
                station=station.address,
                status=refusal.status,
                reason=refusal.reason,
                clause=refusal.clause,
            )
        )
        return actions

    def accept(
        self, station: Station, frame: Request, terms: association.Terms, now: float
    ) -> Actions:
        """Take a station in; it is associated when it acknowledges that."""
        station.state = StationState.ASSOCIATING
        station.since = now
        station.request = frame.elements
        station.capability = frame.capability
        station.listen_interval = frame.listen_interval
        station.rates = terms.rates
        station.non_erp = self._frames.ap.does_erp and not does_ofdm(terms.rates)
        station.qos_info, station.ht = terms.qos_info, terms.ht
        station.rsne, station.rsnxe = terms.rsne, terms.rsnxe
        station.akm, station.pairwise, station.mfp = terms.akm, terms.pairwise, terms.mfp
        station.ocv = terms.ocv
        station.wps, station.wps2, station.maybe_wps = terms.wps, terms.wps2, terms.maybe_wps
        station.backhaul, station.primary_vlan = terms.backhaul, terms.primary_vlan
        station.known = True
        station.early = None
        station.token = next(self._tokens)
        self._frames = replace(self._frames, erp=self._regard(now))
        extra = b""
        if terms.wps or (terms.maybe_wps and self._config.protected):
            extra += association_response(self._wps_version())
        if terms.backhaul:
            extra += multi_ap.response_element(self._config)
        peer = AddPeer(
            interface=self._config.interface,
            peer=station.address,
            aid=station.aid,
            capability=station.capability,
            listen_interval=station.listen_interval,
            rates=station.rates,
            mfp=station.mfp,
            qos_info=station.qos_info,
            ht=self._frames.ht_with(station.ht),
        )
        return [peer, self._answer(station, frame, extra=extra, token=station.token)]

    def _answer(
        self,
        station: Station,
        frame: Request,
        status: int = STATUS_SUCCESS,
        *,
        extra: bytes = b"",
        token: int = 0,
    ) -> TransmitManagement:
        answer = self._frames.association_response(
            station.address,
            reassociation=isinstance(frame, ReassociationRequest),
            status=status,
            aid=station.aid if status == STATUS_SUCCESS else 0,
            extra=extra,
            wmm=station.qos_info is not None,
        )
        return TransmitManagement(interface=self._config.interface, frame=answer, token=token)
