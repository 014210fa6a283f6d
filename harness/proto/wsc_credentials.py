"""Which received Credentials and settings are acceptable, and what is made of them.

Sources: sta.md §6.9 for an Enrollee, ap.md §6 for an access point.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from harness.base.address import MacAddress
from harness.base.errors import WireError
from harness.wire.wsc.device import AuthenticationType as Auth
from harness.wire.wsc.device import EncryptionType as Encr
from harness.wire.wsc.device import ErrorIndication
from harness.wire.wsc.settings import Credential, M7Settings, M8Settings

_CIPHERS = Encr.TKIP | Encr.AES
_KNOWN_ENCRYPTION = Encr.NONE | _CIPHERS
_PSK = Auth.WPA_PSK | Auth.WPA2_PSK
_HEX = frozenset(b"0123456789abcdefABCDEF")


@dataclass(frozen=True, slots=True)
class Refused:
    """A Credential that can't be used, and why."""

    why: str
    reason: int = ErrorIndication.NO_ERROR


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a message's Credentials: those to use, and the refusals.

    `good` counts also those that were skipped for an authentication type nobody here speaks,
    which is no failure.
    """

    credentials: tuple[Credential, ...]
    refusals: tuple[Refused, ...]
    good: int

    @property
    def reason(self) -> int:
        """The `ErrorIndication` of the last refusal that has one."""
        reasons = [one.reason for one in self.refusals if one.reason]
        return reasons[-1] if reasons else ErrorIndication.NO_ERROR


def judge(values: tuple[bytes, ...]) -> Verdict:
    """Read the values of Credential attributes and judge each on its own. Raises nothing."""
    usable: list[Credential] = []
    refusals: list[Refused] = []
    good = 0
    for value in values:
        try:
            outcome = accept(Credential.decode(value))
        except WireError as error:
            outcome = Refused(str(error))
        if isinstance(outcome, Refused):
            refusals.append(outcome)
            continue
        good += 1
        if outcome is not None:
            usable.append(outcome)
    return Verdict(tuple(usable), tuple(refusals), good)


def accept(credential: Credential) -> Credential | Refused | None:
    """Clean a Credential up, or refuse it; None skips it silently.

    Zeros at the end of the SSID go, one zero at the end of a key of 9 to 63 octets goes, and
    WPA + WPA2 becomes WPA2.
    """
    authentication = _authentication(credential.authentication_type)
    key = credential.network_key
    open_network = authentication == Auth.OPEN and credential.encryption_type == Encr.NONE
    if key is None and not open_network:
        return Refused("no Network Key")
    key = _without_zero(key or b"")
    if not credential.encryption_type & _KNOWN_ENCRYPTION:
        return _unknown_encryption(credential.encryption_type)
    if authentication not in (Auth.OPEN, Auth.WPA_PSK, Auth.WPA2_PSK):
        return None
    if authentication != Auth.OPEN:
        why = _bad_key(key)
        if why:
            return Refused(why)
    return dataclasses.replace(
        credential,
        ssid=credential.ssid.rstrip(b"\0"),
        authentication_type=int(authentication),
        network_key=key,
    )


def accept_ap_settings(settings: M8Settings) -> Credential | Refused:
    """Clean up what a Registrar wants an access point to be, or refuse it (ap.md §6).

    TKIP alone becomes TKIP + AES, and WPA-PSK alone becomes WPA-PSK + WPA2-PSK.
    """
    authentication, encryption = settings.authentication_type, settings.encryption_type
    if not settings.ssid or authentication is None or encryption is None:
        return Refused("not all settings of an access point")
    if settings.mac_address is None:
        return Refused("no MAC Address")
    if settings.network_key is None and (authentication, encryption) != (Auth.OPEN, Encr.NONE):
        return Refused("no Network Key")
    if not encryption & _KNOWN_ENCRYPTION:
        return _unknown_encryption(encryption)
    if not authentication & _PSK and authentication != Auth.OPEN:
        return Refused(f"Authentication Type {authentication:#06x}")
    key = _without_zero(settings.network_key or b"")
    if authentication & _PSK:
        why = _bad_key(key) or ("" if encryption & _CIPHERS else "a key and no encryption")
        if why:
            return Refused(why)
        authentication |= Auth.WPA2_PSK if authentication & Auth.WPA_PSK else 0
        encryption |= Encr.AES if encryption & Encr.TKIP else 0
    return Credential(
        network_index=settings.network_index or 1,
        ssid=settings.ssid.rstrip(b"\0"),
        authentication_type=int(authentication),
        encryption_type=int(encryption),
        network_key=key,
        mac_address=settings.mac_address,
    )


def learned(settings: M7Settings, own: MacAddress) -> Credential | Refused:
    """Make a Credential for `own`, a Registrar, of what an access point says of itself.

    WPA2 wins over WPA and AES over TKIP (sta.md §6.12).
    """
    if settings.ssid is None or settings.authentication_type is None:
        return Refused("no settings of an access point")
    encryption = settings.encryption_type or 0
    if encryption & Encr.AES and encryption & Encr.TKIP:
        encryption &= ~Encr.TKIP
    credential = Credential(
        network_index=1,
        ssid=settings.ssid,
        authentication_type=settings.authentication_type,
        encryption_type=encryption,
        network_key=settings.network_key,
        mac_address=own,
    )
    return accept(credential) or Refused(
        f"Authentication Type {settings.authentication_type:#06x}"
    )


def _without_zero(key: bytes) -> bytes:
    return key[:-1] if 8 < len(key) < 64 and key.endswith(b"\0") else key


def _unknown_encryption(encryption: int) -> Refused:
    if encryption & Encr.WEP:
        return Refused("WEP", ErrorIndication.WEP_PROHIBITED)
    return Refused(f"Encryption Type {encryption:#06x}")


def _authentication(types: int) -> int:
    if types & Auth.WPA_PSK and types & Auth.WPA2_PSK:
        types &= ~Auth.WPA_PSK
    if types & Auth.WPA and types & Auth.WPA2:
        types &= ~Auth.WPA
    return types


def _bad_key(key: bytes) -> str | None:
    """Say what is wrong with the key of a PSK network, None if nothing is."""
    if not 8 <= len(key) <= 64:
        return f"Network Key of {len(key)} octets"
    if len(key) == 64:
        return None if _HEX.issuperset(key) else "Network Key of 64 octets that are not hex"
    if any(octet < 0x20 or octet == 0x7F for octet in key):
        return "control characters in the Network Key"
    return None
