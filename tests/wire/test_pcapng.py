"""Our pcapng codec against python-pcapng, both ways."""

from __future__ import annotations

import io
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pcapng import FileScanner, FileWriter
from pcapng.blocks import EnhancedPacket, InterfaceDescription, SectionHeader

from harness.base.errors import WireError
from harness.wire.pcapng import encode_packet, encode_start, packets

START = encode_start(127, name="air", application="airproof", comments=["one", "two"])
TIME_US = 1_700_000_000_123_456
PACKETS = st.lists(
    st.tuples(st.integers(0, 2**52), st.binary(min_size=1, max_size=300)), max_size=5
)


def theirs(capture: bytes) -> list[object]:
    return list(FileScanner(io.BytesIO(capture)))


@given(PACKETS)
def test_another_reader_sees_what_was_written(written: list[tuple[int, bytes]]) -> None:
    capture = START + b"".join(encode_packet(t, octets) for t, octets in written)
    section, interface, *blocks = theirs(capture)
    assert isinstance(section, SectionHeader)
    assert isinstance(interface, InterfaceDescription)
    assert section.options["shb_userappl"] == "airproof"
    assert section.options.get_all("opt_comment") == ["one", "two"]
    assert (interface.link_type, interface.options["if_name"]) == (127, "air")
    for block, (time_us, octets) in zip(blocks, written, strict=True):
        assert isinstance(block, EnhancedPacket)
        assert block.timestamp_high << 32 | block.timestamp_low == time_us
        assert (block.packet_data, block.packet_len) == (octets, len(octets))


@given(PACKETS)
def test_we_read_what_another_writer_wrote(written: list[tuple[int, bytes]]) -> None:
    section = SectionHeader(endianness="<", options={"opt_comment": "theirs"})
    interface = section.new_member(InterfaceDescription, link_type=127)
    stream = io.BytesIO()
    writer = FileWriter(stream, section)
    for time_us, octets in written:
        block = interface.section.new_member(
            EnhancedPacket,
            timestamp_high=time_us >> 32,
            timestamp_low=time_us & 0xFFFFFFFF,
            packet_data=octets,
        )
        writer.write_block(block)
    read = list(packets(stream.getvalue()))
    assert [(round(t * 1e6), octets) for t, octets in read] == [
        (round(t / 1e6 * 1e6), octets) for t, octets in written
    ]


def test_another_resolution_is_minded() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        section = SectionHeader(endianness="<")
        section.new_member(InterfaceDescription, link_type=127, options={"if_tsresol": b"\x09"})
        stream = io.BytesIO()
        writer = FileWriter(stream, section)
        nanoseconds = TIME_US * 1000
        writer.write_block(
            section.new_member(
                EnhancedPacket,
                timestamp_high=nanoseconds >> 32,
                timestamp_low=nanoseconds & 0xFFFFFFFF,
                packet_data=b"x",
            )
        )
    assert list(packets(stream.getvalue())) == [(pytest.approx(TIME_US / 1e6), b"x")]


@given(st.data())
def test_noise_raises_only_wire_errors(data: st.DataObject) -> None:
    capture = bytearray(START + encode_packet(TIME_US, bytes(40)) * 2)
    for _ in range(data.draw(st.integers(0, 4))):
        capture[data.draw(st.integers(0, len(capture) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(capture)))
    try:
        list(packets(bytes(capture[:cut])))
    except WireError:
        return


@pytest.mark.parametrize("cut", [0, 10, 27, len(START) + 1, len(START) + 20])
def test_a_cut_capture_is_refused(cut: int) -> None:
    with pytest.raises(WireError):
        list(packets((START + encode_packet(TIME_US, bytes(40)))[:cut]))
