"""Which received Credentials an Enrollee accepts, and what it makes of them (sta.md §6.9)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from harness.base.errors import WireError
from harness.wire.wsc.device import AuthenticationType as Auth
from harness.wire.wsc.device import EncryptionType as Encr
from harness.wire.wsc.device import ErrorIndication
from harness.wire.wsc.settings import Credential

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
    key = key or b""
    if 8 < len(key) < 64 and key.endswith(b"\0"):
        key = key[:-1]
    if not credential.encryption_type & (Encr.NONE | Encr.TKIP | Encr.AES):
        if credential.encryption_type & Encr.WEP:
            return Refused("WEP", ErrorIndication.WEP_PROHIBITED)
        return Refused(f"Encryption Type {credential.encryption_type:#06x}")
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
