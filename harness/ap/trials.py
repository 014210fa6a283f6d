"""What a tester may have the Registrar of an access point say, against its better knowledge.

Set by commands for one run, never by a file. Source: the access point's control interface, 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harness.wire.wsc.device import AuthenticationType, EncryptionType
from harness.wire.wsc.extension import VERSION2
from harness.wire.wsc.settings import Credential


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """The test variables; each one's default changes nothing.

    `wps_version`: what Version2 says, see `harness.wire.wsc.version`. `stub_credential`: a useless
    Credential comes before the right one.
    """

    wps_version: int = VERSION2
    stub_credential: bool = False


NO_TRIALS: Final = Trials()


def stub_credential(like: Credential) -> Credential:
    """A Credential that opens no network, for the Enrollee of `like`."""
    return Credential(
        network_index=1,
        ssid=b"stub\0",
        authentication_type=AuthenticationType.WPA2_PSK,
        encryption_type=EncryptionType.AES,
        network_key=b"stub psk\0",
        mac_address=like.mac_address,
    )
