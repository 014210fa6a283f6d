"""From a WSC Credential to a network profile. Source: the station's behaviour page, 6.9.

Which Credentials are acceptable at all, the Enrollee has judged: `harness.proto.wsc_credentials`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from harness.base.errors import ConfigError
from harness.base.seam import CIPHER_CCMP, CIPHER_TKIP
from harness.sta.config import MFP_OPTIONAL, KeyManagement, Network, SecurityProtocol
from harness.wire.wsc.device import AuthenticationType, EncryptionType
from harness.wire.wsc.settings import Credential

_PSK_TYPES = AuthenticationType.WPA_PSK | AuthenticationType.WPA2_PSK
_HEX_PSK_OCTETS = 64


def network_from(credential: Credential, priority: int = 0, *, add_sae: bool = False) -> Network:
    """Make the network that a Credential describes, with id 0 and without Multi-AP role.

    `add_sae`: one for WPA2-PSK with a passphrase may be joined by SAE too, and its management
    frames be protected.     Raises `ConfigError` for one that the Enrollee would not have accepted.
    """
    authentication = credential.authentication_type
    if authentication == AuthenticationType.OPEN:
        return Network(
            ssid=credential.ssid,
            key_mgmt=frozenset({KeyManagement.NONE}),
            proto=frozenset(),
            auth_alg=0,
            priority=priority,
        )
    if not authentication & _PSK_TYPES:
        raise ConfigError(f"no authentication type for a station: {authentication:#06x}")
    key = credential.network_key or b""
    is_psk = len(key) == _HEX_PSK_OCTETS
    with_sae = add_sae and bool(authentication & AuthenticationType.WPA2_PSK) and not is_psk
    methods = {KeyManagement.WPA_PSK, KeyManagement.SAE} if with_sae else {KeyManagement.WPA_PSK}
    return Network(
        ssid=credential.ssid,
        psk=_psk(key) if is_psk else None,
        passphrase=None if is_psk else key.decode("utf-8", "surrogateescape"),
        key_mgmt=frozenset(methods),
        proto=_protocols(authentication),
        pairwise=_ciphers(credential.encryption_type),
        auth_alg=None if with_sae else 0,
        ieee80211w=MFP_OPTIONAL if with_sae else None,
        priority=priority,
    )


def _protocols(authentication: int) -> frozenset[SecurityProtocol]:
    if authentication & AuthenticationType.WPA2_PSK:
        return frozenset({SecurityProtocol.RSN})
    return frozenset({SecurityProtocol.WPA, SecurityProtocol.RSN})


def _ciphers(encryption: int) -> frozenset[int]:
    """CCMP always: a Credential that names TKIP is for networks that often have both."""
    if encryption & EncryptionType.TKIP:
        return frozenset({CIPHER_CCMP, CIPHER_TKIP})
    return frozenset({CIPHER_CCMP})


def _psk(digits: bytes) -> bytes:
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        raise ConfigError("a key of 64 octets that are no hexadecimal digits") from None


def merged(network: Network, of_this_run: Iterable[Network]) -> tuple[Network, list[Network]]:
    """Take in those of the same enrolment that differ in protocols and ciphers alone.

    Returns the network that allows what all of them do, and those that it takes in.
    """
    taken = [
        other
        for other in of_this_run
        if _is_alike(other, network)
        and (other.psk, other.passphrase) == (network.psk, network.passphrase)
    ]
    for other in taken:
        network = replace(
            network,
            proto=network.proto | other.proto,
            pairwise=network.pairwise | other.pairwise,
        )
    return network, taken


def duplicates(network: Network, others: Iterable[Network]) -> list[Network]:
    """Those of `others` that `network` makes superfluous: the same SSID and security."""
    return [
        other
        for other in others
        if _is_alike(other, network)
        and other.proto == network.proto
        and other.pairwise == network.pairwise
    ]


def _is_alike(other: Network, network: Network) -> bool:
    """Another network with the same SSID, key management and a group cipher in common."""
    return (
        other.id != network.id
        and other.wps is None
        and other.ssid == network.ssid
        and other.bssid in (None, network.bssid)
        and other.auth_alg == network.auth_alg
        and other.key_mgmt == network.key_mgmt
        and bool(other.group & network.group)
    )
