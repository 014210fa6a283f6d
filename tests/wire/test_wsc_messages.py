"""WSC messages: what is mandatory, what survives, what is refused, and the strict check."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.address import MacAddress
from harness.base.errors import BadValue, MissingAttribute, WireError
from harness.wire.wsc import attributes as a
from harness.wire.wsc.attributes import RawAttribute, encode_attribute, join, split
from harness.wire.wsc.check import check, check_message
from harness.wire.wsc.declare import AttributeSet, Presence
from harness.wire.wsc.device import (
    DeviceAttributes,
    device_type,
    device_type_text,
    rf_band,
    uuid_from_mac,
    uuid_text,
)
from harness.wire.wsc.extension import WfaExtension
from harness.wire.wsc.messages import (
    M1,
    M2,
    M2D,
    M3,
    M4,
    M5,
    M6,
    M7,
    M8,
    MESSAGES,
    IncompleteMessage,
    WscAck,
    WscDone,
    WscNack,
    decode_message,
    seal,
)
from harness.wire.wsc.settings import Credential, M4Settings

DEVICE = {
    "manufacturer": "Maker",
    "model_name": "Model",
    "model_number": "1",
    "serial_number": "2",
    "primary_device_type": device_type("6-0050F204-1"),
    "device_name": "Näme",
}
COMMON = {
    "authentication_type_flags": 0x23,
    "encryption_type_flags": 0x0D,
    "connection_type_flags": 1,
    "config_methods": 0x2388,
    "rf_bands": 1,
    "association_state": 0,
    "configuration_error": 0,
    "os_version": 0x80000001,
    **DEVICE,
}
E_NONCE, R_NONCE = bytes(range(16)), bytes(range(16, 32))
SETTINGS = bytes(range(48))
SIGNED = {"authenticator": bytes(range(8))}


def samples() -> list[AttributeSet]:
    """Give one message of each kind, every field filled."""
    return [
        M1(
            uuid_e=bytes(16),
            mac_address=MacAddress("02:00:00:00:00:01"),
            enrollee_nonce=E_NONCE,
            public_key=bytes(range(192)),
            wps_state=1,
            device_password_id=4,
            wfa=WfaExtension(multi_ap=0x80),
            vendor_extensions=(b"\x11\x22\x33vendor",),
            **COMMON,
        ),
        M2(
            enrollee_nonce=E_NONCE,
            registrar_nonce=R_NONCE,
            uuid_r=bytes(16),
            public_key=bytes(range(192)),
            device_password_id=4,
            encrypted_settings=SETTINGS,
            **COMMON,
            **SIGNED,
        ),
        M2D(enrollee_nonce=E_NONCE, registrar_nonce=R_NONCE, uuid_r=bytes(16), **COMMON),
        M3(registrar_nonce=R_NONCE, e_hash1=bytes(32), e_hash2=bytes(range(32)), **SIGNED),
        M4(
            enrollee_nonce=E_NONCE,
            r_hash1=bytes(32),
            r_hash2=bytes(range(32)),
            encrypted_settings=SETTINGS,
            **SIGNED,
        ),
        M5(registrar_nonce=R_NONCE, encrypted_settings=SETTINGS, **SIGNED),
        M6(enrollee_nonce=E_NONCE, encrypted_settings=SETTINGS, **SIGNED),
        M7(registrar_nonce=R_NONCE, encrypted_settings=SETTINGS, **SIGNED),
        M8(enrollee_nonce=E_NONCE, encrypted_settings=SETTINGS, **SIGNED),
        WscAck(enrollee_nonce=E_NONCE, registrar_nonce=R_NONCE),
        WscNack(enrollee_nonce=E_NONCE, registrar_nonce=R_NONCE, configuration_error=18),
        WscDone(enrollee_nonce=E_NONCE, registrar_nonce=R_NONCE),
    ]


SAMPLES = samples()
each = pytest.mark.parametrize("message", SAMPLES, ids=lambda one: type(one).__name__)


def without(octets: bytes, ident: int) -> bytes:
    return join(raw for raw in split(octets) if raw.id != ident)


def test_there_is_a_sample_of_each_message() -> None:
    assert {type(one) for one in SAMPLES} == set(MESSAGES.values())


@each
def test_what_was_encoded_is_decoded(message: AttributeSet) -> None:
    octets = message.encode()
    decoded = decode_message(octets)
    assert decoded == message
    assert decoded.octets == octets
    assert check(decoded) == []


# What receivers insist on, typed from the table of messages; everything else they tolerate.
DEVICE_IDS = {a.MANUFACTURER, a.MODEL_NAME, a.MODEL_NUMBER, a.SERIAL_NUMBER}
DEVICE_IDS |= {a.PRIMARY_DEVICE_TYPE, a.DEVICE_NAME}
FLAGS = {a.AUTHENTICATION_TYPE_FLAGS, a.ENCRYPTION_TYPE_FLAGS, a.CONNECTION_TYPE_FLAGS}
STATE = {a.CONFIG_METHODS, a.RF_BANDS, a.ASSOCIATION_STATE, a.CONFIGURATION_ERROR, a.OS_VERSION}
SEALED = {a.ENCRYPTED_SETTINGS, a.AUTHENTICATOR}
MANDATORY: dict[str, set[int]] = {
    "M1": {a.UUID_E, a.MAC_ADDRESS, a.ENROLLEE_NONCE, a.PUBLIC_KEY, a.WPS_STATE}
    | {a.DEVICE_PASSWORD_ID}
    | FLAGS
    | STATE
    | DEVICE_IDS,
    "M2": {a.REGISTRAR_NONCE, a.ENROLLEE_NONCE, a.UUID_R, a.DEVICE_PASSWORD_ID, a.PUBLIC_KEY}
    | {a.AUTHENTICATOR}
    | DEVICE_IDS,
    "M2D": {a.REGISTRAR_NONCE, a.ENROLLEE_NONCE, a.UUID_R} | FLAGS | STATE | DEVICE_IDS,
    "M3": {a.REGISTRAR_NONCE, a.E_HASH1, a.E_HASH2, a.AUTHENTICATOR},
    "M4": {a.ENROLLEE_NONCE, a.R_HASH1, a.R_HASH2} | SEALED,
    "M5": {a.REGISTRAR_NONCE} | SEALED,
    "M6": {a.ENROLLEE_NONCE} | SEALED,
    "M7": {a.REGISTRAR_NONCE} | SEALED,
    "M8": {a.ENROLLEE_NONCE} | SEALED,
    "WSC_ACK": {a.ENROLLEE_NONCE, a.REGISTRAR_NONCE},
    "WSC_NACK": {a.ENROLLEE_NONCE, a.REGISTRAR_NONCE, a.CONFIGURATION_ERROR},
    "WSC_Done": {a.ENROLLEE_NONCE, a.REGISTRAR_NONCE},
}


@each
def test_each_missing_attribute_is_refused_or_tolerated_as_the_table_says(message: M1) -> None:
    octets = message.encode()
    for ident in {raw.id for raw in split(octets)} - {a.MESSAGE_TYPE}:
        lacking = without(octets, ident)
        if ident in MANDATORY[message.name]:
            with pytest.raises(IncompleteMessage) as caught:
                decode_message(lacking)
            assert caught.value.message_type == message.message_type
            assert caught.value.value(ident) is None
            assert a.ATTRIBUTES[ident].name in str(caught.value)
        else:
            assert decode_message(lacking).name == message.name


def test_a_message_without_message_type() -> None:
    with pytest.raises(IncompleteMessage) as caught:
        decode_message(without(SAMPLES[0].encode(), a.MESSAGE_TYPE))
    assert caught.value.message_type is None
    assert caught.value.value(a.ENROLLEE_NONCE) == E_NONCE


@pytest.mark.parametrize("kind", [0, 1, 2, 3, 0x10, 0xFF])
def test_an_unknown_message_type_is_refused(kind: int) -> None:
    octets = encode_attribute(a.MESSAGE_TYPE, bytes((kind,)))
    with pytest.raises(BadValue):
        decode_message(octets)


def test_the_last_message_type_counts_and_any_order_will_do() -> None:
    ack = SAMPLES[9].encode()
    turned = join(reversed(split(ack)))
    assert decode_message(turned) == SAMPLES[9]
    again = ack + encode_attribute(a.MESSAGE_TYPE, b"\x0f")
    assert decode_message(again).name == "WSC_Done"


def test_a_public_key_of_wrong_size_counts_as_absent() -> None:
    octets = SAMPLES[0].encode().replace(
        encode_attribute(a.PUBLIC_KEY, bytes(range(192))), encode_attribute(a.PUBLIC_KEY, b"abc")
    )
    with pytest.raises(MissingAttribute, match="Public Key"):
        decode_message(octets)


def test_unknown_attributes_survive_before_the_authenticator() -> None:
    extra = RawAttribute(0x10FA, b"\x2a")
    m5 = dataclasses.replace(SAMPLES[5], rest=(extra,))
    octets = m5.encode()
    assert split(octets)[-1].id == a.AUTHENTICATOR
    assert split(octets)[-2] == extra
    assert decode_message(octets) == m5


def test_seal_signs_all_before_the_authenticator() -> None:
    m3 = dataclasses.replace(SAMPLES[3], authenticator=None)
    signed: list[bytes] = []

    def sign(octets: bytes) -> bytes:
        signed.append(octets)
        return bytes(range(8))

    assert seal(m3, sign) == SAMPLES[3].encode()
    assert signed == [SAMPLES[3].encode()[:-12]]


@given(st.binary(max_size=200))
def test_garbage_raises_only_wire_errors(octets: bytes) -> None:
    for prefix in (b"", bytes.fromhex("104a000110") + bytes.fromhex("1022000104")):
        with pytest.raises(WireError):
            decode_message(prefix + octets)


@given(st.sampled_from(SAMPLES), st.data())
def test_truncations_and_changes_raise_only_wire_errors(
    message: AttributeSet, data: st.DataObject
) -> None:
    octets = bytearray(message.encode())
    for _ in range(data.draw(st.integers(0, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(octets[: data.draw(st.integers(0, len(octets)))])
    check_message(cut)
    try:
        decode_message(cut)
    except WireError:
        return


def test_secrets_stay_out_of_repr() -> None:
    credential = Credential(
        network_index=1,
        ssid=b"home",
        authentication_type=0x20,
        encryption_type=8,
        network_key=b"correct horse",
        mac_address=MacAddress("02:00:00:00:00:01"),
    )
    decoded = Credential.decode(credential.encode())
    assert "correct horse" not in repr(decoded)
    assert not any("636f7272656374" in line for line in decoded.describe())
    assert "5a5a" not in repr(M4Settings(r_snonce1=b"ZZ" * 8))
    assert "ZZ" not in repr(M4Settings.decode(M4Settings(r_snonce1=b"ZZ" * 8).encode()))


def test_describe_names_every_attribute() -> None:
    lines = SAMPLES[0].describe()
    for declaration in M1.LAYOUT.declarations:
        assert any(line.startswith(declaration.attribute.name + ": ") for line in lines)


# ---- the strict check -------------------------------------------------------------------------


def violations(octets: bytes) -> list[str]:
    return [str(one) for one in check_message(octets)]


@each
def test_check_names_each_missing_attribute_with_its_clause(message: M1) -> None:
    octets = message.encode()
    for declaration in message.LAYOUT.declarations:
        if declaration.presence is Presence.OPTIONAL:
            continue
        found = check_message(without(octets, declaration.attribute))
        if declaration.attribute == a.MESSAGE_TYPE:
            continue
        assert f"{declaration.attribute.name} is missing" in str(found[-1])
        assert found[-1].clause == f"WSC 2.0: {message.name}"


def test_check_names_the_first_wrong_attribute_first() -> None:
    octets = SAMPLES[0].encode()
    octets = octets.replace(bytes.fromhex("104a000110"), bytes.fromhex("104a000111"))
    octets = octets.replace(bytes.fromhex("102d000480000001"), bytes.fromhex("102d000400000001"))
    octets += encode_attribute(a.RF_BANDS, b"\1")
    found = check_message(octets)
    assert [one.attribute for one in found] == ["Version", "OS Version", "RF Bands"]
    assert str(found[0]) == "Version is 0x11 instead of 0x10 at octet 0 [WSC 2.0: M1]"


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        (encode_attribute(a.AP_SETUP_LOCKED, b"\2"), "AP Setup Locked is 02"),
        (encode_attribute(a.POWER_LEVEL, b"\0\0"), "Power Level has 2 octets instead of 1"),
        (encode_attribute(a.WPS_STATE, b"\1"), "occurs again"),
        (bytes(6), "stray octets"),
        (b"\0", "attribute at octet"),
    ],
)
def test_check_finds_what_decoders_tolerate(extra: bytes, says: str) -> None:
    found = violations(SAMPLES[0].encode() + extra)
    assert len(found) == 1
    assert says.split(" at ")[0] in found[0]


def test_check_wants_the_authenticator_last_and_version2() -> None:
    octets = SAMPLES[3].encode()
    raws = split(octets)
    moved = join((*raws[:-2], raws[-1], raws[-2]))
    assert any("is not the last attribute" in one for one in violations(moved))
    bare = dataclasses.replace(SAMPLES[3], wfa=WfaExtension(version2=None, multi_ap=0x80))
    assert any("has no Version2" in one for one in violations(bare.encode()))


# ---- devices ----------------------------------------------------------------------------------


def test_device_attributes_come_and_go_together() -> None:
    assert SAMPLES[0].device == DeviceAttributes(**DEVICE)
    assert DeviceAttributes().on_air()["manufacturer"] == " "
    assert DeviceAttributes(**DEVICE).on_air() == DEVICE


def test_device_type_text() -> None:
    assert device_type("6-0050F204-1").hex() == "00060050f2040001"
    assert device_type_text(bytes.fromhex("00060050f2040001")) == "6-0050F204-1"


def test_uuid_is_the_one_that_the_real_programs_derive() -> None:
    """The station of the recordings announced this one for its address."""
    derived = uuid_from_mac(MacAddress("02:00:00:00:01:00"))
    assert uuid_text(derived) == "572cf82f-c957-5653-9b16-b5cfb298abf1"


def test_bands() -> None:
    assert [int(rf_band(mhz)) for mhz in (2412, 2484, 5180, 58320)] == [1, 1, 2, 4]
