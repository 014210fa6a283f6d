"""The station's enrolment: from the pressed button or the PIN to a network profile.

Source: the station's behaviour page, 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from harness.base.address import ZERO, MacAddress
from harness.proto.eap_wsc import EapFinished
from harness.proto.machine import Output
from harness.proto.wsc_run import CredentialsReceived, Failed, Finished
from harness.sta import events
from harness.sta.bss_table import Bss
from harness.sta.config import KeyManagement, Network, WpsMethod, WpsParameters
from harness.sta.core import Core
from harness.sta.credentials import duplicates, merged, network_from
from harness.sta.joining import Attempt, Cause, Ended
from harness.sta.neighbours import Button, Neighbours
from harness.sta.state import WpaState
from harness.wire.dot11.codes import REASON_8021X_FAILED
from harness.wire.wsc.settings import Credential

WALK_TIME_S: Final = 120.0
FAILURE_DELAY_S: Final = 0.1
OTHERS_DELAY_S: Final = 10.0
RETRY_AFTER_CLEARING_S: Final = 0.1


@dataclass(slots=True)
class Run:
    """One enrolment. `order`: what was asked for. Times on the world's clock.

    `buttons`: what each BSSID said when last seen. `ready`: whether the AP waited for our PIN
    then. `stored`: ids of the networks made. `refused`: BSSIDs that allow no backhaul link.
    `registered`: success, on `frequency`. `waits`: an AP could be joined, but other stations of
    the program have not looked yet. `overlapped_at`: when one of them told of an overlap.
    `ends_at`: when an explicit failure ends the run; `rejoin_at`: when to join what was stored;
    `release_at`: when the other networks take part again.
    """

    order: WpsParameters
    bssid: MacAddress | None
    block: int
    started: float
    scans: int = 0
    buttons: dict[MacAddress, Button] = field(default_factory=dict)
    ready: dict[MacAddress, bool] = field(default_factory=dict)
    stored: list[int] = field(default_factory=list)
    refused: set[MacAddress] = field(default_factory=set)
    registered: bool = False
    frequency: int = 0
    waits: bool = False
    overlapped_at: float | None = None
    ends_at: float | None = None
    rejoin_at: float | None = None
    release_at: float | None = None

    @property
    def may_overlap(self) -> bool:
        """True while a button is to be found, and no AP was named."""
        is_pushed = self.order.method is WpsMethod.PBC and not self.registered
        return is_pushed and self.bssid is None


class WpsEnrollee:
    """Holds the run under way, if any, and does its part of everything that happens.

    `neighbours`: the stations of the same program.
    """

    def __init__(self, core: Core, neighbours: Neighbours) -> None:
        self._core = core
        self.run: Run | None = None
        self._neighbours = neighbours

    @property
    def is_searching(self) -> bool:
        """True while a WPS block waits for its registration."""
        return self.run is not None and not self.run.registered

    # ---- for the program's other stations ----------------------------------------------------

    @property
    def buttons(self) -> Mapping[MacAddress, Button]:
        run = self.run
        return {} if run is None or run.registered else run.buttons

    @property
    def owes_look(self) -> bool:
        """Not while it is kept from scanning: that may last."""
        run = self.run
        is_pushed = run is not None and run.order.method is WpsMethod.PBC and run.scans == 0
        return is_pushed and self._core.connects_by_itself

    def hear_of_overlap(self, at: float) -> None:
        if self.run is not None and self.run.may_overlap:
            self.run.overlapped_at = at

    @property
    def heeds_others(self) -> bool:
        """True while its deadline may come by what another station does."""
        run = self.run
        return run is not None and (run.waits or run.overlapped_at is not None)

    def take_part(self) -> None:
        """Be a neighbour from now on."""
        self._neighbours.join(self)

    def retire(self) -> None:
        """Be no neighbour any more."""
        self._neighbours.leave(self)

    # ---- what the user does ------------------------------------------------------------------

    def start(self, order: WpsParameters, bssid: MacAddress | None, now: float) -> None:
        """Begin an enrolment in the place of one under way. `bssid`: that AP only."""
        core = self._core
        self._drop_run(now)
        block = core.add_network(_block(order, None if bssid == ZERO else bssid), now)
        self.run = Run(order, block.bssid, block.id, now)
        if order.method is not WpsMethod.REGISTRAR:
            core.report(now, events.WPS_ACTIVATED, method=order.method.value)
        core.networks.hold_others(block.id)
        core.leave(now)
        core.failures, core.user_disconnected = 0, False
        core.clear_ignored(now)
        core.scanner.registration_left = 0
        core.scanner.first_frequency = self._known_frequency(block.bssid)
        core.scanner.reports_only = False
        core.scanner.reschedule(now)

    def cancel(self, now: float) -> None:
        """Give the enrolment up, if there is one, and with it what one is associated with.

        The other networks are looked for again, also the one that was left. Source: sta, 6.11.
        """
        if self._core.connection.state >= WpaState.ASSOCIATING:
            self._core.leave(now)
        self._finish(now)
        self._core.report(now, events.WPS_CANCELLED)

    def abandon(self, now: float) -> None:
        """Give the enrolment up for its network is removed, which alone is told."""
        block = self._core.networks.wps_block()
        if block is not None:
            self._core.remove_network(block.id, now)
        self._finish(now)

    # ---- what happens ------------------------------------------------------------------------

    def observe(self, bsss: list[Bss], now: float) -> None:
        """A scan ended."""
        run = self.run
        if run is None or run.registered:
            return
        run.scans += 1
        for bss in bsss:
            if bss.wps is None or bss.unseen:
                continue
            run.buttons[bss.bssid] = Button(bss.wps.uuid, bss.wps.push_button_active)
            ready = bss.wps.admits_pin_of(self._core.identity.own)
            if ready and run.ready.get(bss.bssid) is False:
                self._core.restore(bss.bssid, now)
            run.ready[bss.bssid] = ready

    def forbids(self, chosen: Bss, now: float) -> bool:
        """Say whether the run ends here, which it then does.

        It ends when a second AP, seen here or by another station of the program, has its button
        pressed, and when nothing is left but an AP that
        allowed no backhaul link.
        """
        run = self.run
        if run is not None and chosen.bssid in run.refused:
            self._core.report(now, events.WPS_FAILED, message=None)
            self._finish(now)
            return True
        if run is None or not run.may_overlap:
            return False
        uuid = chosen.wps.uuid if chosen.wps is not None else None
        for bssid, other in self._neighbours.buttons(self):
            if other.active and bssid != chosen.bssid and (uuid is None or other.uuid != uuid):
                self._core.report(
                    now, events.WPS_BUTTONS_COMPARED, chosen=chosen.bssid, other=bssid
                )
                self._overlap(now)
                self._neighbours.tell_of_overlap(self, now)
                return True
        return False

    def waits_for_others(self) -> bool:
        """Say whether other stations have to look before an AP may be joined, and note it."""
        run = self.run
        if run is None or not run.may_overlap:
            return False
        run.waits = self._neighbours.owe_look(self)
        return run.waits

    def take_turn(self) -> bool:
        """True once when nobody has to be waited for any more."""
        run = self.run
        if run is None or not run.waits or self._neighbours.owe_look(self):
            return False
        run.waits = False
        return True

    def _overlap(self, now: float) -> None:
        self._core.report(now, events.WPS_OVERLAPPED)
        self.cancel(now)

    def take(self, output: Output, attempt: Attempt, now: float) -> None:
        """What the enrollee and its EAP peer put out during `attempt`."""
        run, core = self.run, self._core
        if run is None:
            return
        match output:
            case CredentialsReceived():
                self._store(run, output.credentials, now)
            case Failed():
                core.report(
                    now,
                    events.WPS_FAILED,
                    message=output.message,
                    config_error=output.config_error,
                    reason=output.reason,
                )
                run.ends_at = now + FAILURE_DELAY_S
            case Finished(success=True):
                self._registered(run, attempt, now)
            case EapFinished():
                self._eap_ended(run, attempt, now)

    def attempt_ended(self, ended: Ended, now: float) -> bool:
        """An enrolment's association ended by itself; True when the run has seen to it.

        Otherwise it failed like any other, and the general rules apply.
        """
        run = self.run
        if run is not None and run.registered and _is_late_word(ended):
            self._prepare_rejoin(run, now)
            return True
        if run is None or not ended.attempt.enrolling:
            return False
        if run.registered or run.ends_at is not None:
            self._prepare_rejoin(run, now)
            return True
        if ended.cause is Cause.MULTI_AP_REFUSED:
            run.refused.add(ended.attempt.bssid)
        elif not ended.answered or _is_sent_away(ended):
            return False
        self._unregistered(run, ended.attempt, now)
        return True

    # ---- time --------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        run = self.run
        if run is None:
            return None
        walk = None if run.registered else run.started + WALK_TIME_S
        turn = run.started if run.waits and not self._neighbours.owe_look(self) else None
        times = (walk, run.ends_at, run.release_at, run.rejoin_at, run.overlapped_at, turn)
        return min((time for time in times if time is not None), default=None)

    def tick(self, now: float) -> None:
        """Do what is due."""
        run = self.run
        if run is None:
            return
        if run.overlapped_at is not None and run.overlapped_at <= now:
            self._overlap(now)
        elif run.ends_at is not None and run.ends_at <= now:
            self._finish(now)
        elif not run.registered and run.started + WALK_TIME_S <= now:
            self._core.report(now, events.WPS_TIMED_OUT)
            self._finish(now)
        elif run.release_at is not None and run.release_at <= now:
            self._core.networks.release()
            self.run = None

    def take_rejoin(self, now: float) -> Run | None:
        """The run whose new networks are to be joined now; once a run."""
        run = self.run
        if run is None or run.rejoin_at is None or run.rejoin_at > now:
            return None
        run.rejoin_at = None
        return run

    # ---- parts -------------------------------------------------------------------------------

    def _known_frequency(self, bssid: MacAddress | None) -> int:
        bss = self._core.table.get(bssid) if bssid is not None else None
        return bss.frequency if bss is not None else 0

    def _store(self, run: Run, credentials: tuple[Credential, ...], now: float) -> None:
        """Make network profiles of Credentials, as far as the configuration says so."""
        core = self._core
        processing = core.config.wps_cred_processing
        own = run.order.new_settings is not None
        for credential in credentials:
            shown = {"octets": credential.attribute()} if processing and not own else {}
            core.report(now, events.WPS_CREDENTIAL_RECEIVED, **shown)
            if processing != 1:
                self._store_network(run, self._network_from(credential), now)

    def _network_from(self, credential: Credential) -> Network:
        config = self._core.config
        return network_from(credential, config.wps_priority, add_sae=config.wps_cred_add_sae)

    def _store_network(self, run: Run, network: Network, now: float) -> None:
        """The first takes the WPS block's place and id; others are added."""
        core = self._core
        network = replace(
            network,
            multi_ap_backhaul_sta=run.order.multi_ap > 0,
            multi_ap_profile=run.order.multi_ap,
        )
        is_further = bool(run.stored)
        network = core.add_network(network, now) if is_further else replace(network, id=run.block)
        earlier = [core.networks[each] for each in run.stored]
        network, superfluous = merged(network, earlier)
        core.store_network(network, now)
        superfluous += duplicates(network, [one for one in core.networks if one not in superfluous])
        run.stored.append(network.id)
        for each in superfluous:
            self._remove_superfluous(run, each, now)
        run.stored = [each for each in run.stored if each in core.networks]

    def _remove_superfluous(self, run: Run, network: Network, now: float) -> None:
        """The block itself goes without the association that still ends its enrolment."""
        core = self._core
        if network.id != run.block:
            core.remove_network(network.id, now)
            return
        core.networks.remove(network.id)
        core.report(now, events.NETWORK_REMOVED, id=network.id)

    def _registered(self, run: Run, attempt: Attempt, now: float) -> None:
        self._brought_networks(run, attempt, now)
        self._core.report(now, events.WPS_SUCCEEDED)

    def _brought_networks(self, run: Run, attempt: Attempt, now: float) -> None:
        """The registration is through, and what it brought can be joined."""
        core = self._core
        run.registered = True
        run.frequency = attempt.frequency
        run.release_at = now + OTHERS_DELAY_S
        core.failures = 0
        core.restore(attempt.bssid, now)

    def _eap_ended(self, run: Run, attempt: Attempt, now: float) -> None:
        core = self._core
        if run.order.method is WpsMethod.REGISTRAR and not run.registered:
            self._registrar_ended(run, attempt, now)
        elif run.registered or run.ends_at is not None:
            core.leave(now)
            self._prepare_rejoin(run, now)
        else:
            core.leave(now)
            self._unregistered(run, attempt, now)

    def _registrar_ended(self, run: Run, attempt: Attempt, now: float) -> None:
        """A registrar's run failed, as one that only learns does too: then there is a network."""
        self._core.report(now, events.WPS_FAILED, message=None)
        self._core.leave(now)
        if not run.stored:
            self._finish(now)
            return
        run.ends_at = None
        self._brought_networks(run, attempt, now)
        self._prepare_rejoin(run, now)

    def _unregistered(self, run: Run, attempt: Attempt, now: float) -> None:
        """EAP is over without any result: with a PIN the next AP is tried."""
        core = self._core
        if run.order.method is not WpsMethod.PIN:
            core.report(now, events.WPS_FAILED, message=None)
            self._finish(now)
            return
        core.ignore(attempt.bssid, now)
        core.scanner.reschedule(now + (RETRY_AFTER_CLEARING_S if core.list_cleared else 0.0))

    def _prepare_rejoin(self, run: Run, now: float) -> None:
        if run.registered and run.stored:
            run.rejoin_at = now
        elif run.registered:
            self._finish(now)

    def _finish(self, now: float) -> None:
        """End the run: no block is left, the other networks take part again."""
        core = self._core
        self._drop_run(now)
        if core.is_idle:
            core.scanner.stop()
            if core.networks.enabled() and not core.user_disconnected:
                core.scanner.request(now)

    def _drop_run(self, now: float) -> None:
        core = self._core
        attempt = core.connection.attempt
        if attempt is not None and attempt.enrolling:
            core.leave(now)
        block = core.networks.wps_block()
        if block is not None:
            core.remove_network(block.id, now)
        core.networks.release()
        core.scanner.first_frequency = 0
        self.run = None


def _is_sent_away(ended: Ended) -> bool:
    """The AP ended the association while EAP was under way: no verdict of EAP on the run."""
    return ended.cause is Cause.DISCONNECTED and not ended.locally_generated


def _is_late_word(ended: Ended) -> bool:
    """The AP's end of the enrolment's EAP reached the connection that came after it."""
    by_ap = ended.cause is Cause.DISCONNECTED and not ended.locally_generated
    return by_ap and ended.reason == REASON_8021X_FAILED and ended.during < WpaState.COMPLETED


def _block(order: WpsParameters, bssid: MacAddress | None) -> Network:
    return Network(
        key_mgmt=frozenset({KeyManagement.WPS}),
        bssid=bssid,
        multi_ap_backhaul_sta=order.multi_ap > 0,
        multi_ap_profile=order.multi_ap,
        wps=order,
    )
