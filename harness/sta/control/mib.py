"""MIB: the variables of IEEE 802.11 and of 802.1X. Source: sta-control, 3.1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.base.address import ZERO, MacAddress
from harness.base.errors import WireError
from harness.sta.control.order import Order, plain
from harness.sta.joining import Attempt
from harness.sta.state import WpaState
from harness.wire.eap import EapCode, EapType
from harness.wire.eapol import EAPOL_EAP, EAPOL_KEY, EAPOL_LOGOFF, EAPOL_START, EapolFrame

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

_DISCONNECTED, _CONNECTING, _AUTHENTICATING, _AUTHENTICATED = 1, 3, 4, 5
_INITIALIZE, _IDLE, _RECEIVE = 1, 2, 4
"""Values of dot1xSuppPaeState and dot1xSuppBackendPaeState (IEEE 802.1X-2004, 13.2)."""
_BACKEND: Final = {_DISCONNECTED: _INITIALIZE, _AUTHENTICATING: _RECEIVE}
_NO_CIPHER: Final = 0x0050F200
"""None among WPA's suites: what an enrolment shows in wpa_supplicant 2.10."""
_KEY_SIZES: Final = {0x000FAC02: 256, 0x000FAC04: 128}


@dataclass(slots=True)
class EapolCounters:
    """EAPOL frames since the start. EAPOL-Key frames count as sent only, as they do elsewhere."""

    received: int = 0
    requests: int = 0
    identity_requests: int = 0
    invalid: int = 0
    wrong_length: int = 0
    version: int = 0
    source: MacAddress = ZERO
    sent: int = 0
    starts: int = 0
    logoffs: int = 0
    responses: int = 0

    def note_received(self, source: MacAddress, payload: bytes) -> None:
        try:
            frame = EapolFrame.decode(payload)
        except WireError:
            self.invalid += 1
            return
        if frame.type == EAPOL_KEY:
            return
        self.received += 1
        self.version, self.source = frame.version, source
        if frame.type != EAPOL_EAP:
            return
        if len(frame.body) < 4:
            self.wrong_length += 1
        elif frame.body[0] == EapCode.REQUEST:
            is_identity = frame.body[4:5] == bytes((EapType.IDENTITY,))
            self.identity_requests += is_identity
            self.requests += not is_identity

    def note_sent(self, payload: bytes) -> None:
        self.sent += 1
        kind = payload[1] if len(payload) > 1 else None
        self.starts += kind == EAPOL_START
        self.logoffs += kind == EAPOL_LOGOFF
        self.responses += kind == EAPOL_EAP and payload[4:5] == bytes((EapCode.RESPONSE,))


def _mib(control: StationControl, rest: str, now: float) -> str:
    lines = _of_the_rsn(control) + _of_the_port(control)
    return "".join(f"{name}={value}\n" for name, value in lines)


Lines = list[tuple[str, object]]


def _present(control: StationControl) -> Attempt | None:
    attempt = control.station.core.connection.attempt
    return attempt if control.station.wpa_state >= WpaState.ASSOCIATED else None


def _of_the_rsn(control: StationControl) -> Lines:
    attempt = _present(control)
    secured = attempt is not None and attempt.akm is not None
    akm = attempt.akm if attempt is not None else None
    pairwise = attempt.pairwise if attempt is not None else None
    group = attempt.group if attempt is not None else None
    if attempt is not None and attempt.enrolling:
        pairwise = group = _NO_CIPHER
    suites = {"AuthenticationSuite": akm, "PairwiseCipher": pairwise, "GroupCipher": group}
    return [
        ("dot11RSNAOptionImplemented", "TRUE"),
        ("dot11RSNAPreauthenticationImplemented", "FALSE"),
        ("dot11RSNAEnabled", "TRUE" if secured else "FALSE"),
        ("dot11RSNAPreauthenticationEnabled", "FALSE"),
        ("dot11RSNAConfigVersion", 1),
        ("dot11RSNAConfigPairwiseKeysSupported", 5),
        ("dot11RSNAConfigGroupCipherSize", _KEY_SIZES.get(group or 0, 0)),
        ("dot11RSNAConfigPMKLifetime", _limit(control, "PMKLifetime", "43200")),
        ("dot11RSNAConfigPMKReauthThreshold", _limit(control, "PMKReauthThreshold", "70")),
        ("dot11RSNAConfigNumberOfPTKSAReplayCounters", 1),
        ("dot11RSNAConfigSATimeout", _limit(control, "SATimeout", "60")),
        *((f"dot11RSNA{name}Selected", _suite(suite)) for name, suite in suites.items()),
        ("dot11RSNAPMKIDUsed", ""),
        *((f"dot11RSNA{name}Requested", _suite(suite)) for name, suite in suites.items()),
        ("dot11RSNAConfigNumberOfGTKSAReplayCounters", 0),
        ("dot11RSNA4WayHandshakeFailures", control.handshake_failures),
    ]


def _limit(control: StationControl, name: str, default: str) -> str:
    return control.global_text(f"dot11RSNAConfig{name}") or default


def _suite(suite: int | None) -> str:
    octets = (suite or 0).to_bytes(4, "big")
    return f"{octets[:3].hex('-')}-{octets[3]}"


def _of_the_port(control: StationControl) -> Lines:
    counted = control.eapol
    state, is_open = _port_state(control)
    return [
        ("dot1xSuppPaeState", state),
        ("dot1xSuppHeldPeriod", 60),
        ("dot1xSuppAuthPeriod", 30),
        ("dot1xSuppStartPeriod", 30),
        ("dot1xSuppMaxStart", 3),
        ("dot1xSuppSuppControlledPortStatus", "Authorized" if is_open else "Unauthorized"),
        ("dot1xSuppBackendPaeState", _BACKEND.get(state, _IDLE)),
        ("dot1xSuppEapolFramesRx", counted.received),
        ("dot1xSuppEapolFramesTx", counted.sent),
        ("dot1xSuppEapolStartFramesTx", counted.starts),
        ("dot1xSuppEapolLogoffFramesTx", counted.logoffs),
        ("dot1xSuppEapolRespFramesTx", counted.responses),
        ("dot1xSuppEapolReqIdFramesRx", counted.identity_requests),
        ("dot1xSuppEapolReqFramesRx", counted.requests),
        ("dot1xSuppInvalidEapolFramesRx", counted.invalid),
        ("dot1xSuppEapLengthErrorFramesRx", counted.wrong_length),
        ("dot1xSuppLastEapolFrameVersion", counted.version),
        ("dot1xSuppLastEapolFrameSource", counted.source),
    ]


def _port_state(control: StationControl) -> tuple[int, bool]:
    attempt = _present(control)
    if attempt is None:
        return _DISCONNECTED, False
    if attempt.enrolling:
        begun = control.station.core.connection.eapol_seen
        return (_AUTHENTICATING if begun else _CONNECTING), False
    done = control.station.wpa_state is WpaState.COMPLETED
    return (_AUTHENTICATED, True) if done else (_CONNECTING, False)


ORDERS: Final[dict[str, Order]] = {"MIB": plain(_mib)}
