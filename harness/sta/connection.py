"""One association with one AP, from Authentication to its end.

The table below is the connection's part of the states in `harness.sta.state`. The owner chooses
what to join, gives it as an `Attempt`, and decides what follows when it `Ended`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from harness.base.errors import UsageError
from harness.base.seam import (
    AKM_SAE,
    Associate,
    Authenticate,
    Deauthenticate,
    InstallKey,
    SetFourAddress,
    SetPortAuthorized,
    TransmitManagement,
)
from harness.proto.key_handshake import installation
from harness.proto.machine import (
    Cells,
    Discarded,
    LocalInput,
    Notify,
    Output,
    Outputs,
    PeerInput,
    Timeout,
    Transmit,
    cell,
    take_step,
)
from harness.proto.sa_query import PeerSilent
from harness.proto.sae import (
    AuthenticationReceived,
    SaeAccepted,
    SaeFailed,
)
from harness.proto.sae_initiator import Begin
from harness.proto.supplicant import (
    Failed,
    InstallGroupKey,
    InstallPairwiseKey,
    PortAuthorized,
    Rekey,
    RekeyDenied,
    SupplicantState,
    TransitionDisabled,
)
from harness.sta import events, multi_ap, requests
from harness.sta.config import SHARED_KEY
from harness.sta.four_address import FourAddressMode
from harness.sta.joining import (
    ActionArrived,
    AskForKeys,
    AssociationAnswered,
    AssociationUnanswered,
    Attempt,
    AuthenticationAnswered,
    AuthenticationUnanswered,
    Cause,
    CommandRefused,
    EapolArrived,
    Ended,
    Established,
    Join,
    Leave,
    LinkLost,
    LogOn,
    Perform,
    Retune,
    SaeStart,
    UnprotectedEnd,
)
from harness.sta.state import WpaState
from harness.wire.dot11.codes import (
    REASON_8021X_FAILED,
    REASON_ELEMENT_DIFFERS,
    REASON_LEAVING,
    REASON_NO_LONGER_VALID,
    STATUS_INVALID_PMKID,
    STATUS_UNKNOWN_ALGORITHM,
)
from harness.wire.sae import ALGORITHM_SAE

AUTHENTICATION_S: Final = 5.0
ASSOCIATION_S: Final = 5.0
FIRST_EAPOL_S: Final = 10.0
EARLY_EAPOL_S: Final = 0.2


class Connection:
    """The connection machine. `bridge`: for four-address mode."""

    def __init__(self, interface: str, bridge: str | None = None) -> None:
        self.state = WpaState.DISCONNECTED
        self.attempt: Attempt | None = None
        self._interface = interface
        self._limit: float | None = None
        self._held: tuple[float, EapolArrived] | None = None
        self._four_address = FourAddressMode(interface, bridge)
        self._eapol_seen = False
        self._announced = False
        self._logged_off = False

    @property
    def four_address(self) -> bool:
        """True while the link uses four addresses."""
        return self._four_address.enabled

    @property
    def eapol_seen(self) -> bool:
        """True once the AP has said something on the EAPOL port."""
        return self._eapol_seen

    def deadline(self) -> float | None:
        """When `Timeout` is due."""
        times = [self._limit]
        port = self.attempt.port if self.attempt is not None else None
        if port is not None and self.state >= WpaState.ASSOCIATED:
            times.append(port.deadline())
            protection = None if self.attempt is None else self.attempt.protection
            times.append(None if protection is None else protection.deadline())
        return min((time for time in times if time is not None), default=None)

    def step(self, given: PeerInput | LocalInput, now: float) -> Outputs:
        self.state, outputs = take_step(self, _TABLE, given, now)
        return outputs

    # ---- handlers ----------------------------------------------------------------------------

    def _on_join(self, given: Join, now: float) -> tuple[WpaState, Outputs]:
        attempt = given.attempt
        self.attempt = attempt
        self._held, self._eapol_seen, self._announced = None, False, False
        self._limit = now + AUTHENTICATION_S
        if attempt.sae is None:
            asked = requests.authentication(self._interface, attempt, attempt.algorithm)
            return WpaState.AUTHENTICATING, asked
        begun = attempt.sae.machine.step(Begin(), now)
        asked = tuple(
            each for one in begun for each in requests.of_sae(self._interface, attempt, one)
        )
        return WpaState.AUTHENTICATING, asked

    def _on_authenticated(
        self, given: AuthenticationAnswered, now: float
    ) -> tuple[WpaState, Outputs]:
        attempt = self._present()
        sae = attempt.sae
        expected = attempt.algorithm if sae is None else ALGORITHM_SAE
        if given.algorithm != expected and given.status == 0:
            reason = f"authentication algorithm {given.algorithm} was not asked for"
            return self.state, (Discarded(reason, "IEEE 802.11-2020 9.3.3.11"),)
        if sae is not None and given.algorithm == ALGORITHM_SAE:
            return self._on_sae(sae, given, now)
        if given.status == STATUS_UNKNOWN_ALGORITHM and attempt.then_shared_key:
            note = requests.rejection(
                attempt, given.algorithm, given.transaction, given.status
            )
            other = replace(attempt, algorithm=SHARED_KEY, then_shared_key=False)
            state, begun = self._on_join(Join(other), now)
            return state, (note, *begun)
        if given.status != 0:
            return self._rejected(given.algorithm, given.transaction, given.status)
        return self._associate(now)

    def _on_sae(
        self, sae: SaeStart, given: AuthenticationAnswered, now: float
    ) -> tuple[WpaState, Outputs]:
        received = AuthenticationReceived(given.transaction, given.status, given.body)
        done: list[Output] = []
        for output in sae.machine.step(received, now):
            if isinstance(output, SaeAccepted):
                port = sae.port(output, now)
                self.attempt = replace(self._present(), port=port, sae_group=output.group)
                state, more = self._associate(now)
                return state, (*done, *more)
            if isinstance(output, SaeFailed):
                if not given.status:  # it is we who are not content: the AP does not know
                    bssid = self._present().bssid
                    leave = Deauthenticate(
                        interface=self._interface, bssid=bssid, reason=REASON_LEAVING
                    )
                    done.append(Perform(leave))
                return self._rejected(ALGORITHM_SAE, output.transaction, output.status, *done)
            done.extend(requests.of_sae(self._interface, self._present(), output))
        return self.state, tuple(done)

    def _rejected(
        self, algorithm: int, transaction: int, status: int, *before: Output
    ) -> tuple[WpaState, Outputs]:
        note = requests.rejection(self._present(), algorithm, transaction, status)
        return self._end(Cause.AUTHENTICATION_REJECTED, *before, note)

    def _associate(self, now: float) -> tuple[WpaState, Outputs]:
        self._limit = now + ASSOCIATION_S
        return WpaState.ASSOCIATING, requests.association(self._interface, self._present())

    def _on_authentication_unanswered(
        self, given: AuthenticationUnanswered, now: float
    ) -> tuple[WpaState, Outputs]:
        """The radio has nothing left to leave: no Deauthentication."""
        note = Notify(events.ATTEMPT_TIMED_OUT, {"bssid": self._present().bssid})
        return self._end(Cause.TIMED_OUT, note)

    def _on_association_unanswered(
        self, given: AssociationUnanswered, now: float
    ) -> tuple[WpaState, Outputs]:
        fields = {"bssid": self._present().bssid, "status": 1, "timeout": True}
        return self._end(Cause.TIMED_OUT, Notify(events.ASSOCIATION_REJECTED, fields))

    def _on_associated(self, given: AssociationAnswered, now: float) -> tuple[WpaState, Outputs]:
        attempt = self._present()
        if given.status != 0:
            fields = {"bssid": attempt.bssid, "status": given.status, "timeout": False}
            note = Notify(events.ASSOCIATION_REJECTED, fields)
            if given.status == STATUS_INVALID_PMKID and attempt.cached is not None:
                following, begun = self._on_join(Join(attempt.cached.fallback()), now)
                return following, (note, *begun)
            return self._end(Cause.ASSOCIATION_REJECTED, note)
        if attempt.channel is not None and given.channel is not None:
            attempt.channel.current = given.channel
        completed = Notify(events.ASSOCIATION_COMPLETED, {"bssid": attempt.bssid})
        outputs: tuple[Output, ...] = (completed,)
        if attempt.wep is not None:
            outputs += tuple(map(Perform, attempt.wep.installed(self._interface)))
        if attempt.multi_ap:
            verdict = multi_ap.judge(given.elements, enrolling=attempt.enrolling)
            if verdict in multi_ap.REFUSALS:
                fields = {"bssid": attempt.bssid, "reason": verdict.value}
                refused = Notify(events.MULTI_AP_REFUSED, fields)
                return self._leave(Cause.MULTI_AP_REFUSED, REASON_LEAVING, completed, refused)
            vlan = multi_ap.primary_vlan(given.elements, attempt.multi_ap_profile)
            enabled = verdict is multi_ap.Verdict.FOUR_ADDRESS
            outputs += self._four_address.agree(attempt, enabled, vlan)
        elif attempt.four_address:
            outputs += self._four_address.switch_on(None)
        if attempt.port is None:
            return WpaState.COMPLETED, outputs + self._establish()
        attempt.port.open(now, logged_off=self._logged_off)
        self._limit = now + FIRST_EAPOL_S
        return self._release_held(outputs, now)

    def _release_held(self, outputs: Outputs, now: float) -> tuple[WpaState, Outputs]:
        """Process the EAPOL frame that overtook the Association Response."""
        held, self._held = self._held, None
        if held is None or now - held[0] > EARLY_EAPOL_S:
            return WpaState.ASSOCIATED, outputs
        state, more = self._on_eapol(held[1], now)
        return (WpaState.ASSOCIATED if state is WpaState.ASSOCIATING else state), outputs + more

    def _on_early_eapol(self, given: EapolArrived, now: float) -> tuple[WpaState, Outputs]:
        self._held = (now, given)
        return self.state, ()

    def _on_eapol(self, given: EapolArrived, now: float) -> tuple[WpaState, Outputs]:
        attempt = self._present()
        if attempt.port is None:
            reason = "EAPOL on a connection without security"
            return self.state, (Discarded(reason, "IEEE 802.1X-2010 11.3"),)
        outputs = attempt.port.receive(given.payload, given.encrypted, now)
        if not self._eapol_seen and not all(isinstance(each, Discarded) for each in outputs):
            self._eapol_seen = True
            self._limit = now + attempt.completion_s
        return self._carry_out(outputs)

    def _on_timeout(self, given: Timeout, now: float) -> tuple[WpaState, Outputs]:
        if self._limit is not None and self._limit <= now:
            attempt = self._present()
            note = Notify(events.ATTEMPT_TIMED_OUT, {"bssid": attempt.bssid})
            cause = Cause.WRONG_KEY if self._suspects_key() else Cause.TIMED_OUT
            return self._leave(cause, REASON_LEAVING, note)
        port, protection = self._present().port, self._present().protection
        if port is None or self.state < WpaState.ASSOCIATED:
            return self.state, ()
        asked = () if protection is None else protection.tick(now)
        return self._carry_out_query(asked) if asked else self._carry_out(port.tick(now))

    def _on_action(self, given: ActionArrived, now: float) -> tuple[WpaState, Outputs]:
        protection = self._present().protection
        if protection is None:
            return self.state, (Discarded("an Action frame is not awaited", "802.11-2020 9.6"),)
        return self._carry_out_query(protection.receive(given.category, given.body, now))

    def _on_unprotected_end(self, given: UnprotectedEnd, now: float) -> tuple[WpaState, Outputs]:
        protection = self._present().protection
        assert protection is not None, "the radio was told of it"
        return self._carry_out_query(protection.doubt(given.reason, now))

    def _carry_out_query(self, outputs: Outputs) -> tuple[WpaState, Outputs]:
        done: list[Output] = []
        for output in outputs:
            if isinstance(output, PeerSilent):
                return self._leave(Cause.DISCONNECTED, REASON_NO_LONGER_VALID, *done)
            if isinstance(output, Transmit):
                frame = TransmitManagement(interface=self._interface, frame=output.octets)
                done.append(Perform(frame))
            else:
                done.append(output)
        return self.state, tuple(done)

    def _on_ask_for_keys(self, given: AskForKeys, now: float) -> tuple[WpaState, Outputs]:
        port = self._present().port
        if port is None or port.handshake_state is None:
            raise UsageError("there are no keys to be renewed")
        return self._carry_out(port.tell(Rekey(given.pairwise, given.error), now))

    def _on_log_on(self, given: LogOn, now: float) -> tuple[WpaState, Outputs]:
        self._logged_off = given.off
        port = self.attempt.port if self.attempt is not None else None
        if port is None or self.state < WpaState.ASSOCIATED:
            return self.state, ()
        return self._carry_out(port.log_on(off=given.off))

    def _on_retune(self, given: Retune, now: float) -> tuple[WpaState, Outputs]:
        self.attempt = replace(self._present(), frequency=given.channel.frequency)
        if self.attempt.channel is None:
            return self.state, ()
        self.attempt.channel.current = given.channel
        protection = self.attempt.protection
        if protection is None or self.state is not WpaState.COMPLETED:
            return self.state, ()
        return self._carry_out_query(protection.moved(now))

    def _on_leave(self, given: Leave, now: float) -> tuple[WpaState, Outputs]:
        return self._leave(Cause.REQUESTED, given.reason)

    def _on_link_lost(self, given: LinkLost, now: float) -> tuple[WpaState, Outputs]:
        attempt = self._present()
        # An AP's 23 is its word on an EAP run: after an enrolment it may come late, into this.
        wrong = self._suspects_key() and not (
            given.reason == REASON_8021X_FAILED
            or (given.locally_generated and given.reason == REASON_ELEMENT_DIFFERS)
        )
        cause = Cause.WRONG_KEY if wrong else Cause.DISCONNECTED
        fields = {
            "bssid": attempt.bssid,
            "reason": given.reason,
            "locally_generated": given.locally_generated,
        }
        note = Notify(events.CONNECTION_LOST, fields)
        return self._end(
            cause, note, reason=given.reason, locally_generated=given.locally_generated
        )

    def _on_refused(self, given: CommandRefused, now: float) -> tuple[WpaState, Outputs]:
        attempt = self._present()
        fields: dict[str, object] = {"bssid": attempt.bssid, "errno": given.errno}
        if isinstance(given.command, SetFourAddress):
            if not given.command.enabled:
                return self.state, ()
            self._four_address.refused()
            note = Notify(events.FOUR_ADDRESS_FAILED, fields)
            return self._leave(Cause.MULTI_AP_REFUSED, REASON_LEAVING, note)
        if isinstance(given.command, Authenticate | Associate):
            return self._end(Cause.REFUSED_BY_RADIO)
        if isinstance(given.command, InstallKey):
            return self._leave(Cause.REFUSED_BY_RADIO, REASON_LEAVING)
        return self.state, ()

    # ---- parts -------------------------------------------------------------------------------

    def _present(self) -> Attempt:
        assert self.attempt is not None
        return self.attempt

    def _suspects_key(self) -> bool:
        """A 4-way handshake that breaks before the first keys: as it is with a wrong PSK."""
        is_psk = self._present().akm != AKM_SAE  # SAE has proved the password before
        return is_psk and self.state is WpaState.FOUR_WAY_HANDSHAKE and not self._announced

    def _cause_of(self, failed: Failed, answered: bool) -> Cause:
        """`answered`: 3/4 was good enough for 4/4, so the AP has our PSK."""
        if isinstance(failed, RekeyDenied):
            return Cause.REKEY_DENIED
        differs = failed.reason == REASON_ELEMENT_DIFFERS
        wrong = self._suspects_key() and not differs and not answered
        return Cause.WRONG_KEY if wrong else Cause.HANDSHAKE_FAILED

    def _carry_out(self, outputs: Outputs) -> tuple[WpaState, Outputs]:
        """Turn what the EAPOL side put out into commands for the radio."""
        attempt = self._present()
        done: list[Output] = []
        failed: Failed | None = None
        answered = False
        established: list[Output] = []
        closed: list[Output] = []
        for output in outputs:
            match output:
                case Transmit():
                    answered = True
                    done.append(requests.transmission(self._interface, attempt, output))
                case InstallPairwiseKey():
                    done.append(Perform(installation(self._interface, attempt.bssid, output)))
                case InstallGroupKey():
                    done.append(Perform(installation(self._interface, None, output)))
                case PortAuthorized():
                    authorize, *established = self._establish()
                    done.append(authorize)
                case TransitionDisabled():
                    closed.append(output)
                case Failed():
                    failed = output
                case _:
                    done.append(output)
        if failed is not None:
            return self._leave(self._cause_of(failed, answered), failed.reason, *done)
        return self._state_of_handshake(), (*done, *established, *closed)

    def _state_of_handshake(self) -> WpaState:
        port = self._present().port
        handshake = port.handshake_state if port is not None else None
        if handshake is None:
            return self.state
        return _STATE_OF_HANDSHAKE.get(handshake, self.state)

    def _establish(self) -> tuple[Output, ...]:
        attempt = self._present()
        self._limit = None
        self._announced = True
        authorize = SetPortAuthorized(
            interface=self._interface, peer=attempt.bssid, authorized=True
        )
        fields = {"bssid": attempt.bssid, "id": attempt.network_id, "id_str": attempt.id_str}
        note = Notify(events.CONNECTION_COMPLETED, fields)
        return Perform(authorize), note, Established(attempt)

    def _leave(self, cause: Cause, reason: int, *before: Output) -> tuple[WpaState, Outputs]:
        """Deauthenticate, and end."""
        attempt = self._present()
        command = Deauthenticate(interface=self._interface, bssid=attempt.bssid, reason=reason)
        outputs: list[Output] = [*before, Perform(command)]
        if self.state > WpaState.AUTHENTICATING:
            fields = {"bssid": attempt.bssid, "reason": reason, "locally_generated": True}
            outputs.append(Notify(events.CONNECTION_LOST, fields))
        return self._end(cause, *outputs, reason=reason)

    def _end(
        self, cause: Cause, *outputs: Output, reason: int = 0, locally_generated: bool = True
    ) -> tuple[WpaState, Outputs]:
        attempt = self._present()
        if attempt.cached is not None and self.state < WpaState.ASSOCIATED:
            attempt.cached.forget()
        if cause is Cause.WRONG_KEY:
            suspected = Notify(events.PASSPHRASE_SUSPECTED, {"bssid": attempt.bssid})
            outputs = (*outputs, suspected)
        outputs = (*outputs, *self._four_address.switch_off())
        ended = Ended(attempt, cause, self.state, reason, locally_generated, self._eapol_seen)
        self.attempt, self._limit, self._held = None, None, None
        self._announced = False
        return WpaState.DISCONNECTED, (*outputs, ended)


_S = WpaState
_STATE_OF_HANDSHAKE: Final = {
    SupplicantState.EXPECT_MESSAGE_3: _S.FOUR_WAY_HANDSHAKE,
    SupplicantState.EXPECT_GROUP_KEY: _S.GROUP_HANDSHAKE,
    SupplicantState.REKEYING: _S.FOUR_WAY_HANDSHAKE,
    SupplicantState.ESTABLISHED: _S.COMPLETED,
}
_LINKED = (_S.ASSOCIATED, _S.FOUR_WAY_HANDSHAKE, _S.GROUP_HANDSHAKE, _S.COMPLETED)
_AFTER_EAPOL = (*_LINKED, _S.DISCONNECTED)

_TABLE: Cells[WpaState] = {
    (_S.DISCONNECTED, Join): cell(Connection._on_join, "802.11-2020 11.3.4", _S.AUTHENTICATING),
    (_S.AUTHENTICATING, AuthenticationAnswered): cell(
        Connection._on_authenticated,
        "802.11-2020 11.3.4.2 and 12.4.8",
        _S.AUTHENTICATING,
        _S.ASSOCIATING,
        _S.DISCONNECTED,
    ),
    (_S.AUTHENTICATING, AuthenticationUnanswered): cell(
        Connection._on_authentication_unanswered, "802.11-2020 11.3.4.2", _S.DISCONNECTED
    ),
    (_S.ASSOCIATING, AssociationAnswered): cell(
        Connection._on_associated, "802.11-2020 11.3.5.2", *_AFTER_EAPOL, _S.AUTHENTICATING
    ),
    (_S.ASSOCIATING, AssociationUnanswered): cell(
        Connection._on_association_unanswered, "802.11-2020 11.3.5.2", _S.DISCONNECTED
    ),
    (_S.ASSOCIATING, EapolArrived): cell(
        Connection._on_early_eapol, "802.11-2020 12.7.6.1", _S.ASSOCIATING
    ),
}
for _state in (_S.DISCONNECTED, _S.AUTHENTICATING, _S.ASSOCIATING, *_LINKED):
    _TABLE[_state, LogOn] = cell(Connection._on_log_on, "802.1X-2010 11.3", _state)
for _state in (_S.AUTHENTICATING, _S.ASSOCIATING, *_LINKED):
    _TABLE[_state, Leave] = cell(Connection._on_leave, "802.11-2020 11.3.4.4", _S.DISCONNECTED)
    _TABLE[_state, LinkLost] = cell(
        Connection._on_link_lost, "802.11-2020 11.3.4.5", _S.DISCONNECTED
    )
    _TABLE[_state, CommandRefused] = cell(
        Connection._on_refused, "the radio's answer", _state, _S.DISCONNECTED
    )
    _TABLE[_state, Timeout] = cell(Connection._on_timeout, "time limits", *_AFTER_EAPOL, _state)
    _TABLE[_state, Retune] = cell(Connection._on_retune, "802.11-2020 11.8.8", _state)
for _state in _LINKED:
    _TABLE[_state, Join] = cell(Connection._on_join, "802.11-2020 11.3.5.4", _S.AUTHENTICATING)
    _TABLE[_state, EapolArrived] = cell(Connection._on_eapol, "802.11-2020 12.7.6.1", *_AFTER_EAPOL)
    _TABLE[_state, ActionArrived] = cell(Connection._on_action, "802.11-2020 11.13", _state)
_TABLE[_S.COMPLETED, AskForKeys] = cell(
    Connection._on_ask_for_keys, "802.11-2020 12.7.2", _S.COMPLETED
)
for _state in (_S.FOUR_WAY_HANDSHAKE, _S.COMPLETED):
    _TABLE[_state, UnprotectedEnd] = cell(
        Connection._on_unprotected_end, "802.11-2020 11.13", _state
    )
