"""The flags that scan results show of a BSS. Source: sta-control, 3.3."""

from __future__ import annotations

from typing import Final

from harness.base.address import MacAddress
from harness.base.errors import WireError
from harness.sta.bss_table import Bss
from harness.wire.dot11.elements import Elements
from harness.wire.rsn import Rsne

ELEMENT_MESH_ID: Final = 114
ELEMENT_RSNX: Final = 244
_H2E: Final = 5
"""Bit of the RSN Extension element: SAE hash-to-element (IEEE 802.11-2020, 9.4.2.241)."""
_IBSS: Final = 0x0002
_PREAUTHENTICATION: Final = 0x0001
_OUI_RSN, _OUI_WPA = 0x000FAC00, 0x0050F200
_WPA_VERSION: Final = b"\x01\x00"

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
        found += _security("WPA", _wpa(elements.wpa), _OUI_WPA)
    if elements.rsn is not None:
        is_mesh = elements.get(ELEMENT_MESH_ID) is not None
        found += _security("RSN" if is_mesh else "WPA2", bss.rsn, _OUI_RSN)
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


def _security(prefix: str, said: Rsne | None, oui: int) -> str:
    if said is None:
        return f"[{prefix}-?]"
    akms = "+".join(name for number, name in _AKMS if oui | number in said.akms)
    ciphers = "+".join(name for number, name in _CIPHERS if oui | number in said.pairwise)
    ahead = "-preauth" if said.capabilities & _PREAUTHENTICATION and oui == _OUI_RSN else ""
    return f"[{prefix}-{akms}-{ciphers}{ahead}]"


def _wpa(value: bytes) -> Rsne | None:
    """Read the WPA element: an early RSN element with suites of another OUI."""
    if value[:2] != _WPA_VERSION or len(value) < 12:
        return None
    try:
        group, rest = value[2:6], value[6:]
        pairwise, rest = _suites(rest)
        akms, _ = _suites(rest)
    except ValueError:
        return None
    return Rsne(int.from_bytes(group, "big"), pairwise, akms)


def _suites(octets: bytes) -> tuple[tuple[int, ...], bytes]:
    end = 2 + 4 * int.from_bytes(octets[:2], "little")
    if not 2 < end <= len(octets):
        raise ValueError("a list of suites that does not fit")
    suites = (octets[at : at + 4] for at in range(2, end, 4))
    return tuple(int.from_bytes(suite, "big") for suite in suites), octets[end:]


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
