"""What a port counts while its station speaks EAP: IEEE 802.1X-2004, 8.2.4.2, 8.2.9.2 and 9.4.2."""

from __future__ import annotations

from dataclasses import dataclass

from harness.base.errors import WireError
from harness.wire.eap import EapCode, EapPacket, EapType
from harness.wire.eapol import EAPOL_EAP, EAPOL_LOGOFF, EAPOL_START, EapolFrame


@dataclass(slots=True)
class PortCounts:
    """Counts of one station's port, and where its session stands.

    `since`: when the session began. `session`, `multi_session`: its identifiers, 8 octets each.
    `type_received`: the last response's EAP type, 0 without one. `held`: EAP has failed.
    `unseen`: what EAP says is not sent, as the station has not yet asked for it. `begun_anew`: how
    often it has asked while EAP was under way.
    """

    since: float
    session: bytes
    multi_session: bytes
    frames_received: int = 0
    frames_sent: int = 0
    starts: int = 0
    begun_anew: int = 0
    logoffs: int = 0
    responses: int = 0
    identity_requests: int = 0
    requests: int = 0
    length_errors: int = 0
    last_version: int = 0
    connecting: int = 0
    challenges: int = 0
    failures: int = 0
    identity: bytes | None = None
    type_received: int = 0
    held: bool = False
    unseen: bool = False

    def began(self) -> None:
        """EAP begins, or begins anew."""
        self.connecting += 1
        self.held = False

    def received(self, frame: EapolFrame) -> None:
        """An EAPOL frame came from the station."""
        self.frames_received += 1
        self.last_version = frame.version
        self.starts += frame.type == EAPOL_START
        self.begun_anew += frame.type == EAPOL_START and not self.held
        self.logoffs += frame.type == EAPOL_LOGOFF
        if frame.type == EAPOL_EAP:
            self._received_eap(frame.body)

    def _received_eap(self, body: bytes) -> None:
        try:
            packet = EapPacket.decode(body)
        except WireError:
            self.length_errors += 1
            return
        if packet.code == EapCode.RESPONSE:
            self.responses += 1
            self.type_received = packet.type or 0
            if packet.type == EapType.IDENTITY:
                self.identity = packet.data

    def sent(self, body: bytes) -> None:
        """An EAP packet went out."""
        self.frames_sent += 1
        packet = EapPacket.decode(body)
        if packet.code == EapCode.FAILURE:
            self.failures += 1
            self.held = True
        elif packet.code == EapCode.REQUEST:
            identity = packet.type == EapType.IDENTITY
            self.identity_requests += identity
            self.requests += not identity
            self.challenges += not identity
