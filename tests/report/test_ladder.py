"""The ladder tells a recorded exchange of hostapd and wpa_supplicant as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.radio.capture import write_pcapng
from harness.radio.interface import CapturedFrame
from harness.report.capture_file import BadCapture, read_capture
from harness.report.ladder import Ladder, read_ladder

RECORDING = Path(__file__).resolve().parents[1] / "data" / "wsc" / "pbc-backhaul.json"


@pytest.fixture
def recording() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(RECORDING.read_text())
    return loaded


def write_evidence(folder: Path, recording: dict[str, Any], *extra: bytes) -> None:
    octets = [bytes.fromhex(frame["octets"]) for frame in recording["frames"]]
    frames = [
        CapturedFrame(0.001 * number, one, 2412) for number, one in enumerate([*octets, *extra])
    ]
    write_pcapng(folder / "air.pcapng", frames)


def nonce(recording: dict[str, Any], attribute: str) -> str:
    """The value of the first 16-octet attribute with this id (hex) in the recording."""
    marker = attribute + "0010"
    frame = next(one["octets"] for one in recording["frames"] if marker in one["octets"])
    start = frame.index(marker) + len(marker)
    value: str = frame[start : start + 32]
    return value


def write_keys(folder: Path, recording: dict[str, Any]) -> None:
    entry = {
        "enrollee_nonce": nonce(recording, "101a"),
        "registrar_nonce": nonce(recording, "1039"),
        "auth_key": recording["enrollee"]["auth_key"],
        "key_wrap_key": recording["enrollee"]["key_wrap_key"],
    }
    (folder / "keys.json").write_text(json.dumps({"wsc": [entry]}))


def ladder_of(folder: Path, recording: dict[str, Any]) -> Ladder:
    names = {recording["ap"]: "access point", recording["station"]: "station"}
    ladder = read_ladder(folder, {"addresses": names})
    assert ladder is not None
    return ladder


def test_the_rungs_name_every_frame(tmp_path: Path, recording: dict[str, Any]) -> None:
    write_evidence(tmp_path, recording)
    ladder = ladder_of(tmp_path, recording)
    assert ladder.lanes == ("access point", "station")
    assert ladder.frames == len(recording["frames"])
    labels = [rung.label for rung in ladder.rungs]
    assert labels[6:] == [
        "EAP-Request Identity",
        "EAP-Response Identity",
        "WSC_START",
        *("M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"),
        "EAP-Failure",
        "Deauthentication, reason 3",
    ]
    assert "Association Request [WSC, Multi-AP]" in labels
    m1 = next(rung for rung in ladder.rungs if rung.label == "M1")
    assert (m1.left, m1.right, m1.direction, m1.kind) == (0, 1, "left", "wsc")
    assert dict(m1.details)["WFA Multi-AP"] == "0x80"


def test_the_settings_are_opened_with_the_keys(tmp_path: Path, recording: dict[str, Any]) -> None:
    write_evidence(tmp_path, recording)
    write_keys(tmp_path, recording)
    m8 = next(rung for rung in ladder_of(tmp_path, recording).rungs if rung.label == "M8")
    opened = dict(m8.details)
    configured = dict(line.split("=", 1) for line in recording["ap_settings"])
    ssid = configured["multi_ap_backhaul_ssid"].strip('"')
    assert opened["opened: Credential: SSID"] == repr(ssid)
    key = configured["multi_ap_backhaul_wpa_passphrase"]
    assert opened["opened: Credential: Network Key"] == repr(key)


def test_settings_without_keys_say_so(tmp_path: Path, recording: dict[str, Any]) -> None:
    write_evidence(tmp_path, recording)
    m8 = next(rung for rung in ladder_of(tmp_path, recording).rungs if rung.label == "M8")
    assert "can't be opened" in [value for name, value in m8.details][-1]


def test_a_broken_frame_is_shown_and_costs_nothing_else(
    tmp_path: Path, recording: dict[str, Any]
) -> None:
    write_evidence(tmp_path, recording, b"\x80\x00", b"\x03" * 30)
    ladder = ladder_of(tmp_path, recording)
    assert [rung.kind for rung in ladder.rungs].count("broken") == 2


@pytest.mark.parametrize("cut", [1, 30, 100, 500])
def test_a_cut_capture_is_named(tmp_path: Path, recording: dict[str, Any], cut: int) -> None:
    write_evidence(tmp_path, recording)
    path = tmp_path / "air.pcapng"
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(BadCapture, match=r"air\.pcapng"):
        read_capture(path)
