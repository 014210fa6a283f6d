"""What keys without effect here may hold: what hostapd 2.10 refuses is refused all the same.

It is most likely a slip of the pen, and the file would be no good anywhere else. Checked against
hostapd 2.10, which reads what is no number as 0.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Final, TypeAlias

from harness.base.address import MacAddress

_NUMBER: Final = re.compile(r"\s*([+-]?\d+)")
_MOST: Final = (1 << 31) - 1
_OFF: Final = -1
_VLAN_IDS: Final = range(1, 4095)

_Check: TypeAlias = Callable[[str], None]


def check(name: str, value: str) -> None:
    """Look at the value of an ignored key. Raises `ValueError` with the reason."""
    judge = _CHECKS.get(name)
    if judge is not None:
        judge(value)


def vlan_list(text: str) -> tuple[int, ...]:
    """The file of `vlan_file`: a line is a VLAN's number, or `*`, and an interface.

    Gives the numbers, 0 for `*`.
    """
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        word = words[0]
        if word != "*" and not (word.isdecimal() and int(word) in _VLAN_IDS):
            raise ValueError(f"line {number}: {word!r} is no number of a VLAN")
        if len(words) < 2:
            raise ValueError(f"line {number}: the interface is missing")
        found.append(0 if word == "*" else int(word))
    return tuple(found)


def _number(value: str) -> int:
    match = _NUMBER.match(value)
    return int(match[1]) if match else 0


def _between(low: int, high: int, *others: int) -> _Check:
    def judge(value: str) -> None:
        number = _number(value)
        if not low <= number <= high and number not in others:
            raise ValueError(f"must be {low} to {high}, not {number}")

    return judge


def _not_zero(value: str) -> None:
    if _number(value) == 0:
        raise ValueError("must not be 0")


def _probability(value: str) -> None:
    try:
        found = float(value or "0")
    except ValueError:
        raise ValueError(f"{value!r} is no number") from None
    if not 0 <= found <= 1:
        raise ValueError(f"must be 0 to 1, not {value}")


def _internet_address(value: str) -> None:
    ipaddress.ip_address(value)


def _mac_address(value: str) -> None:
    MacAddress(value)


def _consortium(value: str) -> None:
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2}){3,15}", value):
        raise ValueError("must be 3 to 15 octets in hex")


_CHECKS: Final[dict[str, _Check]] = {
    "access_network_type": _between(0, 15),
    "airtime_bss_limit": _between(0, 1),
    "airtime_mode": _between(0, 3),
    "assoc_sa_query_max_timeout": _not_zero,
    "assoc_sa_query_retry_timeout": _not_zero,
    "bss_load_update_period": _between(0, 100),
    "chan_util_avg_period": _between(0, _MOST),
    "eap_reauth_period": _between(0, _MOST),
    "extended_key_id": _between(0, 2),
    "fragm_threshold": _between(256, 2346, _OFF),
    "fst_llt": _between(1, (1 << 30) - 1),
    "fst_priority": _between(1, 255),
    "gas_frag_limit": _between(1, _MOST),
    "local_pwr_constraint": _between(0, 255),
    "min_tx_power": _between(0, 255),
    "rts_threshold": _between(0, 65535, _OFF),
    "unsol_bcast_probe_resp_interval": _between(0, 20),
    "vlan_naming": _between(0, 1),
    "wep_rekey_period": _between(0, _MOST),
    "own_ip_addr": _internet_address,
    "dhcp_server": _internet_address,
    "hessid": _mac_address,
    "roaming_consortium": _consortium,
    "corrupt_gtk_rekey_mic_probability": _probability,
    "ignore_assoc_probability": _probability,
    "ignore_auth_probability": _probability,
    "ignore_probe_probability": _probability,
    "ignore_reassoc_probability": _probability,
}
