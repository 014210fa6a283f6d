"""802.11 frames against scapy: it reads ours, and we read its."""

from __future__ import annotations

import warnings
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.address import BROADCAST, MacAddress
from harness.base.errors import BadValue, Truncated, WireError
from harness.wire.dot11 import frames
from harness.wire.dot11 import header as numbers
from harness.wire.dot11.elements import Elements, element
from harness.wire.dot11.ethernet import EthernetFrame
from harness.wire.dot11.frames import LLC_SNAP, decode_frame, management_header
from harness.wire.dot11.header import Header

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from scapy.layers import dot11 as scapy_dot11
    from scapy.layers.l2 import LLC, SNAP, Ether
    from scapy.packet import Raw

AP = MacAddress("02:00:00:00:00:01")
STA = MacAddress("02:00:00:00:00:02")
HOST = MacAddress("02:00:00:00:00:03")
OTHER = MacAddress("02:00:00:00:00:04")
ELEMENTS = Elements(element(0, b"home") + element(1, bytes.fromhex("82848b96")))
SCAPY_ELEMENTS = scapy_dot11.Dot11Elt(ID=0, info=b"home") / scapy_dot11.Dot11Elt(
    ID=1, info=bytes.fromhex("82848b96")
)


def management(subtype: int, **fields: object) -> Header:
    return Header(
        numbers.TYPE_MANAGEMENT,
        subtype,
        duration=314,
        a1=STA,
        a2=AP,
        a3=AP,
        sequence=0xABC,
        **fields,  # type: ignore[arg-type]
    )


def scapy_management(subtype: int, body: object, flags: int = 0) -> bytes:
    head = scapy_dot11.Dot11(
        type=0, subtype=subtype, FCfield=flags, ID=314, addr1=str(STA), addr2=str(AP),
        addr3=str(AP), SC=0xABC0,
    )  # fmt: skip
    return bytes(head / body)  # type: ignore[operator]


PAIRS = {
    "beacon": (
        frames.Beacon(management(8), 0x0102030405060708, 100, 0x0411, ELEMENTS),
        scapy_management(
            8,
            scapy_dot11.Dot11Beacon(
                timestamp=0x0102030405060708, beacon_interval=100, cap=0x1104
            )
            / SCAPY_ELEMENTS,
        ),
    ),
    "probe response": (
        frames.ProbeResponse(management(5), 7, 200, 0x0401, ELEMENTS),
        scapy_management(
            5,
            scapy_dot11.Dot11ProbeResp(timestamp=7, beacon_interval=200, cap=0x0104)
            / SCAPY_ELEMENTS,
        ),
    ),
    "probe request": (
        frames.ProbeRequest(management(4), ELEMENTS),
        scapy_management(4, scapy_dot11.Dot11ProbeReq() / SCAPY_ELEMENTS),
    ),
    "association request": (
        frames.AssociationRequest(management(0), 0x0431, 5, ELEMENTS),
        scapy_management(
            0, scapy_dot11.Dot11AssoReq(cap=0x3104, listen_interval=5) / SCAPY_ELEMENTS
        ),
    ),
    "reassociation request": (
        frames.ReassociationRequest(management(2), 0x0431, 5, OTHER, ELEMENTS),
        scapy_management(
            2,
            scapy_dot11.Dot11ReassoReq(cap=0x3104, listen_interval=5, current_AP=str(OTHER))
            / SCAPY_ELEMENTS,
        ),
    ),
    "association response": (
        frames.AssociationResponse(management(1), 0x0431, 12, 7, ELEMENTS),
        scapy_management(
            1, scapy_dot11.Dot11AssoResp(cap=0x3104, status=12, AID=0xC007) / SCAPY_ELEMENTS
        ),
    ),
    "reassociation response": (
        frames.ReassociationResponse(management(3), 0x0431, 0, 2007, ELEMENTS),
        scapy_management(
            3, scapy_dot11.Dot11ReassoResp(cap=0x3104, status=0, AID=0xC7D7) / SCAPY_ELEMENTS
        ),
    ),
    "authentication": (
        frames.Authentication(management(11), 0, 2, 13, b"\x10\x01x"),
        scapy_management(
            11,
            scapy_dot11.Dot11Auth(algo=0, seqnum=2, status=13)
            / scapy_dot11.Dot11Elt(ID=16, info=b"x"),
        ),
    ),
    "deauthentication": (
        frames.Deauthentication(management(12, retry=True), 23),
        scapy_management(12, scapy_dot11.Dot11Deauth(reason=23), flags=8),
    ),
    "disassociation": (
        frames.Disassociation(management(10), 4),
        scapy_management(10, scapy_dot11.Dot11Disas(reason=4)),
    ),
    "action": (
        frames.Action(management(13), 4, b"\x09\x50\x6f\x9a"),
        scapy_management(13, scapy_dot11.Dot11Action(category=4) / Raw(b"\x09\x50\x6f\x9a")),
    ),
    "protected action": (
        frames.ProtectedManagement(management(13, protected=True), b"secret"),
        scapy_management(13, Raw(b"secret"), flags=0x40),
    ),
    "unknown subtype": (
        frames.Unknown(management(9), b"what"),
        scapy_management(9, Raw(b"what")),
    ),
    "ack": (
        frames.Control(Header(1, 13, a1=STA)),
        bytes(scapy_dot11.Dot11(type=1, subtype=13, addr1=str(STA))),
    ),
    "rts": (
        frames.Control(Header(1, 11, duration=100, a1=STA, a2=AP)),
        bytes(scapy_dot11.Dot11(type=1, subtype=11, ID=100, addr1=str(STA), addr2=str(AP))),
    ),
    "data to the DS": (
        frames.Data(
            Header(2, 0, to_ds=True, a1=AP, a2=STA, a3=HOST, sequence=5, fragment=2),
            LLC_SNAP + b"\x88\x8e\x01\x01\x00\x00",
        ),
        bytes(
            scapy_dot11.Dot11(
                type=2, subtype=0, FCfield=1, addr1=str(AP), addr2=str(STA), addr3=str(HOST),
                SC=5 << 4 | 2,
            )
            / LLC()
            / SNAP(code=0x888E)
            / Raw(b"\x01\x01\x00\x00")
        ),
    ),
    "data from the DS, encrypted": (
        frames.Data(
            Header(
                2, 0, from_ds=True, protected=True, more_data=True, power_management=True,
                a1=STA, a2=AP, a3=HOST,
            ),
            bytes(range(32)),
        ),
        bytes(
            scapy_dot11.Dot11(
                type=2, subtype=0, FCfield=0x72, addr1=str(STA), addr2=str(AP), addr3=str(HOST)
            )
            / Raw(bytes(range(32)))
        ),
    ),
    "four-address QoS data": (
        frames.Data(
            Header(
                2, 8, to_ds=True, from_ds=True, protected=True, a1=AP, a2=STA, a3=HOST, a4=OTHER,
                qos=6,
            ),
            b"y" * 20,
        ),
        bytes(
            scapy_dot11.Dot11(
                type=2, subtype=8, FCfield=0x43, addr1=str(AP), addr2=str(STA),
                addr3=str(HOST), addr4=str(OTHER),
            )
            / scapy_dot11.Dot11QoS(TID=6)
            / Raw(b"y" * 20)
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", PAIRS)
def test_scapy_s_frame_is_read(kind: str) -> None:
    ours, octets = PAIRS[kind]

    decoded = decode_frame(octets)

    assert decoded == ours
    assert decoded.octets == octets


@pytest.mark.parametrize("kind", PAIRS)
def test_encoding_is_what_scapy_makes(kind: str) -> None:
    ours, octets = PAIRS[kind]
    assert ours.encode() == octets


@pytest.mark.parametrize(
    ("to_ds", "from_ds", "destination", "source", "bssid"),
    [
        (False, False, AP, STA, HOST),
        (False, True, AP, HOST, STA),
        (True, False, HOST, STA, AP),
        (True, True, HOST, OTHER, None),
    ],
)
def test_addresses_follow_the_ds_bits(
    to_ds: bool,
    from_ds: bool,
    destination: MacAddress,
    source: MacAddress,
    bssid: MacAddress | None,
) -> None:
    """IEEE 802.11-2020, Table 9-30."""
    fourth = OTHER if to_ds and from_ds else None
    header = Header(2, 0, to_ds=to_ds, from_ds=from_ds, a1=AP, a2=STA, a3=HOST, a4=fourth)
    assert (header.destination, header.source, header.bssid) == (destination, source, bssid)
    assert (header.receiver, header.transmitter) == (AP, STA)


@pytest.mark.parametrize("kind", PAIRS)
def test_decoded_header_has_every_field(kind: str) -> None:
    """It is made without the class's own constructor, which would see to that."""
    header = decode_frame(PAIRS[kind][1]).header
    assert replace(header) == header
    assert list(vars(header)) == [field.name for field in fields(Header)]


def test_ht_control_is_part_of_the_header() -> None:
    octets = bytes.fromhex("88810000") + AP + STA + HOST + b"\0\0" + b"\5\0" + b"HTC!" + b"body"
    decoded = decode_frame(octets)
    assert isinstance(decoded, frames.Data)
    assert (decoded.header.ht_control, decoded.header.qos, decoded.body) == (b"HTC!", 5, b"body")
    assert decoded.encode() == octets


def test_ethertype_and_payload() -> None:
    header = Header(2, 0, to_ds=True, a1=AP, a2=STA, a3=AP)
    data = frames.Data(header, LLC_SNAP + b"\x88\x8epayload")
    assert (data.ethertype, data.payload) == (0x888E, b"payload")


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (Header(2, 0, protected=True, a1=AP, a2=STA, a3=AP), LLC_SNAP + b"\x88\x8epayload"),
        (Header(2, 8, a1=AP, a2=STA, a3=AP, qos=0x80), LLC_SNAP + b"\x88\x8epayload"),
        (Header(2, 0, a1=AP, a2=STA, a3=AP), b"\x42\x42\x03 spanning tree"),
        (Header(2, 4, a1=AP, a2=STA, a3=AP), b""),
    ],
)
def test_no_ethertype_where_there_is_none(header: Header, body: bytes) -> None:
    data = frames.Data(header, body)
    assert data.ethertype is None
    assert data.payload == body


def test_management_header_is_for_one_receiver() -> None:
    header = management_header(numbers.BEACON, destination=BROADCAST, source=AP, bssid=AP)
    assert header.is_group
    assert not management_header(0, destination=AP, source=STA, bssid=AP).is_group


@pytest.mark.parametrize("kind", PAIRS)
def test_every_truncation_is_a_wire_error_or_a_shorter_body(kind: str) -> None:
    octets = PAIRS[kind][1]
    for end in range(len(octets)):
        try:
            frame = decode_frame(octets[:end])
        except WireError:
            continue
        assert frame.encode() == octets[:end]


def test_a_fixed_field_cut_short_is_truncated() -> None:
    with pytest.raises(Truncated):
        decode_frame(PAIRS["beacon"][1][:35])
    with pytest.raises(Truncated):
        decode_frame(PAIRS["deauthentication"][1][:25])


def test_another_protocol_version_is_refused() -> None:
    with pytest.raises(BadValue):
        decode_frame(b"\x81" + PAIRS["beacon"][1][1:])


@given(st.binary(max_size=80))
def test_garbage_raises_only_wire_errors(octets: bytes) -> None:
    try:
        frame = decode_frame(octets)
    except WireError:
        return
    assert frame.encode() == octets or isinstance(
        frame, frames.AssociationResponse | frames.ReassociationResponse | frames.Control
    )
    assert frame.octets == octets


@given(st.sampled_from(sorted(PAIRS)), st.data())
def test_changed_octets_raise_only_wire_errors(kind: str, data: st.DataObject) -> None:
    octets = bytearray(PAIRS[kind][1])
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    try:
        frame = decode_frame(bytes(octets))
        for attribute in ("ssid", "rates", "channel", "rsn", "wsc", "multi_ap"):
            getattr(getattr(frame, "elements", Elements()), attribute)
    except WireError:
        pass


def test_ethernet_is_what_scapy_makes() -> None:
    ours = EthernetFrame(BROADCAST, HOST, 0x893A, b"\0\1\2")
    octets = bytes(Ether(dst=str(BROADCAST), src=str(HOST), type=0x893A) / Raw(b"\0\1\2"))
    assert ours.encode() == octets
    assert EthernetFrame.decode(octets) == ours


@given(st.binary(max_size=20))
def test_ethernet_garbage_raises_only_truncated(octets: bytes) -> None:
    try:
        frame = EthernetFrame.decode(octets)
    except Truncated:
        assert len(octets) < 14
        return
    assert frame.encode() == octets
