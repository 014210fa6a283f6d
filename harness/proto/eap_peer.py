"""The EAP peer of a station with WPS: identity, EAP-WSC, fragments (RFC 3748, sta.md §6.6)."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from harness.base.errors import BadValue, WireError
from harness.proto.eap_wsc import (
    CLAUSE,
    METHOD_PROPOSED,
    METHOD_SELECTED,
    METHOD_UNFIT,
    MOST_ROUNDS,
    PACKET_RETRANSMITTED,
    PEER_FAILED,
    PEER_STARTED,
    PEER_TIMED_OUT,
    VENDOR_WSC,
    EapFinished,
    EapReceived,
    FragAckCame,
    FragmentCame,
    MessageCame,
    PacketCame,
    Reassembly,
    StartCame,
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
    VENDOR_TYPE_WSC,
    VENDOR_WFA,
    EapCode,
    EapPacket,
    EapType,
    OpCode,
    WscPacket,
    fragments,
    wsc_packet,
)

FRAGMENT_SIZE = 1398
WAIT_S = 30.0
WAIT_AT_END_S = 2.0
_WSC_TYPE = VENDOR_WFA.to_bytes(3, "big") + VENDOR_TYPE_WSC.to_bytes(4, "big")


class IdentityRequested(PacketCame):
    """Request/Identity."""


class NotificationRequested(PacketCame):
    """Request/Notification."""


class ForeignMethodRequested(PacketCame):
    """A Request of a method that is not EAP-WSC."""


class FailureCame(PacketCame):
    """EAP-Failure."""


class SuccessCame(PacketCame):
    """EAP-Success, which this method never ends in."""


class PeerState(Enum):
    """What the peer waits for."""

    EXPECT_IDENTITY = auto()
    EXPECT_START = auto()
    EXPECT_REQUEST = auto()
    EXPECT_FRAGMENT = auto()
    EXPECT_FRAG_ACK = auto()
    EXPECT_FAILURE = auto()
    """The registration is over; EAP-Failure is all that is missing."""
    CLOSED = auto()


_S = PeerState
_Step = tuple[PeerState, Outputs]


class EapPeer:
    """One EAP conversation from the peer's end, around one registration.

    Takes `EapReceived`, `Timeout` and `Cancel`; gives `Transmit` (EAP packets), what the method
    puts out save its `WscSend`, and `EapFinished`. `identity`: sent as it is. `renew`: makes the
    method anew when the server begins anew; without it a second beginning is discarded.
    `fragment_size`: octets of an EAP-WSC packet from its Op-Code on. `awaits_start`: the server
    begins with WSC_Start; else with a message, as one that enrols does. `method` None: there is
    none that does what was ordered, and EAP-WSC is refused when it is proposed.
    """

    def __init__(
        self,
        identity: bytes,
        method: WscMethod | None,
        fragment_size: int = FRAGMENT_SIZE,
        renew: Callable[[], WscMethod] | None = None,
        *,
        awaits_start: bool = True,
    ) -> None:
        self.state = _S.EXPECT_IDENTITY
        self.method = method
        self._identity = identity
        self._fragment_size = fragment_size
        self._renew = renew
        self._awaits_start = awaits_start
        self._method_used = False
        self._deadline: float | None = None
        self._rounds = 0
        self._last: tuple[bytes, bytes] | None = None
        self._request = b""
        self._pending: list[WscPacket] = []
        self._parts: Reassembly | None = None
        self._over = False
        self._success = False

    @property
    def _running(self) -> WscMethod:
        assert self.method is not None, "it was refused without one"
        return self.method

    def deadline(self) -> float | None:
        return self._deadline

    def step(self, given: PeerInput | LocalInput, now: float) -> Outputs:
        if not isinstance(given, EapReceived):
            return self._take(given, now)
        if self._last and self._last[0] == given.octets and self.state is not _S.CLOSED:
            return Transmit(self._last[1]), Notify(PACKET_RETRANSMITTED)
        try:
            came = _classify(given.octets)
        except WireError as error:
            return (Discarded(str(error), error.clause),)
        self._request = given.octets
        if came.packet.code == EapCode.REQUEST and self.state is not _S.CLOSED:
            self._rounds += 1
            if self._rounds > MOST_ROUNDS:
                return self._too_long(now)
        return self._take(came, now)

    def _take(self, given: PeerInput | LocalInput, now: float) -> Outputs:
        following, outputs = take_step(self, TABLE, given, now)
        if following is _S.CLOSED:
            self._deadline = None
        elif following is _S.EXPECT_FAILURE is not self.state:
            self._deadline = now + WAIT_AT_END_S
        self.state = following
        return outputs

    # ---- outside the method ---------------------------------------------------------------

    def _give_identity(self, given: IdentityRequested, now: float) -> _Step:
        self._pending, self._parts, self._over = [], None, False
        response = EapPacket(
            EapCode.RESPONSE, given.packet.identifier, EapType.IDENTITY, self._identity
        )
        return _S.EXPECT_START, (Notify(PEER_STARTED), self._respond(response, now))

    def _give_notice(self, given: NotificationRequested, now: float) -> _Step:
        response = EapPacket(EapCode.RESPONSE, given.packet.identifier, EapType.NOTIFICATION)
        return self.state, (self._respond(response, now),)

    def _refuse_method(self, given: ForeignMethodRequested, now: float) -> _Step:
        packet = given.packet
        method = packet.type if packet.vendor_type is None else packet.vendor_type
        fields = {"vendor": packet.vendor or 0, "method": method, "nak": True}
        proposed = Notify(METHOD_PROPOSED, fields)
        nak = EapPacket(
            EapCode.RESPONSE, packet.identifier, EapType.NAK, bytes((EapType.EXPANDED,))
        )
        if packet.type == EapType.EXPANDED:
            data = bytes((EapType.EXPANDED,)) + _WSC_TYPE
            nak = EapPacket(
                EapCode.RESPONSE, packet.identifier, EapType.EXPANDED, data, 0, EapType.NAK
            )
        return self.state, (proposed, self._respond(nak, now))

    def _fail(self, given: FailureCame, now: float) -> _Step:
        outputs: Outputs = ()
        if self._method_used and not self._over:
            outputs = self._pass_on(self._running.step(Cancel(), now), 0, now)
        return _S.CLOSED, (*outputs, Notify(PEER_FAILED), EapFinished(self._success))

    def _ignore_success(self, given: SuccessCame, now: float) -> _Step:
        return self.state, (Discarded("EAP-Success", "RFC 3748 4.2"),)

    def _time_out(self, given: Timeout, now: float) -> _Step:
        return _S.CLOSED, (Notify(PEER_TIMED_OUT), *self._end(given, True, now))

    def _stay(self, given: LocalInput, now: float) -> _Step:
        return self.state, ()

    def _cancel(self, given: Cancel, now: float) -> _Step:
        return _S.CLOSED, self._end(given, False, now)

    def _too_long(self, now: float) -> Outputs:
        outputs = self._end(Cancel(), False, now)
        self.state, self._deadline = _S.CLOSED, None
        return (Discarded(f"more than {MOST_ROUNDS} rounds", "sta.md 6.6"), *outputs)

    def _end(self, given: LocalInput, timed_out: bool, now: float) -> Outputs:
        outputs: Outputs = ()
        if self._method_used and not self._over:
            outputs = self._pass_on(self._running.step(given, now), 0, now)
        return (*outputs, Notify(PEER_FAILED), EapFinished(self._success, timed_out))

    # ---- the method -----------------------------------------------------------------------

    def _start(self, given: StartCame, now: float) -> _Step:
        if self.method is None:
            return self._refuse_ours(given, now)
        notices = self._begin_method(with_start=True)
        if isinstance(notices, Discarded):
            return self.state, (notices,)
        outputs = self._pass_on(self._running.step(WscStart(), now), given.packet.identifier, now)
        return self._following(), (*notices, *outputs)

    def _start_with_message(self, given: MessageCame | FragmentCame, now: float) -> _Step:
        """Begin the method by the server's first message, or the first part of it."""
        if self.method is None:
            return self._refuse_ours(given, now)
        notices = self._begin_method(with_start=False)
        if isinstance(notices, Discarded):
            return self.state, (notices,)
        begun = self._running.step(WscStart(), now)
        if isinstance(given, MessageCame):
            following, outputs = self._whole(given, now)
        else:
            following, outputs = self._first_part(given, now)
        return following, (*notices, *begun, *outputs)

    def _refuse_ours(self, given: WscCame, now: float) -> _Step:
        """Refuse EAP-WSC itself, with no method to offer in its place."""
        fields = {"vendor": VENDOR_WSC, "method": VENDOR_TYPE_WSC}
        nothing = bytes((EapType.EXPANDED,)) + bytes(7)
        nak = EapPacket(
            EapCode.RESPONSE, given.packet.identifier, EapType.EXPANDED, nothing, 0, EapType.NAK
        )
        notices = Notify(METHOD_PROPOSED, fields), Notify(METHOD_UNFIT, fields)
        return _S.EXPECT_START, (*notices, self._respond(nak, now))

    def _begin_method(self, *, with_start: bool) -> tuple[Notify, ...] | Discarded:
        """Take the method up, anew when there was one; gives why not."""
        if with_start is not self._awaits_start:
            return Discarded("WSC_Start" if with_start else "a message before WSC_Start", CLAUSE)
        if self._method_used:
            if self._renew is None:
                return Discarded("EAP-WSC once more", CLAUSE)
            self.method = self._renew()
        self._method_used = True
        fields = {"vendor": VENDOR_WSC, "method": VENDOR_TYPE_WSC}
        return Notify(METHOD_PROPOSED, fields), Notify(METHOD_SELECTED, fields)

    def _deliver(self, op_code: int, octets: bytes, identifier: int, now: float) -> _Step:
        given = WscReceived(op_code, octets)
        outputs = self._pass_on(self._running.step(given, now), identifier, now)
        if self._over and not any(isinstance(one, Transmit) for one in outputs):
            return _S.CLOSED, (*outputs, Notify(PEER_FAILED), EapFinished(self._success))
        return self._following(), outputs

    def _following(self) -> PeerState:
        """Tell what is expected after a packet of ours."""
        if self._pending:
            return _S.EXPECT_FRAG_ACK
        return _S.EXPECT_FAILURE if self._over else _S.EXPECT_REQUEST

    def _whole(self, given: MessageCame, now: float) -> _Step:
        wsc = given.wsc
        return self._deliver(wsc.op_code, wsc.data, given.packet.identifier, now)

    def _first_part(self, given: FragmentCame, now: float) -> _Step:
        begun = Reassembly.begin(given.wsc)
        if isinstance(begun, str):
            return self.state, (Discarded(begun, CLAUSE),)
        self._parts = begun
        return _S.EXPECT_FRAGMENT, (self._acknowledge(given, now),)

    def _further_part(self, given: FragmentCame, now: float) -> _Step:
        assert self._parts is not None
        wrong = self._parts.add(given.wsc)
        if wrong:
            return self.state, (Discarded(wrong, CLAUSE),)
        return self.state, (self._acknowledge(given, now),)

    def _last_part(self, given: MessageCame, now: float) -> _Step:
        assert self._parts is not None
        wrong = self._parts.add(given.wsc)
        if wrong:
            return self.state, (Discarded(wrong, CLAUSE),)
        octets, self._parts = bytes(self._parts.octets), None
        return self._deliver(given.wsc.op_code, octets, given.packet.identifier, now)

    def _next_part(self, given: FragAckCame, now: float) -> _Step:
        part = self._pending.pop(0)
        output = self._respond(_response(given.packet.identifier, part), now)
        return self._following(), (output,)

    def _acknowledge(self, given: FragmentCame, now: float) -> Output:
        ack = WscPacket(OpCode.FRAG_ACK)
        return self._respond(_response(given.packet.identifier, ack), now)

    def _pass_on(self, outputs: Outputs, identifier: int, now: float) -> Outputs:
        """Pass the method's outputs on, its message cut into packets."""
        passed: list[Output] = []
        for one in outputs:
            if isinstance(one, WscSend):
                first, *self._pending = fragments(one.op_code, one.octets, self._fragment_size)
                passed.append(self._respond(_response(identifier, first), now))
                continue
            if isinstance(one, Finished):
                self._over, self._success = True, one.success
            passed.append(one)
        return tuple(passed)

    def _respond(self, packet: EapPacket, now: float) -> Output:
        octets = packet.encode()
        self._last = (self._request, octets)
        self._deadline = now + WAIT_S
        return Transmit(octets)


def _response(identifier: int, wsc: WscPacket) -> EapPacket:
    return wsc_packet(EapCode.RESPONSE, identifier, wsc.encode())


def _classify(octets: bytes) -> PacketCame:
    """Read an EAP packet into the input that the table names. Raises `WireError`."""
    packet = EapPacket.decode(octets)
    if packet.code == EapCode.FAILURE:
        return FailureCame(packet)
    if packet.code == EapCode.SUCCESS:
        return SuccessCame(packet)
    if packet.code != EapCode.REQUEST:
        raise BadValue(f"EAP code {packet.code} to a peer", clause="RFC 3748 4")
    if packet.type == EapType.IDENTITY:
        return IdentityRequested(packet)
    if packet.type == EapType.NOTIFICATION:
        return NotificationRequested(packet)
    return classify_wsc(packet) if packet.is_wsc else ForeignMethodRequested(packet)


def _table() -> Table[PeerState]:
    after = (_S.EXPECT_REQUEST, _S.EXPECT_FRAG_ACK, _S.EXPECT_FAILURE, _S.CLOSED)
    table: Cells[PeerState] = {
        (_S.EXPECT_START, StartCame): cell(EapPeer._start, CLAUSE, _S.EXPECT_START, *after),
        (_S.EXPECT_START, MessageCame): cell(
            EapPeer._start_with_message, CLAUSE, _S.EXPECT_START, *after
        ),
        (_S.EXPECT_START, FragmentCame): cell(
            EapPeer._start_with_message, CLAUSE, _S.EXPECT_START, _S.EXPECT_FRAGMENT
        ),
        (_S.EXPECT_REQUEST, MessageCame): cell(EapPeer._whole, CLAUSE, *after),
        (_S.EXPECT_REQUEST, FragmentCame): cell(
            EapPeer._first_part, CLAUSE, _S.EXPECT_REQUEST, _S.EXPECT_FRAGMENT
        ),
        (_S.EXPECT_FRAGMENT, FragmentCame): cell(
            EapPeer._further_part, CLAUSE, _S.EXPECT_FRAGMENT
        ),
        (_S.EXPECT_FRAGMENT, MessageCame): cell(
            EapPeer._last_part, CLAUSE, _S.EXPECT_FRAGMENT, *after
        ),
        (_S.EXPECT_FRAG_ACK, FragAckCame): cell(EapPeer._next_part, CLAUSE, *after),
        (_S.CLOSED, Cancel): cell(EapPeer._stay, "local", _S.CLOSED),
        (_S.CLOSED, Timeout): cell(EapPeer._stay, "local", _S.CLOSED),
    }
    for state in _S:
        if state is _S.CLOSED:
            continue
        if state is not _S.EXPECT_FAILURE:
            table[state, IdentityRequested] = cell(
                EapPeer._give_identity, "RFC 3748 5.1", _S.EXPECT_START
            )
        table[state, NotificationRequested] = cell(EapPeer._give_notice, "RFC 3748 5.2", state)
        table[state, ForeignMethodRequested] = cell(
            EapPeer._refuse_method, "RFC 3748 5.3", state
        )
        table[state, FailureCame] = cell(EapPeer._fail, "RFC 3748 4.2", _S.CLOSED)
        table[state, SuccessCame] = cell(EapPeer._ignore_success, "RFC 3748 4.2", state)
        table[state, Timeout] = cell(EapPeer._time_out, "sta.md 6.6", _S.CLOSED)
        table[state, Cancel] = cell(EapPeer._cancel, "local", _S.CLOSED)
    return table


TABLE = _table()
