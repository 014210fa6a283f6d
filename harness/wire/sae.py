"""The fields of SAE Authentication frames: IEEE 802.11-2020, 9.3.3.11, 9.4.1 and 9.4.2.

Which fields a Commit has, its status code tells: 126 stands for hash-to-element. Scalars and
elements stay octets here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from harness.base.errors import BadLength, BadValue, Truncated
from harness.wire.dot11.elements import extension_element, split_elements

ALGORITHM_SAE: Final = 3
TRANSACTION_COMMIT: Final = 1
TRANSACTION_CONFIRM: Final = 2


EXTENSION_PASSWORD_IDENTIFIER: Final = 33
EXTENSION_REJECTED_GROUPS: Final = 92
EXTENSION_TOKEN_CONTAINER: Final = 93

LONGEST_IDENTIFIER: Final = 254
"""Octets of a password identifier: what an element with an extension holds."""

RSNXE_HASH_TO_ELEMENT: Final = 0x20
"""Bit 5 of the first octet of the RSNXE: SAE hash-to-element (9.4.2.241)."""

BSS_SELECTOR_H2E_ONLY: Final = 0x80 | 123
"""Among the basic rates: who joins does SAE by hash-to-element (802.11-2020 9.4.2.3)."""

SCALAR_OCTETS: Final = {19: 32, 20: 48, 21: 66}
"""By group; an element has twice as many."""

_TOKEN_OCTETS: Final = 32
"""Fewer octets before the scalar can't be told from the scalar itself, and are no token."""
_CONFIRM_OCTETS: Final = (32, 48, 64)
_COMMIT = "802.11-2020 9.3.3.11"
_CONFIRM = "802.11-2020 9.4.1.40"


@dataclass(frozen=True, slots=True)
class SaeCommit:
    """A Commit. `token`: the anti-clogging token; `rejected_groups`: as offered before, refused.

    `password_identifier`: None for the network's common password.
    """

    group: int
    scalar: bytes
    element: bytes
    token: bytes | None = None
    rejected_groups: tuple[int, ...] = ()
    password_identifier: bytes | None = None

    @classmethod
    def decode(cls, body: bytes, *, hash_to_element: bool) -> Self:
        """Decode what follows the status code.

        Raises `Truncated`, and `BadValue` for a group whose sizes are unknown (`group_of` reads
        only the number), `BadLength` for octets left over.
        """
        group = group_of(body)
        size = SCALAR_OCTETS.get(group)
        if size is None:
            raise BadValue(f"SAE group {group} has unknown sizes", offset=0, clause=_COMMIT)
        fields = body[2:]
        excess = len(fields) - 3 * size
        if excess < 0:
            raise Truncated("SAE Commit ends too early", offset=len(body), clause=_COMMIT)
        if hash_to_element:
            return cls._with_extensions(group, size, fields)
        if 0 < excess < _TOKEN_OCTETS:
            raise BadLength(f"{excess} octets too many", offset=len(body), clause=_COMMIT)
        scalar = fields[excess : excess + size]
        return cls(group, scalar, fields[excess + size :], fields[:excess] or None)

    @classmethod
    def _with_extensions(cls, group: int, size: int, fields: bytes) -> Self:
        token: bytes | None = None
        identifier: bytes | None = None
        rejected: tuple[int, ...] = ()
        for each in split_elements(fields[3 * size :]):
            value = each.value[1:]
            if each.extension == EXTENSION_TOKEN_CONTAINER:
                token = value
            elif each.extension == EXTENSION_PASSWORD_IDENTIFIER:
                identifier = value
            elif each.extension == EXTENSION_REJECTED_GROUPS:
                rejected = _groups(value, each.offset)
        return cls(group, fields[:size], fields[size : 3 * size], token, rejected, identifier)

    def encode(self, *, hash_to_element: bool) -> bytes:
        """Encode what follows the status code."""
        group = self.group.to_bytes(2, "little")
        if not hash_to_element:
            return group + (self.token or b"") + self.scalar + self.element
        octets = group + self.scalar + self.element
        if self.password_identifier is not None:
            octets += extension_element(EXTENSION_PASSWORD_IDENTIFIER, self.password_identifier)
        if self.rejected_groups:
            groups = b"".join(each.to_bytes(2, "little") for each in self.rejected_groups)
            octets += extension_element(EXTENSION_REJECTED_GROUPS, groups)
        if self.token is not None:
            octets += extension_element(EXTENSION_TOKEN_CONTAINER, self.token)
        return octets


@dataclass(frozen=True, slots=True)
class SaeConfirm:
    """A Confirm. `send_confirm`: how many its sender has sent; `confirm`: 32, 48 or 64 octets."""

    send_confirm: int
    confirm: bytes

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Decode what follows the status code. Raises `Truncated`."""
        sizes = [size for size in _CONFIRM_OCTETS if 2 + size <= len(body)]
        if not sizes:
            raise Truncated("SAE Confirm ends too early", offset=len(body), clause=_CONFIRM)
        return cls(int.from_bytes(body[:2], "little"), body[2 : 2 + sizes[-1]])

    def encode(self) -> bytes:
        return self.send_confirm.to_bytes(2, "little") + self.confirm


def group_of(body: bytes) -> int:
    """Read the group that a Commit, or a refusal of one, begins with. Raises `Truncated`."""
    if len(body) < 2:
        raise Truncated("SAE Commit without a group", offset=len(body), clause=_COMMIT)
    return int.from_bytes(body[:2], "little")


def encode_token_request(group: int, token: bytes, *, hash_to_element: bool) -> bytes:
    """Encode the fields of a Commit with status 76, which asks for `token`."""
    wrapped = extension_element(EXTENSION_TOKEN_CONTAINER, token) if hash_to_element else token
    return group.to_bytes(2, "little") + wrapped


def decode_token_request(body: bytes, *, hash_to_element: bool) -> bytes:
    """Read the token that status 76 comes with. Raises `Truncated`, `BadValue` without one."""
    group_of(body)
    if not hash_to_element:
        return body[2:]
    for each in split_elements(body[2:]):
        if each.extension == EXTENSION_TOKEN_CONTAINER:
            return each.value[1:]
    raise BadValue("no anti-clogging token container", offset=2, clause="802.11-2020 9.4.2.246")


def offers_hash_to_element(rsnxe: bytes | None) -> bool:
    """Tell from an RSNXE's value, None for no element."""
    return bool(rsnxe and rsnxe[0] & RSNXE_HASH_TO_ELEMENT)


def _groups(value: bytes, offset: int) -> tuple[int, ...]:
    if len(value) % 2:
        raise BadLength("rejected groups end within one", offset=offset, clause=_COMMIT)
    return tuple(int.from_bytes(value[at : at + 2], "little") for at in range(0, len(value), 2))
