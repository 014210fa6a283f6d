"""What the radio tells a station, read as its connection takes it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from harness.base.address import MacAddress
from harness.base.channel import OperatingChannel
from harness.base.errors import WireError
from harness.base.seam import Deauthenticate, Scan, SetAddress
from harness.base.seam_events import (
    Associated,
    AssociationTimedOut,
    Authenticated,
    AuthenticationTimedOut,
    BeaconsLost,
    ChannelSwitched,
    ChannelSwitchStarted,
    CommandFailed,
    Disconnected,
    EapolReceived,
    InterfaceSwitched,
    ManagementReceived,
    MichaelFailure,
    RadioEvent,
    RulesChanged,
    UnprotectedBeacon,
    UnprotectedDisconnection,
)
from harness.proto.machine import LocalInput, PeerInput
from harness.sta import answers, events, michael
from harness.sta.core import Core
from harness.sta.joining import (
    AssociationAnswered,
    AssociationUnanswered,
    AuthenticationUnanswered,
    CommandRefused,
    EapolArrived,
    LinkLost,
    Retune,
    UnprotectedEnd,
)
from harness.sta.state import WpaState
from harness.wire.dot11.codes import REASON_LEAVING

Input: TypeAlias = PeerInput | LocalInput
"""What the connection takes."""


def heard(core: Core, event: RadioEvent, now: float) -> Input | None:
    """Read an event, and give what it means for the connection; None when it means nothing there.

    What is only to be reported, or noted in the station's parts, is done.
    """
    reader = _READERS.get(type(event))
    return None if reader is None else reader(core, event, now)


def _discard(core: Core, reason: str, clause: str, now: float) -> None:
    core.report(now, events.INPUT_DISCARDED, reason=reason, clause=clause)


def _authenticated(core: Core, event: Authenticated, now: float) -> Input | None:
    core.forget_leaving()
    return _answered(core, event.bssid, answers.authentication, event.frame, now)


def _associated(core: Core, event: Associated, now: float) -> Input | None:
    given = _answered(core, event.bssid, answers.association, event.frame, now)
    if isinstance(given, AssociationAnswered):
        return replace(given, channel=event.channel)
    return given


def _answered(
    core: Core, bssid: MacAddress, read: Callable[[bytes], PeerInput], frame: bytes, now: float
) -> Input | None:
    """Read a frame of the connection's AP."""
    if bssid != core.current:
        _discard(core, "another AP answers", "IEEE 802.11-2020 11.3", now)
        return None
    try:
        return read(frame)
    except WireError as error:
        _discard(core, str(error), error.clause, now)
        return None


def _authentication_timed_out(
    core: Core, event: AuthenticationTimedOut, now: float
) -> Input | None:
    return AuthenticationUnanswered() if event.bssid == core.current else None


def _association_timed_out(core: Core, event: AssociationTimedOut, now: float) -> Input | None:
    return AssociationUnanswered() if event.bssid == core.current else None


def _eapol(core: Core, event: EapolReceived, now: float) -> Input | None:
    if event.source != core.current:
        _discard(core, "EAPOL from a station that is not our AP", "802.1X", now)
        return None
    return EapolArrived(event.payload, event.encrypted)


def _disconnected(core: Core, event: Disconnected, now: float) -> Input | None:
    if event.locally_generated and core.answers_our_leaving(event.bssid, event.reason):
        return None
    if event.bssid != core.current:
        return None
    return LinkLost(event.reason, event.locally_generated)


def _beacons_lost(core: Core, event: BeaconsLost, now: float) -> None:
    core.report(now, events.BEACONS_LOST)


def _switch_started(core: Core, event: ChannelSwitchStarted, now: float) -> None:
    core.report(now, events.CHANNEL_SWITCH_STARTED, frequency=event.frequency)


def _switched(core: Core, event: ChannelSwitched, now: float) -> Input | None:
    core.report(now, events.CHANNEL_SWITCHED, frequency=event.frequency)
    if core.current is None:
        return None
    core.table.retune(core.current, event.frequency)
    return Retune(event.channel or OperatingChannel(event.frequency))


def _rules_changed(core: Core, event: RulesChanged, now: float) -> None:
    told = {"initiator": event.initiator, "kind": event.kind, "country": event.country}
    core.report(now, events.RULES_CHANGED, **told)


def _interface_switched(core: Core, event: InterfaceSwitched, now: float) -> Input | None:
    """Someone took the interface down, and the AP with it, or brought it up again."""
    core.interface_down = not event.up
    if event.up:
        return None
    core.scanner.forget()
    return None if core.is_idle else LinkLost(REASON_LEAVING, True)


def _command_failed(core: Core, event: CommandFailed, now: float) -> Input | None:
    command = event.command
    if isinstance(command, Scan):
        core.scan_refused(event.errno, now)
        return None
    core.report(now, events.COMMAND_FAILED, command=type(command).__name__, errno=event.errno)
    if isinstance(command, SetAddress):
        core.keep_permanent_address()
    if isinstance(command, Deauthenticate):
        core.answers_our_leaving(command.bssid, command.reason)
    elif not core.is_idle and getattr(command, "bssid", core.current) == core.current:
        return CommandRefused(command, event.errno)
    return None


def _management(core: Core, event: ManagementReceived, now: float) -> Input | None:
    bssid = core.current if core.connection.state >= WpaState.ASSOCIATED else None
    if bssid is None or event.frame[10:16] != bssid:
        _discard(core, "a management frame that nothing here asked for", "802.11", now)
        return None
    return _answered(core, bssid, answers.action, event.frame, now)


def _unprotected(core: Core, event: UnprotectedDisconnection, now: float) -> Input | None:
    attempt = core.connection.attempt
    if attempt is None or attempt.protection is None:
        return None
    return UnprotectedEnd(event.reason)


def _beacon_forged(core: Core, event: UnprotectedBeacon, now: float) -> None:
    core.report(now, events.BEACON_FORGED, bssid=event.bssid)


_READERS: Final[Mapping[type[RadioEvent], Callable[[Core, Any, float], Input | None]]] = {
    Authenticated: _authenticated,
    AuthenticationTimedOut: _authentication_timed_out,
    Associated: _associated,
    AssociationTimedOut: _association_timed_out,
    EapolReceived: _eapol,
    Disconnected: _disconnected,
    BeaconsLost: _beacons_lost,
    ChannelSwitchStarted: _switch_started,
    ChannelSwitched: _switched,
    CommandFailed: _command_failed,
    ManagementReceived: _management,
    RulesChanged: _rules_changed,
    InterfaceSwitched: _interface_switched,
    UnprotectedBeacon: _beacon_forged,
    UnprotectedDisconnection: _unprotected,
    MichaelFailure: michael.forged,
}
