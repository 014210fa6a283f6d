"""How long a frame keeps the channel busy (IEEE 802.11-2020, clauses 15, 17 and 18).

Times in seconds, rates in kb/s, frequencies in MHz.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

FCS_OCTETS: Final = 4
RETRY_LIMIT: Final = 7
"""How often an unacknowledged frame is repeated (dot11ShortRetryLimit's default)."""

RATES_2_4_GHZ: Final = bytes.fromhex("02040b160c1218243048606c")
RATES_5_GHZ: Final = bytes.fromhex("0c1218243048606c")

_DSSS = frozenset((1000, 2000, 5500, 11000))
_LONG_PREAMBLE_US = 192
_OFDM_PREAMBLE_US = 20
_OFDM_SYMBOL_US = 4
_OFDM_SERVICE_AND_TAIL_BITS = 22
_ACK_OCTETS = 10
_CW_MIN, _CW_MAX = 31, 1023


def is_2_4_ghz(frequency: int) -> bool:
    """Whether a frequency in MHz is in the band of ERP; any other is OFDM's."""
    return frequency < 3000


def sifs(frequency: int) -> float:
    """The short interframe space in seconds. `frequency`: in MHz."""
    return 10e-6 if is_2_4_ghz(frequency) else 16e-6


def _slot(frequency: int) -> float:
    return 20e-6 if is_2_4_ghz(frequency) else 9e-6


def access_delay(frequency: int, attempt: int) -> float:
    """DIFS and, from the second attempt on, the mean of the contention window.

    Nothing collides on this medium, so that the first attempt needs no backoff and the draw of a
    random one would only disturb other draws.
    """
    delay = sifs(frequency) + 2 * _slot(frequency)
    if attempt:
        window = min((_CW_MIN + 1) * 2**attempt - 1, _CW_MAX)
        delay += _slot(frequency) * (window // 2)
    return delay


@lru_cache(maxsize=4096)
def airtime(octets: int, rate_kbps: int) -> float:
    """The time from the preamble's begin to the end of a frame of `octets` octets and its FCS."""
    bits = (octets + FCS_OCTETS) * 8
    if rate_kbps in _DSSS:
        return (_LONG_PREAMBLE_US + bits * 1000 / rate_kbps) * 1e-6
    per_symbol = rate_kbps * _OFDM_SYMBOL_US // 1000
    symbols = -(-(_OFDM_SERVICE_AND_TAIL_BITS + bits) // per_symbol)
    return (_OFDM_PREAMBLE_US + symbols * _OFDM_SYMBOL_US) * 1e-6


def ack_rate(rate_kbps: int) -> int:
    """The rate of the Ack: the highest mandatory one not above the frame's (10.6.6.5.2)."""
    if rate_kbps in _DSSS:
        return min(rate_kbps, 2000)
    return 24000 if rate_kbps >= 24000 else 12000 if rate_kbps >= 12000 else 6000


@lru_cache(maxsize=64)
def ack_delay(frequency: int, rate_kbps: int) -> float:
    """From a frame's end to its Ack's end."""
    return sifs(frequency) + airtime(_ACK_OCTETS, ack_rate(rate_kbps))


def lowest_rate(frequency: int) -> int:
    """The rate of management and group-addressed frames."""
    return 1000 if is_2_4_ghz(frequency) else 6000


def rates(frequency: int) -> bytes:
    """The supported rates of a band in units of 500 kb/s."""
    return RATES_2_4_GHZ if is_2_4_ghz(frequency) else RATES_5_GHZ


def best_rate(frequency: int, peer_rates: bytes) -> int:
    """The highest rate that both know; the lowest one when they share none."""
    common = {rate & 0x7F for rate in peer_rates} & set(rates(frequency))
    return max(common) * 500 if common else lowest_rate(frequency)
