"""What a user of WPS can order: a push button, a PIN, or an access point's settings.

Source: the station's behaviour page, 6.1 and 6.12.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from harness.base.address import ZERO, MacAddress
from harness.sta.config import WpsMethod, WpsParameters
from harness.wire.wsc.device import AuthenticationType, DevicePasswordId, EncryptionType
from harness.wire.wsc.settings import Credential

_AUTHENTICATIONS: Final = {
    "OPEN": AuthenticationType.OPEN,
    "WPAPSK": AuthenticationType.WPA_PSK,
    "WPA2PSK": AuthenticationType.WPA2_PSK,
}
_ENCRYPTIONS: Final = {
    "NONE": EncryptionType.NONE,
    "TKIP": EncryptionType.TKIP,
    "CCMP": EncryptionType.AES,
}
_LONGEST_KEY: Final = 64


def new_settings(words: Sequence[str]) -> Credential | None:
    """Read the SSID in hex, authentication, encryption and key in hex; None for what is none.

    The two names may have something behind them, and so may the key after a space.
    """
    try:
        ssid = bytes.fromhex(words[0])
        key = bytes.fromhex(words[3].partition(" ")[0])
    except ValueError:
        return None
    authentication = _named(words[1], _AUTHENTICATIONS)
    encryption = _named(words[2], _ENCRYPTIONS)
    if authentication is None or encryption is None:
        return None
    if not 1 <= len(ssid) <= 32 or len(key) > _LONGEST_KEY:
        return None
    return Credential(
        network_index=1,
        ssid=ssid,
        authentication_type=authentication,
        encryption_type=encryption,
        network_key=key,
        mac_address=MacAddress(ZERO),
    )


def _named(word: str, names: Mapping[str, int]) -> int | None:
    return next((value for name, value in names.items() if word.startswith(name)), None)


def push_button(multi_ap: int = 0) -> WpsParameters:
    """Raises `ConfigError` for another `multi_ap` than 0 to 6."""
    return WpsParameters(method=WpsMethod.PBC, multi_ap=multi_ap)


def by_pin(pin: str, multi_ap: int, device_password_id: int) -> WpsParameters:
    """Raises `ConfigError`."""
    return WpsParameters(
        method=WpsMethod.PIN,
        password=pin.encode(),
        device_password_id=device_password_id,
        multi_ap=multi_ap,
    )


def registrar(
    pin: str, settings: Credential | None = None, *, unfit: bool = False
) -> WpsParameters:
    """`settings`: what to give the access point, whose `mac_address` does not count; None to learn.

    `unfit`: they can't be given to anyone. Raises `ConfigError`.
    """
    return WpsParameters(
        method=WpsMethod.REGISTRAR,
        password=pin.encode(),
        device_password_id=DevicePasswordId.DEFAULT,
        new_settings=settings,
        unfit=unfit,
    )
