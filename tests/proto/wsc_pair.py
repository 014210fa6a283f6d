"""An Enrollee and a Registrar with what they need, and a wire between two ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harness.base.address import MacAddress
from harness.base.entropy import Entropy, SeededEntropy
from harness.proto.eap_peer import EapPeer
from harness.proto.eap_server import Begin, EapServer
from harness.proto.eap_wsc import EapReceived
from harness.proto.machine import Output, Transmit
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.proto.wsc_registrar import Registrar
from harness.proto.wsc_registrar_config import RegistrarConfig
from harness.proto.wsc_run import Password, Refusal, WscReceived, WscSend, WscStart
from harness.wire.eap import WSC_ENROLLEE
from harness.wire.wsc.device import PBC_PASSWORD, DeviceAttributes
from harness.wire.wsc.messages import M1
from harness.wire.wsc.settings import Credential

STATION = MacAddress("02:00:00:00:01:00")
DEVICE = DeviceAttributes(manufacturer="Maker", device_name="Device")


def credential(**changes: Any) -> Credential:
    fields: dict[str, Any] = {
        "network_index": 1,
        "ssid": b"backhaul",
        "authentication_type": 0x20,
        "encryption_type": 0x08,
        "network_key": b"backhaul secret",
        "mac_address": STATION,
    }
    return Credential(**(fields | changes))


@dataclass
class Policy:
    """Answers from fields; `stops_at`: the n-th question `still_allowed` gets its refusal."""

    password: Password | Refusal = field(default_factory=lambda: Password(PBC_PASSWORD))
    credentials: tuple[Credential, ...] | Refusal = field(default_factory=lambda: (credential(),))
    stops_at: int | None = None
    asked: int = 0

    def password_for(self, m1: M1) -> Password | Refusal:
        return self.password

    def still_allowed(self, m1: M1) -> Refusal | None:
        self.asked += 1
        return Refusal(12) if self.asked == self.stops_at else None

    def credentials_for(self, m1: M1) -> tuple[Credential, ...] | Refusal:
        return self.credentials


def enrollee(
    seed: bytes = b"enrollee", entropy: Entropy | None = None, **changes: Any
) -> Enrollee:
    fields: dict[str, Any] = {
        "mac": STATION,
        "uuid": bytes(range(16)),
        "device": DEVICE,
        "password": PBC_PASSWORD,
        "device_password_id": 4,
        "config_methods": 0x0280,
        "rf_bands": 1,
        "multi_ap": 0x80,
    }
    return Enrollee(EnrolleeConfig(**(fields | changes)), entropy or SeededEntropy(seed))


def registrar(policy: Policy | None = None, **changes: Any) -> Registrar:
    fields: dict[str, Any] = {
        "uuid": bytes(range(16, 32)),
        "device": DEVICE,
        "config_methods": 0x0280,
        "rf_bands": 1,
    }
    config = RegistrarConfig(**(fields | changes))
    return Registrar(config, policy or Policy(), SeededEntropy(b"registrar"))


def peer(method: Enrollee | None = None, **options: Any) -> EapPeer:
    return EapPeer(WSC_ENROLLEE, method or enrollee(), **options)


def server(new_method: Callable[[], Registrar] = registrar, **options: Any) -> EapServer:
    return EapServer(
        lambda identity: new_method() if identity == WSC_ENROLLEE else None,
        SeededEntropy(b"server"),
        **options,
    )


@dataclass
class Talk:
    """What was said, and what each end put out besides. `said`: (from the server, octets)."""

    said: list[tuple[bool, bytes]] = field(default_factory=list)
    at_server: list[Output] = field(default_factory=list)
    at_peer: list[Output] = field(default_factory=list)

    def of(self, kind: type, *, at_server: bool) -> list[Any]:
        outputs = self.at_server if at_server else self.at_peer
        return [one for one in outputs if isinstance(one, kind)]


def converse(
    ap: EapServer,
    sta: EapPeer,
    *,
    wire: Callable[[bool, bytes], list[bytes]] = lambda from_server, octets: [octets],
    until: Callable[[], bool] = lambda: False,
) -> Talk:
    """Let two ends speak until both are silent; `wire` loses, repeats or changes packets."""
    talk = Talk()
    queue: list[tuple[bool, Output]] = [(True, one) for one in ap.step(Begin(), 0.0)]
    while queue and not until():
        from_server, output = queue.pop(0)
        if not isinstance(output, Transmit):
            (talk.at_server if from_server else talk.at_peer).append(output)
            continue
        talk.said.append((from_server, output.octets))
        for octets in wire(from_server, output.octets):
            other = sta if from_server else ap
            outputs = other.step(EapReceived(octets), 0.0)
            queue += [(not from_server, one) for one in outputs]
    return talk


def exchange(
    giver: Registrar,
    taker: Enrollee,
    *,
    change: Callable[[str, bytes], bytes] = lambda name, octets: octets,
) -> Talk:
    """Let two machines speak without EAP; `change` gets the sender's name and the octets."""
    talk = Talk()
    giver.step(WscStart(), 0.0)
    queue: list[tuple[bool, Output]] = [(False, one) for one in taker.step(WscStart(), 0.0)]
    while queue:
        from_server, output = queue.pop(0)
        if not isinstance(output, WscSend):
            (talk.at_server if from_server else talk.at_peer).append(output)
            continue
        octets = change("registrar" if from_server else "enrollee", output.octets)
        talk.said.append((from_server, octets))
        other: Registrar | Enrollee = taker if from_server else giver
        outputs = other.step(WscReceived(output.op_code, octets), 0.0)
        queue += [(not from_server, one) for one in outputs]
    return talk
