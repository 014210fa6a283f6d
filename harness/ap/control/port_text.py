"""What STA shows of a station's port while it speaks EAP: IEEE 802.1X-2004, 8.2 and 9.4."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from harness.ap.port_counts import PortCounts
from harness.ap.stations import Station

_QUIET_S, _SERVER_TIMEOUT_S, _REAUTHENTICATION_S = 60, 30, 3600
_MOST_REAUTHENTICATIONS: Final = 2
_AUTHENTICATING, _HELD = 4, 6
"""Of the Authenticator PAE state machine."""
_REQUEST, _IDLE = 1, 6
"""Of the Backend Authentication state machine."""
_NOT_TERMINATED: Final = 999
_REMOTE_SERVER: Final = 1
_EAP_TYPES: Final = {0: "unknown", 1: "Identity", 2: "Notification", 3: "Nak", 254: "expanded"}
Line = tuple[str, object]


def counted(station: Station, port: PortCounts, now: float) -> Iterator[Line]:
    """The `dot1x…` lines of STA."""
    yield "dot1xPaePortNumber", station.aid
    yield "dot1xPaePortProtocolVersion", 2
    yield "dot1xPaePortCapabilities", 1
    yield "dot1xPaePortInitialize", 0
    yield "dot1xPaePortReauthenticate", "FALSE"
    yield "dot1xAuthPaeState", _HELD if port.held else _AUTHENTICATING
    yield "dot1xAuthBackendAuthState", _backend_state(port)
    yield "dot1xAuthAdminControlledDirections", 0
    yield "dot1xAuthOperControlledDirections", 0
    yield "dot1xAuthAuthControlledPortStatus", 1 if station.authorized else 2
    yield "dot1xAuthAuthControlledPortControl", 2
    yield "dot1xAuthQuietPeriod", _QUIET_S
    yield "dot1xAuthServerTimeout", _SERVER_TIMEOUT_S
    yield "dot1xAuthReAuthPeriod", _REAUTHENTICATION_S
    yield "dot1xAuthReAuthEnabled", "TRUE"
    yield "dot1xAuthKeyTxEnabled", "FALSE"
    yield from _frames(station, port)
    yield "dot1xAuthEntersConnecting", port.connecting
    yield "dot1xAuthEapLogoffsWhileConnecting", 0
    yield "dot1xAuthEntersAuthenticating", 0
    for name, value in _abortions(port):
        yield f"dot1xAuth{name}", value
    for name, value in _backend(port):
        yield f"dot1xAuthBackend{name}", value
    yield from _session(port, now)


def _frames(station: Station, port: PortCounts) -> Iterator[Line]:
    yield "dot1xAuthEapolFramesRx", port.frames_received
    yield "dot1xAuthEapolFramesTx", port.frames_sent
    yield "dot1xAuthEapolStartFramesRx", port.starts
    yield "dot1xAuthEapolLogoffFramesRx", port.logoffs
    yield "dot1xAuthEapolRespIdFramesRx", 0  # hostapd counts these among the others
    yield "dot1xAuthEapolRespFramesRx", port.responses
    yield "dot1xAuthEapolReqIdFramesTx", port.identity_requests
    yield "dot1xAuthEapolReqFramesTx", port.requests
    yield "dot1xAuthInvalidEapolFramesRx", 0
    yield "dot1xAuthEapLengthErrorFramesRx", port.length_errors
    yield "dot1xAuthLastEapolFrameVersion", port.last_version
    yield "dot1xAuthLastEapolFrameSource", station.address


def _abortions(port: PortCounts) -> Iterator[Line]:
    """What ended AUTHENTICATING or AUTHENTICATED.

    An Enrollee's port is never opened, and leaves that state by its wish to begin anew, or by the
    end of its association.
    """
    yield "AuthSuccessesWhileAuthenticating", 0
    yield "AuthTimeoutsWhileAuthenticating", 0
    yield "AuthFailWhileAuthenticating", 0
    yield "AuthEapStartsWhileAuthenticating", port.begun_anew
    yield "AuthEapLogoffWhileAuthenticating", 0
    yield "AuthReauthsWhileAuthenticated", 0
    yield "AuthEapStartsWhileAuthenticated", 0
    yield "AuthEapLogoffWhileAuthenticated", 0


def _backend(port: PortCounts) -> Iterator[Line]:
    yield "Responses", port.responses
    yield "AccessChallenges", port.challenges
    yield "OtherRequestsToSupplicant", port.identity_requests + port.requests
    yield "AuthSuccesses", 0
    yield "AuthFails", port.failures


def _session(port: PortCounts, now: float) -> Iterator[Line]:
    identity = "N/A"
    if port.identity is not None:
        identity = port.identity.decode("ascii", errors="backslashreplace")
    kind = port.type_received
    yield "dot1xAuthSessionId", port.session.hex().upper()
    yield "dot1xAuthSessionAuthenticMethod", _REMOTE_SERVER
    yield "dot1xAuthSessionTime", int(now - port.since)
    yield "dot1xAuthSessionTerminateCause", _NOT_TERMINATED
    yield "dot1xAuthSessionUserName", identity
    yield "authMultiSessionId", port.multi_session.hex().upper()
    yield "last_eap_type_as", f"0 ({_EAP_TYPES[0]})"
    yield "last_eap_type_sta", f"{kind} ({_EAP_TYPES.get(kind, 'unknown')})"


def _backend_state(port: PortCounts) -> int:
    if port.held:
        return _IDLE
    return _REQUEST


def machines(station: Station, port: PortCounts) -> Iterator[Line]:
    """`STA <address> eapol`: the state machines of 8.2, by their variables."""
    yield "aWhile", _SERVER_TIMEOUT_S if port.responses else 0
    yield "quietWhile", _QUIET_S if port.held else 0
    yield "reAuthWhen", _REAUTHENTICATION_S
    yield "authAbort", "FALSE"
    yield "authFail", _truth(port.held)
    yield "authPortStatus", "Authorized" if station.authorized else "Unauthorized"
    yield "authStart", _truth(not port.held)
    for name in ("authTimeout", "authSuccess"):
        yield name, "FALSE"
    yield "eapFail", _truth(port.held)
    for name in ("eapolEap", "eapSuccess", "eapTimeout", "initialize", "keyAvailable"):
        yield name, "FALSE"
    for name in ("keyDone", "keyRun", "keyTxEnabled"):
        yield name, "FALSE"
    yield "portControl", "Auto"
    yield "portEnabled", "TRUE"
    yield "portValid", "FALSE"
    yield "reAuthenticate", "FALSE"
    yield "auth_pae_state", "HELD" if port.held else "AUTHENTICATING"
    for name in ("eapolLogoff", "eapolStart", "eapRestart"):
        yield name, "FALSE"
    yield "portMode", "Auto"
    yield "reAuthCount", port.connecting
    yield "quietPeriod", _QUIET_S
    yield "reAuthMax", _MOST_REAUTHENTICATIONS
    yield "authEntersConnecting", port.connecting
    yield "authEapLogoffsWhileConnecting", 0
    yield "authEntersAuthenticating", 0
    for name, value in _abortions(port):
        yield f"auth{name}", value
    yield from _backend_machine(port)


def _backend_machine(port: PortCounts) -> Iterator[Line]:
    yield "be_auth_state", "IDLE" if port.held else "REQUEST"
    for name in ("eapNoReq", "eapReq", "eapResp"):
        yield name, "FALSE"
    yield "serverTimeout", _SERVER_TIMEOUT_S
    for name, value in _backend(port):
        yield f"backend{name}", value
    yield "reauth_timer_state", "INITIALIZE"
    yield "reAuthPeriod", _REAUTHENTICATION_S
    yield "reAuthEnabled", "TRUE"
    yield "auth_key_tx_state", "NO_KEY_TRANSMIT"
    yield "key_rx_state", "NO_KEY_RECEIVE"
    yield "rxKey", "FALSE"
    yield "ctrl_dir_state", "FORCE_BOTH"
    yield "adminControlledDirections", "Both"
    yield "operControlledDirections", "Both"
    yield "operEdge", "FALSE"


def _truth(value: bool) -> str:
    return "TRUE" if value else "FALSE"
