"""tshark, which shares nothing with us, reads what our encoders make."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_wsc_messages import SAMPLES

from harness.base.address import MacAddress
from harness.wire.dot11.elements import wsc_element
from harness.wire.eap import EapCode, OpCode, WscPacket, wsc_packet
from harness.wire.multi_ap import BACKHAUL_BSS, BACKHAUL_STA, MultiApElement
from harness.wire.wsc.attributes import split
from harness.wire.wsc.declare import AttributeSet
from harness.wire.wsc.element import (
    WscAssociationRequest,
    WscAssociationResponse,
    WscBeacon,
    WscProbeRequest,
    WscProbeResponse,
)
from harness.wire.wsc.extension import WfaExtension

pytestmark = pytest.mark.skipif(
    shutil.which("tshark") is None, reason="tshark, the independent reader, is not installed"
)
ETHERNET, DOT11 = 1, 105
STATION, AP = bytes.fromhex("020000000100"), bytes.fromhex("020000000000")


def pcap(path: Path, link: int, frames: list[bytes]) -> Path:
    """Write the classic pcap format by hand: no code of ours between encoder and tshark."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    records = [struct.pack("<IIII", n, 0, len(one), len(one)) + one for n, one in enumerate(frames)]
    path.write_bytes(head + b"".join(records))
    return path


def dissect(path: Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        ["tshark", "-r", str(path), "-T", "json", "-x", "--no-duplicate-keys"],
        check=True, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    return [one["_source"]["layers"] for one in json.loads(done.stdout)]


def walk(tree: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield name, value
            yield from walk(value)
    elif isinstance(tree, list):
        for one in tree:
            yield from walk(one)


def complaints(layers: dict[str, Any]) -> list[str]:
    return [name for name, _ in walk(layers) if name.startswith(("_ws.malformed", "_ws.expert"))]


def attribute_ids(layers: dict[str, Any]) -> list[int]:
    """Give the identifiers of the attributes that tshark saw, in order."""
    found: list[int] = []
    for name, value in walk(layers):
        if name == "wps.type":
            found += [int(one, 16) for one in (value if isinstance(value, list) else [value])]
    return found


def eapol(message: AttributeSet, op_code: int, identifier: int = 1) -> bytes:
    wsc = WscPacket(op_code, 0, None, message.encode()).encode()
    eap = wsc_packet(EapCode.RESPONSE, identifier, wsc).encode()
    return AP + STATION + b"\x88\x8e\x02\x00" + len(eap).to_bytes(2, "big") + eap


def test_every_message_is_dissected_whole(tmp_path: Path) -> None:
    op_codes = [OpCode.MSG] * 9 + [OpCode.ACK, OpCode.NACK, OpCode.DONE]
    frames = [
        eapol(one, op_code, identifier)
        for identifier, (one, op_code) in enumerate(zip(SAMPLES, op_codes, strict=True))
    ]
    seen = dissect(pcap(tmp_path / "messages.pcap", ETHERNET, frames))
    assert len(seen) == len(SAMPLES)
    for message, layers in zip(SAMPLES, seen, strict=True):
        assert complaints(layers) == [], type(message).__name__
        ours = sorted(raw.id for raw in split(message.encode()))
        assert sorted(attribute_ids(layers)) == ours, type(message).__name__
        values = dict(walk(layers))
        assert int(values["wps.message_type"], 16) == message.message_type
        flags = message.wfa.multi_ap
        assert ("wps.ext.multi_ap_flags" in values) is (flags is not None)


def management(control: int, fixed: bytes, elements: bytes) -> bytes:
    header = bytes((control, 0, 0, 0)) + AP + STATION + AP + b"\0\0"
    return header + fixed + b"\0\4home" + b"\1\1\x82" + elements


DEVICE = {
    "manufacturer": "Maker",
    "model_name": "Model",
    "model_number": "1",
    "device_name": "Device",
    "primary_device_type": bytes.fromhex("00060050f2040001"),
    "uuid_e": bytes(range(16)),
    "config_methods": 0x2388,
}
ELEMENTS: list[tuple[int, bytes, AttributeSet]] = [
    (
        0x80,
        bytes(8) + b"\x64\0\x11\4",
        WscBeacon(
            wps_state=2,
            ap_setup_locked=True,
            selected_registrar=True,
            device_password_id=4,
            selected_registrar_config_methods=0x2388,
            uuid_e=bytes(range(16)),
            rf_bands=3,
            wfa=WfaExtension(authorized_macs=(MacAddress("ff:ff:ff:ff:ff:ff"),)),
        ),
    ),
    (
        0x50,
        bytes(8) + b"\x64\0\x11\4",
        WscProbeResponse(
            wps_state=2,
            selected_registrar=True,
            device_password_id=4,
            selected_registrar_config_methods=0x2388,
            serial_number="2",
            rf_bands=3,
            **DEVICE,
        ),
    ),
    (
        0x40,
        b"",
        WscProbeRequest(
            rf_bands=1,
            device_password_id=4,
            requested_device_types=(bytes.fromhex("00060050f2040001"),),
            **DEVICE,
        ),
    ),
    (0x00, b"\x11\4\1\0", WscAssociationRequest()),
    (0x10, b"\x11\4\0\0\1\xc0", WscAssociationResponse()),
]


def test_every_element_is_dissected_whole(tmp_path: Path) -> None:
    frames = [
        management(control, fixed, wsc_element(element.encode()))
        for control, fixed, element in ELEMENTS
    ]
    seen = dissect(pcap(tmp_path / "elements.pcap", DOT11, frames))
    for (_, _, element), layers in zip(ELEMENTS, seen, strict=True):
        assert complaints(layers) == [], type(element).__name__
        ours = sorted(raw.id for raw in split(element.encode()))
        assert sorted(attribute_ids(layers)) == ours, type(element).__name__


def test_the_multi_ap_element_is_dissected_whole(tmp_path: Path) -> None:
    elements = [
        MultiApElement(flags=BACKHAUL_STA),
        MultiApElement(flags=BACKHAUL_STA, profile=2),
        MultiApElement(flags=BACKHAUL_BSS, profile=2, vlan_id=100),
    ]
    frames = [management(0x00, b"\x11\4\1\0", one.element()) for one in elements]
    for element, layers in zip(
        elements, dissect(pcap(tmp_path / "multi_ap.pcap", DOT11, frames)), strict=True
    ):
        assert complaints(layers) == []
        values = dict(walk(layers))
        assert int(values["wps.ext.multi_ap_flags"], 16) == element.flags
        numbers = [value for name, value in walk(layers) if name == "wps.ext.id"]
        told = [int(one, 0) for value in numbers for one in _listed(value)]
        assert told[:1] == [6]
        assert len(told) == 1 + (element.profile is not None) + (element.vlan_id is not None)


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def test_the_reader_would_complain(tmp_path: Path) -> None:
    """A message cut short is malformed to tshark too: the other tests can fail."""
    octets = bytearray(eapol(SAMPLES[0], OpCode.MSG))
    broken = bytes(octets[:18]) + b"\0\x28" + bytes(octets[20:54])
    broken = broken[:16] + (len(broken) - 18).to_bytes(2, "big") + broken[18:]
    broken = broken[:20] + (len(broken) - 18).to_bytes(2, "big") + broken[22:]
    (layers,) = dissect(pcap(tmp_path / "broken.pcap", ETHERNET, [broken]))
    assert complaints(layers) or len(attribute_ids(layers)) < len(split(SAMPLES[0].encode()))
