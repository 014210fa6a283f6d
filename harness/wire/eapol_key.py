"""EAPOL-Key frames: IEEE 802.11-2020, 12.7.2."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from typing import Self

from harness.base.errors import BadLength, BadValue, Truncated
from harness.wire.eapol import EAPOL_KEY, EapolFrame

DESCRIPTOR_RSN = 2
DESCRIPTOR_WPA = 254

VERSION_AKM_DEFINED = 0
VERSION_HMAC_MD5_RC4 = 1
VERSION_HMAC_SHA1_AES = 2
VERSION_AES_CMAC_AES = 3

VERSION_MASK = 0x0007
PAIRWISE = 0x0008
KEY_INDEX_MASK = 0x0030
KEY_INDEX_SHIFT = 4
INSTALL = 0x0040
ACK = 0x0080
MIC = 0x0100
SECURE = 0x0200
ERROR = 0x0400
REQUEST = 0x0800
ENCRYPTED = 0x1000
SMK = 0x2000

_CLAUSE = "802.11-2020 12.7.2"
_FIXED = struct.Struct(">BHHQ32s16s8s8s")
_MIC_OFFSET = 4 + _FIXED.size
"""Where the MIC starts, in octets from the EAPOL version octet."""


@dataclass(frozen=True, slots=True)
class EapolKey:
    """An EAPOL-Key frame, EAPOL header included; integers are big-endian on the wire.

    `nonce` 32 octets, `iv` 16, `rsc` and `reserved` 8 each, `mic` as long as the AKM has it.
    `octets`: the whole EAPOL frame as received; empty for a frame that was not decoded.
    """

    key_information: int
    replay_counter: int
    key_length: int = 0
    nonce: bytes = bytes(32)
    rsc: bytes = bytes(8)
    key_data: bytes = b""
    mic: bytes = bytes(16)
    iv: bytes = bytes(16)
    reserved: bytes = bytes(8)
    descriptor: int = DESCRIPTOR_RSN
    eapol_version: int = 2
    octets: bytes = field(default=b"", compare=False, repr=False)

    @classmethod
    def decode(cls, octets: bytes, mic_length: int = 16) -> Self:
        """Decode a whole EAPOL frame.

        `mic_length`: octets of the MIC by the AKM in use (0, 16, 24 or 32). Raises `BadValue` for
        another EAPOL type, `Truncated`, and `BadLength` when octets follow the key data.
        """
        frame = EapolFrame.decode(octets)
        if frame.type != EAPOL_KEY:
            raise BadValue(f"EAPOL type {frame.type} is not EAPOL-Key", offset=1, clause=_CLAUSE)
        whole = frame.octets
        data_at = _MIC_OFFSET + mic_length + 2
        if len(whole) < data_at:
            raise Truncated(
                f"EAPOL-Key needs {data_at} octets, not {len(whole)}",
                offset=len(whole),
                clause=_CLAUSE,
            )
        fixed = _FIXED.unpack_from(whole, 4)
        descriptor, information, key_length, counter, nonce, iv, rsc, reserved = fixed
        return cls(
            information,
            counter,
            key_length,
            nonce,
            rsc,
            _key_data(whole, data_at),
            whole[_MIC_OFFSET : data_at - 2],
            iv,
            reserved,
            descriptor,
            frame.version,
            whole,
        )

    def encode(self) -> bytes:
        fixed = _FIXED.pack(
            self.descriptor,
            self.key_information,
            self.key_length,
            self.replay_counter,
            self.nonce,
            self.iv,
            self.rsc,
            self.reserved,
        )
        body = b"".join((fixed, self.mic, len(self.key_data).to_bytes(2, "big"), self.key_data))
        return EapolFrame(self.eapol_version, EAPOL_KEY, body).encode()

    def without_mic(self) -> bytes:
        """Give the octets that the MIC covers: the received frame with the MIC zeroed."""
        whole = self.octets or self.encode()
        end = _MIC_OFFSET + len(self.mic)
        return whole[:_MIC_OFFSET] + bytes(len(self.mic)) + whole[end:]

    def with_mic(self, mic: bytes) -> EapolKey:
        """Give the frame with another MIC; `octets` no longer holds."""
        return replace(self, mic=mic, octets=b"")

    @property
    def version(self) -> int:
        """The key descriptor version."""
        return self.key_information & VERSION_MASK

    @property
    def key_index(self) -> int:
        return (self.key_information & KEY_INDEX_MASK) >> KEY_INDEX_SHIFT

    @property
    def is_pairwise(self) -> bool:
        return bool(self.key_information & PAIRWISE)

    @property
    def install(self) -> bool:
        return bool(self.key_information & INSTALL)

    @property
    def ack(self) -> bool:
        return bool(self.key_information & ACK)

    @property
    def has_mic(self) -> bool:
        return bool(self.key_information & MIC)

    @property
    def secure(self) -> bool:
        return bool(self.key_information & SECURE)

    @property
    def error(self) -> bool:
        return bool(self.key_information & ERROR)

    @property
    def request(self) -> bool:
        return bool(self.key_information & REQUEST)

    @property
    def encrypted(self) -> bool:
        """Key Data is encrypted with the KEK."""
        return bool(self.key_information & ENCRYPTED)

    @property
    def smk(self) -> bool:
        return bool(self.key_information & SMK)


def _key_data(frame: bytes, start: int) -> bytes:
    """The rest of a frame, which must be as long as the two octets before it say."""
    data = frame[start:]
    told = int.from_bytes(frame[start - 2 : start], "big")
    if told != len(data):
        error = Truncated if told > len(data) else BadLength
        raise error(
            f"key data of {told} octets told, {len(data)} present",
            offset=start - 2,
            clause=_CLAUSE,
        )
    return data
