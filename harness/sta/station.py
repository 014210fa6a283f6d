"""The station: one object without a radio, driven by commands, radio events and time.

Every call gives back what it wants done and what it reports, in order: `Command`s for the radio
and `Event`s for the record. It never reads a clock and never waits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import UsageError
from harness.base.seam_events import InterfaceSwitched, RadioEvent, ScanFinished, SignalCrossed
from harness.crypto.wsc import generate_pin
from harness.proto.machine import LocalInput, PeerInput, Timeout
from harness.proto.supplicant import TransitionDisabled
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.sta import choice, events, orders, roaming, scanning, transition
from harness.sta.attempts import Identity
from harness.sta.background_scans import BackgroundScans, Nowhere, Outside
from harness.sta.bss_table import Bss, BssTable
from harness.sta.config import Network, StationConfig, WpsParameters
from harness.sta.core import Actions, Core
from harness.sta.heard import heard
from harness.sta.joining import Cause, Ended, Established
from harness.sta.neighbours import Neighbours
from harness.sta.networks import Networks
from harness.sta.scanning import Busy, Wish
from harness.sta.state import WpaState
from harness.sta.wps import WpsEnrollee
from harness.sta.wps_information import available_kind
from harness.wire.wsc.device import DevicePasswordId, uuid_from_mac

_REASONS_FOR_RETURN: Final = frozenset({4, 6, 7})
"""The AP forgot us: from a working connection we go straight back."""
_FAILURES_UNTIL_DISABLED: Final = 4


class Station:
    """A station with one interface.

    `frequencies`: what the radio can tune to, in MHz. `node`: its name in events. `interface`:
    the network interface's name in commands. `enrollee`: makes the machine of each enrolment.
    `neighbours`: the stations of the same program, whose buttons count here too. `rekeys_safely`:
    the radio can put a pairwise key in the place of another. `protects_beacons`: it takes keys for
    Beacons. `outside`: the station's program. `core`: its
    parts, for the control vocabulary, which ends what it does there with `tick`.
    Raises `ConfigError`.
    """

    def __init__(
        self,
        config: StationConfig,
        address: MacAddress,
        frequencies: tuple[int, ...],
        entropy: Entropy,
        node: str = "sta",
        interface: str = "wlan0",
        enrollee: Callable[[EnrolleeConfig, Entropy], Enrollee] = Enrollee,
        neighbours: Neighbours | None = None,
        rekeys_safely: bool = True,
        *,
        protects_beacons: bool = True,
        outside: Outside | None = None,
    ) -> None:
        uuid = config.uuid or uuid_from_mac(address)
        identity = Identity(
            address,
            uuid,
            config,
            frequencies,
            enrollee,
            rekeys_safely,
            protects_beacons=protects_beacons,
        )
        self._entropy = entropy
        self.core = self._core = Core(config, identity, entropy, node, interface)
        self._wps = WpsEnrollee(self._core, Neighbours() if neighbours is None else neighbours)
        self.background = BackgroundScans(self._core, Nowhere() if outside is None else outside)
        self._reported = WpaState.DISCONNECTED
        self._started = False
        self._user_scan = False
        # A world asks for the deadline far more often than anything happens here.
        self._due: float | None = None
        self._is_stale = True

    # ---- what it shows -----------------------------------------------------------------------

    @property
    def uuid(self) -> bytes:
        """16 octets."""
        return self._core.identity.uuid

    @property
    def address(self) -> MacAddress:
        """The one that it goes by at present."""
        return self._core.identity.own

    @property
    def networks(self) -> Networks:
        return self._core.networks

    @property
    def bss_table(self) -> BssTable:
        return self._core.table

    @property
    def wpa_state(self) -> WpaState:
        """As `STATUS` shows it."""
        core = self._core
        if not core.is_idle:
            return core.connection.state
        if core.interface_down:
            return WpaState.INTERFACE_DISABLED
        if core.scanner.running is not None and not core.scanner.unseen:
            return WpaState.SCANNING
        waits = core.user_disconnected or core.networks.any_wanted()
        return WpaState.DISCONNECTED if waits else WpaState.INACTIVE

    @property
    def bssid(self) -> MacAddress | None:
        """The AP that it is associated with."""
        return self._core.current if self.wpa_state >= WpaState.ASSOCIATED else None

    @property
    def current_network(self) -> Network | None:
        """The network that it is joining or in."""
        attempt = self._core.connection.attempt
        if attempt is None or attempt.network_id not in self._core.networks:
            return None
        return self._core.networks[attempt.network_id]

    @property
    def four_address(self) -> bool:
        """True while the link uses four addresses."""
        return self._core.connection.four_address

    # ---- the user ----------------------------------------------------------------------------

    def start(self, now: float) -> Actions:
        """Begin to work: look for the enabled networks, if there are any."""
        self._started = True
        self._wps.take_part()
        if self._core.networks.enabled():
            self._core.scanner.request(now + scanning.START_DELAY_S)
        return self._actions(now)

    def wps_pbc(self, now: float, bssid: MacAddress | None = None, multi_ap: int = 0) -> Actions:
        """Push the button. `multi_ap`: 1 and above asks for backhaul credentials.

        Raises `ConfigError` for another `multi_ap` than 0 to 6.
        """
        return self.begin_wps(orders.push_button(multi_ap), bssid, now)

    def wps_pin(
        self,
        now: float,
        pin: str,
        bssid: MacAddress | None = None,
        multi_ap: int = 0,
        device_password_id: int = DevicePasswordId.DEFAULT,
    ) -> Actions:
        """Enrol with a PIN, taken as it is; `generate_pin` makes one. Raises `ConfigError`."""
        return self.begin_wps(orders.by_pin(pin, multi_ap, device_password_id), bssid, now)

    def begin_wps(self, order: WpsParameters, bssid: MacAddress | None, now: float) -> Actions:
        """Do what `order` says, in the place of what was ordered before."""
        self._wps.start(order, bssid, now)
        return self._scan_and_actions(now)

    def wps_cancel(self, now: float) -> Actions:
        """Give the enrolment up, also when there is none."""
        self._wps.cancel(now)
        return self._scan_and_actions(now)

    def abandon_wps(self, now: float) -> Actions:
        """Remove the enrolment's network, and so end it."""
        self._wps.abandon(now)
        return self._scan_and_actions(now)

    def retire(self) -> None:
        """Be no neighbour any more of the program's other stations."""
        self._wps.retire()

    def generate_pin(self) -> str:
        """Draw an 8-digit PIN with a right checksum."""
        return generate_pin(self._entropy)

    def add_network(self, network: Network, now: float) -> tuple[int, Actions]:
        """Add a profile and return its id, which is the next one whatever `network` says."""
        added = self._core.add_network(network, now)
        return added.id, self._actions(now)

    def remove_network(self, network_id: int, now: float) -> Actions:
        """Remove a profile and leave its AP. Raises `UsageError` for an unknown id."""
        self._core.remove_network(network_id, now)
        self._seek(now)
        return self._scan_and_actions(now)

    def enable_network(self, network_id: int, now: float) -> Actions:
        """Let a profile take part. Raises `UsageError` for an unknown id."""
        self._core.reenable_network(network_id, now)
        self._core.networks.set_disabled(network_id, False)
        self._seek(now)
        return self._scan_and_actions(now)

    def disable_network(self, network_id: int, now: float) -> Actions:
        """Take a profile out and leave its AP. Raises `UsageError` for an unknown id."""
        self._core.networks.set_disabled(network_id, True)
        attempt = self._core.connection.attempt
        if attempt is not None and attempt.network_id == network_id:
            self._core.leave(now)
            self._seek(now)
        return self._scan_and_actions(now)

    def connect(self, network_id: int, now: float) -> Actions:
        """Join this network and no other. Raises `UsageError` for an unknown id."""
        core = self._core
        core.networks[network_id]
        for network in list(core.networks):
            if network.id != network_id and not network.disabled:
                core.networks.set_disabled(network.id, True)
        core.reenable_network(network_id, now)
        core.networks.set_disabled(network_id, False)
        core.user_disconnected = False
        attempt = core.connection.attempt
        if attempt is None or attempt.network_id != network_id:
            core.leave(now)
            core.selected = network_id
            core.scanner.reports_only = False
            if not self._join_from_table(now):
                core.scanner.reschedule(now)
        return self._scan_and_actions(now)

    def roam(self, bssid: MacAddress, now: float) -> Actions:
        """Go to another BSS of the present network by reassociation.

        Raises `UsageError` unless there is an association and the table has such a BSS.
        """
        network = self.current_network
        if network is None or self._core.connection.state < WpaState.ASSOCIATED:
            raise UsageError("not associated")
        self._core.roam(network, bssid, now)
        return self._scan_and_actions(now)

    def disconnect(self, now: float) -> Actions:
        """Leave, and stay away until `connect`, `reconnect` or an enrolment."""
        self._core.user_disconnected, self._core.selected = True, None
        self._core.scanner.stop()
        self._core.scanner.unseen = True
        self._core.leave(now)
        return self._actions(now)

    def reconnect(self, now: float) -> Actions:
        """Undo `disconnect`."""
        self._core.user_disconnected = False
        self._core.scanner.reports_only = False
        if self._core.is_idle and not self._join_from_table(now):
            self._seek(now)
        return self._scan_and_actions(now)

    def check_idle(self) -> None:
        """Raise what `scan` would."""
        if self._core.interface_down:
            raise UsageError("the interface is down")
        joining = WpaState.AUTHENTICATING <= self.wpa_state < WpaState.COMPLETED
        if self._core.scanner.running is not None or joining:
            raise Busy("scanning or connecting")

    def scan(self, now: float, wish: Wish = scanning.NO_WISH) -> Actions:
        """Scan now, for the table. Raises `Busy` when busy scanning or connecting.

        Raises `UsageError` while the interface is down.
        """
        self.check_idle()
        self._user_scan = True
        self._core.scanner.wish = wish
        self._core.scanner.registration_left = 0
        self._core.scanner.reschedule(now)
        return self._scan_and_actions(now)

    # ---- the radio ---------------------------------------------------------------------------

    def step(self, event: RadioEvent, now: float) -> Actions:
        """Take in what the radio says. Nothing that came over the air makes it raise."""
        if isinstance(event, ScanFinished):
            self._on_scan_finished(event, now)
        if isinstance(event, SignalCrossed):
            self.background.cross(now, above=event.above)
            self.background.tick(now)
        given = heard(self._core, event, now)
        if given is not None:
            self._advance(given, now)
        if isinstance(event, InterfaceSwitched) and event.up:
            self._seek(now)
        return self._scan_and_actions(now)

    def deadline(self) -> float | None:
        """When `tick` is due, None for never."""
        if self._is_stale or self._wps.heeds_others:
            self._due, self._is_stale = self._next_due(), False
        return self._due

    def _next_due(self) -> float | None:
        core = self._core
        times = (
            core.scanner.deadline() if self._may_scan() else None,
            core.connection.deadline(),
            core.rest_ends(),
            core.table.deadline(core.current),
            self._wps.deadline(),
            self.background.deadline(),
        )
        return min((time for time in times if time is not None), default=None)

    def tick(self, now: float) -> Actions:
        """Do what is due."""
        core = self._core
        if core.reenable_rested(now) and core.is_idle and not core.user_disconnected:
            core.scanner.reports_only = False
            if not self._join_from_table(now):
                self._seek(now)
        due = core.connection.deadline()
        if due is not None and due <= now:
            self._advance(Timeout(), now)
        self._wps.tick(now)
        self.background.tick(now)
        self._rejoin(now)
        if self._wps.take_turn() and core.is_idle and not core.user_disconnected:
            self._select_or_wait(now)
        core.report_table(core.table.expire(now, core.current), now)
        return self._scan_and_actions(now)

    # ---- scanning and selection --------------------------------------------------------------

    def _may_scan(self) -> bool:
        if self._core.interface_down:
            return False
        return self._started and (self._user_scan or self._core.networks.any_wanted())

    def _scan_and_actions(self, now: float) -> Actions:
        """Begin the scan that is due, and hand everything over."""
        core = self._core
        if core.scanner.is_due(now) and self._may_scan():
            self._user_scan = False
            core.begin_scan(now)
        return self._actions(now)

    def _actions(self, now: float) -> Actions:
        """Hand everything over; every public call that changes something ends here."""
        self._is_stale = True
        self.background.follow(now)
        state = self.wpa_state
        if state is not self._reported:
            self._core.report(now, events.STATE_CHANGED, old=self._reported.text, new=state.text)
            self._reported = state
        return self._core.take_actions()

    def _on_scan_finished(self, event: ScanFinished, now: float) -> None:
        core = self._core
        ended = core.scanner.finish(now)
        changes = core.table.update(
            core.filters.seen(event.results, core.config, core.networks),
            now,
            scanned=ended.frequencies if ended is not None else (),
            cut_short=core.scanner.aborted,
            current=core.current,
            favours=self._favours,
        )
        core.report_table(changes, now)
        self.background.note_results(now)
        core.report(now, events.SCAN_FINISHED, **core.scanner.numbered())
        core.scanner.number = None
        reports_only, core.scanner.reports_only = core.scanner.reports_only, False
        if not core.user_disconnected and core.connection.state < WpaState.ASSOCIATED:
            self._report_wps(now)
        self._wps.observe(list(core.table), now)
        if self._looks_for_nothing:
            core.report(now, events.SELECTION_FAILED)
        if reports_only or core.user_disconnected:
            return
        if core.is_idle:
            self._select_or_wait(now)
        elif self.wpa_state is WpaState.COMPLETED and not self._wps.is_searching:
            roaming.consider(core, now)

    @property
    def _looks_for_nothing(self) -> bool:
        """True while a scan can't lead anywhere, and nobody has said that it is not to."""
        core = self._core
        stays = core.user_disconnected or core.networks.resting
        return core.is_idle and not stays and not core.networks.any_wanted()

    def _favours(self, bss: Bss) -> bool:
        """Those that stay in a full table: of a configured network, or with WPS."""
        return bss.wps is not None or any(
            network.ssid == bss.ssid for network in self._core.networks
        )

    def _report_wps(self, now: float) -> None:
        kind = available_kind((bss.wps for bss in self._core.table), self.address)
        if kind is not None:
            self._core.report(now, events.WPS_AP_AVAILABLE, kind=kind)

    def _select_or_wait(self, now: float) -> None:
        core = self._core
        if not core.networks.enabled() or self._wps_is_about_to_act():
            return
        candidate = choice.choose(core, self._wps.run, core.table, now)
        if candidate is None:
            core.fruitless_scans += 1
            if not core.networks.looks_for_wps():
                core.report(now, events.SELECTION_FAILED)
            core.scanner.request(now + choice.scan_interval(core))
        elif candidate.network.wps is not None and self._wps.waits_for_others():
            core.scanner.request(now + choice.scan_interval(core))
        elif candidate.network.wps is None or not self._wps.forbids(candidate.bss, now):
            core.join(candidate, now)

    def _wps_is_about_to_act(self) -> bool:
        run = self._wps.run
        return run is not None and (run.rejoin_at is not None or run.ends_at is not None)

    def _join_from_table(
        self, now: float, trusts: Callable[[Bss], bool] = lambda bss: True
    ) -> bool:
        return choice.join_from_table(self._core, self._wps.run, now, trusts)

    def _seek(self, now: float) -> None:
        """Look for a network now, unless there is one or none is wanted."""
        core = self._core
        if core.is_idle and not core.user_disconnected and core.networks.enabled():
            core.scanner.request(now)

    def _rejoin(self, now: float) -> None:
        """Join the network that an enrolment brought.

        A BSS without WPS State configured may have begun anew with other settings: scan first.
        """
        run = self._wps.take_rejoin(now)
        if run is None or not self._core.is_idle:
            return
        if self._join_from_table(now, lambda bss: bss.wps is not None and bss.wps.configured):
            return
        self._core.scanner.keep_to_registration_channel(run.frequency)
        self._core.scanner.reschedule(now)

    # ---- the connection ----------------------------------------------------------------------

    def _advance(self, given: PeerInput | LocalInput, now: float) -> None:
        attempt = self._core.connection.attempt
        outputs = self._core.advance(given, now)
        for output in outputs:
            match output:
                case Established():
                    self._on_established(output, now)
                case Ended():
                    self._on_ended(output, now)
                case TransitionDisabled() if attempt is not None:
                    transition.take(self._core, attempt, output.bitmap, now)
                case _ if attempt is not None:
                    self._wps.take(output, attempt, now)

    def _on_established(self, established: Established, now: float) -> None:
        core, attempt = self._core, established.attempt
        core.failures = core.fruitless_scans = 0
        core.restore(attempt.bssid, now)
        core.reenable_network(attempt.network_id, now)
        core.scanner.registration_left = 0

    def _on_ended(self, ended: Ended, now: float) -> None:
        """Draw the consequences of an end that we did not ask for."""
        core, attempt = self._core, ended.attempt
        if ended.cause is Cause.REQUESTED:
            return
        if ended.cause is Cause.DISCONNECTED and ended.is_lost_ap:
            core.report_table(core.table.forget(attempt.bssid, now), now)
        if self._wps.attempt_ended(ended, now) or core.interface_down:
            return
        if self._returns_at_once(ended, now):
            return
        if ended.cause is not Cause.REKEY_DENIED:
            core.ignore(attempt.bssid, now)
        if ended.cause is Cause.WRONG_KEY:
            core.disable_network(attempt.network_id, attempt.bssid, "WRONG_KEY", now)
        if ended.during < WpaState.COMPLETED:
            core.failures += 1
            if core.failures >= _FAILURES_UNTIL_DISABLED:
                core.disable_network(attempt.network_id, attempt.bssid, "CONN_FAILED", now)
        if core.connects_by_itself:
            core.scanner.request(now + core.delay_after(ended))

    def _returns_at_once(self, ended: Ended, now: float) -> bool:
        """Go back to an AP that forgot a working connection, or that was left for other keys."""
        dropped = ended.during is WpaState.COMPLETED and not ended.locally_generated
        forgotten = dropped and ended.reason in _REASONS_FOR_RETURN
        if not forgotten and ended.cause is not Cause.REKEY_DENIED:
            return False
        candidate = self._core.known(ended.attempt, now) if self._core.connects_by_itself else None
        if candidate is not None:
            self._core.join(candidate, now)
        return candidate is not None
