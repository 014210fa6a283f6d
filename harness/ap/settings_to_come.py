"""New settings of an access point's network, from their coming until it goes on with them.

Source: the access point's configuration reference, 10.2 and 10.3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from harness.ap import events
from harness.ap.config import ApConfig
from harness.ap.config_parts import TELL
from harness.ap.neighbours import Adopt, Member, Neighbours
from harness.ap.new_settings import Learned, NetworkSettings
from harness.ap.registrars import Registrars
from harness.ap.reporting import Action
from harness.ap.wps import Notice, WpsRegistrarState
from harness.base.errors import ConfigError

SETTINGS_DELAY_S: Final = 0.1
"""Between an Enrollee's WSC_Done and the new settings it brought about."""


class SettingsToCome:
    """Those of `member`, whose Registrars tell of them.

    `next_config` is what comes, and `learned` what for: who keeps settings elsewhere may put
    another configuration in the place of the former. `due`: when it comes, None for never.
    """

    def __init__(self, member: Member, registrars: Registrars, neighbours: Neighbours) -> None:
        self._member = member
        self._registrars = registrars
        self._neighbours = neighbours
        self.forget()

    def forget(self) -> None:
        """Wait for nothing any more."""
        self.next_config: ApConfig | None = None
        self.learned: Learned | None = None
        self.due: float | None = None
        self._waiting: Learned | None = None

    def is_due(self, now: float) -> bool:
        return self.due is not None and self.due <= now

    def hurry(self, now: float) -> None:
        """What comes comes with the next turn: who keeps settings elsewhere is asked before."""
        if self.due is not None:
            self.due = min(self.due, now)

    def adopt(
        self,
        new: NetworkSettings,
        config: ApConfig,
        now: float,
        *,
        told: str | None = None,
        on: str | None = None,
    ) -> list[Action]:
        """Take new settings for every BSS of a Registrar, in the place of `config`, in a moment.

        The Registrar is that of the BSS `on`, or `told`. What tells of the settings goes before, on
        every BSS but `told`, which knows; other radios take those of the shared Registrar, too.
        Raises `ConfigError` for settings that no network can have, and changes nothing then;
        `UsageError` without WPS.
        """
        new = new.usable()
        registrar = self._registrars.of(on if told is None else told)
        actions = self._take(new, config, registrar, now, told)
        if registrar is self._registrars.shared:
            self._neighbours.pass_on(self._member, Adopt(new), now)
        return actions

    def adopt_shared(self, new: NetworkSettings, config: ApConfig, now: float) -> list[Action]:
        """Take what another radio of the program took; that they are of no use here is told."""
        registrar = self._registrars.shared
        if registrar is None:
            return []
        try:
            return self._take(new, config, registrar, now, None)
        except ConfigError as unusable:
            notice = Notice(events.SETTINGS_NOT_TAKEN, {"reason": str(unusable)})
            bsss = self._registrars.bsss_of(registrar)
            return [action for bss in bsss for action in bss.tell((notice,), now)]

    def instead_of(self, config: ApConfig, fits: Callable[[ApConfig], bool]) -> ApConfig:
        """What comes in the place of `config`; made anew if BSSs have changed and it fits not."""
        assert self.next_config is not None, "there was something to wait for"
        assert self._waiting is not None, "there was something to wait for"
        return self.next_config if fits(self.next_config) else self._waiting.applied_to(config)

    def _take(
        self,
        new: NetworkSettings,
        config: ApConfig,
        registrar: WpsRegistrarState,
        now: float,
        told: str | None,
    ) -> list[Action]:
        takers = self._registrars.bsss_of(registrar)
        applied = [bss.config.interface for bss in takers if bss.config.wps.processing != TELL]
        learned = Learned(new, tuple(applied))
        then = learned.applied_to(config)
        if applied:
            self.next_config, self.learned, self._waiting = then, learned, learned
            self.due = now + SETTINGS_DELAY_S
            registrar.settled = new
        return [
            action
            for bss in takers
            if bss.config.interface != told
            for action in bss.tell((Notice(events.SETTINGS_CHANGED, new.told(bss.config)),), now)
        ]
