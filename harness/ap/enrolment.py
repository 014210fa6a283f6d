"""One station's enrolment: EAP and the registrar's run, under the internal registrar's eye.

Or the station is a registrar itself, and the access point enrols (`external_registrar`).

Source: Wi-Fi Simple Configuration 2.0.8, 7 and 8.2.3. A run begins with M1 and ends with EAP
whatever its result; the button and the PINs are `harness.ap.wps`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from harness.ap import events
from harness.ap.config import WPS_UNCONFIGURED, ApConfig, BssConfig
from harness.ap.credentials import (
    Handed,
    asks_for_backhaul,
    credential_for,
    offer,
    offered,
    shared_credential,
)
from harness.ap.external_registrar import ApEnrolment
from harness.ap.new_settings import NetworkSettings
from harness.ap.psks import PskList, StationKey
from harness.ap.trials import stub_credential
from harness.ap.wps import Admission, Denial, WpsRegistrarState
from harness.base.address import MacAddress
from harness.base.entropy import Entropy
from harness.base.errors import ConfigError
from harness.proto.eap_server import Begin, EapServer
from harness.proto.eap_wsc import EapFinished, EapReceived
from harness.proto.machine import (
    Discarded,
    LocalInput,
    Notify,
    Output,
    Outputs,
    PeerInput,
    Timeout,
)
from harness.proto.wsc_enrollee import Enrollee
from harness.proto.wsc_registrar import Registrar
from harness.proto.wsc_registrar_config import RegistrarConfig
from harness.proto.wsc_run import (
    MESSAGE_SENT,
    Failed,
    Finished,
    Password,
    Refusal,
    SettingsReceived,
)
from harness.wire.eap import WSC_ENROLLEE, WSC_REGISTRAR
from harness.wire.wsc.device import (
    ConfigurationError,
    DeviceAttributes,
    DevicePasswordId,
    MessageType,
)
from harness.wire.wsc.messages import M1
from harness.wire.wsc.settings import Credential

_ANSWERS: Final[dict[object, int]] = {
    MessageType.M2: MessageType.M3,
    MessageType.M4: MessageType.M5,
    MessageType.M6: MessageType.M7,
    MessageType.M8: MessageType.WSC_DONE,
    MessageType.M1: MessageType.M2,
    MessageType.M3: MessageType.M4,
    MessageType.M5: MessageType.M6,
    MessageType.M7: MessageType.M8,
    MessageType.WSC_DONE: MessageType.WSC_ACK,
}
"""What comes after a message of ours."""
_PROOFS: Final = (MessageType.M4, MessageType.M6)
"""What shows us whether an external registrar knows a half of the AP PIN."""


@dataclass(frozen=True, slots=True)
class EnrolmentEnded(Output):
    """EAP is over: the station is to be deauthenticated in a moment."""


class Enrolment:
    """The EAP conversation of one station with WPS, and the run in it.

    `peer`: the station's address. `psks`: the keys of the BSS, None for an open one. Transmit
    outputs are EAP packets.
    """

    def __init__(
        self,
        bss: BssConfig,
        ap: ApConfig,
        uuid: bytes,
        bssid: MacAddress,
        peer: MacAddress,
        registrar: WpsRegistrarState,
        psks: PskList | None,
        entropy: Entropy,
    ) -> None:
        self._bss = bss
        self._ap = ap
        self._uuid = uuid
        self._bssid = bssid
        self._peer = peer
        self._registrar = registrar
        self._psks = psks
        self._made: StationKey | None = None
        self._entropy = entropy
        self._now = 0.0
        self._decision: tuple[M1, Admission | Denial] | None = None
        self._admission: Admission | None = None
        self._revealed = False
        self._expected: int | None = None
        self._enrollee: Enrollee | None = None
        self._refused: list[str] = []
        self._server = EapServer(
            self._new_method,
            entropy,
            ap.fragment_size,
            most_rounds=ap.most_rounds,
            most_short_rounds=ap.most_short_rounds,
        )

    # ---- the station ----------------------------------------------------------------------

    def begin(self, now: float) -> Outputs:
        """Begin EAP, anew when it had begun before: what ran is given up."""
        outputs = self._take(Begin(), now)
        self._expected = MessageType.M1
        return outputs

    def receive(self, packet: bytes, now: float) -> Outputs:
        """An EAP packet came; without a server of ours nobody answers it."""
        if not self._bss.eap_server:
            return (Discarded("eap_server is 0, and RADIUS is not served", "RFC 3748"),)
        return self._take(EapReceived(packet), now)

    def deadline(self) -> float | None:
        return self._server.deadline()

    def tick(self, now: float) -> Outputs:
        return self._take(Timeout(), now)

    def interrupt(self) -> Outputs:
        """The station has gone: give up what runs, and say so unless EAP had ended."""
        expected, self._expected = self._expected, None
        self.abandon()
        if expected is None:
            return ()
        return (self._failed(Failed(expected, ConfigurationError.NO_ERROR)),)

    def abandon(self) -> None:
        """Give a run up that will not end by itself; nothing more is said of it."""
        admission, self._admission = self._admission, None
        if admission is not None:
            self._registrar.failed(admission, revealed=self._revealed)
        self._revealed = False
        self._expected = None

    # ---- what a registrar's run asks ------------------------------------------------------

    def password_for(self, m1: M1) -> Password | Refusal:
        """Say which device password an Enrollee's M1 is answered with, if any."""
        answer = self._registrar.admit(
            m1.uuid_e, m1.device_password_id, self._now, self._bss.interface
        )
        self._decision = (m1, answer)
        if isinstance(answer, Denial):
            return Refusal(answer.config_error)
        return Password(answer.password)

    def credentials_for(self, m1: M1) -> tuple[Credential, ...] | Refusal:
        """Say what an Enrollee that proved its password is given."""
        if not self._bss.wps.builds_credentials:
            return ()
        handed = self._handed(m1)
        if handed is None:
            return Refusal()
        self._made = handed.key
        stubbed = self._registrar.trials.stub_credential
        stubs = (stub_credential(handed.credential),) if stubbed else ()
        return (*stubs, handed.credential)

    def _handed(self, m1: M1) -> Handed | None:
        network = offer(self._bss)
        if self._configures(m1):
            new = self._registrar.offer_network(self._bss, self._entropy)
            network = replace(network, ssid=new.ssid, key=new.key)
        elif self._registrar.settled is None or asks_for_backhaul(self._bss, m1):
            return credential_for(self._bss, network, m1, self._psks, self._entropy)
        else:
            network = offered(self._registrar.settled)
        credential = shared_credential(network, m1)
        return None if credential is None else Handed(credential)

    def still_allowed(self, m1: M1) -> Refusal | None:
        """Say whether a run must end after all: a second Enrollee pushed its button."""
        if m1.device_password_id != DevicePasswordId.PUSH_BUTTON or not self._registrar.overlapped:
            return None
        return Refusal(ConfigurationError.MULTIPLE_PBC_DETECTED)

    # ---- within ---------------------------------------------------------------------------

    def _configures(self, m1: M1) -> bool:
        """True when this Enrollee is to be the one that makes the network configured."""
        unconfigured = self._bss.wps_state == WPS_UNCONFIGURED and self._registrar.settled is None
        hands_it = self._bss.wps.builds_credentials and not asks_for_backhaul(self._bss, m1)
        return unconfigured and hands_it

    def _new_method(self, identity: bytes) -> Registrar | Enrollee | None:
        """Choose the method by identity: we have the other role of the two."""
        self._enrollee = None
        if identity == WSC_REGISTRAR:
            pin = self._registrar.ap_pins[self._bss.interface]
            own = ApEnrolment(
                self._bss, self._ap, self._bssid, self._uuid, pin, self._refused.append
            )
            self._enrollee = own.enrollee(self._entropy)
            return self._enrollee
        if identity != WSC_ENROLLEE:
            return None
        config = RegistrarConfig(
            uuid=self._uuid,
            device=self._ap.device,
            config_methods=self._ap.config_methods,
            rf_bands=self._ap.rf_bands,
            os_version=self._ap.os_version,
            extra_settings=self._bss.wps.extra_credentials,
            version=self._registrar.trials.wps_version,
        )
        return Registrar(config, self, self._entropy)

    def _take(self, given: PeerInput | LocalInput, now: float) -> Outputs:
        """Let EAP take a step, and tell the internal registrar what came of it."""
        self._now = now
        outputs = self._server.step(given, now)
        done: list[Output] = list(self._decided(now))
        done += [Notify(events.SETTINGS_NOT_TAKEN, {"reason": why}) for why in self._refused]
        self._refused.clear()
        for output in outputs:
            if isinstance(output, Failed):
                done += [*self._guessed(output, now), self._failed(output)]
            elif isinstance(output, SettingsReceived):
                done += self._configured(output.settings)
            elif isinstance(output, Finished):
                done += self._finished(output, now)
            elif isinstance(output, EapFinished):
                self._expected = None
                done.append(EnrolmentEnded())
            else:
                done.append(output)
                if isinstance(output, Notify) and output.name == MESSAGE_SENT:
                    done += self._note_sent(output.fields["type"])
        return tuple(done)

    def _note_sent(self, kind: object) -> list[Output]:
        """Remember what was given away, and which message is to come."""
        self._revealed |= kind == MessageType.M6
        self._expected = _ANSWERS.get(kind)
        if self._enrollee is None or kind != MessageType.M7:
            return []
        m2 = self._enrollee.m2
        assert m2 is not None, "there is no M7 without it"
        self._registrar.proved()
        return [Notify(events.REGISTRAR_SERVED, _described(m2.uuid_r, m2.device))]

    def _guessed(self, failed: Failed, now: float) -> list[Output]:
        """Count it when an external registrar did not know the AP PIN."""
        wrong = failed.config_error == ConfigurationError.DEVICE_PASSWORD_AUTH_FAILURE
        if self._enrollee is None or not wrong or failed.message not in _PROOFS:
            return []
        notices = self._registrar.guessed(self._bss.interface, now)
        return [Notify(each.name, each.fields) for each in notices]

    def _configured(self, settings: Credential) -> list[Output]:
        """An external registrar gave the network other settings."""
        new = NetworkSettings.learned(settings)
        try:
            new.usable()
        except ConfigError as refused:
            return [Discarded(str(refused), "ap.md 10.3")]
        self._registrar.adopted = (self._bss.interface, new)
        return [Notify(events.SETTINGS_CHANGED, new.told(self._bss))]

    def _decided(self, now: float) -> list[Output]:
        """Apply the decision that this step's M1 asked for."""
        if self._decision is None:
            return []
        m1, answer = self._decision
        self._decision = None
        if isinstance(answer, Admission):
            self._registrar.admitted(m1.uuid_e, answer, now)
            self._admission = answer
            return []
        told = [Notify(each.name, each.fields) for each in self._registrar.denied(answer)]
        return [*told, self._pin_needed(m1)] if answer.pin_needed else [*told]

    def _pin_needed(self, m1: M1) -> Notify:
        return Notify(events.PIN_NEEDED, _described(m1.uuid_e, m1.device))

    def _failed(self, failed: Failed) -> Notify:
        self._registrar.note_failure(self._bss.interface, self._peer, failed.reason)
        return Notify(
            events.WPS_FAILED,
            {
                "message": failed.message,
                "config_error": failed.config_error,
                "indication": failed.reason,
            },
        )

    def _finished(self, finished: Finished, now: float) -> list[Output]:
        if self._enrollee is not None and finished.success:
            self._registrar.configured(self._bss.interface, self._peer)
            return [Notify(events.WPS_SUCCEEDED)]
        admission, m1 = self._admission, finished.m1
        if not finished.success or admission is None or m1 is None:
            self.abandon()
            return []
        self._admission, self._revealed = None, False
        adopted = self._registrar.adopt_network(self._bss) if self._configures(m1) else ()
        notices = self._registrar.succeeded(
            self._bss.interface, m1.uuid_e, admission, self._peer, now
        )
        return [
            *(Notify(each.name, each.fields) for each in adopted),
            *self._kept(),
            Notify(events.REGISTRATION_SUCCEEDED, _described(m1.uuid_e, m1.device)),
            *(Notify(each.name, each.fields) for each in notices),
            Notify(events.WPS_SUCCEEDED),
        ]


    def _kept(self) -> list[Output]:
        """Let the device in by the key that was made for it, from now on."""
        made, self._made = self._made, None
        if made is None:
            return []
        if self._psks is not None:
            self._psks.add(made)
        return [Notify(events.PSK_HANDED_OUT, {"line": made.line()})]


def _described(uuid: bytes, device: DeviceAttributes) -> dict[str, object]:
    """What a device tells of itself, as fields of an event."""
    return {
        "uuid": uuid,
        "device_name": device.device_name,
        "manufacturer": device.manufacturer,
        "model_name": device.model_name,
        "model_number": device.model_number,
        "serial_number": device.serial_number,
        "device_type": device.primary_device_type,
    }
