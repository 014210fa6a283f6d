"""An AP's word that its network is past the transition to WPA3: less secure ways in are closed.

Of the ways that an AP may close, WPA2-Personal alone is one that is built beside a safer one.
Source: Wi-Fi Alliance WPA3 Specification 3.0, 8.
"""

from __future__ import annotations

from dataclasses import replace

from harness.base.seam import AKM_SAE, CIPHER_CCMP, CIPHER_TKIP
from harness.sta import events
from harness.sta.config import (
    MFP_REQUIRED,
    PSK_METHODS,
    Network,
    SecurityProtocol,
)
from harness.sta.core import Core
from harness.sta.joining import Attempt
from harness.wire.key_data import WPA3_PERSONAL_ONLY


def hardened(network: Network) -> Network:
    """What is left of a network with SAE: it alone, without TKIP, management frames protected."""
    return replace(
        network,
        key_mgmt=network.key_mgmt - PSK_METHODS,
        proto=network.proto - {SecurityProtocol.WPA},
        group=network.group - {CIPHER_TKIP} | {CIPHER_CCMP},
        ieee80211w=MFP_REQUIRED,
    )


def take(core: Core, attempt: Attempt, bitmap: int, now: float) -> None:
    """Take in what the AP of a connection said.

    Only who came in by SAE believes that SAE is to be had, now and later.
    """
    core.report(now, events.TRANSITION_DISABLED, bssid=attempt.bssid, bitmap=bitmap)
    if attempt.akm != AKM_SAE or not bitmap & WPA3_PERSONAL_ONLY:
        return
    if attempt.network_id not in core.networks:
        return
    network = core.networks[attempt.network_id]
    if hardened(network) != network:
        core.networks.change(hardened(network))
        core.report(now, events.NETWORK_HARDENED, id=network.id)
