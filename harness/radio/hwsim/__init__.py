"""Radios that the kernel simulates with mac80211_hwsim."""

from harness.radio.hwsim.air import BareRadio, HwsimAir

__all__ = ["BareRadio", "HwsimAir"]
