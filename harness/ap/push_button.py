"""Who asked by push button lately, and whether it was more than one.

Source: Wi-Fi Simple Configuration 2.0.8, 11.3: the registrar monitors the 120 s before the button
is pushed, and until the run ends, for a second Enrollee (session overlap).
"""

from __future__ import annotations

from dataclasses import dataclass

WALK_TIME_S = 120.0
"""How long the button stays pushed, and how far back a second Enrollee counts."""

GRACE_S = 5.0
"""How long after its own success an Enrollee's late Probe Requests are overlooked."""

SESSION_LIMIT = 64
"""More sessions than this are not kept: two distinct ones decide already."""


@dataclass(frozen=True, slots=True)
class Session:
    """One Enrollee that asked by push button. `seen`: when last, in seconds."""

    uuid: bytes
    seen: float


class PushButtonMonitor:
    """Counts Enrollees by UUID-E: one device on several bands or addresses is one."""

    def __init__(self) -> None:
        self._sessions: list[Session] = []
        self._served: Session | None = None

    def record(self, uuid: bytes, now: float) -> None:
        """Note that `uuid` asked; an Enrollee served a moment ago is overlooked."""
        served = self._served
        if served is not None and served.uuid == uuid and now - served.seen < GRACE_S:
            return
        self._sessions = [
            each for each in self._sessions if each.uuid != uuid and now - each.seen < WALK_TIME_S
        ]
        self._sessions.insert(0, Session(uuid, now))
        del self._sessions[SESSION_LIMIT:]

    def overlaps(self, now: float, asking: bytes | None = None) -> bool:
        """True when more than one Enrollee is there; `asking` counts as one of them."""
        uuids = {each.uuid for each in self._sessions if now - each.seen < WALK_TIME_S}
        if asking is not None:
            uuids.add(asking)
        return len(uuids) > 1

    def served(self, uuid: bytes, now: float) -> None:
        """Note that `uuid` got what it wanted."""
        self._sessions = [each for each in self._sessions if each.uuid != uuid]
        self._served = Session(uuid, now)
