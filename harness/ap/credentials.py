"""What an Enrollee is given in M8.

Sources: Wi-Fi Simple Configuration 2.0.8, 12 (Credential); Multi-AP Specification 1.0, 5.1 and
README-MULTI-AP, "WPS support": a backhaul station gets the backhaul BSS's credential.
"""

from __future__ import annotations

from harness.ap.config import BssConfig
from harness.ap.security import pmk
from harness.wire.multi_ap import BACKHAUL_STA
from harness.wire.wsc.device import AuthenticationType, ConfigMethods, EncryptionType
from harness.wire.wsc.messages import M1
from harness.wire.wsc.settings import Credential


def asks_for_backhaul(bss: BssConfig, m1: M1) -> bool:
    """True when `m1` asks for a backhaul link and the BSS knows a backhaul BSS."""
    if not bss.is_fronthaul or bss.multi_ap_backhaul_ssid is None:
        return False
    return m1.multi_ap == BACKHAUL_STA


def credential_for(bss: BssConfig, m1: M1, passphrase: str | None = None) -> Credential:
    """The Credential for the Enrollee that sent `m1`.

    `passphrase`: what an unconfigured BSS is about to have; None for the present key.
    A BSS has one pair of authentication and encryption types here, so there is nothing to choose:
    an Enrollee whose flags name neither is taken to support them.
    """
    if asks_for_backhaul(bss, m1):
        assert bss.multi_ap_backhaul_ssid is not None, "it knows a backhaul BSS"
        return _credential(m1, bss.multi_ap_backhaul_ssid, _backhaul_key(bss), protected=True)
    if passphrase is not None:
        return _credential(m1, bss.ssid, passphrase.encode(), protected=True)
    key = _network_key(bss, m1) if bss.protected else b""
    return _credential(m1, bss.ssid, key, protected=bss.protected)


def _credential(m1: M1, ssid: bytes, key: bytes, *, protected: bool) -> Credential:
    return Credential(
        network_index=1,
        ssid=ssid,
        authentication_type=(AuthenticationType.WPA2_PSK if protected else AuthenticationType.OPEN),
        encryption_type=EncryptionType.AES if protected else EncryptionType.NONE,
        network_key=key,
        mac_address=m1.mac_address,
    )


def _backhaul_key(bss: BssConfig) -> bytes:
    if bss.multi_ap_backhaul_psk is not None:
        return bss.multi_ap_backhaul_psk.hex().encode()
    return (bss.multi_ap_backhaul_passphrase or "").encode()


def _network_key(bss: BssConfig, m1: M1) -> bytes:
    """The passphrase as typed, or the PSK in hex where nobody could read a passphrase."""
    if bss.passphrase is None or _wants_psk(m1):
        return pmk(bss).hex().encode()
    return bss.passphrase.encode()


def _wants_psk(m1: M1) -> bool:
    if not m1.config_methods & ConfigMethods.DISPLAY:
        return True
    return m1.manufacturer.startswith("Apple ") and m1.model_name == "AirPort"
