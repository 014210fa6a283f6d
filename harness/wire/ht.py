"""The elements of 802.11n: HT Capabilities and HT Operation (IEEE 802.11-2020, 9.4.2.55, 56)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, Self

from harness.base.errors import BadLength
from harness.wire.dot11.elements import (
    ELEMENT_HT_CAPABILITIES,
    ELEMENT_HT_OPERATION,
    element,
)

LDPC: Final = 0x0001
WIDTH_40: Final = 0x0002
SM_POWER_SAVE: Final = 0x000C
"""Both bits: spatial multiplexing power save is disabled."""
GREENFIELD: Final = 0x0010
SHORT_GI_20: Final = 0x0020
SHORT_GI_40: Final = 0x0040
TX_STBC: Final = 0x0080
RX_STBC: Final = 0x0300
DELAYED_BLOCK_ACK: Final = 0x0400
LONG_A_MSDU: Final = 0x0800
DSSS_CCK_40: Final = 0x1000
INTOLERANT_40: Final = 0x4000
L_SIG_TXOP: Final = 0x8000
"""Bits of HT Capability Information."""

MIXED: Final = 0x0003
"""HT Protection: stations without HT are ours."""
PROTECTS_20_MHZ: Final = 0x0002
NOT_OURS: Final = 0x0001
NO_GREENFIELD: Final = 0x0004
OTHERS_WITHOUT_HT: Final = 0x0010
"""Bits of the operation mode: octets 3 and 4 of HT Operation."""

_CAPABILITIES = struct.Struct("<HB16s7s")
CAPABILITIES_OCTETS: Final = _CAPABILITIES.size
_OPERATION = struct.Struct("<BBH18s")
_OFFSETS: Final = {0: 0, 1: 1, -1: 3}
_ANY_WIDTH = 0x04


@dataclass(frozen=True, slots=True)
class HtCapabilities:
    """HT Capabilities. `mcs`: 16 octets. `rest`: extended, beamforming and antenna fields, 7."""

    info: int
    ampdu: int
    mcs: bytes
    rest: bytes = bytes(7)

    def encode(self) -> bytes:
        """The element's 26 octets."""
        return _CAPABILITIES.pack(self.info, self.ampdu, self.mcs, self.rest)

    def element(self) -> bytes:
        """Encode the whole element."""
        return element(ELEMENT_HT_CAPABILITIES, self.encode())

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read an element's octets; what follows the 26 is overlooked. Raises `BadLength`."""
        if len(value) < CAPABILITIES_OCTETS:
            raise BadLength(f"HT Capabilities of {len(value)} octets", clause="9.4.2.55")
        return cls(*_CAPABILITIES.unpack_from(value))


@dataclass(frozen=True, slots=True)
class HtOperation:
    """HT Operation. `primary`: channel number. `secondary`: 1 above, -1 below, 0 none.

    `mode`: see `MIXED` and its like.
    """

    primary: int
    secondary: int = 0
    mode: int = 0

    def element(self) -> bytes:
        """Encode the whole element."""
        wide = _ANY_WIDTH if self.secondary else 0
        head = _OFFSETS[self.secondary] | wide
        return element(
            ELEMENT_HT_OPERATION, _OPERATION.pack(self.primary, head, self.mode, bytes(18))
        )

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read an element's octets. Raises `BadLength`."""
        if len(value) < _OPERATION.size:
            raise BadLength(f"HT Operation of {len(value)} octets", clause="9.4.2.56")
        primary, head, mode, _ = _OPERATION.unpack_from(value)
        offsets = {code: side for side, code in _OFFSETS.items()}
        return cls(primary, offsets.get(head & 3, 0), mode)
