"""The internal registrar's mind: buttons, PINs, and what beacons say of them.

It holds what all BSSs with WPS share and decides; the runs themselves are
`harness.proto.wsc_registrar`, one per station. Nothing here is sent: each call returns notices,
which the access point turns into events, and the advertisement, which it puts into beacons when
it has changed. Sources: Wi-Fi Simple Configuration 2.0.8, 7.4, 8.2 and 11.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from harness.ap import events
from harness.ap.ap_pin import LOCKED, UNLOCKED, Told
from harness.ap.ap_pins import ApPins, ToldByBss
from harness.ap.config import BssConfig
from harness.ap.neighbours import (
    AddPin,
    ApPinGuessed,
    ApPinProved,
    CancelWps,
    DisableApPin,
    EnrolleeServed,
    PressButton,
    RegistrarOrder,
    SetApPin,
)
from harness.ap.network_to_be import NetworkToBe
from harness.ap.new_settings import NetworkSettings
from harness.ap.pins import Pin, PinStore
from harness.ap.push_button import WALK_TIME_S, PushButtonMonitor
from harness.ap.trials import NO_TRIALS
from harness.base.address import BROADCAST, MacAddress
from harness.base.entropy import Entropy
from harness.wire.wsc.device import (
    PBC_PASSWORD,
    ConfigMethods,
    ConfigurationError,
    DevicePasswordId,
)

_UNUSABLE: Final = frozenset({DevicePasswordId.REKEY, 6, *range(9, 16)})
_PUSH_BUTTON_METHODS: Final = int(
    ConfigMethods.VIRTUAL_PUSH_BUTTON | ConfigMethods.PHYSICAL_PUSH_BUTTON
)
_PUSH_BUTTON_KINDS: Final = _PUSH_BUTTON_METHODS & ~int(ConfigMethods.PUSH_BUTTON)

AUTHORIZED_LIMIT: Final = 5
"""Addresses in AuthorizedMACs: Wi-Fi Simple Configuration 2.0.8, 12."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell: an event's name and fields, without time and place."""

    name: str
    fields: Mapping[str, object] = field(default_factory=dict)


Notices = tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """The Selected Registrar attributes while a registrar is active.

    `config_methods`: Selected Registrar Config Methods.
    """

    device_password_id: int
    config_methods: int


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What beacons and Probe Responses say of the registrar; None: no registrar is active."""

    selection: Selection | None = None
    authorized: tuple[MacAddress, ...] = ()
    setup_locked: bool = False


class PbcStatus(Enum):
    """Push-button mode as WPS_GET_STATUS names it."""

    DISABLED = "Disabled"
    ACTIVE = "Active"
    TIMED_OUT = "Timed-out"
    OVERLAP = "Overlap"


class Result(Enum):
    """How the last run ended."""

    NONE = "None"
    SUCCESS = "Success"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class WpsStatus:
    """What WPS_GET_STATUS shows. `peer`: of the last run."""

    pbc: PbcStatus = PbcStatus.DISABLED
    result: Result = Result.NONE
    indication: int = 0
    peer: MacAddress | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """A run may go on with `password`; `pin` is what it uses, None for the push button."""

    password: bytes = field(repr=False)
    pin: Pin | None = None


@dataclass(frozen=True, slots=True)
class Denial:
    """A run is refused by M2D with `config_error`; `pin_needed`: a PIN would have helped."""

    config_error: int
    pin_needed: bool = False


def _notices(names: Told) -> Notices:
    return tuple(Notice(name) for name in names)


class WpsRegistrarState:
    """Push-button mode, PINs, Selected Registrar and AuthorizedMACs of the WPS BSSs.

    `adopted`: settings that a run brought, and on which BSS; `settled`: what Enrollees are given
    from then on, though the BSSs come back with it in a moment only. `ap_pins`: what external
    registrars must know. `elsewhere`: what was told on one BSS and still has to be on the others;
    `alone`: what has to be told on one BSS and no other. `methods`: the Config Methods of a BSS,
    where they are not `config_methods`.
    `passed_on`: what the registrars of the program's other radios have to know. `trials`: what a
    tester wants said wrong. `to_be`: what unconfigured BSSs become.
    """

    def __init__(self, config_methods: int, to_be: NetworkToBe | None = None) -> None:
        self.ap_pins: Final = ApPins()
        self.elsewhere: list[tuple[str, Notices]] = []
        self.alone: list[tuple[str, Notices]] = []
        self.passed_on: list[RegistrarOrder] = []
        self.methods: dict[str, int] = {}
        self._methods = config_methods
        self._pins = PinStore()
        self._monitor = PushButtonMonitor()
        self._pbc_active = False
        self._overlapped = False
        self._selected_until: float | None = None
        self._authorized: tuple[MacAddress, ...] = ()
        self._to_be = NetworkToBe() if to_be is None else to_be
        self.adopted: tuple[str, NetworkSettings] | None = None
        self.settled: NetworkSettings | None = None
        self._pbc = PbcStatus.DISABLED
        self._results: dict[str, WpsStatus] = {}
        self.trials = NO_TRIALS

    # ---- what is to be seen ---------------------------------------------------------------

    @property
    def overlapped(self) -> bool:
        """A second Enrollee was seen since the button was last pushed with success."""
        return self._overlapped

    def overlaps(self, now: float) -> bool:
        """Whether the button would be refused."""
        return self._monitor.overlaps(now)

    def status_of(self, interface: str) -> WpsStatus:
        """The button's status, and how the last run on a BSS ended."""
        return replace(self._results.get(interface, WpsStatus()), pbc=self._pbc)

    def deadline(self) -> float | None:
        dues = (self._selected_until, self.ap_pins.deadline())
        return min((due for due in dues if due is not None), default=None)

    def advertisement(self, on: str = "") -> Advertisement:
        """What is said by the BSS `on`."""
        locked = self.ap_pins.lock_of(on) == LOCKED
        return Advertisement(self._selection(on), self._authorized, locked)

    def _selection(self, on: str) -> Selection | None:
        if self._selected_until is None:
            return None
        own, methods = self.methods.get(on, self._methods), self.methods_without_button(on)
        if not self._pbc_active:
            return Selection(DevicePasswordId.DEFAULT, methods)
        buttons = (
            own & _PUSH_BUTTON_METHODS
            if own & _PUSH_BUTTON_KINDS
            else int(ConfigMethods.PHYSICAL_PUSH_BUTTON)
        )
        return Selection(DevicePasswordId.PUSH_BUTTON, methods | buttons)

    def methods_without_button(self, on: str = "") -> int:
        """Config Methods of Probe Responses: those that can add an external registrar."""
        return self.methods.get(on, self._methods) & ~_PUSH_BUTTON_METHODS

    # ---- the user -------------------------------------------------------------------------

    def press_button(self, now: float) -> tuple[bool, Notices]:
        """Begin (or begin anew) push-button mode; False, with the overlap's notice, if refused."""
        if self._monitor.overlaps(now):
            return False, self._overlap()
        self._overlapped = False
        self._pbc_active = True
        self._select(now, BROADCAST)
        self._pbc = PbcStatus.ACTIVE
        return True, (Notice(events.PBC_ACTIVATED),)

    def add_pin(
        self,
        password: bytes,
        now: float,
        uuid: bytes | None = None,
        timeout_s: float = 0.0,
        address: MacAddress | None = None,
    ) -> Notices:
        """Take a PIN in for the Enrollee with `uuid`, or for any; `timeout_s` 0: for good."""
        expires = now + timeout_s if timeout_s > 0 else None
        for replaced in self._pins.add(password, uuid, expires, address):
            self._unauthorize(replaced)
        self._end_pbc()
        self._select(now, address or BROADCAST)
        return (Notice(events.PIN_ADDED, {"uuid": uuid, "address": address}),)

    def cancel(self) -> Notices:
        """End push-button or PIN mode; the notice that WPS was cancelled is the caller's."""
        if self._pbc_active:
            return self._walk_ended()
        if self._selected_until is not None:
            self._selected_until = None
            for pin in self._pins.remove_wildcard():
                self._unauthorize(pin)
        return ()

    def tick(self, now: float) -> Notices:
        """The walk time, the time that a PIN is advertised, or the AP PIN's may be over."""
        told = self._time_passed(now)
        if self._selected_until is None or now < self._selected_until:
            return told
        self._expire_pins(now)
        if self._pbc_active:
            return told + self._walk_ended()
        self._selected_until = None
        return told

    # ---- Enrollees ------------------------------------------------------------------------

    def probed(self, uuid: bytes, now: float) -> Notices:
        """An Enrollee's Probe Request asked by push button."""
        self._monitor.record(uuid, now)
        return self._overlap() if self._monitor.overlaps(now) else ()

    def admit(
        self, uuid: bytes, device_password_id: int, now: float, on: str = ""
    ) -> Admission | Denial:
        """Decide about an M1 on a BSS, without changing anything: see `admitted` and `denied`."""
        refusal = self._refusal(on)
        if device_password_id in _UNUSABLE:
            return Denial(refusal)
        if device_password_id == DevicePasswordId.PUSH_BUTTON:
            if self._overlapped or self._monitor.overlaps(now, uuid):
                return Denial(ConfigurationError.MULTIPLE_PBC_DETECTED)
            if not self._pbc_active:
                return Denial(refusal)
            return Admission(PBC_PASSWORD)
        self._expire_pins(now)
        pin = self._pins.find(uuid)
        if pin is None:
            return Denial(refusal, pin_needed=True)
        return Admission(pin.password, pin)

    def _refusal(self, on: str) -> int:
        """What an M2D says that has no reason of its own."""
        if self.ap_pins.lock_of(on) == UNLOCKED:
            return ConfigurationError.NO_ERROR
        return ConfigurationError.SETUP_LOCKED

    def admitted(self, uuid: bytes, admission: Admission, now: float) -> None:
        """The run of an admission has begun."""
        if admission.pin is None:
            self._monitor.record(uuid, now)
        else:
            self._pins.claim(admission.pin, uuid)

    def denied(self, denial: Denial) -> Notices:
        """The run of a denial was refused."""
        overlapped = denial.config_error == ConfigurationError.MULTIPLE_PBC_DETECTED
        return self._overlap() if overlapped else ()

    def succeeded(
        self, interface: str, uuid: bytes, admission: Admission, peer: MacAddress, now: float
    ) -> Notices:
        """A run on a BSS ended with its Enrollee's WSC_Done."""
        self._results[interface] = WpsStatus(result=Result.SUCCESS, peer=peer)
        pin = admission.pin
        wildcard = pin.password if pin is not None and pin.wildcard else None
        self.passed_on.append(EnrolleeServed(wildcard))
        if pin is None:
            self._monitor.served(uuid, now)
            was_active = self._pbc_active
            self._end_pbc()
            self._selected_until = None
            self._pbc = PbcStatus.DISABLED
            told = (Notice(events.PBC_DISABLED),) if was_active else ()
            self.elsewhere.append((interface, told))
            return told
        self._pins.release(pin, spent=True)
        self._unauthorize(pin)
        self._selected_until = None
        return ()

    def failed(self, admission: Admission, *, revealed: bool) -> None:
        """A run ended otherwise. `revealed`: M6 was sent, so the whole PIN is known."""
        pin = admission.pin
        if pin is not None and self._pins.release(pin, spent=revealed):
            self._unauthorize(pin)

    def note_failure(self, interface: str, peer: MacAddress, indication: int = 0) -> None:
        """Remember a failed run on a BSS for its status."""
        self._results[interface] = WpsStatus(
            result=Result.FAILED, indication=indication, peer=peer
        )

    # ---- external registrars --------------------------------------------------------------

    def guessed(self, interface: str, now: float) -> Notices:
        """A registrar did not know the AP PIN, on that BSS; the others are told later."""
        told = dict(self.ap_pins.guessed(now))
        notices = _notices(told.pop(interface, ()))
        self._tell_alone(tuple(told.items()))
        self.passed_on.append(ApPinGuessed())
        return notices

    def proved(self) -> None:
        """A registrar knew all of the AP PIN."""
        self.ap_pins.proved()
        self.passed_on.append(ApPinProved())

    def configured(self, interface: str, peer: MacAddress) -> None:
        """A run on a BSS ended with an external registrar's WSC_ACK."""
        self._results[interface] = WpsStatus(result=Result.SUCCESS, peer=peer)

    # ---- the program's other radios -------------------------------------------------------

    def obey(self, order: RegistrarOrder, now: float) -> Notices:
        """Do what a user wants, or what has to follow from something on another radio."""
        match order:
            case PressButton(refused):
                alone = refused and not self.overlaps(now)
                return () if alone else self.press_button(now)[1]
            case AddPin(password, uuid, timeout_s, address):
                return self.add_pin(password, now, uuid, timeout_s, address)
            case CancelWps():
                return self.cancel()
            case SetApPin(pin, timeout_s):
                self._tell_alone(self.ap_pins.set(pin, now, timeout_s))
            case DisableApPin():
                self.ap_pins.disable()
            case ApPinGuessed():
                self._tell_alone(self.ap_pins.guessed(now))
            case ApPinProved():
                self.ap_pins.proved()
            case EnrolleeServed(wildcard):
                return self._served_elsewhere(wildcard)
        return ()

    def _served_elsewhere(self, wildcard: bytes | None) -> Notices:
        """Another radio's run was what the button, or a PIN for any Enrollee, was for."""
        was_active = self._pbc_active
        self._end_pbc()
        self._selected_until = None
        for pin in self._pins.take_wildcards(wildcard):
            self._unauthorize(pin)
        return (Notice(events.PBC_DISABLED),) if was_active else ()

    # ---- an unconfigured network ----------------------------------------------------------

    def offer_network(self, bss: BssConfig, entropy: Entropy) -> NetworkSettings:
        """Give the network that an unconfigured BSS will be once it is configured."""
        return self._to_be.obtain(bss.ssid, entropy)

    def forget_adopted(self) -> None:
        """A BSS begins unconfigured: what Enrollees were given before is not its network."""
        self._to_be.forget_adopted()

    def adopt_network(self, bss: BssConfig) -> Notices:
        """An Enrollee of a BSS was given the offered network and is content: it is `adopted`.

        Unless it was on another radio, who has told everyone, us too.
        """
        new = self._to_be.settings
        if new is None or not self._to_be.adopt(self):
            return ()
        self.adopted, self.settled = (bss.interface, new), new
        return (Notice(events.SETTINGS_CHANGED, new.told(bss)),)

    # ---- within ---------------------------------------------------------------------------

    def _time_passed(self, now: float) -> Notices:
        """Locks end on one BSS each; that the time of an AP PIN is over concerns all."""
        told = self.ap_pins.tick(now)
        over = (events.AP_PIN_DISABLED,)
        self._tell_alone(
            tuple((on, tuple(each for each in names if each not in over)) for on, names in told)
        )
        return _notices(over) if any(over[0] in names for _, names in told) else ()

    def _tell_alone(self, told: ToldByBss) -> None:
        self.alone += [(interface, _notices(names)) for interface, names in told]

    def _select(self, now: float, address: MacAddress) -> None:
        others = tuple(each for each in self._authorized if each != address)
        self._authorized = (address, *others)[:AUTHORIZED_LIMIT]
        self._selected_until = now + WALK_TIME_S

    def _unauthorize(self, pin: Pin) -> None:
        self._forget_address(pin.address or BROADCAST)

    def _forget_address(self, address: MacAddress) -> None:
        self._authorized = tuple(each for each in self._authorized if each != address)

    def _end_pbc(self) -> None:
        if self._pbc_active:
            self._pbc_active = False
            self._forget_address(BROADCAST)
            self._pbc = PbcStatus.DISABLED

    def _walk_ended(self) -> Notices:
        self._end_pbc()
        self._selected_until = None
        self._pbc = PbcStatus.TIMED_OUT
        return (Notice(events.PBC_TIMED_OUT),)

    def _expire_pins(self, now: float) -> None:
        for pin in self._pins.expire(now):
            self._unauthorize(pin)

    def _overlap(self) -> Notices:
        self._overlapped = True
        self._pbc = PbcStatus.OVERLAP
        return (Notice(events.OVERLAP_DETECTED),)
