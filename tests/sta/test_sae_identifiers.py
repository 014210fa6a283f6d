"""The station and passwords of SAE that are asked for by an identifier."""

from __future__ import annotations

import dataclasses

import pytest
from sta_stage import PASSPHRASE
from test_station_sae import (
    AP1,
    BOTH,
    HASHING,
    MFPC,
    MFPR,
    ONLY_SAE,
    PSK,
    SAE,
    STA,
    answered,
    bss,
    chosen,
    identity_with,
    performed,
)

from harness.base.entropy import SeededEntropy
from harness.base.errors import ConfigError
from harness.base.event import Event
from harness.base.seam import AKM_PSK, AKM_SAE, Associate, Authenticate
from harness.proto.machine import Notify
from harness.proto.sae_responder import AntiClogging, ResponderConfig, SaeResponder
from harness.sta.attempts import Identity, attempt_for
from harness.sta.config import KeyManagement
from harness.sta.config_build import network_of, texts_of
from harness.sta.config_file import ConfigFileError, read
from harness.sta.connection import Connection
from harness.sta.control_events import render
from harness.sta.joining import Attempt, Cause, Ended, Join
from harness.sta.selection import Candidate
from harness.sta.state import WpaState
from harness.wire.dot11 import extended_capabilities
from harness.wire.dot11.elements import element
from harness.wire.sae import SaeCommit

# What hostapd 2.10 says in Extended Capabilities, with and without a common password
IN_USE = element(127, bytes.fromhex("0400400200000040000002"))
ALONE = element(127, bytes.fromhex("0400400200000040000006"))
GUEST = dataclasses.replace(ONLY_SAE, sae_password_id=b"guest")


def test_what_hostapd_says_of_identifiers() -> None:
    in_use, alone = IN_USE[2:], ALONE[2:]
    asked = (extended_capabilities.SAE_IDENTIFIERS_IN_USE,
             extended_capabilities.SAE_IDENTIFIERS_ALONE)  # fmt: skip
    assert [extended_capabilities.has(in_use, bit) for bit in asked] == [True, False]
    assert [extended_capabilities.has(alone, bit) for bit in asked] == [True, True]
    assert extended_capabilities.encode(*asked) == bytes(10) + alone[10:]
    assert not any(extended_capabilities.has(told, asked[0]) for told in (None, b"", bytes(10)))
    assert extended_capabilities.encode() == b""


@pytest.mark.parametrize("pwe", [0, 1, 2])
def test_an_identifier_needs_hash_to_element(pwe: int) -> None:
    """Whatever `sae_pwe` says; there is no going back to PSK either."""
    choice = chosen(bss(AKM_SAE, capabilities=MFPC, extra=HASHING), GUEST, sae_pwe=pwe)
    assert choice is not None
    assert choice.hash_to_element
    assert choice.rsnxe == HASHING
    either = dataclasses.replace(BOTH, sae_password_id=b"guest")
    assert chosen(bss(AKM_SAE, AKM_PSK), either, sae_pwe=pwe) is None
    assert chosen(bss(AKM_PSK), either, sae_pwe=pwe) is None


def test_who_does_hash_to_element_alone_joins_no_other_bss() -> None:
    assert chosen(bss(AKM_PSK), BOTH, sae_pwe=1) is None
    assert chosen(bss(AKM_PSK), BOTH, sae_pwe=2) is not None


@pytest.mark.parametrize(
    ("methods", "identifier", "told", "joins"),
    [
        ({SAE}, None, IN_USE, True),
        ({SAE}, None, ALONE, False),
        ({PSK, SAE}, None, ALONE, False),
        ({PSK}, None, ALONE, True),
        ({SAE}, b"guest", ALONE, True),
        ({SAE}, b"guest", b"", True),
    ],
)
def test_a_bss_may_ask_for_an_identifier(
    methods: set[KeyManagement], identifier: bytes | None, told: bytes, joins: bool
) -> None:
    found = bss(AKM_PSK, AKM_SAE, extra=told + HASHING)
    network = dataclasses.replace(
        BOTH, key_mgmt=frozenset(methods), sae_password_id=identifier, ieee80211w=0
    )
    assert (chosen(found, network) is not None) == joins


# ---- a connection -------------------------------------------------------------------------------


def responder(identifier: bytes = b"guest") -> SaeResponder:
    """An access point whose only password has this identifier."""
    entropy = SeededEntropy(b"ap")
    config = ResponderConfig(
        own=AP1,
        peer=STA,
        ssid=b"home",
        password=b"",
        clogging=AntiClogging(entropy),
        hash_to_element=True,
        identified={identifier: PASSPHRASE.encode()},
    )
    return SaeResponder(config, entropy)


def attempt(identity: Identity, identifier: bytes | None = b"guest") -> Attempt:
    found = bss(AKM_SAE, capabilities=MFPC | MFPR, extra=HASHING)
    network = dataclasses.replace(GUEST, sae_password_id=identifier)
    return attempt_for(Candidate(network, found), identity, SeededEntropy(b"station"), 0.0)


def test_the_commit_asks_for_the_password() -> None:
    connection, machine = Connection("wlan0"), responder()
    (commit,) = performed(connection.step(Join(attempt(identity_with())), 0.0))
    assert isinstance(commit, Authenticate)
    assert commit.body[2:4] == b"\x7e\x00"
    said = SaeCommit.decode(commit.body[4:], hash_to_element=True)
    assert said.password_identifier == b"guest"

    (confirm,) = performed(connection.step(answered(machine, commit), 0.0))
    (request,) = performed(connection.step(answered(machine, confirm), 0.0))
    assert isinstance(request, Associate)


def test_an_identifier_that_the_access_point_does_not_know() -> None:
    connection, machine = Connection("wlan0"), responder(b"other")
    (commit,) = performed(connection.step(Join(attempt(identity_with())), 0.0))
    outputs = connection.step(answered(machine, commit), 0.0)

    (ended,) = (each for each in outputs if isinstance(each, Ended))
    assert ended.cause is Cause.AUTHENTICATION_REJECTED
    assert connection.state is WpaState.DISCONNECTED
    notes = [each for each in outputs if isinstance(each, Notify)]
    lines = [render(Event(0.0, "sta", each.name, each.fields)) for each in notes]
    assert lines == [f"CTRL-EVENT-SAE-UNKNOWN-PASSWORD-IDENTIFIER {AP1}"]


def test_a_key_is_that_of_its_identifier() -> None:
    identity = identity_with()
    connection, machine = Connection("wlan0"), responder()
    (commit,) = performed(connection.step(Join(attempt(identity)), 0.0))
    (confirm,) = performed(connection.step(answered(machine, commit), 0.0))
    connection.step(answered(machine, confirm), 0.0)

    assert attempt(identity).sae is None
    assert attempt(identity, b"other").sae is not None
    assert attempt(identity, None).sae is not None


# ---- configuration ------------------------------------------------------------------------------


def block(identifier: str) -> str:
    return (
        'network={\n\tssid="home"\n\tsae_password="secret"\n'
        f"\tsae_password_id={identifier}\n\tkey_mgmt=SAE\n}}\n"
    )


@pytest.mark.parametrize(
    ("text", "meant"), [('"guest"', b"guest"), ('""', b""), ("c3a9", b"\xc3\xa9")]
)
def test_an_identifier_is_read_and_given_back(text: str, meant: bytes) -> None:
    (found,) = read(block(text), "f").networks()
    network = network_of(found.values(), 0)
    assert network.sae_password_id == meant
    assert texts_of(network)["sae_password_id"] == text


def test_the_longest_identifier() -> None:
    read(block(f'"{"x" * 254}"'), "f")
    with pytest.raises(ConfigFileError, match="f:4: sae_password_id: at most 254 octets"):
        read(block(f'"{"x" * 255}"'), "f")
    with pytest.raises(ConfigError, match="at most 254"):
        dataclasses.replace(GUEST, sae_password_id=bytes(255))
