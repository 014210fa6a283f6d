"""The attribute table against one typed from the standard's, the raw layer, and the leniency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.address import MacAddress
from harness.base.errors import BadLength, BadValue, Truncated, UsageError, WireError
from harness.wire.wsc import attributes as a
from harness.wire.wsc.attributes import (
    ATTRIBUTES,
    STRAY,
    RawAttribute,
    _attribute,
    encode_attribute,
    join,
    split,
)
from harness.wire.wsc.declare import AttributeSet, declares
from harness.wire.wsc.element import WscBeacon, WscProbeRequest
from harness.wire.wsc.extension import RawSubelement, WfaExtension, decode_wfa
from harness.wire.wsc.settings import Credential, M8Settings

# identifier, name, shortest and longest length; None for no fixed bound
TABLE = """
1001 AP Channel 2 2
1002 Association State 2 2
1003 Authentication Type 2 2
1004 Authentication Type Flags 2 2
1005 Authenticator 8 8
1008 Config Methods 2 2
1009 Configuration Error 2 2
100A Confirmation URL4 - -
100B Confirmation URL6 - -
100C Connection Type 1 1
100D Connection Type Flags 1 1
100E Credential - -
100F Encryption Type 2 2
1010 Encryption Type Flags 2 2
1011 Device Name 0 32
1012 Device Password ID 2 2
1014 E-Hash1 32 32
1015 E-Hash2 32 32
1016 E-SNonce1 16 16
1017 E-SNonce2 16 16
1018 Encrypted Settings - -
101A Enrollee Nonce 16 16
101B Feature ID 4 4
101C Identity - -
101D Identity Proof - -
101E Key Wrap Authenticator 8 8
101F Key Identifier 16 16
1020 MAC Address 6 6
1021 Manufacturer 0 64
1022 Message Type 1 1
1023 Model Name 0 32
1024 Model Number 0 32
1026 Network Index 1 1
1027 Network Key - -
1028 Network Key Index 1 1
1029 New Device Name - -
102A New Password - -
102C Out-of-Band Device Password 22 54
102D OS Version 4 4
102F Power Level 1 1
1030 PSK Current 1 1
1031 PSK Max 1 1
1032 Public Key 190 192
1033 Radio Enabled 1 1
1034 Reboot 1 1
1035 Registrar Current 1 1
1036 Registrar Established 1 1
1037 Registrar List - -
1038 Registrar Max 1 1
1039 Registrar Nonce 16 16
103A Request Type 1 1
103B Response Type 1 1
103C RF Bands 1 1
103D R-Hash1 32 32
103E R-Hash2 32 32
103F R-SNonce1 16 16
1040 R-SNonce2 16 16
1041 Selected Registrar 1 1
1042 Serial Number 0 32
1044 Wi-Fi Protected Setup State 1 1
1045 SSID 0 32
1046 Total Networks 1 1
1047 UUID-E 16 16
1048 UUID-R 16 16
1049 Vendor Extension 3 1024
104A Version 1 1
104B X.509 Certificate Request - -
104C X.509 Certificate - -
104D EAP Identity 0 64
104E Message Counter 8 8
104F Public Key Hash 20 20
1050 Rekey Key 32 32
1051 Key Lifetime 4 4
1052 Permitted Config Methods 2 2
1053 Selected Registrar Config Methods 2 2
1054 Primary Device Type 8 8
1055 Secondary Device Type List 0 128
1056 Portable Device 1 1
1057 AP Setup Locked 1 1
1058 Application Extension 16 512
1059 EAP Type 0 8
1060 Initialization Vector 32 32
1061 Key Provided Automatically 1 1
1062 802.1X Enabled 1 1
1063 AppSessionKey 0 128
1064 WEP Transmit Key 1 1
106A Requested Device Type 8 8
10FA Extensibility Test 1 1
""".strip().splitlines()


def rows() -> list[tuple[int, str, int, int]]:
    found = []
    for line in TABLE:
        ident, *name, low, high = line.split(" ")
        bounds = (0, 0xFFFF) if low == "-" else (int(low), int(high))
        found.append((int(ident, 16), " ".join(name), *bounds))
    return found


def test_the_table_is_the_standards() -> None:
    ours = [(int(x), x.name, x.minimum, x.maximum) for x in ATTRIBUTES.values()]
    assert sorted(ours) == rows()


def test_an_identifier_declared_twice_fails() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        _attribute(0x1001, "AP Channel again", a.U16, 2)
    with pytest.raises(ValueError, match="twice"):

        @declares
        @dataclass(frozen=True, slots=True, kw_only=True)
        class _Twice(AttributeSet):
            one: Annotated[int, a.VERSION]
            other: Annotated[int, a.VERSION]


raw_attributes = st.builds(
    RawAttribute, st.integers(0, 0xFFFF), st.binary(max_size=40), st.just(0)
)


@given(st.lists(raw_attributes))
def test_split_undoes_join(raws: list[RawAttribute]) -> None:
    octets = join(raws)
    again = split(octets)
    assert join(again) == octets
    assert [one.offset for one in again] == [
        len(join(again[:position])) for position in range(len(again))
    ]
    if not any(one.id == STRAY for one in again):
        assert list(again) == raws


@given(st.binary(max_size=80))
def test_garbage_splits_losslessly_or_is_refused(octets: bytes) -> None:
    try:
        raws = split(octets)
    except Truncated:
        return
    assert join(raws) == octets


def test_a_raw_attribute_can_lie_about_its_length() -> None:
    lie = RawAttribute(0x104A, b"\x10", length=9)
    assert lie.encode().hex() == "104a000910"
    with pytest.raises(Truncated):
        split(lie.encode())


def beacon(*extra: bytes) -> bytes:
    return bytes.fromhex("104a000110 1044000102") + b"".join(extra)


@pytest.mark.parametrize("count", [4, 5, 7, 8, 20])
def test_zeros_to_the_end_are_tolerated(count: int) -> None:
    assert WscBeacon.decode(beacon(bytes(count))).wps_state == 2
    assert split(beacon(bytes(count)))[-1] == RawAttribute(STRAY, bytes(count))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_fewer_than_four_octets_at_the_end_are_not(count: int) -> None:
    for decode in (split, WscBeacon.decode):
        with pytest.raises(Truncated):
            decode(beacon(bytes(count)))


def test_zeros_before_something_are_an_unknown_attribute() -> None:
    octets = beacon(bytes(4), encode_attribute(a.RF_BANDS, b"\1"))
    decoded = WscBeacon.decode(octets)
    assert decoded.rf_bands == 1
    assert [raw.id for raw in decoded.rest] == [0]


@pytest.mark.parametrize(
    "known",
    [
        one
        for one in ATTRIBUTES.values()
        if one.wrong_length is a.WrongLength.REJECT
        and not one.unused
        and one.maximum < 0xFFFF
        and one != a.VENDOR_EXTENSION
    ],
    ids=repr,
)
def test_a_wrong_length_spoils_everything(known: a.Attribute) -> None:
    for size in {known.minimum - 1, known.maximum + 1} - {-1}:
        with pytest.raises(BadLength) as caught:
            WscBeacon.decode(beacon(encode_attribute(known, bytes(size))))
        assert caught.value.offset == len(beacon())
        assert known.name in str(caught.value)


def test_texts_too_long_are_cut() -> None:
    octets = b"".join(
        encode_attribute(ident, b"x" * 70)
        for ident in (a.MANUFACTURER, a.MODEL_NAME, a.MODEL_NUMBER)
    )
    decoded = WscProbeRequest.decode(octets)
    assert decoded.manufacturer == "x" * 64
    assert decoded.model_name == decoded.model_number == "x" * 32


def test_a_device_name_too_long_counts_as_absent() -> None:
    decoded = WscProbeRequest.decode(encode_attribute(a.DEVICE_NAME, b"x" * 33))
    assert decoded.device_name is None
    assert decoded.rest[0].value == b"x" * 33


def test_text_that_is_not_utf8_survives() -> None:
    octets = encode_attribute(a.DEVICE_NAME, b"caf\xe9")
    decoded = WscProbeRequest.decode(octets)
    assert decoded.device_name is not None
    assert octets in decoded.encode()


def test_the_last_of_repeated_attributes_counts() -> None:
    octets = beacon(encode_attribute(a.RF_BANDS, b"\1"), encode_attribute(a.RF_BANDS, b"\2"))
    assert WscBeacon.decode(octets).rf_bands == 2


def test_ten_requested_device_types_and_credentials_are_kept() -> None:
    types = [bytes((n,)) * 8 for n in range(12)]
    octets = b"".join(encode_attribute(a.REQUESTED_DEVICE_TYPE, one) for one in types)
    assert WscProbeRequest.decode(octets).requested_device_types == tuple(types[:10])
    values = [bytes((n,)) for n in range(12)]
    octets = b"".join(encode_attribute(a.CREDENTIAL, one) for one in values)
    assert M8Settings.decode(octets).credentials == tuple(values[:10])


def test_an_eleventh_or_giant_vendor_extension_spoils_everything() -> None:
    foreign = encode_attribute(a.VENDOR_EXTENSION, b"\0\1\2data")
    assert len(WscBeacon.decode(beacon(*[foreign] * 10)).vendor_extensions) == 10
    with pytest.raises(BadValue):
        WscBeacon.decode(beacon(*[foreign] * 11))
    with pytest.raises(BadValue):
        WscProbeRequest.decode(foreign * 11)
    with pytest.raises(BadLength):
        WscBeacon.decode(beacon(encode_attribute(a.VENDOR_EXTENSION, b"\0\1\2" + bytes(1022))))


def test_a_vendor_extension_without_vendor_is_skipped() -> None:
    decoded = WscBeacon.decode(beacon(encode_attribute(a.VENDOR_EXTENSION, b"\0\x37")))
    assert decoded.wfa is None
    assert decoded.vendor_extensions == ()


@pytest.mark.parametrize(
    ("value", "right"),
    [
        (bytes(20) + b"\0\7", True),
        (bytes(20) + b"\0\x10", False),
        (bytes(20) + b"\0\x10" + bytes(16), True),
        (bytes(37), False),
    ],
)
def test_out_of_band_passwords_may_be_short_only_in_a_handover(value: bytes, right: bool) -> None:
    octets = beacon(encode_attribute(a.OOB_DEVICE_PASSWORD, value))
    if right:
        assert WscBeacon.decode(octets).rest
    else:
        with pytest.raises(BadLength):
            WscBeacon.decode(octets)


def test_secondary_device_types_come_in_eights() -> None:
    good = WscProbeRequest.decode(encode_attribute(a.SECONDARY_DEVICE_TYPE_LIST, bytes(16)))
    assert good.secondary_device_types == (bytes(8), bytes(8))
    with pytest.raises(BadLength):
        WscProbeRequest.decode(encode_attribute(a.SECONDARY_DEVICE_TYPE_LIST, bytes(12)))


def test_one_octet_too_many_after_a_network_key_is_tolerated() -> None:
    credential = Credential(
        network_index=1,
        ssid=b"home",
        authentication_type=0x20,
        encryption_type=8,
        network_key=b"correct horse",
        mac_address=MacAddress("02:00:00:00:00:01"),
    )
    octets = credential.encode()
    end = octets.index(b"correct horse") + len(b"correct horse")
    spoilt = octets[:end] + b"\0" + octets[end:]
    assert Credential.decode(spoilt) == credential
    assert RawAttribute(STRAY, b"\0") in split(spoilt)
    with pytest.raises(WireError):
        Credential.decode(octets[:4] + b"\xff" + octets[4:])


# ---- the Wi-Fi Alliance's extension ----------------------------------------------------------


def wfa(text: str) -> WfaExtension:
    return decode_wfa(bytes.fromhex(text), 0)


def test_sub_elements_are_read() -> None:
    found = wfa("000120 030101 01060200000000aa 060180 020101 04010a 05022288")
    assert found.version2 == 0x20
    assert found.request_to_enroll == 1
    assert found.authorized_macs == (MacAddress("02:00:00:00:00:aa"),)
    assert found.multi_ap == 0x80
    assert found.network_key_shareable == 1
    assert found.settings_delay_time == 10
    assert found.registrar_config_methods == 0x2288


def test_unknown_sub_elements_and_profiles_are_kept() -> None:
    found = wfa("000120 070102 08020a00 630155")
    assert [one.id for one in found.rest] == [7, 8, 0x63]
    assert found.rest[0] == RawSubelement(7, b"\2")
    assert found.encode().hex() == "00372a" + "00012007010208020a00630155"


@pytest.mark.parametrize("text", ["0001200601", "00012006", "00012001ff02"])
def test_a_truncated_sub_element_ends_the_reading(text: str) -> None:
    found = wfa(text)
    assert found == WfaExtension(version2=0x20)


@pytest.mark.parametrize("text", ["00022020", "020201ff", "030200ff", "04020a0a", "0600", "050122"])
def test_a_sub_element_of_wrong_size_spoils_everything(text: str) -> None:
    with pytest.raises(BadLength):
        wfa(text)
    octets = encode_attribute(a.VENDOR_EXTENSION, bytes.fromhex("00372a" + text))
    with pytest.raises(BadLength):
        WscBeacon.decode(octets)


def test_sub_elements_are_built_in_order() -> None:
    made = WfaExtension(
        request_to_enroll=1, authorized_macs=(MacAddress("ff:ff:ff:ff:ff:ff"),), multi_ap=0x80
    )
    assert made.encode().hex() == "00372a" + "000120" + "030101" + "0106ffffffffffff" + "060180"


def test_a_number_too_large_is_our_fault_and_said_so() -> None:
    with pytest.raises(UsageError, match="wps_state"):
        WscBeacon(wps_state=256).encode()


@given(st.binary(max_size=120))
def test_garbage_raises_only_wire_errors(octets: bytes) -> None:
    for form in (WscBeacon, WscProbeRequest, Credential, M8Settings):
        try:
            form.decode(octets)
        except WireError:
            continue
