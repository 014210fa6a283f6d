"""The netlink codec and the numbers of nl80211, against the kernel and its headers."""

from __future__ import annotations

import re
import socket
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.address import MacAddress
from harness.base.seam_events import BssObservation
from harness.radio.hwsim.monitor import _radiotap
from harness.radio.nl80211 import RealLoop, names
from harness.radio.nl80211.bss import observation
from harness.radio.nl80211.eapol import _unprotected_eapol
from harness.radio.nl80211.netlink import (
    NetlinkError,
    NetlinkSocket,
    attribute,
    each_attribute,
    family,
    flag,
    nested,
    number,
    text,
    u8,
    u16,
    u32,
    u32_array,
)

HEADER = Path("/usr/include/linux/nl80211.h")
LINUX = hasattr(socket, "AF_NETLINK")
needs_linux = pytest.mark.skipif(not LINUX, reason="netlink is Linux's own")


def enumerators(source: str) -> dict[str, int]:
    """Number the enumerators of a C header."""
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.S)
    values: dict[str, int] = {}
    for body in re.findall(r"enum\s+\w+\s*\{(.*?)\}", source, re.S):
        value = -1
        for item in re.sub(r"^#.*$", "", body, flags=re.M).split(","):
            name, _, given_value = (part.strip() for part in item.partition("="))
            if not name:
                continue
            if re.fullmatch(r"\w+", given_value):
                value = values.get(given_value, -1)
                value = int(given_value, 0) if given_value[0].isdigit() else value
            elif match := re.fullmatch(r"1\s*<<\s*(\d+)", given_value):
                value = 1 << int(match[1])
            elif given_value:
                continue
            else:
                value += 1
            values[name] = value
    return values


@pytest.mark.skipif(not HEADER.exists(), reason="linux/nl80211.h is not installed")
def test_every_number_is_the_kernels():
    kernel = enumerators(HEADER.read_text())
    ours = {
        f"NL80211_{name}": value for name, value in vars(names).items() if isinstance(value, int)
    }
    assert len(ours) > 100
    assert ours == {name: kernel.get(name) for name in ours}


def test_attributes_are_laid_out_as_the_kernel_has_them():
    # Typed from linux/netlink.h: length with header, type, value, padding to 4; native order.
    native = struct.pack
    assert u8(1, 0xAB) == native("=HH", 5, 1) + b"\xab\0\0\0"
    assert u16(2, 0x1234) == native("=HHH", 6, 2, 0x1234) + b"\0\0"
    assert u32(3, 7) == native("=HHI", 8, 3, 7)
    assert text(4, "wlan0") == native("=HH", 10, 4) + b"wlan0\0\0\0"
    assert flag(5) == native("=HH", 4, 5)
    assert flag(5, False) == b""
    assert nested(6, u8(1, 2)) == native("=HH", 12, 6 | 0x8000) + u8(1, 2)
    assert u32_array(7, (1, 2)) == native("=HHII", 12, 7, 1, 2)


@given(st.lists(st.tuples(st.integers(0, 0x3FFF), st.binary(max_size=40))))
def test_attributes_survive(pairs):
    octets = b"".join(attribute(kind, value) for kind, value in pairs)
    assert list(each_attribute(octets)) == pairs


@given(st.binary(max_size=64))
def test_garbage_raises_only_the_error_of_the_codec(octets):
    try:
        found = list(each_attribute(octets))
    except NetlinkError:
        return
    assert sum(4 + len(value) for _, value in found) <= len(octets)


@needs_linux
def test_the_kernel_understands_a_request():
    groups = family("nlctrl").groups
    assert family("nlctrl").kind == 16
    assert "notify" in groups


@needs_linux
def test_a_refusal_is_an_error_with_a_number():
    with pytest.raises(NetlinkError) as refused:
        family("no such family")
    assert refused.value.errno == 2


@needs_linux
def test_the_kernels_own_words_are_passed_on():
    with pytest.raises(NetlinkError) as refused:
        family("a name with more than sixteen characters")
    assert "policy" in refused.value.reason


@needs_linux
def test_ports_differ_between_sockets():
    made = [NetlinkSocket(0) for _ in range(4)]
    ports = {each._socket.getsockname()[0] for each in made}
    for each in made:
        each.close()
    assert len(ports) == 4


def test_radiotap_as_scapy_writes_it():
    layers = pytest.importorskip("scapy.layers.dot11")
    present = "TSFT+Flags+Rate+Channel+dBm_AntSignal"
    header = layers.RadioTap(
        present=present, Rate=54, ChannelFrequency=2437, dBm_AntSignal=-30, Flags=0
    )
    octets = bytes(header / layers.Dot11(type=1, subtype=13))
    length, fields = _radiotap(octets)
    assert octets[length] == 0xD4
    assert number(fields[2]) == 108, "54 Mb/s in units of 500 kb/s"
    assert int.from_bytes(fields[3][:2], "little") == 2437
    assert struct.unpack("b", fields[5]) == (-30,)


@pytest.mark.parametrize(("to_ds", "qos"), [(1, False), (3, False), (1, True), (3, True)])
def test_clear_eapol_is_found_behind_any_header(to_ds, qos):
    layers = pytest.importorskip("scapy.layers.dot11")
    from scapy.layers.l2 import LLC, SNAP

    station = "02:00:00:00:00:05"
    header = layers.Dot11(
        type=2,
        subtype=8 if qos else 0,
        FCfield=to_ds,
        addr1=station,
        addr2=station,
        addr3=station,
        addr4=station,
    )
    header = header / layers.Dot11QoS() if qos else header
    frame = layers.RadioTap() / header / LLC() / SNAP(code=0x888E) / bytes.fromhex("01010000")
    assert _unprotected_eapol(bytes(frame)) == (MacAddress(station), bytes.fromhex("01010000"))


def scan_entry(*extra: bytes) -> BssObservation:
    octets = b"".join(
        (
            attribute(names.BSS_BSSID, bytes.fromhex("020000000001")),
            u32(names.BSS_FREQUENCY, 2437),
            u16(names.BSS_BEACON_INTERVAL, 100),
            u16(names.BSS_CAPABILITY, 0x431),
            u32(names.BSS_SIGNAL_MBM, -3000 & 0xFFFFFFFF),
            u32(names.BSS_SEEN_MS_AGO, 0),
            *extra,
        )
    )
    return observation(octets, RealLoop())


def tsf(kind: int, value: int) -> bytes:
    return attribute(kind, struct.pack("=Q", value))


def test_a_newer_beacon_hides_an_older_probe_response():
    beacon, probe = b"\0\1b", b"\0\1p"
    both = (
        attribute(names.BSS_INFORMATION_ELEMENTS, probe),
        attribute(names.BSS_BEACON_IES, beacon),
        flag(names.BSS_PRESP_DATA),
    )
    newer_beacon = scan_entry(*both, tsf(names.BSS_TSF, 5), tsf(names.BSS_BEACON_TSF, 9))
    assert (newer_beacon.elements, newer_beacon.tsf) == (beacon, 9)
    newer_probe = scan_entry(*both, tsf(names.BSS_TSF, 9), tsf(names.BSS_BEACON_TSF, 5))
    assert (newer_probe.elements, newer_probe.tsf) == (probe, 9)
    for each in (newer_beacon, newer_probe):
        assert (each.beacon_elements, each.probe_elements) == (beacon, probe)
        assert each.signal == -30


def test_a_bss_known_by_its_beacon_alone_has_no_probe_elements():
    shown = attribute(names.BSS_INFORMATION_ELEMENTS, b"\0\1b")
    entry = scan_entry(shown, attribute(names.BSS_BEACON_IES, b"\0\1b"))
    assert (entry.elements, entry.beacon_elements, entry.probe_elements) == (
        b"\0\1b",
        b"\0\1b",
        b"",
    )
