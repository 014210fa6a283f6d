"""Devices that break one rule each about SAE and protected management frames."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from typing import ClassVar

from harness.ap.config import MFP_OFF, ApConfig, BssConfig
from harness.base.seam import AKM_SAE, Deauthenticate
from harness.base.seam_events import RadioEvent, UnprotectedDisconnection
from harness.lab.devices.airproof import AirproofAccessPoint, AirproofStation
from harness.lab.devices.networks import BssOnAir
from harness.lab.edited_radio import EditedRadio
from harness.radio.interface import Radio
from harness.sta.config import StationConfig
from harness.wire.dot11.codes import REASON_LEAVING

_PWE_LOOP = 0


class _OtherSecurity(AirproofAccessPoint):
    """Has other security than it was told in each BSS with SAE."""

    def configuration(self) -> ApConfig:
        right = super().configuration()
        bsss = (self.changed(bss) if bss.does_sae else bss for bss in right.bsss)
        return dataclasses.replace(right, bsss=tuple(bsss))

    @abstractmethod
    def changed(self, bss: BssConfig) -> BssConfig:
        """What it makes of a BSS with SAE."""


class NoProtection(_OtherSecurity):
    """Does not protect management frames."""

    kind: ClassVar[str] = "tester:no-protection"

    def changed(self, bss: BssConfig) -> BssConfig:
        return dataclasses.replace(bss, ieee80211w=MFP_OFF)


class HuntsOnly(_OtherSecurity):
    """Does SAE by hunting and pecking only."""

    kind: ClassVar[str] = "tester:hunts-only"

    def changed(self, bss: BssConfig) -> BssConfig:
        return dataclasses.replace(bss, sae_pwe=_PWE_LOOP)


class NoTransition(_OtherSecurity):
    """Offers SAE alone where PSK was to be beside it."""

    kind: ClassVar[str] = "tester:no-transition"

    def changed(self, bss: BssConfig) -> BssConfig:
        return dataclasses.replace(bss, akms=(AKM_SAE,))


class StaysInTransition(_OtherSecurity):
    """Closes no less secure way in."""

    kind: ClassVar[str] = "tester:stays-in-transition"

    def changed(self, bss: BssConfig) -> BssConfig:
        return dataclasses.replace(bss, keys=dataclasses.replace(bss.keys, transition_disable=0))


class ReopensPsk(AirproofStation):
    """Takes PSK again for its first network once it has been away from it."""

    kind: ClassVar[str] = "tester:reopens-psk"

    def control(self, command: str, interface: str | None = None) -> str:
        if command == "RECONNECT":
            super().control("SET_NETWORK 0 key_mgmt WPA-PSK SAE", interface)
            super().control("SET_NETWORK 0 ieee80211w 1", interface)
        return super().control(command, interface)


class NeverUpgrades(AirproofStation):
    """Keeps a WPS credential as it came, whatever it was told."""

    kind: ClassVar[str] = "tester:never-upgrades"

    def configuration(self) -> StationConfig:
        return dataclasses.replace(super().configuration(), wps_cred_add_sae=False)


class PrefersPsk(AirproofStation):
    """Takes PSK although it could do SAE."""

    kind: ClassVar[str] = "tester:prefers-psk"

    def _connect(self, bss: BssOnAir, backhaul: bool, profile: int) -> None:
        weaker = dataclasses.replace(bss, bss=dataclasses.replace(bss.bss, sae=False))
        super()._connect(weaker, backhaul, profile)


class BelievesDeauthentication(AirproofStation):
    """Leaves when an unprotected Deauthentication says so."""

    kind: ClassVar[str] = "tester:believes-deauthentication"

    def radio(self, radio: Radio) -> Radio:
        def hear(event: RadioEvent) -> RadioEvent:
            if isinstance(event, UnprotectedDisconnection):
                leave = Deauthenticate(
                    interface=event.interface, bssid=event.bssid, reason=REASON_LEAVING
                )
                radio.perform(leave)
            return event

        return EditedRadio(radio, hear=hear)
