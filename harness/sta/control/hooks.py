"""What stands between a station and its radio for outside programs: they see and change frames.

A program may carry EAPOL frames itself, take management frames, add elements and have the station
say wrong things. Source: sta-control, 3.6 and 3.8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from harness.base.address import MacAddress
from harness.base.errors import UsageError, WireError
from harness.base.event import Event
from harness.base.seam import Associate, Authenticate, InstallKey, Scan, TransmitEapol
from harness.base.seam_events import (
    Authenticated,
    BssObservation,
    EapolReceived,
    ManagementReceived,
    ManagementStatus,
    RadioEvent,
    ScanFinished,
    UnprotectedDisconnection,
)
from harness.proto.key_handshake import KEYS_DERIVED
from harness.sta import events
from harness.sta.core import Action, Actions
from harness.sta.trials import NO_TRIALS, Trials
from harness.wire.dot11.elements import (
    ELEMENT_RSNX,
    Elements,
    RawElement,
    join_elements,
    split_elements,
)
from harness.wire.dot11.frames import Action as ActionFrame
from harness.wire.dot11.frames import decode_frame
from harness.wire.eapol import EAPOL_KEY
from harness.wire.eapol_key import EapolKey
from harness.wire.sa_query import CATEGORY_SA_QUERY
from harness.wire.sae import ALGORITHM_SAE, TRANSACTION_COMMIT

ELEMENTS_OF_ASSOCIATION: Final = 13
ELEMENTS_OF_PROBE: Final = 14
HIGHEST_FRAME: Final = ELEMENTS_OF_PROBE
"""The numbers below are of peer-to-peer frames, which are never sent here."""
_FIRST_TOKEN: Final = 1 << 30
"""Out of the way of those that a machine gives."""


@dataclass(frozen=True, slots=True)
class SignalOverride:
    """What a BSS's signal is said to be, in dBm.

    `signal`, `average`, `beacon`: of the association; `noise`; `scan`: in scan results.
    """

    signal: int
    average: int
    beacon: int
    noise: int
    scan: int


@dataclass(slots=True)
class Hooks:
    """The switches, and what they do to what passes.

    `trials`: what the station is to say wrong. `elements`: of `VENDOR_ELEM_ADD`, by frame.
    `pairwise_key`: the temporal key in use. `association`: the last Association Request.
    """

    node: str
    eapol_by_program: bool = False
    management_by_program: bool = False
    trials: Trials = NO_TRIALS
    elements: dict[int, bytes] = field(default_factory=dict)
    signals: dict[MacAddress, SignalOverride] = field(default_factory=dict)
    pairwise_key: bytes = field(default=b"", repr=False)
    association: Associate | None = None
    installed: InstallKey | None = field(default=None, repr=False)
    _tokens: dict[int, bytes] = field(default_factory=dict, repr=False)

    def reset(self) -> None:
        """Let everything pass as it is; added elements stay."""
        self.eapol_by_program = self.management_by_program = False
        self.trials = NO_TRIALS
        self.signals.clear()

    # ---- from the radio ----------------------------------------------------------------------

    def incoming(self, event: RadioEvent, now: float) -> tuple[RadioEvent | None, Actions]:
        """What the station is told of `event`, and what a program is."""
        match event:
            case EapolReceived() if self.eapol_by_program:
                return event, (self._came(event, now),)
            case ManagementReceived() if self.management_by_program:
                return None, (self._taken(event, now),)
            case ManagementReceived() if self.trials.without_sa_query and _is_sa_query(event):
                return None, ()
            case ManagementStatus() if event.token in self._tokens:
                return self._sent(event, now)
            case UnprotectedDisconnection() if self.trials.without_sa_query:
                return None, ()
            case Authenticated() if self.trials.ignores_authentication:
                return None, ()
            case ScanFinished() if self.signals:
                results = tuple(self._heard(each) for each in event.results)
                return replace(event, results=results), ()
        return event, ()

    def _came(self, event: EapolReceived, now: float) -> Event:
        fields = {"source": event.source, "length": len(event.payload)}
        return Event(now, self.node, events.EAPOL_RECEIVED, fields)

    def _taken(self, event: ManagementReceived, now: float) -> Event:
        fields = {"frequency": event.frequency, "signal": event.signal, "frame": event.frame}
        return Event(now, self.node, events.MANAGEMENT_TAKEN, fields)

    def _sent(self, event: ManagementStatus, now: float) -> tuple[RadioEvent | None, Actions]:
        frame = self._tokens.pop(event.token)
        fields = {"frame": frame, "acknowledged": event.acknowledged}
        return None, (Event(now, self.node, events.MANAGEMENT_SENT, fields),)

    def _heard(self, bss: BssObservation) -> BssObservation:
        override = self.signals.get(bss.bssid)
        return bss if override is None else replace(bss, signal=override.scan)

    # ---- to the radio ------------------------------------------------------------------------

    def outgoing(self, actions: Actions, now: float) -> Actions:
        """What becomes of what the station wants done."""
        return tuple(done for action in actions for done in self._pass(action, now))

    def _pass(self, action: Action, now: float) -> Iterator[Action]:
        if isinstance(action, Event):
            if action.name == KEYS_DERIVED:
                key = action.fields["tk"]
                self.pairwise_key = key if isinstance(key, bytes) else b""
            yield action
            return
        change = _CHANGES.get(type(action))
        yield from (action,) if change is None else change(self, action, now)

    def _eapol(self, command: TransmitEapol, now: float) -> Iterator[Action]:
        if self.trials.without_group_answer and _is_group_answer(command.payload):
            return
        if not self.eapol_by_program:
            yield command
            return
        fields = {"peer": command.peer, "payload": command.payload}
        yield Event(now, self.node, events.EAPOL_TAKEN, fields)

    def _scan(self, command: Scan, now: float) -> Iterator[Action]:
        added = self.elements.get(ELEMENTS_OF_PROBE, b"")
        yield replace(command, elements=command.elements + added) if command.ssids else command

    def _authenticate(self, command: Authenticate, now: float) -> Iterator[Action]:
        commit, body = self.trials.sae_commit, command.body
        is_commit = command.algorithm == ALGORITHM_SAE and body[:2] == _FIRST
        replaced = commit is not None and is_commit
        yield replace(command, body=body[:4] + (commit or b"")) if replaced else command

    def _associate(self, command: Associate, now: float) -> Iterator[Action]:
        octets = command.elements
        if self.trials.rsnxe_association is not None:
            kept = [each for each in Elements(octets).raw if each.id != ELEMENT_RSNX]
            octets = join_elements(kept) + self.trials.rsnxe_association
        octets += self.trials.elements_association
        octets += self.elements.get(ELEMENTS_OF_ASSOCIATION, b"")
        self.association = replace(command, elements=octets)
        yield self.association

    def _install(self, command: InstallKey, now: float) -> Iterator[Action]:
        if command.peer is not None:
            self.installed = command
        yield command

    # ---- for the commands --------------------------------------------------------------------

    def await_status(self, frame: bytes) -> int:
        """Give the token with which `frame` is to be sent, so that a program is told of its end."""
        token = 1 + max(self._tokens, default=_FIRST_TOKEN)
        self._tokens[token] = frame
        return token

    def add_elements(self, frame: int, octets: bytes) -> None:
        """Raises `WireError` for octets that are no elements."""
        split_elements(octets)
        self.elements[frame] = self.elements.get(frame, b"") + octets

    def remove_elements(self, frame: int, octets: bytes) -> None:
        """Take the first of them with these octets away. Raises `UsageError`, `WireError`."""
        present = list(split_elements(self.elements.get(frame, b"")))
        for unwanted in split_elements(octets):
            found = next((each for each in present if _same(each, unwanted)), None)
            if found is None:
                raise UsageError("there is no such element")
            present.remove(found)
        self.elements[frame] = join_elements(present)


_FIRST: Final = TRANSACTION_COMMIT.to_bytes(2, "little")

_CHANGES: Final[dict[type, Callable[..., Iterator[Action]]]] = {
    TransmitEapol: Hooks._eapol,
    Scan: Hooks._scan,
    Authenticate: Hooks._authenticate,
    Associate: Hooks._associate,
    InstallKey: Hooks._install,
}


def _same(one: RawElement, other: RawElement) -> bool:
    return (one.id, one.value) == (other.id, other.value)


def _is_group_answer(payload: bytes) -> bool:
    """Tell group 2/2 from everything else that a station says."""
    if len(payload) < 2 or payload[1] != EAPOL_KEY:
        return False
    try:
        key = EapolKey.decode(payload)
    except WireError:
        return False
    return not key.is_pairwise and not key.request


def _is_sa_query(event: ManagementReceived) -> bool:
    try:
        frame = decode_frame(event.frame)
    except WireError:
        return False
    return isinstance(frame, ActionFrame) and frame.category == CATEGORY_SA_QUERY
