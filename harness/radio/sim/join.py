"""How a station interface joins a BSS, stays in it, and leaves it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto
from math import inf
from typing import Final, Protocol

from harness.base.address import MacAddress
from harness.base.errors import WireError
from harness.base.seam import Associate, Authenticate
from harness.base.seam_events import (
    Associated,
    AssociationTimedOut,
    Authenticated,
    AuthenticationTimedOut,
    BeaconsLost,
    ChannelSwitched,
    ChannelSwitchStarted,
    Disconnected,
    RadioEvent,
    UnprotectedBeacon,
)
from harness.crypto.wep import wep_cipher
from harness.radio.sim.agenda import Agenda, Appointment
from harness.radio.sim.airtime import best_rate, is_2_4_ghz, lowest_rate
from harness.radio.sim.bss_table import BssTable
from harness.radio.sim.keys import CipherKey
from harness.radio.sim.protection import IntegrityKey, verified
from harness.radio.sim.scan import rate_elements
from harness.wire.dot11 import header as numbers
from harness.wire.dot11.channel_switch import decode_channel_switch
from harness.wire.dot11.codes import (
    REASON_INACTIVITY,
    REASON_UNSPECIFIED,
    STATUS_COME_BACK,
    STATUS_GROUP_REFUSED,
    STATUS_HASH_TO_ELEMENT,
    STATUS_TOKEN_REQUIRED,
)
from harness.wire.dot11.elements import (
    ELEMENT_CHANNEL_SWITCH_ANNOUNCEMENT,
    ELEMENT_SSID,
    ELEMENT_TIMEOUT_INTERVAL,
    Elements,
    element,
)
from harness.wire.dot11.frames import (
    CAPABILITY_ESS,
    CAPABILITY_PRIVACY,
    CAPABILITY_SHORT_PREAMBLE,
    CAPABILITY_SHORT_SLOT,
    AssociationRequest,
    AssociationResponse,
    Authentication,
    Deauthentication,
    Disassociation,
    Frame,
    ReassociationRequest,
    ReassociationResponse,
    management_header,
)

TRIES: Final = 3
TRY_EVERY_S: Final = 0.2
TRY_SAE_EVERY_S: Final = 2.0
LISTEN_INTERVAL: Final = 5
BEACONS_MISSED: Final = 7
CHECK_TRIES: Final = 2
CHECK_EVERY_S: Final = 0.5
FORGERY_PAUSE_S: Final = 10.0
"""How long nothing more is told of Beacons that are not the AP's."""
TU_S: Final = 1024e-6

_USUAL_INTERVAL_TU = 100
_INTERVAL = slice(32, 34)
_ELEMENTS_AT = 36
_ANNOUNCEMENT = bytes((ELEMENT_CHANNEL_SWITCH_ANNOUNCEMENT, 3))
_OPEN_SYSTEM = 0
SHARED_KEY: Final = 1
_WITHOUT_BODY = (_OPEN_SYSTEM, SHARED_KEY)
_SAE = 3
_SAE_GOES_ON = frozenset((STATUS_TOKEN_REQUIRED, STATUS_GROUP_REFUSED, STATUS_HASH_TO_ELEMENT))
"""Status codes of a Commit that don't end SAE: token, other group, hash-to-element."""
_COME_BACK_TIME = 3


class State(Enum):
    AUTHENTICATING = auto()
    AUTHENTICATED = auto()
    ASSOCIATING = auto()
    ASSOCIATED = auto()


class Joining(Protocol):
    """What a join needs of its station interface."""

    @property
    def name(self) -> str: ...

    @property
    def address(self) -> MacAddress: ...

    @property
    def agenda(self) -> Agenda: ...

    join: Join | None

    quiet: bool

    def tune(self, frequency: int | None) -> None: ...

    def can_tune(self, frequency: int) -> bool: ...

    def follow(self, frequency: int) -> None:
        """The BSS is on another channel: be there, and send what had to wait for that."""

    def rest(self) -> None:
        """Leave the air if there is nothing to listen for."""

    def when_flushed(self, action: Callable[[], None]) -> None: ...

    def send_management(
        self, octets: bytes, done: Callable[[bool], None] | None = None
    ) -> None: ...

    def check_connection(self, join: Join, done: Callable[[bool], None]) -> None: ...

    def emit(self, event: RadioEvent) -> None: ...


def _come_back(frame: AssociationResponse | ReassociationResponse) -> float | None:
    """When the AP will take the request, in seconds; None unless it says so (11.3.5.2)."""
    told = frame.elements.get(ELEMENT_TIMEOUT_INTERVAL)
    if frame.status != STATUS_COME_BACK or told is None or len(told) != 5:
        return None
    if told[0] != _COME_BACK_TIME:
        return None
    return int.from_bytes(told[1:], "little") * TU_S


class Join:
    """One BSS, from the first Authentication frame until the station has left it.

    `frequency` in MHz. `pairwise` and `groups`: the keys, the latter by index. `authorized`: the
    controlled port is open. `wep`: the key of the latter that is sent with. `mfp`: management
    frames are protected; `integrity`: the keys for those that go to groups, `beacon_keys`: for
    Beacons, where they are protected. `rate_kbps`: what data frames are sent at.
    """

    def __init__(self, interface: Joining, command: Authenticate) -> None:
        self.bssid: Final = command.bssid
        self.frequency = command.frequency
        self.state = State.AUTHENTICATING
        self.pairwise: CipherKey | None = None
        self.groups: Final[dict[int, CipherKey]] = {}
        self.wep: CipherKey | None = None
        self.integrity: Final[dict[int, IntegrityKey]] = {}
        self.beacon_keys: Final[dict[int, IntegrityKey]] = {}
        self._forgery_told_at = -inf
        self.mfp = False
        self.authorized = False
        self.rate_kbps = lowest_rate(command.frequency)
        self._interface = interface
        self._authenticate = command
        self._request = b""
        self._tries = 0
        self._timer: Appointment | None = None
        self._heard = 0.0
        self._interval = _USUAL_INTERVAL_TU * TU_S
        self._beacon: tuple[bytes, int, float] | None = None
        self._rates = b""
        self._switch: Appointment | None = None
        self._awaits_beacon = False

    @property
    def sends_with(self) -> CipherKey | None:
        """The key that data frames to the AP are encrypted with."""
        return self.wep if self.pairwise is None else self.pairwise

    # ---- authentication and association ---------------------------------------------------

    def begin(self) -> None:
        """Go to the channel, when what is queued on the present one is out, and authenticate."""
        self._interface.when_flushed(self._begin)

    def _begin(self) -> None:
        if not self._over:
            self._interface.tune(self.frequency)
            self._try_authentication()

    def _try_authentication(self) -> None:
        command = self._authenticate
        header = self._header(numbers.AUTHENTICATION)
        if command.algorithm in _WITHOUT_BODY:
            octets = Authentication(header, command.algorithm, 1, 0, command.elements).encode()
        else:
            octets = header.encode() + command.algorithm.to_bytes(2, "little") + command.body
        self._tries += 1
        self._interface.send_management(octets)
        every = TRY_EVERY_S if command.algorithm in _WITHOUT_BODY else TRY_SAE_EVERY_S
        self._wait(every, self._authentication_unanswered)

    def goes_on_with(self, command: Authenticate) -> bool:
        """Whether `command` is the next step of the authentication under way (SAE)."""
        return (
            self.state is State.AUTHENTICATING
            and command.algorithm == _SAE
            and command.algorithm == self._authenticate.algorithm
            and command.bssid == self.bssid
        )

    def go_on(self, command: Authenticate) -> None:
        """Send the next Authentication frame."""
        self._stop_timer()
        self._authenticate = command
        self._tries = 0
        self._try_authentication()

    def _authentication_unanswered(self) -> None:
        if self._tries < TRIES:
            self._try_authentication()
            return
        self.forget()
        name = self._interface.name
        self._interface.emit(AuthenticationTimedOut(interface=name, bssid=self.bssid))

    def associate(self, command: Associate) -> None:
        """Send the (Re)Association Request that the command describes."""
        capability = CAPABILITY_ESS | (CAPABILITY_PRIVACY if command.privacy else 0)
        if is_2_4_ghz(self.frequency):
            capability |= CAPABILITY_SHORT_PREAMBLE | CAPABILITY_SHORT_SLOT
        ssid = element(ELEMENT_SSID, command.ssid)
        elements = Elements(ssid + rate_elements(self.frequency) + command.elements)
        if command.previous is None:
            header = self._header(numbers.ASSOCIATION_REQUEST)
            request = AssociationRequest(header, capability, LISTEN_INTERVAL, elements).encode()
        else:
            header = self._header(numbers.REASSOCIATION_REQUEST)
            request = ReassociationRequest(
                header, capability, LISTEN_INTERVAL, command.previous, elements
            ).encode()
        self._request = request
        self.mfp = command.mfp
        self.state = State.ASSOCIATING
        self._tries = 0
        self._try_association()

    def _try_association(self) -> None:
        self._tries += 1
        self._interface.send_management(self._request)
        self._wait(TRY_EVERY_S, self._association_unanswered)

    def _association_unanswered(self) -> None:
        if self._tries < TRIES:
            self._try_association()
            return
        self.forget()
        name = self._interface.name
        self._interface.emit(AssociationTimedOut(interface=name, bssid=self.bssid))

    def receive(self, frame: Frame) -> None:
        """Take in a management frame other than Beacon, Probe Response and Action."""
        if frame.header.a2 != self.bssid:
            return
        if isinstance(frame, Authentication):
            self._receive_authentication(frame)
        elif isinstance(frame, AssociationResponse | ReassociationResponse):
            self._receive_association(frame)
        elif isinstance(frame, Deauthentication) or (
            isinstance(frame, Disassociation) and self.state is State.ASSOCIATED
        ):
            self._end(frame.reason, locally_generated=False)

    def _receive_authentication(self, frame: Authentication) -> None:
        if self.state is not State.AUTHENTICATING or self._timer is None:
            return
        if frame.algorithm != self._authenticate.algorithm:
            return
        if frame.algorithm == _OPEN_SYSTEM and frame.transaction != 2:
            return
        self._stop_timer()
        if frame.algorithm == SHARED_KEY and frame.transaction == 2 and frame.status == 0:
            self._answer_challenge(frame)
            return
        commit = frame.algorithm == _SAE and frame.transaction == 1
        if frame.status != 0 and not (commit and frame.status in _SAE_GOES_ON):
            self.forget()
        elif frame.transaction == (4 if frame.algorithm == SHARED_KEY else 2):
            self.state = State.AUTHENTICATED
        self._interface.emit(
            Authenticated(interface=self._interface.name, bssid=self.bssid, frame=frame.octets)
        )

    def _answer_challenge(self, frame: Authentication) -> None:
        """Give the AP back what it sent, encrypted (12.3.3.3.4)."""
        command = self._authenticate
        header = replace(self._header(numbers.AUTHENTICATION), protected=True)
        body = struct.pack("<HHH", SHARED_KEY, 3, 0) + frame.body
        key = CipherKey(command.wep_index, command.wep_key, cipher=wep_cipher(command.wep_key))
        self._interface.send_management(key.seal(header, body))
        self._wait(TRY_EVERY_S, self._authentication_unanswered)

    def _receive_association(self, frame: AssociationResponse | ReassociationResponse) -> None:
        if self.state is not State.ASSOCIATING:
            return
        self._stop_timer()
        if frame.status == 0:
            self.state = State.ASSOCIATED
            self._rates = frame.elements.rates
            self.rate_kbps = best_rate(self.frequency, self._rates)
            self._heard = self._interface.agenda.now
            self._watch()
        elif (due := _come_back(frame)) is not None:
            self._tries = 0
            self._wait(due, self._try_association)
            return
        else:
            self.forget()
        self._interface.emit(
            Associated(interface=self._interface.name, bssid=self.bssid, frame=frame.octets)
        )

    # ---- staying --------------------------------------------------------------------------

    def believes(self, octets: bytes) -> bool:
        """Whether a Beacon is the AP's own: where there are keys for Beacons it must prove it.

        One that does not is told of, as cfg80211 does it.
        """
        if not self.beacon_keys or not verified(octets, self.beacon_keys):
            return True
        now = self._interface.agenda.now
        if now - self._forgery_told_at > FORGERY_PAUSE_S:
            self._forgery_told_at = now
            self._interface.emit(
                UnprotectedBeacon(interface=self._interface.name, bssid=self.bssid)
            )
        return False

    def hear_beacon(self, octets: bytes, signal: int) -> None:
        """Note a sign of life; a beacon is kept as it is, for the next scan's results."""
        now = self._interface.agenda.now
        self._heard = now
        self._beacon = octets, signal, now
        if self._awaits_beacon:
            self._awaits_beacon = False
            self._interface.emit(
                ChannelSwitched(interface=self._interface.name, frequency=self.frequency)
            )
        elif (
            octets.find(_ANNOUNCEMENT, _ELEMENTS_AT) != -1
            and self._switch is None
            and self.state is State.ASSOCIATED
        ):
            self._read_announcement(octets)

    def _read_announcement(self, octets: bytes) -> None:
        """Follow what the Beacon announces, if those octets are an announcement."""
        try:
            announced = decode_channel_switch(Elements(octets[_ELEMENTS_AT:]))
        except WireError:
            return
        if announced is None:
            return
        frequency = announced.frequency(self.frequency)
        if not self._interface.can_tune(frequency):
            self._end(REASON_INACTIVITY, locally_generated=True)
            return
        delay = max(announced.count - 1, 0) * self._beacon_interval
        self._switch = self._interface.agenda.after(delay, lambda: self._follow(frequency))
        self._interface.quiet = announced.quiet
        self._interface.emit(
            ChannelSwitchStarted(
                interface=self._interface.name, frequency=frequency, count=announced.count
            )
        )

    def _follow(self, frequency: int) -> None:
        """Go where the AP is about to be; what is queued goes out first."""
        self._interface.when_flushed(lambda: self._arrive(frequency))

    def _arrive(self, frequency: int) -> None:
        if self._over:
            return
        self._switch = None
        self._awaits_beacon = True
        self.frequency = frequency
        self.rate_kbps = best_rate(frequency, self._rates)
        self.heard()
        self._interface.follow(frequency)

    def heard(self) -> None:
        """Note a sign of life of the AP."""
        self._heard = self._interface.agenda.now

    def note_beacon(self, table: BssTable) -> None:
        """Put the newest Beacon of the BSS into a scan's table."""
        if self._beacon is not None:
            octets, signal, when = self._beacon
            table.note(octets, self.frequency, signal, when)

    def _watch(self) -> None:
        """Look again when, from the last sign of life on, seven Beacons would have been missed."""
        self._interval = self._beacon_interval
        due = self._heard + BEACONS_MISSED * self._interval
        self._tries = 0
        self._timer = self._interface.agenda.at(due, self._look)

    @property
    def _beacon_interval(self) -> float:
        """In seconds; the usual one before the first Beacon."""
        if self._beacon is None:
            return self._interval
        interval = int.from_bytes(self._beacon[0][_INTERVAL], "little")
        return (interval or _USUAL_INTERVAL_TU) * TU_S

    def _look(self) -> None:
        due = self._heard + BEACONS_MISSED * self._interval
        if self._interface.agenda.now < due:
            self._watch()
            return
        self._tries += 1
        self._timer = None
        self._interface.check_connection(self, self._checked)

    def _checked(self, acknowledged: bool) -> None:
        if self._over:
            return
        if acknowledged:
            self.heard()
            self._watch()
        elif self._tries < CHECK_TRIES:
            self._wait(CHECK_EVERY_S, self._look)
        else:
            self._interface.emit(BeaconsLost(interface=self._interface.name))
            self._end(REASON_INACTIVITY, locally_generated=True)

    # ---- leaving --------------------------------------------------------------------------

    def deauthenticate(self, reason: int) -> None:
        """Send a Deauthentication and leave."""
        header = self._header(numbers.DEAUTHENTICATION)
        self._interface.send_management(Deauthentication(header, reason).encode())
        self._end(reason, locally_generated=True)

    def abandon(self) -> None:
        """Leave for another BSS, with nothing on the air; told when there was an association."""
        if self.state is State.ASSOCIATED:
            self._end(REASON_UNSPECIFIED, locally_generated=True)
        else:
            self.forget()

    def forget(self) -> None:
        """Drop keys and timers; the interface is joined to nothing."""
        self._stop_timer()
        if self._switch is not None:
            self._switch.cancel()
            self._interface.quiet = False
        if self._over:
            return
        self._interface.join = None
        self._interface.when_flushed(self._interface.rest)

    def _end(self, reason: int, *, locally_generated: bool) -> None:
        self.forget()
        self._interface.emit(
            Disconnected(
                interface=self._interface.name,
                bssid=self.bssid,
                reason=reason,
                locally_generated=locally_generated,
            )
        )

    @property
    def _over(self) -> bool:
        return self._interface.join is not self

    def _header(self, subtype: int) -> numbers.Header:
        return management_header(
            subtype, destination=self.bssid, source=self._interface.address, bssid=self.bssid
        )

    def _wait(self, delay: float, action: Callable[[], None]) -> None:
        self._timer = self._interface.agenda.after(delay, action)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
