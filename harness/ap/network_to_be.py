"""The network that unconfigured BSSs become: one, however many Enrollees ask and wherever.

Two of them may be handed its credential at the same time, on two radios of the program, before
either says that it is content. Source: the access point's configuration reference, 10.2.
"""

from __future__ import annotations

from base64 import b64encode

from harness.ap.new_settings import EVERY_AUTHENTICATION, EVERY_ENCRYPTION, NetworkSettings
from harness.base.entropy import Entropy


class NetworkToBe:
    """What Enrollees are handed until it is a network, and then until there is another to be.

    `settings`: None while no Enrollee was handed any.
    """

    def __init__(self) -> None:
        self.settings: NetworkSettings | None = None
        self._adopter: object | None = None

    def obtain(self, ssid: bytes, entropy: Entropy) -> NetworkSettings:
        """Give the settings; the SSID is that of the BSS that asks first.

        The passphrase has 22 characters of Base64: 16 random octets.
        """
        if self.settings is None:
            key = b64encode(entropy.octets(16)).rstrip(b"=")
            self.settings = NetworkSettings(ssid, EVERY_AUTHENTICATION, EVERY_ENCRYPTION, key)
        return self.settings

    def adopt(self, adopter: object) -> bool:
        """An Enrollee of `adopter`'s is content; False: another made a network of it already."""
        if self._adopter is None:
            self._adopter = adopter
        return self._adopter is adopter

    def forget_adopted(self) -> None:
        """An unconfigured BSS begins: what became a network is none to be any more."""
        if self._adopter is not None:
            self.settings = self._adopter = None
