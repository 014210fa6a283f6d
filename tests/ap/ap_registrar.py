"""A scripted station with a whole external registrar, behind an EAP peer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ap_enrollee import EnrollingStation
from ap_stage import Stage

from harness.ap.ap_pin import ExternalRegistrars
from harness.ap.config import BssConfig
from harness.base.address import ZERO, MacAddress
from harness.base.entropy import SeededEntropy
from harness.proto.eap_peer import EapPeer
from harness.proto.machine import Output
from harness.proto.wsc_registrar import Registrar
from harness.proto.wsc_registrar_config import ApTarget, RegistrarConfig
from harness.proto.wsc_run import Password, Refusal
from harness.wire.dot11.elements import wsc_element
from harness.wire.eap import WSC_REGISTRAR
from harness.wire.wsc.device import RequestType
from harness.wire.wsc.element import WscAssociationRequest
from harness.wire.wsc.messages import M1
from harness.wire.wsc.settings import Credential

AP_PIN = "12345670"
UUID_R = bytes(range(16, 32))
REGISTERING = wsc_element(WscAssociationRequest(request_type=RequestType.REGISTRAR).encode())


def new_settings(
    ssid: bytes = b"renamed",
    authentication: int = 0x20,
    encryption: int = 0x08,
    key: bytes = b"newsecret",
) -> Credential:
    return Credential(
        network_index=1,
        ssid=ssid,
        authentication_type=authentication,
        encryption_type=encryption,
        network_key=key,
        mac_address=MacAddress(ZERO),
    )


@dataclass(frozen=True)
class Knows:
    """A registrar's policy: one PIN."""

    pin: str

    def password_for(self, m1: M1) -> Password | Refusal:
        return Password(self.pin.encode())

    def still_allowed(self, m1: M1) -> Refusal | None:
        return None

    def credentials_for(self, m1: M1) -> tuple[Credential, ...]:
        raise AssertionError("an access point is given settings, no Credential")


class RegisteringStation(EnrollingStation):
    """A station that is a registrar."""

    runs = 0

    def register(
        self,
        pin: str = AP_PIN,
        settings: Credential | None = None,
        *,
        extra: bytes = REGISTERING,
        fragment_size: int = 1398,
    ) -> None:
        config = RegistrarConfig(
            uuid=UUID_R,
            device=self.device,
            config_methods=0x2388,
            rf_bands=1,
            target=ApTarget(settings),
        )
        self.runs += 1
        entropy = SeededEntropy(b"registrar %d" % self.runs + bytes(self.address))
        registrar = Registrar(config, Knows(pin), entropy)
        self.peer = EapPeer(WSC_REGISTRAR, registrar, fragment_size, awaits_start=False)
        self.outputs: list[Output] = []
        self._left = self.silent_after
        self.answer = self._answer_eap
        self.join(extra)

    def fail(self, times: int, pin: str = "99995670", gap_s: float = 1.0) -> None:
        """Guess wrongly so many times."""
        for _ in range(times):
            self.register(pin)
            self.stage.advance(gap_s)


def open_to_registrars(
    *bsss: BssConfig, pin: str | None = AP_PIN, locked: int = 0, settings: bytes | None = None
) -> Stage:
    """A stage whose access point has an AP PIN."""
    stage = Stage(*bsss, start=False)
    external = ExternalRegistrars(ap_pin=pin, setup_locked=locked, settings=settings)
    stage.config = replace(stage.config, external=external)
    stage.ap.config = stage.config
    stage.do(stage.ap.start(stage.now))
    return stage
