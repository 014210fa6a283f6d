"""The AP PIN: what external registrars must know, and the lock against those who guess it.

One for all BSSs with WPS. Sources: README-WPS-access-point, "External operations"; ap.md §9. Every
call returns the names of the events to tell; none of them has fields.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from harness.ap import events
from harness.base.errors import ConfigError

UNLOCKED: Final = 0
LOCKED: Final = 1
HIDDEN_LOCK: Final = 2
"""Values of `ap_setup_locked`: the last lets a registrar learn and not configure, unannounced."""

FAILURES_UNTIL_LOCKED: Final = 3
FAILURES_UNTIL_LOCKED_FOR_GOOD: Final = 10
LOCKOUT_S: Final = 60.0
LONGEST_LOCKOUT_S: Final = 365.0 * 24 * 3600
LONGEST_PIN: Final = 8

Told: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalRegistrars:
    """What the configuration says of external registrars.

    `ap_pin`: the static AP PIN, taken as it is; None for none. `until`: when its time is over, on
    the clock; None: never. `setup_locked`: `ap_setup_locked`, 0 to 2. `lockout_s`: how long the
    first lock lasts, 0 for the usual time. `settings`: what M7 holds, as attributes, in the place
    of the network's settings. Raises `ConfigError`.
    """

    ap_pin: str | None = field(default=None, repr=False)
    until: float | None = None
    setup_locked: int = UNLOCKED
    lockout_s: float = 0.0
    settings: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.setup_locked not in (UNLOCKED, LOCKED, HIDDEN_LOCK):
            raise ConfigError(f"ap_setup_locked: must be 0 to 2, not {self.setup_locked}")


NO_EXTERNAL_REGISTRARS: Final = ExternalRegistrars()
"""Setup is not locked, and there is no AP PIN before a command sets one."""


class ApPin:
    """The AP PIN of a running access point, and whether setup is locked."""

    def __init__(self, config: ExternalRegistrars) -> None:
        self._config = config
        self._pin = config.ap_pin or None
        self._configured_lock = config.setup_locked
        self._lock = config.setup_locked
        self._failures = 0
        self._failures_in_row = 0
        self._lockout_s = 0.0
        self._unlock_at: float | None = None
        self._expires = config.until if self._pin is not None else None

    # ---- what is to be seen ---------------------------------------------------------------

    @property
    def pin(self) -> str | None:
        """None while there is none."""
        return self._pin

    @property
    def expires(self) -> float | None:
        """When there is none any more, on the clock; None: never by itself."""
        return self._expires

    @property
    def lock(self) -> int:
        """0, 1 or 2 as `ap_setup_locked` has them."""
        return self._lock

    @property
    def settings(self) -> bytes | None:
        """What M7 is to hold, None for the network's settings."""
        return self._config.settings

    def deadline(self) -> float | None:
        dues = (self._unlock_at, self._expires)
        return min((due for due in dues if due is not None), default=None)

    # ---- the user -------------------------------------------------------------------------

    def set(self, pin: str, now: float, timeout_s: float = 0.0) -> Told:
        """Take another AP PIN, for `timeout_s` seconds (0: for good), and forget all guessing."""
        told = (events.SETUP_UNLOCKED,) if self._lock != UNLOCKED else ()
        self._pin = pin
        self._configured_lock = self._lock = UNLOCKED
        self._failures = self._failures_in_row = 0
        self._unlock_at = None
        self._expires = now + timeout_s if timeout_s > 0 else None
        return told

    def disable(self) -> None:
        """Have no AP PIN any more."""
        self._pin = None
        self._expires = None

    def restore(self) -> None:
        """Have the configured AP PIN again, whatever was set since; guesses are not forgotten."""
        self._pin, self._expires = self._config.ap_pin or None, self._config.until

    # ---- external registrars --------------------------------------------------------------

    def proved(self) -> None:
        """A registrar knew the whole AP PIN."""
        self._failures_in_row = 0

    def guessed(self, now: float) -> Told:
        """A registrar did not know the AP PIN."""
        if self._pin is None:
            return ()
        self._failures += 1
        self._failures_in_row += 1
        if self._failures < FAILURES_UNTIL_LOCKED:
            return ()
        self._lock = LOCKED
        self._unlock_at = self._unlocks(now)
        return (events.SETUP_LOCKED,)

    def tick(self, now: float) -> Told:
        """The AP PIN's time, or the lock's, may be over."""
        told: Told = ()
        if self._expires is not None and self._expires <= now:
            self.disable()
            told += (events.AP_PIN_DISABLED,)
        if self._unlock_at is not None and self._unlock_at <= now:
            self._unlock_at = None
            self._lock = UNLOCKED
            told += (events.SETUP_UNLOCKED,)
        return told

    def _unlocks(self, now: float) -> float | None:
        """When the lock that begins now ends; None: never by itself."""
        if self._configured_lock != UNLOCKED:
            return None
        if self._failures_in_row >= FAILURES_UNTIL_LOCKED_FOR_GOOD:
            return None
        if self._lockout_s == 0:
            self._lockout_s = self._config.lockout_s or LOCKOUT_S
        elif self._failures % FAILURES_UNTIL_LOCKED == 0 and self._lockout_s < LONGEST_LOCKOUT_S:
            self._lockout_s *= 2
        return now + self._lockout_s
