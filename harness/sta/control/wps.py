"""Commands about Wi-Fi Protected Setup. Source: sta-control, 3.7."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.base.address import MacAddress
from harness.base.errors import UsageError
from harness.crypto.wsc import pin_digits, pin_is_valid
from harness.sta.config_values import read_address, read_integer
from harness.sta.control.order import (
    FAIL,
    OK,
    UNKNOWN,
    Order,
    Takes,
    plain,
    prefix,
    refused,
    with_argument,
)
from harness.sta.orders import new_settings, registrar

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

_MULTI_AP: Final = "multi_ap="
_NO_ER: Final = "the External Registrar is not built yet"
_NO_NFC: Final = "NFC is not built yet"
_OF_ER: Final = (
    "WPS_ER_PIN", "WPS_ER_PBC", "WPS_ER_LEARN", "WPS_ER_SET_CONFIG", "WPS_ER_CONFIG",
    "WPS_ER_NFC_CONFIG_TOKEN",
)  # fmt: skip
_WITH_NFC: Final = (
    "WPS_NFC_TOKEN", "WPS_NFC_CONFIG_TOKEN", "WPS_NFC_TAG_READ", "NFC_GET_HANDOVER_REQ",
    "NFC_GET_HANDOVER_SEL", "NFC_REPORT_HANDOVER",
)  # fmt: skip


def _push_button(control: StationControl, rest: str, now: float) -> str:
    """`WPS_PBC`, or a blank and what it is to be for: a further blank makes that nothing."""
    if rest and not rest.startswith(" "):
        return UNKNOWN
    if rest == " " or rest.startswith("  "):
        raise UsageError("a blank, and neither any nor a BSSID after it")
    bssid, multi_ap = _target(rest)
    control.do(control.station.wps_pbc(now, bssid, multi_ap), now)
    return OK


def _pin(control: StationControl, rest: str, now: float) -> str:
    words = rest.split(" ")
    if words[0] == "get":
        return control.station.generate_pin()
    if not words[0]:
        raise UsageError("neither any nor a BSSID")
    bssid, multi_ap = _target(words[0])
    if words[-1].startswith(_MULTI_AP):
        _, multi_ap = _target(words.pop())
    if len(words) > 2:
        return FAIL
    pin = words[1] if len(words) == 2 else control.station.generate_pin()
    control.do(control.station.wps_pin(now, pin, bssid, multi_ap), now)
    return pin


def _target(rest: str) -> tuple[MacAddress | None, int]:
    """`any` or a BSSID, and `multi_ap=N`. Raises `ConfigError`."""
    bssid, multi_ap = None, 0
    for word in rest.split():
        if word.startswith(_MULTI_AP):
            multi_ap = read_integer(word.removeprefix(_MULTI_AP))
        elif word != "any":
            bssid = read_address(word)
    return bssid, multi_ap


def _registrar(control: StationControl, rest: str, now: float) -> str:
    """WPS_REG bssid pin [ssid-hex authentication encryption key-hex]."""
    words = rest.split(" ", 5)
    if len(words) not in (2, 6):
        return FAIL
    bssid, pin = read_address(words[0]), words[1]
    order = registrar(pin)
    if len(words) == 6:
        settings = new_settings(words[2:])
        order = registrar(pin, settings, unfit=settings is None)
    control.do(control.station.begin_wps(order, bssid, now), now)
    return OK


def _check_pin(control: StationControl, rest: str, now: float) -> str:
    digits = pin_digits(rest)
    if digits is None:
        return FAIL
    return digits if pin_is_valid(digits) else "FAIL-CHECKSUM\n"


def _cancel(control: StationControl, rest: str, now: float) -> str:
    control.do(control.station.wps_cancel(now), now)
    return OK


ORDERS: Final[dict[str, Order]] = {
    "WPS_PBC": prefix(_push_button),
    "WPS_PIN": with_argument(_pin),
    "WPS_CHECK_PIN": with_argument(_check_pin),
    "WPS_CANCEL": plain(_cancel),
    "WPS_REG": with_argument(_registrar),
    "WPS_NFC": refused(_NO_NFC),
    **dict.fromkeys(_WITH_NFC, refused(_NO_NFC, Takes.SOMETHING)),
    "WPS_ER_START": refused(_NO_ER),
    "WPS_ER_STOP": refused(_NO_ER, Takes.NOTHING),
    **dict.fromkeys(_OF_ER, refused(_NO_ER, Takes.SOMETHING)),
}
