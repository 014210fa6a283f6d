"""Captures of the air as pcapng files, and a Wireshark profile that decrypts them."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

from harness.radio.interface import CapturedFrame
from harness.wire import pcapng

LINK_TYPE_RADIOTAP: Final = 127

_TSFT, _RATE, _CHANNEL, _SIGNAL = 1 << 0, 1 << 2, 1 << 3, 1 << 5
_FLAGS = 1 << 1
_CHANNEL_CCK, _CHANNEL_OFDM = 0x0020, 0x0040
_CHANNEL_2_GHZ, _CHANNEL_5_GHZ = 0x0080, 0x0100
_CCK_RATES = frozenset((1000, 2000, 5500, 11000))
_HEADER = struct.Struct("<BBHI")
_LARGEST_LEGACY_RATE = 127 * 1000


def write_pcapng(
    path: Path,
    frames: Iterable[CapturedFrame],
    *,
    started: float = 0.0,
    comments: Sequence[str] = (),
    application: str = "airproof",
) -> None:
    """Write frames as a pcapng file with radiotap headers.

    `started`: when the world's clock stood at 0, in seconds since 1970; times in the file are
    the sum of it and the frame's own, in µs. The TSFT field holds the world's clock in µs.
    `comments` go into the section header. Same arguments, same octets.
    """
    start_us = round(started * 1e6)
    with path.open("wb") as stream:
        stream.write(
            pcapng.encode_start(
                LINK_TYPE_RADIOTAP, name="air", application=application, comments=comments
            )
        )
        for frame in frames:
            time_us = start_us + round(frame.t * 1e6)
            stream.write(pcapng.encode_packet(time_us, radiotap(frame) + frame.octets))


def radiotap(frame: CapturedFrame) -> bytes:
    """Encode the radiotap header of a frame: TSFT, flags, rate, channel and signal.

    Rate and signal only where they are known, the rate only up to what one octet holds. Source:
    radiotap.org, "Defined fields".
    """
    head = _radiotap_after_tsft(frame.frequency, frame.signal, frame.rate_kbps)
    present, fields = head
    tsft = round(frame.t * 1e6).to_bytes(8, "little")
    return _HEADER.pack(0, 0, _HEADER.size + len(tsft) + len(fields), present) + tsft + fields


@lru_cache(maxsize=1024)
def _radiotap_after_tsft(
    frequency: int, signal: int | None, rate_kbps: int | None
) -> tuple[int, bytes]:
    """The bitmap of present fields, and the fields after TSFT, each aligned to its size."""
    present = _TSFT | _FLAGS | _CHANNEL
    fields = b"\0"
    if rate_kbps is not None and rate_kbps <= _LARGEST_LEGACY_RATE:
        present |= _RATE
        fields += bytes((rate_kbps // 500,))
    else:
        fields += b"\0"
    band = _CHANNEL_2_GHZ if frequency < 3000 else _CHANNEL_5_GHZ
    modulation = _CHANNEL_CCK if rate_kbps in _CCK_RATES else _CHANNEL_OFDM
    fields += struct.pack("<HH", frequency, band | modulation)
    if signal is not None:
        present |= _SIGNAL
        fields += struct.pack("<b", signal)
    return present, fields


@dataclass(frozen=True, slots=True)
class WpaPassphrase:
    """A network's passphrase."""

    ssid: bytes
    passphrase: str


@dataclass(frozen=True, slots=True)
class WpaPsk:
    """A network's PSK: 32 octets."""

    psk: bytes


@dataclass(frozen=True, slots=True)
class TemporalKey:
    """A temporal key: 16 octets for CCMP-128. Decrypts without the 4-way handshake."""

    key: bytes


@dataclass(frozen=True, slots=True)
class StaticWepKey:
    """A key of WEP: 5 or 13 octets."""

    key: bytes


WiresharkKey: TypeAlias = WpaPassphrase | WpaPsk | TemporalKey | StaticWepKey


def write_wireshark_profile(directory: Path, keys: Iterable[WiresharkKey]) -> None:
    """Write a Wireshark profile that decrypts data frames with `keys`; makes the directory.

    Use: `WIRESHARK_CONFIG_DIR=DIRECTORY tshark -r air.pcapng`, or copy the directory into
    Wireshark's `profiles` and choose it there.
    """
    directory.mkdir(parents=True, exist_ok=True)
    lines = dict.fromkeys(_uat_line(key) for key in keys)
    (directory / "80211_keys").write_text("".join(lines), encoding="ascii")
    (directory / "preferences").write_text(
        "wlan.enable_decryption: TRUE\nwlan.ignore_wep: No\n", encoding="ascii"
    )


def _uat_line(key: WiresharkKey) -> str:
    if isinstance(key, WpaPassphrase):
        passphrase = key.passphrase.encode(errors="surrogateescape")
        secret = _percent(passphrase) + ":" + _percent(key.ssid)
        return f'"wpa-pwd","{secret}"\n'
    if isinstance(key, WpaPsk):
        return f'"wpa-psk","{key.psk.hex()}"\n'
    if isinstance(key, StaticWepKey):
        return f'"wep","{key.key.hex()}"\n'
    return f'"tk","{key.key.hex()}"\n'


def _percent(octets: bytes) -> str:
    """Escape what Wireshark's key parser or its table format would take for its own signs."""
    return "".join(
        chr(octet) if chr(octet).isalnum() and octet < 0x80 else f"%{octet:02x}" for octet in octets
    )
