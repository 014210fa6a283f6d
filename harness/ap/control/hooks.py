"""What stands between an access point and its radio for outside programs: they see and send frames.

A program may carry the EAPOL frames of a BSS itself, take its management frames, and decide how
associations are answered. Source: the access point's
control interface, 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from harness.ap import events
from harness.ap.reporting import Action
from harness.base.address import MacAddress
from harness.base.event import Event
from harness.base.seam import InstallKey, StopBss, TransmitEapol, TransmitManagement
from harness.base.seam_events import ManagementReceived, ManagementStatus, RadioEvent
from harness.wire.dot11.header import ASSOCIATION_RESPONSE, REASSOCIATION_RESPONSE

_FIRST_TOKEN: Final = 1 << 30
"""Out of the way of those that a machine gives."""

_TOKENS_KEPT: Final = 256
_STATUS: Final = slice(26, 28)
"""Where an Association Response has its status code."""


@dataclass(slots=True)
class Hooks:
    """The switches of one BSS, and what they do to what passes.

    `association_status`: what every successful association is answered with instead; None: with
    success. `installed`: the keys in use, by peer and
    index.
    """

    node: str
    interface: str
    eapol_by_program: bool = False
    management_by_program: bool = False
    association_status: int | None = None
    installed: dict[tuple[MacAddress | None, int], InstallKey] = field(
        default_factory=dict, repr=False
    )
    _sent: dict[int, bytes] = field(default_factory=dict, repr=False)
    _refused: set[int] = field(default_factory=set, repr=False)

    def reset(self) -> None:
        """Let everything pass as it is."""
        self.eapol_by_program = self.management_by_program = False
        self.association_status = None

    # ---- from the radio ----------------------------------------------------------------------

    def incoming(self, event: RadioEvent, now: float) -> tuple[RadioEvent | None, list[Action]]:
        """What the access point is told of `event`, and what a program is."""
        if isinstance(event, ManagementReceived) and self.management_by_program:
            return None, [self._told(events.MANAGEMENT_TAKEN, now, frame=event.frame)]
        if not isinstance(event, ManagementStatus):
            return event, []
        told: list[Action] = []
        frame = self._sent.get(event.token)
        if frame is not None and self.management_by_program:
            told.append(
                self._told(
                    events.MANAGEMENT_SENT, now, frame=frame, acknowledged=event.acknowledged
                )
            )
            return None, told
        return self.completed(event), told

    def completed(self, event: ManagementStatus) -> ManagementStatus | None:
        """What the access point is told of a frame's status; None: it does not wait for it."""
        self._sent.pop(event.token, None)
        if event.token >= _FIRST_TOKEN:
            return None
        if event.token in self._refused:
            self._refused.discard(event.token)
            return replace(event, acknowledged=False)
        return event

    def token_of(self, frame: bytes) -> int | None:
        """The token of a frame whose status a program takes; the sequence number is the radio's."""
        for token, sent in self._sent.items():
            if sent[:22] == frame[:22] and sent[24:] == frame[24:]:
                return token
        return None

    # ---- to the radio ------------------------------------------------------------------------

    def outgoing(self, action: Action, now: float) -> Iterator[Action]:
        """What becomes of what the access point wants done."""
        change = _CHANGES.get(type(action))
        yield from (action,) if change is None else change(self, action, now)

    def _eapol(self, command: TransmitEapol, now: float) -> Iterator[Action]:
        if not self.eapol_by_program:
            yield command
            return
        yield self._told(events.EAPOL_TAKEN, now, station=command.peer, payload=command.payload)

    def _management(self, command: TransmitManagement, now: float) -> Iterator[Action]:
        yield self.awaited(self._with_status(command))

    def _with_status(self, command: TransmitManagement) -> TransmitManagement:
        """A station that is told another status is not associated."""
        octets, status = command.frame, self.association_status
        answers = octets[0] & 0x0C == 0 and octets[0] >> 4 in _ASSOCIATION_RESPONSES
        if status is None or not answers or octets[_STATUS] != bytes(2):
            return command
        if status != 0:
            self._refused.add(command.token)
        changed = octets[: _STATUS.start] + status.to_bytes(2, "little") + octets[_STATUS.stop :]
        return replace(command, frame=changed)

    def awaited(self, command: TransmitManagement) -> TransmitManagement:
        """Have a program told of the frame's status, if it takes management frames."""
        if not self.management_by_program or not command.encrypt:
            return command
        token = command.token or 1 + max((_FIRST_TOKEN, *self._sent))
        self._sent[token] = command.frame
        for oldest in list(self._sent)[:-_TOKENS_KEPT]:
            del self._sent[oldest]
        return replace(command, token=token)

    def _install(self, command: InstallKey, now: float) -> Iterator[Action]:
        self.installed[command.peer, command.index] = command
        yield command

    def _stopped(self, command: StopBss, now: float) -> Iterator[Action]:
        self.installed.clear()
        self._sent.clear()
        self._refused.clear()
        yield command

    def _told(self, name: str, now: float, **fields: object) -> Event:
        return Event(now, self.node, name, {"interface": self.interface, **fields})


_ASSOCIATION_RESPONSES: Final = (ASSOCIATION_RESPONSE, REASSOCIATION_RESPONSE)

_CHANGES: Final[dict[type, Callable[..., Iterator[Action]]]] = {
    TransmitEapol: Hooks._eapol,
    TransmitManagement: Hooks._management,
    InstallKey: Hooks._install,
    StopBss: Hooks._stopped,
}
