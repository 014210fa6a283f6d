"""What the parts of a station share, and the plain acts that they are made of."""

from __future__ import annotations

from dataclasses import replace
from errno import ECANCELED
from typing import Final, TypeAlias

from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import ConfigError, UsageError
from harness.base.event import Event
from harness.base.seam import AKM_SAE, Command, Deauthenticate, SetAddress
from harness.proto.countermeasures import Countermeasures
from harness.proto.eap_wsc import METHOD_PROPOSED, PEER_FAILED, PEER_STARTED
from harness.proto.machine import Discarded, LocalInput, Notify, Output, PeerInput
from harness.sta import events
from harness.sta.attempts import Identity, attempt_for
from harness.sta.bss_table import BssTable, TableChange
from harness.sta.config import Network, StationConfig
from harness.sta.connection import Connection
from harness.sta.external_passwords import Passwords, nowhere, with_secret
from harness.sta.ignore_list import IgnoreList
from harness.sta.joining import Attempt, Cause, Ended, Join, Leave, Perform
from harness.sta.networks import Networks
from harness.sta.own_address import OwnAddress
from harness.sta.scan_filters import ScanFilters
from harness.sta.scanning import REFUSED_DELAY_S, Scanner, delay_after_failures
from harness.sta.selection import Candidate, Circumstances, matches
from harness.sta.state import WpaState
from harness.wire.dot11.codes import REASON_LEAVING, REASON_UNSPECIFIED

Action: TypeAlias = Command | Event
Actions: TypeAlias = tuple[Action, ...]
"""What a station wants done and what it reports, in order."""

_TIMED_OUT_DELAY_S: Final = 1.0
_DISCONNECTED_DELAY_S: Final = 0.1

_Status: TypeAlias = tuple[str, str] | None
_EAP_STATUS: Final[dict[str, tuple[_Status, _Status]]] = {
    PEER_STARTED: (None, ("started", "")),
    METHOD_PROPOSED: (None, ("accept proposed method", "WSC")),
    PEER_FAILED: (("completion", "failure"), None),
}
"""What is said before and after an event of the EAP peer."""


class Core:
    """The station's parts. Every act puts its commands and events into `actions`.

    `selected`: the network that the user chose, until it is joined or given up. `reassociates`:
    the next look at the table leads to an association, even with the AP of the present one.
    `passwords`: of networks that have the name of one only.
    """

    def __init__(
        self,
        config: StationConfig,
        identity: Identity,
        entropy: Entropy,
        node: str,
        interface: str,
    ) -> None:
        self.config = config
        self.identity = identity
        self.interface = interface
        self.networks = Networks(config.networks)
        self.scanner = Scanner()
        self.ignored = IgnoreList()
        self.connection = Connection(interface, config.bridge)
        self.table = BssTable(
            maximum=config.bss_max_count,
            age=config.bss_expiration_age,
            scan_count=config.bss_expiration_scan_count,
        )
        self.failures = 0
        self.user_disconnected = False
        self.list_cleared = False
        self.selected: int | None = None
        self.passwords: Passwords = nowhere
        self._lacking: dict[int, str] = {}
        self.reassociates = False
        self._joined: int | None = None
        self._own = OwnAddress(identity.own, entropy)
        self.autoconnects = True
        self.interface_down = False
        self.fruitless_scans = 0
        self.filters = ScanFilters()
        self.countermeasures = Countermeasures()
        self._entropy = entropy
        self._node = node
        self._actions: list[Action] = []
        self._leaving: set[tuple[MacAddress, int]] = set()

    # ---- reporting ---------------------------------------------------------------------------

    def take_actions(self) -> Actions:
        """Everything put out since the last call."""
        taken = tuple(self._actions)
        self._actions.clear()
        return taken

    def report(self, now: float, name: str, **fields: object) -> None:
        self._actions.append(Event(now, self._node, name, fields))

    def perform(self, command: Command) -> None:
        if isinstance(command, Deauthenticate):
            self._leaving.add((command.bssid, command.reason))
        self._actions.append(command)

    def report_table(self, changes: list[TableChange], now: float) -> None:
        for change in changes:
            name = events.BSS_ADDED if change.added else events.BSS_REMOVED
            self.report(now, name, id=change.id, bssid=change.bssid)

    def scan_refused(self, errno: int, now: float) -> None:
        """The radio can't scan now: try again, unless it was for the table only.

        One that the kernel cut short, for an association or because the interface goes, is no
        failure to tell of.
        """
        self.scanner.running = None
        retry = not self.scanner.reports_only
        if errno != ECANCELED:
            self.report(now, events.SCAN_FAILED, errno=errno, retry=retry)
        if retry and not self.user_disconnected:
            self.scanner.request(now + REFUSED_DELAY_S)

    # ---- the connection ----------------------------------------------------------------------

    def advance(self, given: PeerInput | LocalInput, now: float) -> list[Output]:
        """Give the connection an input, carry out what is plain, and return the rest."""
        rest: list[Output] = []
        outputs = self.connection.step(given, now)
        for output in outputs:
            if not _is_rejection(output):
                self.tell_of_keys(now)
            match output:
                case Perform():
                    self.perform(output.command)
                case Notify():
                    self._note(output, now)
                case Discarded():
                    self.report(
                        now, events.INPUT_DISCARDED, reason=output.reason, clause=output.clause
                    )
                case _:
                    rest.append(output)
        self.tell_of_keys(now)
        return rest

    def _note(self, note: Notify, now: float) -> None:
        """Make an event of it; EAP's progress is told twice, by its own event and as a status."""
        before, after = _EAP_STATUS.get(note.name, (None, None))
        if note.fields.get("nak"):
            after = None
        if before is not None:
            status, parameter = before
            self.report(now, events.EAP_STATUS_CHANGED, status=status, parameter=parameter)
        self._actions.append(Event(now, self._node, note.name, note.fields))
        if after is not None:
            status, parameter = after
            self.report(now, events.EAP_STATUS_CHANGED, status=status, parameter=parameter)

    def join(self, candidate: Candidate, now: float) -> None:
        """Begin to join it; the connection has to be at rest."""
        self.scanner.stop()
        self.selected = None
        self._choose_address(candidate.network, now)
        self._begin(attempt_for(candidate, self.identity, self._entropy, now), now)

    def _begin(self, attempt: Attempt, now: float) -> None:
        if not attempt.replaces_pairwise:
            self.report(now, events.REKEYING_FORBIDDEN)
        self.advance(Join(attempt), now)

    def _choose_address(self, network: Network, now: float) -> None:
        returns, self._joined = network.id == self._joined, network.id
        style = self.config.mac_addr if network.mac_addr is None else network.mac_addr
        lifetime = self.config.rand_addr_lifetime
        self._go_by(self._own.before_joining(style, lifetime, now, returns=returns), now)

    def _go_by(self, address: MacAddress | None, now: float) -> None:
        """Have another address from now on; the keys of earlier SAE were for the last one."""
        if address is not None:
            self.perform(SetAddress(interface=self.interface, address=address))
            self.identity = replace(self.identity, own=address)
            self.identity.pmksas.drop()
            self.tell_of_keys(now)

    def tell_of_keys(self, now: float) -> None:
        """Report which keys of SAE came and went since this was done last."""
        news, self.identity.pmksas.news = self.identity.pmksas.news, []
        for came, entry in news:
            name = events.PMKSA_ADDED if came else events.PMKSA_REMOVED
            self.report(now, name, bssid=entry.bssid, id=entry.network_id)

    def drop_keys(self, now: float, network_id: int | None = None) -> None:
        """Let keys of earlier SAE go, and with the one in use the association."""
        dropped = self.identity.pmksas.drop(network_id)
        self.tell_of_keys(now)
        attempt = self.connection.attempt
        if attempt is None or attempt.akm != AKM_SAE:
            return
        if any(each.bssid == attempt.bssid for each in dropped):
            self.leave(now, REASON_UNSPECIFIED)
            self.scanner.request(now)

    def keep_permanent_address(self) -> None:
        """The radio takes no other."""
        self.identity = replace(self.identity, own=self._own.permanent)

    def begin_scan(self, now: float) -> None:
        """Ask the radio for the scan that is due."""
        if self.is_idle:
            style, lifetime = self.config.preassoc_mac_addr, self.config.rand_addr_lifetime
            self._go_by(self._own.before_scanning(style, lifetime, now), now)
        block = self.networks.wps_block()
        elements = b""
        if block is not None and block.wps is not None:
            elements = self.identity.probe_element(block.wps)
        enabled = self.networks.enabled()
        self.perform(self.scanner.begin(self.interface, self.config, enabled, elements))
        self.report(now, events.SCAN_STARTED, **self.scanner.numbered())

    def roam(self, network: Network, bssid: MacAddress, now: float) -> None:
        """Go from the present AP to another one of the same network, by reassociation."""
        bss = None if network.wps is not None else self.table.get(bssid, network.ssid)
        habits = self.config.security
        around = Circumstances(own=self.identity.own, ignored=self.ignored, security=habits)
        complete = self.complete(network, now)
        if bss is None or complete is None or not matches(bss, complete, around):
            raise UsageError(f"no BSS of the present network is known at {bssid}")
        candidate = Candidate(complete, bss)
        self.scanner.stop()
        attempt = attempt_for(candidate, self.identity, self._entropy, now)
        self._begin(replace(attempt, previous=self.current), now)

    def delay_after(self, ended: Ended) -> float:
        """How long to wait with the scan that follows, in seconds."""
        timed_out = ended.cause is Cause.TIMED_OUT or (
            ended.cause is Cause.WRONG_KEY and ended.locally_generated
        )
        if timed_out and ended.during >= WpaState.ASSOCIATED:
            return _TIMED_OUT_DELAY_S
        if ended.cause in (Cause.DISCONNECTED, Cause.WRONG_KEY, Cause.REKEY_DENIED):
            return _DISCONNECTED_DELAY_S
        return delay_after_failures(self.failures)

    def complete(self, network: Network, now: float) -> Network | None:
        """The network with its secret, wherever that is kept; None, told once, without any."""
        try:
            found = with_secret(network, self.passwords)
        except ConfigError as error:
            if self._lacking.get(network.id) != error.message:
                self.report(now, events.PASSWORD_MISSING, id=network.id, reason=error.message)
            self._lacking[network.id] = error.message
            return None
        self._lacking.pop(network.id, None)
        return found

    def known(self, attempt: Attempt, now: float) -> Candidate | None:
        """The BSS and network of an attempt, as far as they may still be joined."""
        bss = self.table.get(attempt.bssid, attempt.ssid)
        if bss is None or attempt.network_id not in self.networks:
            return None
        network = self.networks[attempt.network_id]
        if not self.networks.is_enabled(network):
            return None
        complete = self.complete(network, now)
        return None if complete is None else Candidate(complete, bss)

    def leave(self, now: float, reason: int = REASON_LEAVING) -> None:
        """Deauthenticate, if there is an AP to leave."""
        if self.connection.attempt is not None:
            self.advance(Leave(reason), now)

    @property
    def current(self) -> MacAddress | None:
        """The BSSID that is being joined or in use."""
        attempt = self.connection.attempt
        return attempt.bssid if attempt is not None else None

    @property
    def is_idle(self) -> bool:
        return self.connection.state is WpaState.DISCONNECTED

    @property
    def connects_by_itself(self) -> bool:
        """False while the user, `STA_AUTOCONNECT 0` or the interface is against it."""
        if self.user_disconnected or self.interface_down:
            return False
        return self.autoconnects or self.networks.wps_block() is not None

    def answers_our_leaving(self, bssid: MacAddress, reason: int) -> bool:
        """True once for each Deauthentication of ours: the radio's word that it is done."""
        if (bssid, reason) in self._leaving:
            self._leaving.remove((bssid, reason))
            return True
        return False

    def forget_leaving(self) -> None:
        """An AP has answered since: what the radio says of leaving from now on is news."""
        self._leaving.clear()

    # ---- BSSIDs and networks -----------------------------------------------------------------

    def ignore(self, bssid: MacAddress, now: float) -> None:
        """Count a failure against a BSSID."""
        entry = self.ignored.add(bssid, now)
        self.report(
            now, events.BSSID_IGNORED, bssid=bssid, count=entry.count, duration_s=entry.duration
        )

    def restore(self, bssid: MacAddress, now: float) -> None:
        """Take a BSSID off the ignore list."""
        if self.ignored.remove(bssid):
            self.report(now, events.BSSID_RESTORED, bssid=bssid, expired=False)

    def expire_ignored(self, now: float) -> None:
        for bssid in self.ignored.expire(now):
            self.report(now, events.BSSID_RESTORED, bssid=bssid, expired=True)

    def clear_ignored(self, now: float) -> None:
        for bssid in self.ignored.bssids():
            self.restore(bssid, now)

    def disable_network(self, network_id: int, bssid: MacAddress, reason: str, now: float) -> None:
        """Let a network rest; not for WPS blocks."""
        if network_id not in self.networks or self.networks[network_id].wps is not None:
            return
        duration = self.networks.disable_for_a_while(network_id, bssid, now)
        self.report(
            now,
            events.NETWORK_DISABLED,
            id=network_id,
            ssid=self.networks[network_id].ssid or b"",
            failures=self.networks.status(network_id).failures,
            duration_s=duration,
            reason=reason,
        )

    def reenable_network(self, network_id: int, now: float) -> None:
        """End a network's rest and forget its failures."""
        if network_id in self.networks and self.networks.reenable(network_id):
            ssid = self.networks[network_id].ssid or b""
            self.report(now, events.NETWORK_REENABLED, id=network_id, ssid=ssid)

    def reenable_rested(self, now: float) -> bool:
        """Let networks take part again whose time is over; their culprit is ignored instead.

        False when there was none, nor the end of countermeasures, when all may be joined again.
        """
        rested = self.networks.expire(now)
        over = self.countermeasures.ended(now)
        if over:
            self.report(now, events.COUNTERMEASURES_ENDED)
        for network, culprit in rested:
            self.report(now, events.NETWORK_REENABLED, id=network.id, ssid=network.ssid or b"")
            if culprit is not None:
                self.ignore(culprit, now)
        return over or bool(rested)

    def rest_ends(self) -> float | None:
        """When `reenable_rested` has something to do next."""
        times = (self.networks.deadline(), self.countermeasures.deadline())
        return min((time for time in times if time is not None), default=None)

    def add_network(self, network: Network, now: float) -> Network:
        """Add a profile under the next id."""
        added = self.networks.add(network)
        self.report(now, events.NETWORK_ADDED, id=added.id)
        return added

    def remove_network(self, network_id: int, now: float) -> None:
        """Remove a profile with its keys, and leave its AP."""
        self.networks[network_id]
        self.drop_keys(now, network_id)
        self.networks.remove(network_id)
        self.report(now, events.NETWORK_REMOVED, id=network_id)
        attempt = self.connection.attempt
        if attempt is not None and attempt.network_id == network_id:
            self.leave(now)

    def store_network(self, network: Network, now: float) -> None:
        """Put a profile in the place of the one with its id."""
        self.networks.replace(network)
        self.report(
            now,
            events.NETWORK_STORED,
            id=network.id,
            ssid=network.ssid or b"",
            multi_ap_backhaul_sta=network.multi_ap_backhaul_sta,
        )


def _is_rejection(output: Output) -> bool:
    """True for what is told before the key that was no good goes."""
    return isinstance(output, Notify) and output.name == events.ASSOCIATION_REJECTED
