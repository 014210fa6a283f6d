"""What the access points of one program do together: WPS is one thing for all their radios.

Each keeps its registrar's state to itself. What a user or a run does on one is passed on to the
others as an order, and they carry it out at their next turn, which is due at once. BSSs that are
independent take no part. Sources: the access point's control interface, 3; ap.md §7 to 10 and 13.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from harness.ap.config import ApConfig
from harness.ap.network_to_be import NetworkToBe
from harness.ap.new_settings import NetworkSettings
from harness.base.address import MacAddress
from harness.wire.wsc.device import uuid_from_mac


@dataclass(frozen=True, slots=True)
class PressButton:
    """`refused`: two Enrollees ask somewhere, so that only who sees them says so."""

    refused: bool = False


@dataclass(frozen=True, slots=True)
class AddPin:
    """An Enrollee's PIN. `timeout_s`: 0 for good."""

    password: bytes = field(repr=False)
    uuid: bytes | None = None
    timeout_s: float = 0.0
    address: MacAddress | None = None


@dataclass(frozen=True, slots=True)
class CancelWps:
    """Push-button or PIN mode ends, and the first station's enrolment."""


@dataclass(frozen=True, slots=True)
class SetApPin:
    """What external registrars must know. `timeout_s`: 0 for good."""

    pin: str = field(repr=False)
    timeout_s: float = 0.0


@dataclass(frozen=True, slots=True)
class DisableApPin:
    """External registrars are kept out."""


@dataclass(frozen=True, slots=True)
class ApPinGuessed:
    """An external registrar did not know the AP PIN."""


@dataclass(frozen=True, slots=True)
class ApPinProved:
    """An external registrar knew all of the AP PIN."""


@dataclass(frozen=True, slots=True)
class EnrolleeServed:
    """A run ended well. `wildcard`: the PIN for any Enrollee that it used, else None."""

    wildcard: bytes | None = field(default=None, repr=False)


RegistrarOrder: TypeAlias = (
    PressButton
    | AddPin
    | CancelWps
    | SetApPin
    | DisableApPin
    | ApPinGuessed
    | ApPinProved
    | EnrolleeServed
)
"""What concerns a registrar's state alone."""


@dataclass(frozen=True, slots=True)
class Adopt:
    """The network has new settings."""

    settings: NetworkSettings


@dataclass(frozen=True, slots=True)
class Forget:
    """A station was authorised elsewhere."""

    station: MacAddress


@dataclass(frozen=True, slots=True)
class EnrolleeDismissed:
    """Who brought new settings has heard that EAP is over: they need not wait for longer."""


Order: TypeAlias = RegistrarOrder | Adopt | Forget | EnrolleeDismissed


class Member(Protocol):
    """An access point that runs."""

    uuid: bytes

    @property
    def shares_wps(self) -> bool:
        """Whether a BSS of it has WPS and is not independent."""

    def overlaps(self, now: float) -> bool:
        """Whether two Enrollees ask by push button there."""

    def receive(self, order: Order, at: float) -> None:
        """Keep an order that was given at `at` for the next turn."""


class Neighbours:
    """The access points of one program that run, in the order in which they began.

    `radios`: how many the program has, those that don't run counted. `to_be`: what their
    unconfigured BSSs become.
    """

    def __init__(self) -> None:
        self.radios = 1
        self.to_be: Final = NetworkToBe()
        self._members: list[Member] = []

    def join(self, member: Member) -> None:
        self._members.append(member)

    def leave(self, member: Member) -> None:
        self._members = [each for each in self._members if each is not member]

    def uuid_for(self, config: ApConfig, address: MacAddress) -> bytes:
        """The UUID of an access point: its own, else that of those who share WPS before it."""
        if config.uuid is not None:
            return config.uuid
        shares = any(bss.wps_enabled and not bss.wps.independent for bss in config.bsss)
        others = (each.uuid for each in self._members if shares and each.shares_wps)
        return next(others, None) or uuid_from_mac(address)

    def share_wps(self) -> bool:
        """Whether there is anyone for whom an order about WPS means something."""
        return any(each.shares_wps for each in self._members)

    def overlap(self, now: float) -> bool:
        """Whether two Enrollees ask by push button anywhere."""
        return any(each.overlaps(now) for each in self._members if each.shares_wps)

    def pass_on(self, sender: Member, order: Order, at: float) -> None:
        """Give an order of `sender`'s, at `at`, to all others."""
        for each in self._members:
            if each is not sender and (each.shares_wps or isinstance(order, Forget)):
                each.receive(order, at)
