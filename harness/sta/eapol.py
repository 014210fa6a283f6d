"""Who answers EAPOL frames on one association: an EAP peer for WPS, or a supplicant for RSN."""

from __future__ import annotations

from typing import Final

from harness.base.errors import WireError
from harness.proto.eap_peer import EapPeer
from harness.proto.eap_wsc import EapReceived
from harness.proto.machine import Discarded, LocalInput, Outputs, Timeout, Transmit
from harness.proto.supplicant import EapolKeyReceived, Supplicant, SupplicantState
from harness.wire.eapol import EAPOL_EAP, EAPOL_KEY, EAPOL_LOGOFF, EAPOL_START, EapolFrame

START_DELAY_S: Final = 1.0
START_DELAY_WPS2_S: Final = 2.0
"""How long a WPS station gives the AP to begin before it sends EAPOL-Start."""

_CLAUSE = "IEEE 802.1X-2010 11.3"


class EapolPort:
    """The EAPOL side of one association.

    `answerer`: what the frames are for. `start_delay_s`: send EAPOL-Start so long after the
    association unless an EAP packet came before; None: never. (It is not repeated: the AP has 10 s
    to say something, and the period of EAPOL-Start is 30 s.)
    """

    def __init__(
        self, answerer: EapPeer | Supplicant, version: int, start_delay_s: float | None = None
    ) -> None:
        self._answerer = answerer
        self._version = version
        self._start_delay_s = start_delay_s
        self._start_at: float | None = None
        self._log_off = self._logged_off = False

    @property
    def handshake_state(self) -> SupplicantState | None:
        """The supplicant's state; None when this port is for WPS."""
        return self._answerer.state if isinstance(self._answerer, Supplicant) else None

    @property
    def logged_off(self) -> bool:
        """True once the AP was told that EAP is over."""
        return self._logged_off

    @property
    def has_beacon_key(self) -> bool:
        """The AP has given a key by which its Beacons are known."""
        return isinstance(self._answerer, Supplicant) and self._answerer.has_beacon_key

    def open(self, now: float, *, logged_off: bool = False) -> None:
        """The association has come about. `logged_off`: the AP's first word is answered with so."""
        self._log_off = logged_off
        if self._start_delay_s is not None:
            self._start_at = now + self._start_delay_s

    def receive(self, payload: bytes, encrypted: bool, now: float) -> Outputs:
        """Give a frame to whom it concerns; `Transmit` carries whole EAPOL frames."""
        try:
            frame = EapolFrame.decode(payload)
        except WireError as error:
            return (Discarded(str(error), _CLAUSE),)
        if frame.type == EAPOL_KEY and isinstance(self._answerer, Supplicant):
            return self._answerer.step(EapolKeyReceived(payload, encrypted), now)
        if frame.type == EAPOL_EAP and isinstance(self._answerer, EapPeer):
            self._start_at = None
            if self._log_off:
                return self.log_on(off=True)
            return self._wrapped(self._answerer.step(EapReceived(frame.body), now))
        return (Discarded(f"EAPOL type {frame.type} has no one here", _CLAUSE),)

    def log_on(self, *, off: bool) -> Outputs:
        """Take part in EAP, or tell the AP that this is over, and nothing else any more."""
        self._log_off = off
        told, self._logged_off = self._logged_off, off
        if told or not off or not isinstance(self._answerer, EapPeer):
            return ()
        return (Transmit(EapolFrame(self._version, EAPOL_LOGOFF, b"").encode()),)

    def deadline(self) -> float | None:
        """When `tick` is due."""
        times = (self._start_at, self._answerer.deadline())
        return min((time for time in times if time is not None), default=None)

    def tick(self, now: float) -> Outputs:
        """Do what is due."""
        outputs: Outputs = ()
        if self._start_at is not None and self._start_at <= now:
            self._start_at = None
            if not self._log_off:
                outputs = (Transmit(EapolFrame(self._version, EAPOL_START, b"").encode()),)
        due = self._answerer.deadline()
        if due is not None and due <= now:
            outputs += self.tell(Timeout(), now)
        return outputs

    def tell(self, given: LocalInput, now: float) -> Outputs:
        """Pass a local input on. Raises `UsageError` when it has no place now."""
        return self._wrapped(self._answerer.step(given, now))

    def _wrapped(self, outputs: Outputs) -> Outputs:
        if isinstance(self._answerer, Supplicant):
            return outputs
        return tuple(
            Transmit(EapolFrame(self._version, EAPOL_EAP, output.octets).encode())
            if isinstance(output, Transmit)
            else output
            for output in outputs
        )
