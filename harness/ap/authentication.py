"""Authentication of stations with one BSS: Open System, Shared Key and SAE.

Source: IEEE 802.11-2020, 11.3.4.3, 12.3.3 and 12.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from harness.ap import events
from harness.ap.beacon import Describer
from harness.ap.config import BssConfig
from harness.ap.reporting import Action, Reporter
from harness.ap.sae import SaeAuthentication
from harness.ap.wep import SHARED_KEY, SharedKey
from harness.base.address import MacAddress
from harness.base.event import Event
from harness.base.seam import TransmitManagement
from harness.proto.machine import Discarded, Notify, Output
from harness.proto.sae import (
    AuthenticationReceived,
    SaeAccepted,
    SaeFailed,
    TransmitAuthentication,
)
from harness.wire.dot11.codes import (
    STATUS_FULL,
    STATUS_OUT_OF_SEQUENCE,
    STATUS_SUCCESS,
    STATUS_UNKNOWN_ALGORITHM,
)
from harness.wire.dot11.frames import Authentication
from harness.wire.sae import ALGORITHM_SAE

OPEN_SYSTEM: Final = 0


@dataclass(frozen=True, slots=True)
class NewStation:
    """A station has authenticated by `algorithm`: whatever it was before, it is that now."""

    address: MacAddress
    algorithm: int


Steps: TypeAlias = list[Action | NewStation]


class Authentications:
    """Answers Authentication frames. `sae`, `shared_key`: None for a BSS that does not do it.

    `refuses`: the status that a station is turned away with, whatever it says; 0: with none.
    """

    def __init__(
        self,
        config: BssConfig,
        frames: Describer,
        sae: SaeAuthentication | None,
        shared_key: SharedKey | None,
        reporter: Reporter,
        refuses: Callable[[MacAddress, float], int],
    ) -> None:
        self._refuses = refuses
        self._interface = config.interface
        self._open_system = config.open_system
        self._frames = frames
        self._sae = sae
        self._shared_key = shared_key
        self._reporter = reporter

    def retune(self, frames: Describer) -> None:
        """The BSS is on another channel."""
        self._frames = frames

    def receive(self, frame: Authentication, now: float, *, decrypted: bool) -> Steps:
        """Take a frame. `decrypted`: it came protected."""
        source = frame.header.a2
        assert source is not None, "a management frame has a transmitter"
        step = (frame.transaction + 1) & 0xFFFF
        refused = self._refuses(source, now)
        if refused != STATUS_SUCCESS:
            return self._turn_away(source, frame.algorithm, step, refused, now)
        if frame.algorithm == ALGORITHM_SAE and self._sae is not None:
            given = AuthenticationReceived(frame.transaction, frame.status, frame.body)
            return self._sae_steps(self._sae.receive(source, given, now), now)
        if frame.algorithm == SHARED_KEY and self._shared_key is not None:
            return self._shared_key_steps(self._shared_key, source, frame, now, decrypted=decrypted)
        status = STATUS_SUCCESS
        if frame.algorithm != OPEN_SYSTEM or not self._open_system:
            status = STATUS_UNKNOWN_ALGORITHM
        elif frame.transaction != 1:
            status = STATUS_OUT_OF_SEQUENCE
        steps: Steps = []
        if status == STATUS_SUCCESS:
            if self._sae is not None:
                self._sae.forgo(source)
            steps.append(NewStation(source, OPEN_SYSTEM))
        steps.append(self._answer(source, frame.algorithm, step, status))
        steps.append(self._told(source, status, now))
        return steps

    def _shared_key_steps(
        self,
        shared_key: SharedKey,
        source: MacAddress,
        frame: Authentication,
        now: float,
        *,
        decrypted: bool,
    ) -> Steps:
        status, body = shared_key.answer(source, frame, decrypted=decrypted)
        reply = self._answer(source, SHARED_KEY, frame.transaction + 1 & 0xFFFF, status, body)
        proven = status == STATUS_SUCCESS and shared_key.is_proof(frame)
        steps: Steps = [NewStation(source, SHARED_KEY)] if proven else []
        steps.append(reply)
        if proven or status != STATUS_SUCCESS:
            steps.append(self._told(source, status, now))
        return steps

    def _turn_away(
        self, source: MacAddress, algorithm: int, step: int, status: int, now: float
    ) -> Steps:
        steps: Steps = [self._answer(source, algorithm, step, status)]
        if status == STATUS_FULL:
            steps.append(self._reporter.event(now, events.STATION_LIMIT_REACHED, station=source))
        return [*steps, self._told(source, status, now)]

    def deadline(self) -> float | None:
        return None if self._sae is None else self._sae.deadline()

    def tick(self, now: float) -> Steps:
        """Do what is due."""
        return [] if self._sae is None else self._sae_steps(self._sae.tick(now), now)

    def _sae_steps(self, outputs: Iterable[tuple[MacAddress, Output]], now: float) -> Steps:
        steps: Steps = []
        for peer, output in outputs:
            match output:
                case TransmitAuthentication(step, status, body):
                    steps.append(self._answer(peer, ALGORITHM_SAE, step, status, body))
                case SaeAccepted():
                    steps.append(NewStation(peer, ALGORITHM_SAE))
                    steps.append(self._told(peer, STATUS_SUCCESS, now))
                case SaeFailed():
                    steps.append(self._told(peer, output.status, now))
                case Notify():
                    fields = {**output.fields, "station": peer}
                    steps.append(self._reporter.event(now, output.name, **fields))
                case Discarded(reason, clause):
                    steps.append(self._reporter.discarded(now, peer, reason, clause))
        return steps

    def _answer(
        self, peer: MacAddress, algorithm: int, step: int, status: int, body: bytes = b""
    ) -> TransmitManagement:
        frame = self._frames.authentication(peer, algorithm, step, status, body)
        return TransmitManagement(interface=self._interface, frame=frame)

    def _told(self, peer: MacAddress, status: int, now: float) -> Event:
        return self._reporter.event(now, events.STATION_AUTHENTICATED, station=peer, status=status)
