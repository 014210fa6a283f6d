"""The EAP server of an access point's WPS: identity, EAP-WSC, fragments, retransmission.

RFC 3748; wsc-protocol §5, ap.md §5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from harness.base.entropy import Entropy
from harness.base.errors import BadValue, WireError
from harness.proto.eap_wsc import (
    CLAUSE,
    METHOD_PROPOSED,
    MOST_ROUNDS,
    PACKET_GIVEN_UP,
    PACKET_RETRANSMITTED,
    SERVER_FAILED,
    SERVER_STARTED,
    SERVER_TIMED_OUT,
    VENDOR_WSC,
    EapFinished,
    EapReceived,
    FragAckCame,
    FragmentCame,
    MessageCame,
    PacketCame,
    Reassembly,
    StartCame,
    StrangeCame,
    WscCame,
    WscMethod,
    classify_wsc,
)
from harness.proto.machine import (
    Cells,
    Discarded,
    LocalInput,
    Notify,
    Output,
    Outputs,
    PeerInput,
    Table,
    Timeout,
    Transmit,
    cell,
    take_step,
)
from harness.proto.wsc_run import Cancel, Finished, WscReceived, WscSend, WscStart
from harness.wire.eap import (
    EapCode,
    EapPacket,
    EapType,
    OpCode,
    WscPacket,
    fragments,
    wsc_packet,
)

FRAGMENT_SIZE = 1400
IDENTITY_WAITS_S = (3.0, 6.0, 12.0, 20.0, 20.0, 20.0)
METHOD_WAITS_S = (5.0, 5.0, 5.0)
MOST_SHORT_ROUNDS = 50
SHORT_OCTETS = 20
MOST_TIMEOUTS = 2


@dataclass(frozen=True, slots=True)
class Begin(LocalInput):
    """Begin, or begin anew: the station associated or sent EAPOL-Start."""


class IdentityCame(PacketCame):
    """Response/Identity."""


class NakCame(PacketCame):
    """Response/Nak, legacy or expanded."""


class ServerState(Enum):
    """What the server waits for."""

    IDLE = auto()
    EXPECT_IDENTITY = auto()
    EXPECT_MESSAGE = auto()
    EXPECT_FRAGMENT = auto()
    EXPECT_FRAG_ACK = auto()
    CLOSED = auto()


_S = ServerState
_Step = tuple[ServerState, Outputs]


class EapServer:
    """EAP with one station, for as long as it is associated.

    Takes `Begin`, `EapReceived`, `Timeout` and `Cancel`; gives `Transmit` (EAP packets), what the
    method puts out save its `WscSend`, and `EapFinished` right after EAP-Failure went out, or
    without one after the second time-out (its owner then deauthenticates the station).
    `new_method(identity)`: the method for an identity, None if there is none. `fragment_size`:
    octets of an EAP-WSC packet from its Op-Code on. `most_rounds`, `most_short_rounds`: packets of
    the station, and short ones in a row, before it is refused.
    """

    def __init__(
        self,
        new_method: Callable[[bytes], WscMethod | None],
        entropy: Entropy,
        fragment_size: int = FRAGMENT_SIZE,
        most_rounds: int = MOST_ROUNDS,
        most_short_rounds: int = MOST_SHORT_ROUNDS,
    ) -> None:
        self._most_rounds = most_rounds
        self._most_short_rounds = most_short_rounds
        self.state = _S.IDLE
        self.method: WscMethod | None = None
        self._new_method = new_method
        self._entropy = entropy
        self._fragment_size = fragment_size
        self._identifier: int | None = None
        self._deadline: float | None = None
        self._waits: tuple[float, ...] = ()
        self._sent = b""
        self._rounds = 0
        self._short_rounds = 0
        self._timeouts = 0
        self._pending: list[WscPacket] = []
        self._parts: Reassembly | None = None
        self._outcome: Finished | None = None

    def deadline(self) -> float | None:
        return self._deadline

    def step(self, given: PeerInput | LocalInput, now: float) -> Outputs:
        if not isinstance(given, EapReceived):
            return self._take(given, now)
        try:
            came = self._classify(given.octets)
        except WireError as error:
            return (Discarded(str(error), error.clause),)
        if came.packet.identifier != self._identifier or self.state in (_S.IDLE, _S.CLOSED):
            return (Discarded(f"Response {came.packet.identifier}", "RFC 3748 4.1"),)
        too_long = self._count(given.octets)
        if too_long:
            return (Discarded(too_long, "ap.md 1.1"), *self._close(now)[1])
        return self._take(came, now)

    def _take(self, given: PeerInput | LocalInput, now: float) -> Outputs:
        following, outputs = take_step(self, TABLE, given, now)
        self.state = following
        return outputs

    def _count(self, octets: bytes) -> str | None:
        """Count a round; gives a reason when there have been too many."""
        self._rounds += 1
        if len(octets) < SHORT_OCTETS and len(self._sent) < SHORT_OCTETS:
            self._short_rounds += 1
        else:
            self._short_rounds = 0
        if self._rounds > self._most_rounds or self._short_rounds > self._most_short_rounds:
            return f"{self._rounds} rounds"
        return None

    # ---- beginning, waiting, ending -------------------------------------------------------

    def _begin(self, given: LocalInput, now: float) -> _Step:
        dropped: Outputs = ()
        if self.method is not None and self._outcome is None:
            dropped = self._without_messages(self.method.step(Cancel(), now))
        self.method, self._outcome, self._parts, self._pending = None, None, None, []
        self._rounds = self._short_rounds = 0
        if self._identifier is None:
            self._identifier = self._entropy.octets(1)[0]
        request = self._request(EapType.IDENTITY, b"", IDENTITY_WAITS_S, now)
        proposed = Notify(METHOD_PROPOSED, {"vendor": 0, "method": int(EapType.IDENTITY)})
        return _S.EXPECT_IDENTITY, (*dropped, Notify(SERVER_STARTED), proposed, request)

    def _wait_longer(self, given: Timeout, now: float) -> _Step:
        self._waits = self._waits[1:]
        if self._waits:
            self._deadline = now + self._waits[0]
            return self.state, (Transmit(self._sent), Notify(PACKET_RETRANSMITTED))
        self._timeouts += 1
        given_up = Notify(PACKET_GIVEN_UP)
        notice = Notify(SERVER_TIMED_OUT, {"final": self._timeouts >= MOST_TIMEOUTS})
        if self._timeouts < MOST_TIMEOUTS:
            following, outputs = self._begin(given, now)
            return following, (given_up, notice, *outputs)
        outputs = ()
        if self.method is not None and self._outcome is None:
            outputs = self._without_messages(self.method.step(given, now))
        self._deadline = None
        return _S.CLOSED, (given_up, notice, *outputs, EapFinished(False, timed_out=True))

    def _cancel(self, given: Cancel, now: float) -> _Step:
        return self._close(now)

    def _stay(self, given: LocalInput, now: float) -> _Step:
        return self.state, ()

    def _close(self, now: float) -> _Step:
        """Send EAP-Failure; ends the method if it has not ended itself."""
        outputs: Outputs = ()
        if self.method is not None and self._outcome is None:
            outputs = self._without_messages(self.method.step(Cancel(), now))
        self.state, self._deadline = _S.CLOSED, None
        success = self._outcome is not None and self._outcome.success
        failure = EapPacket(EapCode.FAILURE, self._identifier or 0).encode()
        ending = (Transmit(failure), Notify(SERVER_FAILED), EapFinished(success))
        return _S.CLOSED, (*outputs, *ending)

    def _without_messages(self, outputs: Outputs) -> Outputs:
        for one in outputs:
            if isinstance(one, Finished):
                self._outcome = one
        return tuple(one for one in outputs if not isinstance(one, WscSend))

    # ---- the method -----------------------------------------------------------------------

    def _identified(self, given: IdentityCame, now: float) -> _Step:
        self.method = self._new_method(given.packet.data)
        if self.method is None:
            return self._close(now)
        fields = {"vendor": VENDOR_WSC, "method": int(EapType.EXPANDED)}
        following, outputs = self._pass_on(self.method.step(WscStart(), now), now)
        return following, (Notify(METHOD_PROPOSED, fields), *outputs)

    def _refused(self, given: NakCame, now: float) -> _Step:
        return self._close(now)

    def _whole(self, given: MessageCame, now: float) -> _Step:
        return self._deliver(given.wsc.op_code, given.wsc.data, now)

    def _deliver(self, op_code: int, octets: bytes, now: float) -> _Step:
        assert self.method is not None
        if self._outcome is not None:
            return self._close(now)
        return self._pass_on(self.method.step(WscReceived(op_code, octets), now), now)

    def _first_part(self, given: FragmentCame, now: float) -> _Step:
        begun = Reassembly.begin(given.wsc)
        if isinstance(begun, str):
            return self._break_off(begun, given.wsc, now)
        self._parts = begun
        return _S.EXPECT_FRAGMENT, (self._acknowledge(now),)

    def _further_part(self, given: FragmentCame, now: float) -> _Step:
        assert self._parts is not None
        wrong = self._parts.add(given.wsc)
        if wrong:
            return self._break_off(wrong, given.wsc, now)
        return _S.EXPECT_FRAGMENT, (self._acknowledge(now),)

    def _last_part(self, given: MessageCame, now: float) -> _Step:
        assert self._parts is not None
        wrong = self._parts.add(given.wsc)
        if wrong:
            return self._break_off(wrong, given.wsc, now)
        octets, self._parts = bytes(self._parts.octets), None
        return self._deliver(given.wsc.op_code, octets, now)

    def _next_part(self, given: FragAckCame, now: float) -> _Step:
        part = self._pending.pop(0)
        output = self._send(part, now)
        return (_S.EXPECT_FRAG_ACK if self._pending else _S.EXPECT_MESSAGE), (output,)

    def _wrong_operation(self, given: WscCame, now: float) -> _Step:
        reason = f"Op-Code {given.wsc.op_code} in {self.state.name}"
        following, outputs = self._close(now)
        return following, (Discarded(reason, CLAUSE), *outputs)

    def _break_off(self, why: str, wsc: WscPacket, now: float) -> _Step:
        """End over a bad fragment, save for a length that makes the packet count as not come."""
        if wsc.message_length is not None and self._parts is None:
            return self.state, (Discarded(why, CLAUSE),)
        following, outputs = self._close(now)
        return following, (Discarded(why, CLAUSE), *outputs)

    def _acknowledge(self, now: float) -> Output:
        return self._send(WscPacket(OpCode.FRAG_ACK), now)

    def _pass_on(self, outputs: Outputs, now: float) -> _Step:
        """Pass the method's outputs on, its message cut into packets."""
        passed: list[Output] = []
        sent = False
        for one in outputs:
            if isinstance(one, WscSend):
                first, *self._pending = fragments(one.op_code, one.octets, self._fragment_size)
                passed.append(self._send(first, now))
                sent = True
                continue
            if isinstance(one, Finished):
                self._outcome = one
            passed.append(one)
        if self._outcome is not None and not sent:
            following, ending = self._close(now)
            return following, (*passed, *ending)
        if not sent:
            return self.state, tuple(passed)
        return (_S.EXPECT_FRAG_ACK if self._pending else _S.EXPECT_MESSAGE), tuple(passed)

    # ---- packets --------------------------------------------------------------------------

    def _send(self, wsc: WscPacket, now: float) -> Output:
        return self._request(EapType.EXPANDED, wsc.encode(), METHOD_WAITS_S, now)

    def _request(self, kind: int, data: bytes, waits: tuple[float, ...], now: float) -> Output:
        assert self._identifier is not None
        self._identifier = (self._identifier + 1) & 0xFF
        if kind == EapType.EXPANDED:
            packet = wsc_packet(EapCode.REQUEST, self._identifier, data)
        else:
            packet = EapPacket(EapCode.REQUEST, self._identifier, kind, data)
        self._sent = packet.encode()
        self._waits = waits
        self._deadline = now + waits[0]
        return Transmit(self._sent)

    def _classify(self, octets: bytes) -> PacketCame:
        """Read an EAP packet into the input that the table names. Raises `WireError`."""
        packet = EapPacket.decode(octets)
        if packet.code != EapCode.RESPONSE:
            raise BadValue(f"EAP code {packet.code} to a server", clause="RFC 3748 4")
        if packet.type == EapType.IDENTITY:
            return IdentityCame(packet)
        expanded_nak = packet.vendor == 0 and packet.vendor_type == EapType.NAK
        if packet.type == EapType.NAK or expanded_nak:
            return NakCame(packet)
        if not packet.is_wsc:
            raise BadValue(f"EAP type {packet.type}", offset=4, clause=CLAUSE)
        return classify_wsc(packet)


def _table() -> Table[ServerState]:
    method = (_S.EXPECT_MESSAGE, _S.EXPECT_FRAGMENT, _S.EXPECT_FRAG_ACK)
    wrong = (StartCame, FragAckCame, FragmentCame, MessageCame, StrangeCame)
    table: Cells[ServerState] = {
        (_S.EXPECT_IDENTITY, IdentityCame): cell(
            EapServer._identified, "RFC 3748 5.1", *method, _S.CLOSED
        ),
        (_S.EXPECT_IDENTITY, NakCame): cell(EapServer._refused, "RFC 3748 5.3", _S.CLOSED),
        (_S.CLOSED, Timeout): cell(EapServer._stay, "local", _S.CLOSED),
        (_S.IDLE, Timeout): cell(EapServer._stay, "local", _S.IDLE),
        (_S.CLOSED, Cancel): cell(EapServer._stay, "local", _S.CLOSED),
        (_S.IDLE, Cancel): cell(EapServer._stay, "local", _S.IDLE),
    }
    for state in method:
        for kind in wrong:
            table[state, kind] = cell(EapServer._wrong_operation, CLAUSE, _S.CLOSED)
        table[state, NakCame] = cell(EapServer._refused, "RFC 3748 5.3", _S.CLOSED)
    for state in (_S.EXPECT_IDENTITY, *method):
        table[state, Cancel] = cell(EapServer._cancel, "local", _S.CLOSED)
        table[state, Timeout] = cell(
            EapServer._wait_longer, "ap.md 5", state, _S.EXPECT_IDENTITY, _S.CLOSED
        )
    for state in _S:
        table[state, Begin] = cell(EapServer._begin, "ap.md 5", _S.EXPECT_IDENTITY)
    table[_S.EXPECT_MESSAGE, MessageCame] = cell(
        EapServer._whole, CLAUSE, _S.EXPECT_MESSAGE, _S.EXPECT_FRAG_ACK, _S.CLOSED
    )
    table[_S.EXPECT_MESSAGE, FragmentCame] = cell(
        EapServer._first_part, CLAUSE, _S.EXPECT_MESSAGE, _S.EXPECT_FRAGMENT, _S.CLOSED
    )
    table[_S.EXPECT_FRAGMENT, FragmentCame] = cell(
        EapServer._further_part, CLAUSE, _S.EXPECT_FRAGMENT, _S.CLOSED
    )
    table[_S.EXPECT_FRAGMENT, MessageCame] = cell(
        EapServer._last_part, CLAUSE, *method, _S.CLOSED
    )
    table[_S.EXPECT_FRAG_ACK, FragAckCame] = cell(
        EapServer._next_part, CLAUSE, _S.EXPECT_FRAG_ACK, _S.EXPECT_MESSAGE
    )
    return table


TABLE = _table()
