"""The states of a station, as its control interface names them."""

from __future__ import annotations

from enum import IntEnum


class WpaState(IntEnum):
    """In the order in which a connection comes about."""

    DISCONNECTED = 0
    INTERFACE_DISABLED = 1
    INACTIVE = 2
    SCANNING = 3
    AUTHENTICATING = 4
    ASSOCIATING = 5
    ASSOCIATED = 6
    FOUR_WAY_HANDSHAKE = 7
    GROUP_HANDSHAKE = 8
    COMPLETED = 9

    @property
    def text(self) -> str:
        """As `STATUS` shows it."""
        return "4WAY_HANDSHAKE" if self is WpaState.FOUR_WAY_HANDSHAKE else self.name
