"""Who takes a station's EAPOL: its enrolment, its key handshake, or nobody.

Source: IEEE 802.1X-2020, 11.3; IEEE 802.11-2020, 12.7; Wi-Fi Simple Configuration 2.0.8, 8.2.3
(EAP begins at once with a WPS 2.0 station, else with its EAPOL-Start).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from harness.ap.config import ApConfig, BssConfig
from harness.ap.enrolment import Enrolment
from harness.ap.port_counts import PortCounts
from harness.ap.security import Security
from harness.ap.stations import Station, StationTable
from harness.ap.wps import WpsRegistrarState
from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import UsageError, WireError
from harness.proto.authenticator import (
    Begin,
    EapolKeyReceived,
    GroupKeyAccepted,
    GroupRekeyRequested,
    PortAuthorized,
    UpdateGroup,
)
from harness.proto.group_key import (
    GroupKeyState,
    RekeyGroup,
    StartGroup,
    StationJoined,
    StationLeft,
    StationUpdated,
    UpdateStation,
)
from harness.proto.key_handshake import Failed, Rekey
from harness.proto.machine import Discarded, LocalInput, Notify, Output, Timeout, Transmit
from harness.wire.dot11.codes import REASON_8021X_FAILED, REASON_NO_LONGER_VALID
from harness.wire.eapol import EAPOL_EAP, EAPOL_KEY, EAPOL_LOGOFF, EAPOL_START, EapolFrame
from harness.wire.wsc.extension import VERSION2

_MOST_BEGINNINGS: Final = 2
"""How often EAP begins in one association: reAuthMax (IEEE 802.1X-2004, 8.2.4.1.2)."""


@dataclass(frozen=True, slots=True)
class PortClosed(Output):
    """The station began EAP: it is no longer authorised (IEEE 802.1X-2020, 8.4)."""


Addressed: TypeAlias = tuple[Station | None, Output]
"""An output and the station that it concerns; None: the BSS."""


class EapolDispatch:
    """The EAPOL of one BSS: an enrolment or a key handshake per station, one group key state.

    `security` None: an open BSS. `registrar` None: no WPS. Transmit outputs are whole EAPOL
    frames.
    """

    def __init__(
        self,
        config: BssConfig,
        ap: ApConfig,
        uuid: bytes,
        bssid: MacAddress,
        stations: StationTable,
        security: Security | None,
        registrar: WpsRegistrarState | None,
        entropy: Entropy,
    ) -> None:
        self._config = config
        self._ap = ap
        self._uuid = uuid
        self._bssid = bssid
        self._stations = stations
        self._security = security
        self._registrar = registrar
        self._entropy = entropy

    @property
    def wps_version(self) -> int:
        """What WSC elements and messages say of WSC's version."""
        return VERSION2 if self._registrar is None else self._registrar.trials.wps_version

    # ---- the BSS --------------------------------------------------------------------------

    def start(self, now: float) -> list[Addressed]:
        """The BSS beacons: make its first group key."""
        return self._step_group(StartGroup(), now)

    def retune(self, ap: ApConfig) -> None:
        """Enrolments that begin from now on name another channel's band."""
        self._ap = ap

    def rekey_group(self, now: float) -> list[Addressed]:
        """Make another group key and hand it to every station."""
        return self._step_group(RekeyGroup(), now)

    def rekey(self, station: Station, now: float) -> list[Addressed]:
        """Make another pairwise key with a station. Raises `UsageError` when it has none yet."""
        if station.authenticator is None:
            raise UsageError(f"{station.address} has no keys")
        return self._keys(station, station.authenticator.step(Rekey(), now), now)

    def deadline(self) -> float | None:
        return None if self._security is None else self._security.keys.deadline()

    def tick(self, now: float) -> list[Addressed]:
        """The group key's time may be over."""
        due = self.deadline()
        return self._step_group(Timeout(), now) if due is not None and due <= now else []

    # ---- one station ----------------------------------------------------------------------

    def begin(self, station: Station, now: float) -> list[Addressed]:
        """The station's association is through."""
        if station.rsne is not None and self._security is not None:
            machine = self._security.authenticator(station)
            station.authenticator = machine
            if self._security.refuses(station):
                return [(station, Failed(REASON_NO_LONGER_VALID, "no PSK is this station's"))]
            return self._keys(station, machine.step(Begin(), now), now)
        wants_wps = station.wps or (station.maybe_wps and self._config.protected)
        if self._registrar is None or not wants_wps:
            return []
        station.enrolment = Enrolment(
            self._config,
            self._ap,
            self._uuid,
            self._bssid,
            station.address,
            self._registrar,
            None if self._security is None else self._security.psks,
            self._entropy,
        )
        station.port = PortCounts(now, self._entropy.octets(8), self._entropy.octets(8))
        station.port.unseen = not station.wps2
        return self._begin_eap(station, station.enrolment, now)

    def begin_anew(self, station: Station, now: float) -> list[Addressed]:
        """Begin EAP anew with a station that enrols."""
        assert station.enrolment is not None, "it enrols"
        return self._begin_eap(station, station.enrolment, now)

    def receive(
        self, station: Station, payload: bytes, *, encrypted: bool, now: float
    ) -> list[Addressed]:
        """An EAPOL frame came from an associated station."""
        try:
            frame = EapolFrame.decode(payload)
        except WireError as broken:
            return [(station, Discarded(str(broken), broken.clause))]
        if station.authenticator is not None and frame.type == EAPOL_KEY:
            given = EapolKeyReceived(frame.octets, encrypted)
            outputs = station.authenticator.step(given, now)
            if self._security is not None and self._security.refuses(station):
                why = "a VLAN's PSK, which is not served"
                return [(station, Failed(REASON_NO_LONGER_VALID, why))]
            return self._keys(station, outputs, now)
        enrolment = station.enrolment
        if station.port is not None:
            station.port.received(frame)
        if enrolment is not None and frame.type == EAPOL_LOGOFF:
            return [(station, Failed(REASON_8021X_FAILED, "802.1X-2020 8.4"))]
        if enrolment is not None and frame.type == EAPOL_START:
            return self._asked_to_begin(station, enrolment, now)
        if enrolment is not None and frame.type == EAPOL_EAP:
            return self._eap(station, enrolment.receive(frame.body, now))
        reason = f"EAPOL type {frame.type} has nobody to take it"
        return [(station, Discarded(reason, "802.1X-2020 11.3"))]

    def deadline_of(self, station: Station) -> float | None:
        machine = station.enrolment or station.authenticator
        return None if machine is None else machine.deadline()

    def tick_station(self, station: Station, now: float) -> list[Addressed]:
        """The time of one of the station's machines may have come."""
        due = self.deadline_of(station)
        if due is None or due > now:
            return []
        if station.enrolment is not None:
            return self._eap(station, station.enrolment.tick(now))
        assert station.authenticator is not None, "who else had a deadline"
        return self._keys(station, station.authenticator.step(Timeout(), now), now)

    def end(self, station: Station, now: float) -> list[Addressed]:
        """The association is over: give up what runs."""
        had_keys, station.authenticator = station.authenticator, None
        enrolment, station.enrolment = station.enrolment, None
        station.port = None
        done = [] if enrolment is None else self._eap(station, enrolment.interrupt())
        if had_keys is not None:
            done += self._step_group(StationLeft(station.address), now)
        return done

    # ---- within ---------------------------------------------------------------------------

    def _asked_to_begin(
        self, station: Station, enrolment: Enrolment, now: float
    ) -> list[Addressed]:
        """EAPOL-Start: begin anew; a station that never gets on with it is sent away."""
        if station.port is None:
            return self._begin_eap(station, enrolment, now)
        station.port.unseen = False
        begun = self._begin_eap(station, enrolment, now)
        if station.port.connecting <= _MOST_BEGINNINGS:
            return begun
        again = self._begin_eap(station, enrolment, now)
        told = [each for each in again if isinstance(each[1], Notify)]
        enrolment.abandon()
        return [*begun, *told, (station, Failed(REASON_8021X_FAILED, "802.1X-2004 8.2.4.1.2"))]

    def _begin_eap(self, station: Station, enrolment: Enrolment, now: float) -> list[Addressed]:
        begun = self._eap(station, enrolment.begin(now))
        if station.port is None:
            return [(station, PortClosed()), *begun]
        station.port.began()
        return begun if station.port.unseen else [(station, PortClosed()), *begun]

    def _eap(self, station: Station, outputs: Iterable[Output]) -> list[Addressed]:
        version = self._config.keys.eapol_version
        outputs = tuple(outputs)
        if station.port is not None:
            if station.port.unseen:
                outputs = tuple(each for each in outputs if not isinstance(each, Transmit))
            for output in outputs:
                if isinstance(output, Transmit):
                    station.port.sent(output.octets)
        return [
            (
                station,
                Transmit(EapolFrame(version, EAPOL_EAP, output.octets).encode())
                if isinstance(output, Transmit)
                else output,
            )
            for output in outputs
        ]

    def _keys(self, station: Station, outputs: Iterable[Output], now: float) -> list[Addressed]:
        """Pass a handshake's outputs on, and tell the group key state what it must know."""
        done: list[Addressed] = []
        for output in outputs:
            if isinstance(output, GroupKeyAccepted):
                done += self._step_group(StationUpdated(station.address), now)
            elif isinstance(output, GroupRekeyRequested):
                done += self._step_group(RekeyGroup(), now)
            else:
                done.append((station, output))
                if isinstance(output, PortAuthorized):
                    done += self._step_group(StationJoined(station.address), now)
        return done

    def _step_group(self, given: LocalInput, now: float) -> list[Addressed]:
        if self._security is None:
            return []
        keys = self._security.keys
        if keys.state is GroupKeyState.IDLE and not isinstance(given, StartGroup | StationLeft):
            return []
        done: list[Addressed] = []
        for output in keys.step(given, now):
            if not isinstance(output, UpdateStation):
                done.append((None, output))
                continue
            station = self._stations.get(output.peer)
            if station is None or station.authenticator is None:
                done += self._step_group(StationLeft(output.peer), now)
            else:
                outputs = station.authenticator.step(UpdateGroup(), now)
                done += self._keys(station, outputs, now)
        return done
