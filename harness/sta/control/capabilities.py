"""What the station and its radio can do. Source: sta-control, 3.5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.base.errors import UsageError
from harness.sta.control.order import Order, plain, with_argument

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

_FIXED: Final = {
    "eap": "WSC",
    "pairwise": "CCMP TKIP",
    "group": "CCMP TKIP WEP104 WEP40",
    "group_mgmt": "AES-128-CMAC",
    "key_mgmt": "NONE WPA-PSK SAE",
    "proto": "RSN WPA",
    "auth_alg": "OPEN SHARED SAE",
    "modes": "AP",
    "multibss": "MULTIBSS-STA",
    "sae": "H2E",
}

_FLAGS: Final = (
    (5, "SME"),
    (7, "SET_KEYS_AFTER_ASSOC_DONE"),
    (14, "VALID_ERROR_CODES"),
    (16, "EAPOL_TX_STATUS"),
    (25, "SAE"),
    (58, "CONTROL_PORT"),
)
"""Bits and names as in wpa_supplicant's own reply."""


_STRICT: Final = "strict"
"""No guesses. There are none: what the station can do and the radio can't is never built."""
_FOR_INTERFACES: Final = "iftype="
_INTERFACES: Final = frozenset(
    ("STATION", "AP", "AP_VLAN", "IBSS", "MESH", "NAN", "P2P_CLIENT", "P2P_GO", "P2P_DEVICE")
)


def _capability(control: StationControl, rest: str, now: float) -> str:
    """`TYPE [strict] [iftype=KIND]`: the options change nothing, for all radios here are alike.

    As with wpa_supplicant, an unknown kind is wrong only where it would count.
    """
    word, *options = rest.split(" ")
    for option in options:
        kind = option.removeprefix(_FOR_INTERFACES)
        if option not in (_STRICT, _FOR_INTERFACES + kind):
            raise UsageError(f"neither strict nor iftype: {option!r}")
        if word == "key_mgmt" and option != _STRICT and kind not in _INTERFACES:
            raise UsageError(f"no kind of interfaces: {kind!r}")
    if word in _FIXED:
        return _FIXED[word]
    if word == "beacon_prot":
        return "supported" if control.surroundings.protects_beacons() else "not supported"
    if word in ("channels", "freq"):
        return _channels(control.station.core.identity.frequencies, with_frequencies=word == "freq")
    raise UsageError(f"no such capability: {word!r}")


_MODES: Final = (("G", 2412, 2484), ("A", 4900, 5895), ("B", 2412, 2484))
"""Generations of the standard, in wpa_supplicant's order, and the frequencies that they have."""


def _channels(frequencies: tuple[int, ...], *, with_frequencies: bool) -> str:
    lines = []
    for mode, low, high in _MODES:
        inside = [each for each in frequencies if low <= each <= high]
        if not inside:
            continue
        if with_frequencies:
            rows = "".join(f" {channel_of(each)} = {each} MHz\n" for each in inside)
            lines.append(f"Mode[{mode}] Channels:\n{rows}\n")
        else:
            lines.append(f"Mode[{mode}] Channels: {' '.join(map(channel_of, inside))}\n")
    return "".join(lines)


def channel_of(frequency: int) -> str:
    """The channel's number, of a frequency in MHz (IEEE 802.11-2020, Annex E)."""
    if frequency == 2484:
        return "14"
    return str((frequency - 2407) // 5 if frequency < 4000 else (frequency - 5000) // 5)


def _flags(control: StationControl, rest: str, now: float) -> str:
    word = sum(1 << bit for bit, _ in _FLAGS)
    return f"{word:016X}:\n" + "".join(f"{name}\n" for _, name in _FLAGS)


ORDERS: Final[dict[str, Order]] = {
    "GET_CAPABILITY": with_argument(_capability),
    "DRIVER_FLAGS": plain(_flags),
}
