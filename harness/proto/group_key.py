"""The group keys of one BSS and their renewal: IEEE 802.11-2020, 12.7.7 and 12.7.8.

Which stations hold the newest key is counted here; the handshakes themselves are the
authenticators'. The owner carries `UpdateStation` to the authenticator of that station as
`UpdateGroup`, and brings `StationJoined`, `StationUpdated` and `StationLeft` back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.event import declare
from harness.base.seam import CIPHER_CCMP
from harness.proto.key_handshake import InstallGroupKey
from harness.proto.machine import (
    LocalInput,
    Notify,
    Output,
    Outputs,
    PeerInput,
    Table,
    Timeout,
    cell,
    take_step,
)
from harness.wire.rsn import KEY_OCTETS

_CLAUSE = "802.11-2020 12.7.8"

GROUP_REKEY_STARTED = declare("rsn.group-key.renewed", "a BSS made another group key")
GROUP_REKEY_FINISHED = declare("rsn.group-key.activated", "a BSS began to use its group key")


@dataclass(frozen=True, slots=True)
class GroupKey:
    """A GTK (`index` 1 or 2), IGTK (4 or 5) or BIGTK (6 or 7)."""

    index: int
    cipher: int
    key: bytes = field(repr=False)


class GroupKeyView(Protocol):
    """What an authenticator needs to know of its BSS's group keys."""

    @property
    def newest(self) -> GroupKey:
        """The GTK to hand out; not yet in use while a renewal is under way."""

    @property
    def newest_igtk(self) -> GroupKey | None:
        """The IGTK to hand out, None without management frame protection."""

    @property
    def newest_bigtk(self) -> GroupKey | None:
        """The BIGTK to hand out, None without beacon protection."""

    @property
    def sequence(self) -> bytes:
        """The transmit packet number of `newest`: 6 octets, least significant first."""


class GroupKeyState(Enum):
    """Whether the BSS has group keys, and whether its stations are being given new ones."""

    IDLE = "idle"
    STEADY = "steady"
    UPDATING = "updating"


@dataclass(frozen=True, slots=True)
class GroupKeyConfig:
    """`group_management`: a BIP cipher when the BSS protects management frames.

    `beacon_protection`: it protects its Beacons, too, with that cipher.
    `rekey_s`: the period of renewal in seconds, None for never. `strict`: renew them also when a
    station leaves that has them.
    """

    cipher: int = CIPHER_CCMP
    group_management: int | None = None
    beacon_protection: bool = False
    rekey_s: float | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True)
class StartGroup(LocalInput):
    """The BSS has started: make and install the first keys."""


@dataclass(frozen=True, slots=True)
class RekeyGroup(LocalInput):
    """Renew the keys now."""


@dataclass(frozen=True, slots=True)
class GroupSequence(LocalInput):
    """The radio's transmit packet number of the key in use: 6 octets, least significant first."""

    sequence: bytes


@dataclass(frozen=True, slots=True)
class StationJoined(LocalInput):
    """A station's port was authorised."""

    peer: MacAddress


@dataclass(frozen=True, slots=True)
class StationUpdated(LocalInput):
    """A station has the newest key (its authenticator's `GroupKeyAccepted`)."""

    peer: MacAddress


@dataclass(frozen=True, slots=True)
class StationLeft(LocalInput):
    """A station is gone, or failed its handshake."""

    peer: MacAddress


@dataclass(frozen=True, slots=True)
class UpdateStation(Output):
    """Have the authenticator of `peer` run a group key handshake (`UpdateGroup`)."""

    peer: MacAddress


class GroupKeys:
    """Group key state of one BSS; implements `GroupKeyView`.

    A new key is installed for sending when every station has answered or is gone, as the group
    key state machine of the standard has it; the authenticators bound that time.
    """

    def __init__(self, config: GroupKeyConfig, entropy: Entropy) -> None:
        self.config = config
        self.state = GroupKeyState.IDLE
        self._entropy = entropy
        self._index = 2
        self._gtk = b""
        self._igtk = self._bigtk = b""
        self._sequence = bytes(6)
        self._members: dict[MacAddress, None] = {}
        self._awaited: set[MacAddress] = set()
        self._again = False
        self._rekey_at: float | None = None

    @property
    def newest(self) -> GroupKey:
        return GroupKey(self._index, self.config.cipher, self._gtk)

    @property
    def newest_igtk(self) -> GroupKey | None:
        if self.config.group_management is None:
            return None
        return GroupKey(self._index + 3, self.config.group_management, self._igtk)

    @property
    def newest_bigtk(self) -> GroupKey | None:
        if self.config.group_management is None or not self.config.beacon_protection:
            return None
        return GroupKey(self._index + 5, self.config.group_management, self._bigtk)

    @property
    def sequence(self) -> bytes:
        return self._sequence

    def deadline(self) -> float | None:
        return self._rekey_at

    def step(self, given: PeerInput | LocalInput, now: float) -> Outputs:
        self.state, outputs = take_step(self, _TABLE, given, now)
        return outputs

    # ---- handlers ----------------------------------------------------------------------------

    def _on_start(self, given: LocalInput, now: float) -> tuple[GroupKeyState, Outputs]:
        self._generate(now)
        return GroupKeyState.STEADY, self._activate()

    def _on_rekey(self, given: LocalInput, now: float) -> tuple[GroupKeyState, Outputs]:
        self._generate(now)
        note = Notify(GROUP_REKEY_STARTED, {"index": self._index})
        if not self._members:
            return GroupKeyState.STEADY, (note, *self._activate())
        self._awaited = set(self._members)
        return GroupKeyState.UPDATING, (note, *map(UpdateStation, self._members))

    def _on_rekey_while_updating(
        self, given: LocalInput, now: float
    ) -> tuple[GroupKeyState, Outputs]:
        self._again = True
        if self.config.rekey_s is not None:
            self._rekey_at = now + self.config.rekey_s
        return GroupKeyState.UPDATING, ()

    def _on_joined(self, given: StationJoined, now: float) -> tuple[GroupKeyState, Outputs]:
        self._members[given.peer] = None
        if self.state is GroupKeyState.UPDATING:
            self._awaited.add(given.peer)
        return self.state, ()

    def _on_updated(self, given: StationUpdated, now: float) -> tuple[GroupKeyState, Outputs]:
        return self._no_longer_awaited(given.peer, now)

    def _on_left(self, given: StationLeft, now: float) -> tuple[GroupKeyState, Outputs]:
        was_member = given.peer in self._members
        self._members.pop(given.peer, None)
        if not (was_member and self.config.strict):
            return self._no_longer_awaited(given.peer, now)
        if self.state is GroupKeyState.UPDATING:
            self._again = True
            return self._no_longer_awaited(given.peer, now)
        return self._on_rekey(RekeyGroup(), now)

    def _on_sequence(self, given: GroupSequence, now: float) -> tuple[GroupKeyState, Outputs]:
        """Take the number only for a key in use: that of a key not yet in use is zero."""
        if self.state is GroupKeyState.STEADY:
            self._sequence = given.sequence
        return self.state, ()

    # ---- parts -------------------------------------------------------------------------------

    def _no_longer_awaited(self, peer: MacAddress, now: float) -> tuple[GroupKeyState, Outputs]:
        if self.state is not GroupKeyState.UPDATING:
            return self.state, ()
        self._awaited.discard(peer)
        if self._awaited:
            return GroupKeyState.UPDATING, ()
        activated = self._activate()
        if not self._again:
            return GroupKeyState.STEADY, activated
        self._again = False
        following, outputs = self._on_rekey(RekeyGroup(), now)
        return following, (*activated, *outputs)

    def _generate(self, now: float) -> None:
        self._index = 3 - self._index
        self._gtk = self._entropy.octets(KEY_OCTETS[self.config.cipher])
        if self.config.group_management is not None:
            self._igtk = self._entropy.octets(KEY_OCTETS[self.config.group_management])
            if self.config.beacon_protection:
                self._bigtk = self._entropy.octets(KEY_OCTETS[self.config.group_management])
        self._sequence = bytes(6)
        if self.config.rekey_s is not None:
            self._rekey_at = now + self.config.rekey_s

    def _activate(self) -> Outputs:
        keys = (self.newest, self.newest_igtk, self.newest_bigtk)
        outputs: list[Output] = [
            InstallGroupKey(key.index, key.cipher, key.key) for key in keys if key is not None
        ]
        outputs.append(Notify(GROUP_REKEY_FINISHED, {"index": self._index}))
        return tuple(outputs)


_S = GroupKeyState
_EITHER = (_S.STEADY, _S.UPDATING)
_BEGIN = cell(GroupKeys._on_rekey, _CLAUSE, *_EITHER)
_LATER = cell(GroupKeys._on_rekey_while_updating, _CLAUSE, _S.UPDATING)
_JOINED = cell(GroupKeys._on_joined, _CLAUSE, *_EITHER)
_UPDATED = cell(GroupKeys._on_updated, _CLAUSE, *_EITHER)
_LEFT = cell(GroupKeys._on_left, _CLAUSE, *_EITHER)
_SEQUENCE = cell(GroupKeys._on_sequence, _CLAUSE, *_EITHER)

_TABLE: Table[GroupKeyState] = {
    (_S.IDLE, StartGroup): cell(GroupKeys._on_start, _CLAUSE, _S.STEADY),
    (_S.IDLE, StationLeft): cell(GroupKeys._on_left, _CLAUSE, _S.IDLE),
    (_S.STEADY, RekeyGroup): _BEGIN,
    (_S.STEADY, Timeout): _BEGIN,
    (_S.STEADY, StationJoined): _JOINED,
    (_S.STEADY, StationUpdated): _UPDATED,
    (_S.STEADY, StationLeft): _LEFT,
    (_S.STEADY, GroupSequence): _SEQUENCE,
    (_S.UPDATING, RekeyGroup): _LATER,
    (_S.UPDATING, Timeout): _LATER,
    (_S.UPDATING, StationJoined): _JOINED,
    (_S.UPDATING, StationUpdated): _UPDATED,
    (_S.UPDATING, StationLeft): _LEFT,
    (_S.UPDATING, GroupSequence): _SEQUENCE,
}
