"""A scripted station with a whole Enrollee, behind an EAP peer."""

from __future__ import annotations

from collections.abc import Iterable

from ap_stage import ALICE, WSC, ScriptedStation, Stage

from harness.ap.config import BssConfig
from harness.base.entropy import SeededEntropy
from harness.proto.eap_peer import EapPeer
from harness.proto.eap_wsc import EapReceived
from harness.proto.machine import Output, Transmit
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.proto.wsc_run import CredentialsReceived
from harness.wire.eap import WSC_ENROLLEE
from harness.wire.eapol import EAPOL_EAP, EapolFrame
from harness.wire.wsc.device import DeviceAttributes
from harness.wire.wsc.settings import Credential

UUID_A = bytes(range(16))
UUID_B = bytes(range(1, 17))
TEXT_A = "00010203-0405-0607-0809-0a0b0c0d0e0f"
DEVICE = DeviceAttributes(
    "Acme", "Lamp", "L1", "7", bytes.fromhex("00060050f2040001"), "Bedside lamp"
)
DISPLAY = 0x2008
PUSH_BUTTON = 0x0280


class EnrollingStation(ScriptedStation):
    """A station with a whole Enrollee."""

    device = DEVICE
    silent_after = 99
    """How many EAP packets it answers."""

    def enrol(
        self,
        *,
        uuid: bytes = UUID_A,
        pin: bytes | None = None,
        multi_ap: int | None = None,
        config_methods: int = PUSH_BUTTON | DISPLAY,
        identity: bytes = WSC_ENROLLEE,
        extra: bytes = WSC,
        fragment_size: int = 1398,
    ) -> None:
        config = EnrolleeConfig(
            mac=self.address,
            uuid=uuid,
            device=self.device,
            password=b"00000000" if pin is None else pin,
            device_password_id=4 if pin is None else 0,
            config_methods=config_methods,
            rf_bands=1,
            multi_ap=multi_ap,
        )
        entropy = SeededEntropy(b"enrollee" + bytes(self.address))
        self.peer = EapPeer(identity, Enrollee(config, entropy), fragment_size)
        self.outputs: list[Output] = []
        self._left = self.silent_after
        self.answer = self._answer_eap
        self.join(extra)

    def _answer_eap(self, payload: bytes) -> list[bytes]:
        frame = EapolFrame.decode(payload)
        assert (frame.version, frame.type) == (2, EAPOL_EAP)
        if self._left == 0:
            return []
        self._left -= 1
        outputs = self.peer.step(EapReceived(frame.body), self.stage.now)
        self.outputs += outputs
        return [
            EapolFrame(1, EAPOL_EAP, each.octets).encode()
            for each in outputs
            if isinstance(each, Transmit)
        ]

    @property
    def credential(self) -> Credential:
        (received,) = [each for each in self.outputs if isinstance(each, CredentialsReceived)]
        (credential,) = received.credentials
        return credential


def pressed(*bsss: BssConfig) -> Stage:
    stage = Stage(*bsss)
    stage.do(stage.ap.wps_pbc(stage.now))
    return stage


def after(lines: Iterable[str], marker: str) -> list[str]:
    every = list(lines)
    return every[every.index(marker) + 1 :]


EAP_BEGUN = [
    f"CTRL-EVENT-EAP-STARTED {ALICE}",
    "CTRL-EVENT-EAP-PROPOSED-METHOD vendor=0 method=1",
    "CTRL-EVENT-EAP-PROPOSED-METHOD vendor=14122 method=254",
]
