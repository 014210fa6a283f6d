"""What an Enrollee is given in M8.

Sources: the access point's configuration reference, 3 and 10.1; Wi-Fi Simple Configuration 2.0.8,
12 (Credential); Multi-AP Specification 1.0, 5.1 and README-MULTI-AP, "WPS support": a backhaul
station gets the backhaul BSS's credential; README-WPS-access-point: with a file of PSKs each
device gets a random one of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.ap.config import WPS_UNCONFIGURED, BssConfig
from harness.ap.new_settings import NetworkSettings
from harness.ap.psks import PskList, StationKey
from harness.base.entropy import Entropy
from harness.base.seam import CIPHER_CCMP, CIPHER_TKIP
from harness.proto.wsc_registrar_config import common_types
from harness.wire.multi_ap import BACKHAUL_STA
from harness.wire.wsc.device import AuthenticationType as Auth
from harness.wire.wsc.device import ConfigMethods
from harness.wire.wsc.device import EncryptionType as Encr
from harness.wire.wsc.messages import M1
from harness.wire.wsc.settings import Credential

PSK_OCTETS = 32
_NO_KEYS = PskList(b"", None, ())


@dataclass(frozen=True, slots=True)
class Offer:
    """A network as Enrollees are to be given it.

    `rsn`, `wpa`: the Encryption Type bits of WPA2 and of WPA version 1, 0 where it is not served;
    both 0 is an open network. `key`: the passphrase's octets or 64 hex digits, None: there is none
    that everybody may have.
    """

    ssid: bytes
    rsn: int
    wpa: int
    key: bytes | None = field(repr=False)

    @property
    def protected(self) -> bool:
        return bool(self.rsn or self.wpa)

    @property
    def authentication(self) -> int:
        """The Authentication Type bits."""
        bits = (Auth.WPA2_PSK if self.rsn else 0) | (Auth.WPA_PSK if self.wpa else 0)
        return bits or Auth.OPEN

    @property
    def encryption(self) -> int:
        """The Encryption Type bits."""
        return (self.rsn | self.wpa) or Encr.NONE


@dataclass(frozen=True, slots=True)
class Handed:
    """What an Enrollee is handed. `key`: one made for it, to be taken up when it is content."""

    credential: Credential
    key: StationKey | None = None


def asks_for_backhaul(bss: BssConfig, m1: M1) -> bool:
    """True when `m1` asks for a backhaul link and the BSS knows a backhaul BSS."""
    if not bss.is_fronthaul or bss.multi_ap_backhaul_ssid is None:
        return False
    return m1.multi_ap == BACKHAUL_STA


def offer(bss: BssConfig) -> Offer:
    """The network of a BSS; an unconfigured one is about to have every type of PSK.

    With a file of PSKs no key is everybody's.
    """
    if bss.wps_state == WPS_UNCONFIGURED:
        every = int(Encr.TKIP | Encr.AES)
        return Offer(bss.ssid, every, every, _everybodys(bss))
    if not bss.protected:
        return Offer(bss.ssid, 0, 0, b"")
    return Offer(bss.ssid, _types(bss.rsn_pairwise), _types(bss.wpa_pairwise), _everybodys(bss))


def offered(new: NetworkSettings) -> Offer:
    """The network that new settings make."""
    types = new.encryption if new.protected else 0
    rsn = types if new.authentication & Auth.WPA2_PSK else 0
    return Offer(new.ssid, rsn, types if new.authentication & Auth.WPA_PSK else 0, new.key)


def _types(ciphers: tuple[int, ...]) -> int:
    bits = {CIPHER_CCMP: Encr.AES, CIPHER_TKIP: Encr.TKIP}
    return sum(int(bits[cipher]) for cipher in set(ciphers))


def _everybodys(bss: BssConfig) -> bytes | None:
    if bss.psk_file is not None:
        return None
    if bss.passphrase is not None:
        return bss.passphrase.encode(errors="surrogateescape")
    return None if bss.psk is None else bss.psk.hex().encode()


def credential_for(
    bss: BssConfig, network: Offer, m1: M1, psks: PskList | None, entropy: Entropy
) -> Handed | None:
    """What the Enrollee that sent `m1` is handed; None: it has no encryption in common with us.

    `network` is what the BSS is, or is about to be; `psks`: the keys of the BSS.
    """
    if asks_for_backhaul(bss, m1):
        return Handed(_backhaul(bss, m1))
    types = _common(network, m1)
    if types is None:
        return None
    if not network.protected:
        return Handed(_credential(m1, network.ssid, types, b""))
    known = psks or _NO_KEYS
    psk = known.handed_out(m1.mac_address)
    if psk is None and _wants_psk(m1):
        psk = known.shared
    if psk is not None:
        return Handed(_credential(m1, network.ssid, types, psk.hex().encode()))
    if network.key is not None:
        return Handed(_credential(m1, network.ssid, types, network.key))
    psk = entropy.octets(PSK_OCTETS)
    made = StationKey(secret=psk, address=m1.mac_address, wps=True)
    return Handed(_credential(m1, network.ssid, types, psk.hex().encode()), made)


def shared_credential(network: Offer, m1: M1) -> Credential | None:
    """The Credential of a network whose key everybody may have; None as in `credential_for`."""
    types = _common(network, m1)
    return None if types is None else _credential(m1, network.ssid, types, network.key or b"")


def _common(network: Offer, m1: M1) -> tuple[int, int] | None:
    """The best pair of Authentication and Encryption Type that both ends know."""
    auth, encr = common_types(m1, network.authentication, network.encryption)
    if auth & Auth.WPA2_PSK:
        return _with_cipher(Auth.WPA2_PSK, encr & network.rsn)
    if auth & Auth.WPA_PSK:
        return _with_cipher(Auth.WPA_PSK, encr & network.wpa)
    return (int(Auth.OPEN), int(Encr.NONE)) if encr & Encr.NONE else None


def _with_cipher(authentication: Auth, encryption: int) -> tuple[int, int] | None:
    for cipher in (Encr.AES, Encr.TKIP):
        if encryption & cipher:
            return int(authentication), int(cipher)
    return None


def _credential(m1: M1, ssid: bytes, types: tuple[int, int], key: bytes) -> Credential:
    return Credential(
        network_index=1,
        ssid=ssid,
        authentication_type=types[0],
        encryption_type=types[1],
        network_key=key,
        mac_address=m1.mac_address,
    )


def _backhaul(bss: BssConfig, m1: M1) -> Credential:
    assert bss.multi_ap_backhaul_ssid is not None, "it knows a backhaul BSS"
    if bss.multi_ap_backhaul_psk is not None:
        key = bss.multi_ap_backhaul_psk.hex().encode()
    else:
        key = (bss.multi_ap_backhaul_passphrase or "").encode(errors="surrogateescape")
    types = (int(Auth.WPA2_PSK), int(Encr.AES))
    return _credential(m1, bss.multi_ap_backhaul_ssid, types, key)


def _wants_psk(m1: M1) -> bool:
    """True for a device on which nobody could read a passphrase, and one that can't take one."""
    if not m1.config_methods & ConfigMethods.DISPLAY:
        return True
    return m1.manufacturer.startswith("Apple ") and m1.model_name == "AirPort"
