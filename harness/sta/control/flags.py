"""The flags that scan results show of a BSS. Source: sta-control, 3.3."""

from __future__ import annotations

from typing import Final

from harness.base.address import MacAddress
from harness.base.errors import WireError
from harness.sta.bss_table import Bss
from harness.wire.dot11.elements import ELEMENT_RSNX, Elements
from harness.wire.rsn import Rsne
from harness.wire.wpa import WpaElement

ELEMENT_MESH_ID: Final = 114
_H2E: Final = 5
"""Bit of the RSN Extension element: SAE hash-to-element (IEEE 802.11-2020, 9.4.2.241)."""
_IBSS: Final = 0x0002
_PREAUTHENTICATION: Final = 0x0001
_OUI: Final = 0x000FAC00

_AKMS: Final = (
    (1, "EAP"),
    (2, "PSK"),
    (0, "None"),
    (8, "SAE"),
    (24, "SAE-EXT-KEY"),
    (3, "FT/EAP"),
    (4, "FT/PSK"),
    (9, "FT/SAE"),
    (25, "FT/SAE-EXT-KEY"),
    (5, "EAP-SHA256"),
    (6, "PSK-SHA256"),
    (11, "EAP-SUITE-B"),
    (12, "EAP-SUITE-B-192"),
    (14, "FILS-SHA256"),
    (15, "FILS-SHA384"),
    (18, "OWE"),
)
_CIPHERS: Final = (
    (10, "CCMP-256"),
    (9, "GCMP-256"),
    (4, "CCMP"),
    (8, "GCMP"),
    (2, "TKIP"),
    (5, "WEP104"),
    (1, "WEP40"),
)


def flags(bss: Bss, own: MacAddress) -> str:
    """All flags in their order. `own`: our address, which AuthorizedMACs may name."""
    elements = bss.elements
    found = ""
    if elements.wpa is not None:
        found += _security("WPA", _wpa(elements.wpa))
    if elements.rsn is not None:
        is_mesh = elements.get(ELEMENT_MESH_ID) is not None
        found += _security("RSN" if is_mesh else "WPA2", bss.rsn)
        found += _extension(elements)
    found += _wps(bss, own)
    if bss.privacy and not bss.is_secured:
        found += "[WEP]"
    if elements.get(ELEMENT_MESH_ID) is not None:
        found += "[MESH]"
    if bss.observation.capability & _IBSS:
        found += "[IBSS]"
    if bss.is_infrastructure:
        found += "[ESS]"
    return found


def _security(prefix: str, said: Rsne | WpaElement | None) -> str:
    if said is None:
        return f"[{prefix}-?]"
    akms = "+".join(name for number, name in _AKMS if _OUI | number in said.akms)
    ciphers = "+".join(name for number, name in _CIPHERS if _OUI | number in said.pairwise)
    ahead = isinstance(said, Rsne) and said.capabilities & _PREAUTHENTICATION
    return f"[{prefix}-{akms}-{ciphers}{'-preauth' if ahead else ''}]"


def _wpa(value: bytes) -> WpaElement | None:
    try:
        return WpaElement.decode(value)
    except WireError:
        return None


def _extension(elements: Elements) -> str:
    try:
        value = elements.get(ELEMENT_RSNX)
    except WireError:
        return ""
    return "[SAE-H2E]" if value and value[0] & 1 << _H2E else ""


def _wps(bss: Bss, own: MacAddress) -> str:
    """The class of the BSS; one whose setup is locked and offers nothing shows none."""
    wps = bss.wps
    if wps is None:
        return ""
    if wps.push_button_active:
        return "[WPS-PBC]"
    if wps.version2 and wps.authorizes(own):
        return "[WPS-AUTH]"
    return "[WPS-PIN]" if wps.selected_registrar else "[WPS]"
