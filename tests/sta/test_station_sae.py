"""The station's choice of security, its SAE, and its SA Query, part by part."""

from __future__ import annotations

import dataclasses

import pytest
from sta_stage import AP1, PASSPHRASE, STA, ScriptedAp, psk_credential

from harness.base.entropy import SeededEntropy
from harness.base.errors import ConfigError
from harness.base.seam import (
    AKM_PSK,
    AKM_SAE,
    Associate,
    Authenticate,
    Deauthenticate,
    TransmitManagement,
)
from harness.proto.machine import Discarded, Output, Timeout
from harness.proto.sae import AuthenticationReceived, TransmitAuthentication
from harness.proto.sae_responder import AntiClogging, ResponderConfig, SaeResponder
from harness.sta.attempts import Identity, attempt_for
from harness.sta.bss_table import Bss, BssTable
from harness.sta.config import KeyManagement, Network, SecurityHabits, StationConfig
from harness.sta.connection import Connection
from harness.sta.credentials import network_from
from harness.sta.joining import (
    ActionArrived,
    AssociationAnswered,
    Attempt,
    AuthenticationAnswered,
    Cause,
    Ended,
    Join,
    LinkLost,
    Perform,
)
from harness.sta.protection import Protection
from harness.sta.security import Choice, choose
from harness.sta.selection import Candidate
from harness.sta.state import WpaState
from harness.wire.dot11.elements import Elements, element
from harness.wire.dot11.frames import Action, decode_frame
from harness.wire.rsn import Rsne
from harness.wire.sa_query import CATEGORY_SA_QUERY, REQUEST, RESPONSE, SaQuery
from harness.wire.wsc.device import DeviceAttributes, device_type

PSK, SAE = KeyManagement.WPA_PSK, KeyManagement.SAE
MFPC, MFPR = 0x80, 0x40
HASHING = element(244, b"\x20")
BOTH = Network(ssid=b"home", passphrase=PASSPHRASE, key_mgmt=frozenset({PSK, SAE}))
ONLY_SAE = dataclasses.replace(BOTH, key_mgmt=frozenset({SAE}), ieee80211w=2)
DEVICE = DeviceAttributes("Maker", "Model", "1", "0001", device_type("1-0050F204-1"), "A station")


def bss(*akms: int, capabilities: int = 0, extra: bytes = b"", bip: int | None = None) -> Bss:
    ap = ScriptedAp(passphrase=PASSPHRASE, extra=extra)
    ap.rsne = Rsne(akms=akms, capabilities=capabilities, group_management=bip).element()
    table = BssTable(maximum=5, age=180, scan_count=2)
    table.update([ap.observation(0.0)], 0.0)
    (found,) = table
    return found


def chosen(found: Bss, network: Network = BOTH, **habits: int) -> Choice | None:
    return choose(found, network, SecurityHabits(**habits))


# ---- what to ask for ----------------------------------------------------------------------------


def test_sae_goes_before_psk() -> None:
    choice = chosen(bss(AKM_PSK, AKM_SAE))
    assert choice is not None
    assert choice.akm == AKM_SAE


@pytest.mark.parametrize(
    ("akms", "key_mgmt", "akm"),
    [
        ((AKM_PSK,), {PSK, SAE}, AKM_PSK),
        ((AKM_PSK, AKM_SAE), {PSK}, AKM_PSK),
        ((AKM_SAE,), {SAE}, AKM_SAE),
        ((AKM_SAE,), {PSK}, None),
        ((AKM_PSK,), {SAE}, None),
    ],
)
def test_what_both_sides_do(
    akms: tuple[int, ...], key_mgmt: set[KeyManagement], akm: int | None
) -> None:
    choice = chosen(bss(*akms), dataclasses.replace(BOTH, key_mgmt=frozenset(key_mgmt)))
    assert (None if choice is None else choice.akm) == akm


def test_a_psk_in_hex_is_no_password() -> None:
    network = dataclasses.replace(BOTH, passphrase=None, psk=bytes(32))
    choice = chosen(bss(AKM_PSK, AKM_SAE), network)
    assert choice is not None
    assert choice.akm == AKM_PSK


@pytest.mark.parametrize(
    ("pwe", "extra", "hashing"),
    [
        (0, HASHING, False),
        (1, HASHING, True),
        (2, HASHING, True),
        (2, b"", False),
        (1, b"", None),
        (3, HASHING, False),
    ],
)
def test_the_method_of_sae(pwe: int, extra: bytes, hashing: bool | None) -> None:
    """As the station says, or the network."""
    found = bss(AKM_SAE, extra=extra)
    for choice in (
        chosen(found, sae_pwe=pwe),
        chosen(found, dataclasses.replace(BOTH, sae_pwe=pwe), sae_pwe=(pwe + 1) % 3),
    ):
        assert (None if choice is None else choice.hash_to_element) == hashing
        if choice is not None:
            assert choice.rsnxe == (HASHING if pwe in (1, 2) else b"")


@pytest.mark.parametrize(("offered", "akm"), [(MFPC, AKM_SAE), (0, AKM_PSK)])
def test_sae_may_need_protected_management_frames(offered: int, akm: int) -> None:
    found = bss(AKM_SAE, AKM_PSK, capabilities=offered)
    choice = chosen(found, pmf=1, sae_needs_mfp=True)
    assert choice is not None
    assert choice.akm == akm
    assert chosen(bss(AKM_SAE), ONLY_SAE, pmf=1, sae_needs_mfp=True) is None


@pytest.mark.parametrize(
    ("offered", "wanted", "protected"),
    [
        (0, 0, False),
        (0, 1, False),
        (0, 2, None),
        (MFPC, 0, False),
        (MFPC, 1, True),
        (MFPC, 2, True),
        (MFPC | MFPR, 0, None),
        (MFPC | MFPR, 1, True),
        (MFPC | MFPR, 2, True),
    ],
)
def test_protection_of_management_frames(offered: int, wanted: int, protected: bool | None) -> None:
    """IEEE 802.11-2020, table 12-2."""
    found = bss(AKM_SAE, capabilities=offered)
    for choice in (
        chosen(found, dataclasses.replace(BOTH, ieee80211w=wanted)),
        chosen(found, pmf=wanted),
    ):
        assert (None if choice is None else choice.mfp) == protected
        if choice is None:
            continue
        told = Rsne.decode(choice.rsne[2:])
        assert told.mfp_capable is (wanted > 0)
        assert told.mfp_required is (wanted == 2)
        assert (told.group_management is not None) is protected


def test_another_group_management_cipher_is_no_protection() -> None:
    bip_gmac = 0x000FAC0C
    found = bss(AKM_SAE, capabilities=MFPC, bip=bip_gmac)
    optional = chosen(found, pmf=1)
    assert optional is not None
    assert not optional.mfp
    assert chosen(found, pmf=2) is None


def test_the_elements_are_those_of_wpa_supplicant() -> None:
    """As recorded in tests/data/sae/hashing-19.json, without what WMM adds."""
    choice = chosen(bss(AKM_SAE, capabilities=MFPC | MFPR, extra=HASHING), ONLY_SAE, sae_pwe=2)
    assert choice is not None
    assert choice.rsne.hex() == ("301a0100000fac040100000fac040100000fac08c0000000000fac06")
    assert choice.rsnxe.hex() == "f40120"


@pytest.mark.parametrize(
    "habits", [{"pmf": 3}, {"sae_pwe": 4}, {"sae_groups": ()}, {"sae_groups": (19, 5)}]
)
def test_habits_that_can_not_be(habits: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        SecurityHabits(**habits)  # type: ignore[arg-type]


# ---- credentials --------------------------------------------------------------------------------


def test_a_credential_is_made_good_for_sae() -> None:
    network = network_from(psk_credential(b"home"), add_sae=True)
    assert network.key_mgmt == {PSK, SAE}
    assert network.ieee80211w == 1
    assert network.auth_alg is None
    assert network.passphrase == "backhaul secret"


@pytest.mark.parametrize(
    ("key", "auth", "add_sae"),
    [(b"ab" * 32, 0x20, True), (b"a passphrase", 0x02, True), (b"a passphrase", 0x20, False)],
)
def test_credentials_that_stay_as_they_are(key: bytes, auth: int, add_sae: bool) -> None:
    network = network_from(psk_credential(b"home", key, auth), add_sae=add_sae)
    assert network.key_mgmt == {PSK}
    assert network.ieee80211w is None


# ---- a connection -------------------------------------------------------------------------------


def identity_with(**habits: int) -> Identity:
    config = StationConfig(device=DEVICE, security=SecurityHabits(**habits))
    return Identity(STA, bytes(16), config, (2412,))


def attempt(
    password: str = PASSPHRASE, identity: Identity | None = None, now: float = 0.0, **habits: int
) -> Attempt:
    found = bss(AKM_SAE, capabilities=MFPC | MFPR, extra=HASHING)
    network = dataclasses.replace(ONLY_SAE, passphrase=password)
    identity = identity or identity_with(**habits)
    return attempt_for(Candidate(network, found), identity, SeededEntropy(b"station"), now)


def responder() -> SaeResponder:
    entropy = SeededEntropy(b"ap")
    config = ResponderConfig(
        own=AP1,
        peer=STA,
        ssid=b"home",
        password=PASSPHRASE.encode(),
        clogging=AntiClogging(entropy),
        hash_to_element=True,
    )
    return SaeResponder(config, entropy)


def performed(outputs: tuple[Output, ...]) -> list[object]:
    return [each.command for each in outputs if isinstance(each, Perform)]


def answered(machine: SaeResponder, command: object) -> AuthenticationAnswered:
    """Give what an access point answers to an Authentication frame."""
    assert isinstance(command, Authenticate)
    assert command.algorithm == 3
    fixed = command.body
    transaction, status = (int.from_bytes(fixed[at : at + 2], "little") for at in (0, 2))
    outputs = machine.step(AuthenticationReceived(transaction, status, fixed[4:]), 0.0)
    (sent,) = (each for each in outputs if isinstance(each, TransmitAuthentication))
    return AuthenticationAnswered(3, sent.transaction, sent.status, sent.body)


@pytest.mark.parametrize("pwe", [0, 2])
def test_a_connection_begins_with_sae(pwe: int) -> None:
    connection, machine = Connection("wlan0"), responder()
    (commit,) = performed(connection.step(Join(attempt(sae_pwe=pwe)), 0.0))
    (confirm,) = performed(connection.step(answered(machine, commit), 0.0))
    (request,) = performed(connection.step(answered(machine, confirm), 0.0))

    assert connection.state is WpaState.ASSOCIATING
    assert isinstance(request, Associate)
    assert request.mfp
    assert request.akm == AKM_SAE
    assert connection.attempt is not None
    assert connection.attempt.port is not None


def test_a_wrong_password_is_a_rejection() -> None:
    connection, machine = Connection("wlan0"), responder()
    (commit,) = performed(connection.step(Join(attempt("wrong horse")), 0.0))
    (confirm,) = performed(connection.step(answered(machine, commit), 0.0))
    outputs = connection.step(answered(machine, confirm), 0.0)

    (ended,) = (each for each in outputs if isinstance(each, Ended))
    assert ended.cause is Cause.AUTHENTICATION_REJECTED
    assert performed(outputs) == []


def test_an_access_point_with_another_password_is_left() -> None:
    """Its Confirm does not verify; the radio still holds the authentication."""
    connection, machine = Connection("wlan0"), responder()
    (commit,) = performed(connection.step(Join(attempt("wrong horse")), 0.0))
    connection.step(answered(machine, commit), 0.0)
    forged = AuthenticationAnswered(3, 2, 0, b"\x01\x00" + bytes(32))

    outputs = connection.step(forged, 0.0)

    (leave,) = performed(outputs)
    assert isinstance(leave, Deauthenticate)
    assert connection.state is WpaState.DISCONNECTED


def accepted(identity: Identity) -> SaeResponder:
    """Authenticate once by SAE; gives the access point's side."""
    connection, machine = Connection("wlan0"), responder()
    (commit,) = performed(connection.step(Join(attempt(identity=identity)), 0.0))
    (confirm,) = performed(connection.step(answered(machine, commit), 0.0))
    connection.step(answered(machine, confirm), 0.0)
    assert connection.state is WpaState.ASSOCIATING
    return machine


def test_the_key_of_an_earlier_sae_is_used_again() -> None:
    identity = identity_with()
    accepted(identity)
    connection = Connection("wlan0")

    (authenticate,) = performed(connection.step(Join(attempt(identity=identity)), 1.0))
    (associate,) = performed(connection.step(AuthenticationAnswered(0, 2, 0), 1.0))

    assert isinstance(authenticate, Authenticate)
    assert authenticate.algorithm == 0
    assert isinstance(associate, Associate)
    value = Elements(associate.elements).rsn
    assert value is not None
    kept = identity.pmksas.find(AP1, b"home", (PASSPHRASE, None), 1.0)
    assert kept is not None
    assert Rsne.decode(value).pmkids == (kept.pmkid,)
    assert connection.attempt is not None
    assert connection.attempt.port is not None


def test_an_access_point_that_forgot_the_key_gets_another_sae() -> None:
    identity = identity_with()
    accepted(identity)
    connection = Connection("wlan0")
    connection.step(Join(attempt(identity=identity)), 1.0)
    connection.step(AuthenticationAnswered(0, 2, 0), 1.0)

    outputs = connection.step(AssociationAnswered(53, Elements()), 1.0)

    (commit,) = performed(outputs)
    assert isinstance(commit, Authenticate)
    assert commit.algorithm == 3
    assert connection.state is WpaState.AUTHENTICATING
    assert identity.pmksas.find(AP1, b"home", (PASSPHRASE, None), 1.0) is None


def test_a_cached_key_that_leads_nowhere_is_forgotten() -> None:
    identity = identity_with()
    accepted(identity)
    connection = Connection("wlan0")
    connection.step(Join(attempt(identity=identity)), 1.0)
    connection.step(LinkLost(1, False), 1.0)

    assert attempt(identity=identity).sae is not None


def test_a_cached_key_that_the_access_point_took_outlives_a_broken_handshake() -> None:
    """As with wpa_supplicant 2.10."""
    identity = identity_with()
    accepted(identity)
    connection = Connection("wlan0")
    connection.step(Join(attempt(identity=identity)), 1.0)
    connection.step(AuthenticationAnswered(0, 2, 0), 1.0)
    connection.step(AssociationAnswered(0, Elements()), 1.0)
    connection.step(LinkLost(15, False), 1.0)

    assert attempt(identity=identity).sae is None


def test_keys_are_kept_for_one_password_and_half_a_day() -> None:
    identity = identity_with()
    accepted(identity)

    assert attempt(identity=identity, now=43199.0).sae is None
    assert attempt(identity=identity, now=43200.0).sae is not None
    assert attempt("another password", identity=identity).sae is not None


def test_open_system_is_not_taken_for_sae() -> None:
    connection = Connection("wlan0")
    connection.step(Join(attempt()), 0.0)

    (dropped,) = connection.step(AuthenticationAnswered(0, 2, 0), 0.0)

    assert isinstance(dropped, Discarded)
    assert connection.state is WpaState.AUTHENTICATING


def test_no_action_frame_is_awaited_without_protection() -> None:
    connection = Connection("wlan0")
    connection.state = WpaState.COMPLETED
    connection.attempt = dataclasses.replace(attempt(), protection=None)

    (dropped,) = connection.step(ActionArrived(CATEGORY_SA_QUERY, b"\x00\x12\x34"), 0.0)

    assert isinstance(dropped, Discarded)


def test_silence_after_a_doubt_ends_the_connection() -> None:
    connection = Connection("wlan0")
    connection.state, connection.attempt = WpaState.COMPLETED, attempt()
    protection = connection.attempt.protection
    assert protection is not None
    connection._carry_out_query(protection.doubt(7, 0.0))
    assert protection.deadline() is not None
    outputs: tuple[Output, ...] = ()
    now = 0.0
    while not any(isinstance(each, Ended) for each in outputs):
        now = protection.deadline() or now
        _, outputs = connection._carry_out_query(protection.tick(now))

    assert now == pytest.approx(1.024)
    (leave,) = (each for each in performed(outputs) if isinstance(each, Deauthenticate))
    assert leave.reason == 2


# ---- SA Query -----------------------------------------------------------------------------------


def protection() -> Protection:
    return Protection(STA, AP1, SeededEntropy(b"protection"))


def queries(outputs: tuple[Output, ...]) -> list[SaQuery]:
    frames = [decode_frame(each.octets) for each in outputs if hasattr(each, "octets")]
    assert all(isinstance(frame, Action) for frame in frames)
    assert all(frame.header.a1 == AP1 and frame.header.a2 == STA for frame in frames)
    return [SaQuery.decode(frame.body) for frame in frames if isinstance(frame, Action)]


@pytest.mark.parametrize(("reason", "asks"), [(6, True), (7, True), (15, True), (3, False)])
def test_reasons_that_raise_a_doubt(reason: int, asks: bool) -> None:
    assert bool(queries(protection().doubt(reason, 0.0))) is asks


def test_a_request_is_answered() -> None:
    outputs = protection().receive(CATEGORY_SA_QUERY, b"\x00\x12\x34", 0.0)
    assert queries(outputs) == [SaQuery(RESPONSE, b"\x12\x34")]


@pytest.mark.parametrize(("category", "body"), [(3, b"\x00\x12\x34"), (CATEGORY_SA_QUERY, b"\x00")])
def test_other_action_frames_are_dropped(category: int, body: bytes) -> None:
    assert isinstance(protection().receive(category, body, 0.0)[0], Discarded)


def test_one_procedure_in_ten_seconds() -> None:
    asker = protection()
    (asked,) = queries(asker.doubt(7, 0.0))
    assert asked.action == REQUEST
    asker.receive(CATEGORY_SA_QUERY, SaQuery(RESPONSE, asked.transaction).encode(), 0.1)

    assert queries(asker.doubt(7, 5.0)) == []
    assert len(queries(asker.doubt(7, 10.0))) == 1
    assert asker.tick(10.1) == ()


def test_commands_are_transmissions() -> None:
    connection = Connection("wlan0")
    connection.state, connection.attempt = WpaState.COMPLETED, attempt()
    outputs = connection.step(ActionArrived(CATEGORY_SA_QUERY, b"\x00\x12\x34"), 0.0)
    (command,) = performed(outputs)
    assert isinstance(command, TransmitManagement)
    assert connection.step(Timeout(), 0.0) == ()
