"""The kernel's radios through nl80211: the same commands and events as on the simulated air."""

from harness.radio.nl80211.loop import RealLoop
from harness.radio.nl80211.radio import Nl80211Radio

__all__ = ["Nl80211Radio", "RealLoop"]
