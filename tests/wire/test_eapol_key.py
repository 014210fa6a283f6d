"""EAPOL-Key frames, checked against frames recorded from hostapd and wpa_supplicant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import BadLength, BadValue, Truncated, WireError
from harness.wire.eapol_key import EapolKey

DATA = Path(__file__).parent.parent / "data" / "rsn"
LLC = bytes.fromhex("aaaa03000000888e")


def recorded(name: str) -> list[bytes]:
    """The EAPOL frames that went unencrypted."""
    frames = json.loads((DATA / f"{name}.json").read_text())["frames"]
    octets = [bytes.fromhex(frame["octets"]) for frame in frames]
    return [frame.split(LLC, 1)[1] for frame in octets if LLC in frame]


def test_fields_of_a_recorded_first_message() -> None:
    key = EapolKey.decode(recorded("psk")[0])

    assert (key.eapol_version, key.descriptor, key.version) == (2, 2, 2)
    assert (key.key_length, key.replay_counter, key.key_data) == (16, 1, b"")
    assert key.is_pairwise
    assert key.ack
    assert not any((key.has_mic, key.secure, key.install, key.encrypted, key.request, key.error))
    assert any(key.nonce)
    assert key.mic == key.iv == bytes(16)


def test_fields_of_a_recorded_third_message() -> None:
    key = EapolKey.decode(recorded("psk-sha256-mfp")[2])

    assert key.version == 3
    assert all((key.is_pairwise, key.install, key.ack, key.has_mic, key.secure, key.encrypted))
    assert not any((key.smk, key.error, key.request, key.key_index))
    assert len(key.key_data) == 88
    assert any(key.mic)


@pytest.mark.parametrize("name", ["psk", "psk-sha256-mfp", "backhaul"])
def test_recorded_frames_encode_to_themselves(name: str) -> None:
    frames = recorded(name)
    assert len(frames) >= 4
    for octets in frames:
        key = EapolKey.decode(octets)
        assert key.encode() == octets
        assert key.octets == octets


def test_without_mic_differs_in_the_mic_alone() -> None:
    octets = recorded("psk")[1]
    key = EapolKey.decode(octets)

    assert key.without_mic() == octets[:81] + bytes(16) + octets[97:]
    assert key.with_mic(bytes(16)).encode() == key.without_mic()


def test_mic_length_follows_the_akm() -> None:
    key = EapolKey(0x010B, 7, mic=b"m" * 24, key_data=b"\x30\x00")
    decoded = EapolKey.decode(key.encode(), mic_length=24)

    assert decoded == key
    assert decoded.without_mic() == key.with_mic(bytes(24)).encode()


def test_other_eapol_types_are_refused() -> None:
    with pytest.raises(BadValue):
        EapolKey.decode(bytes.fromhex("02000004") + bytes(4))


def test_key_data_length_must_match() -> None:
    octets = EapolKey(0x010A, 1, key_data=b"abcd").encode()
    with pytest.raises(Truncated):
        EapolKey.decode(octets[:98] + b"\x05" + octets[99:])
    with pytest.raises(BadLength):
        EapolKey.decode(octets[:98] + b"\x03" + octets[99:])


@given(st.sampled_from(recorded("psk")), st.integers(0, 200))
def test_truncations_raise_only_wire_errors(octets: bytes, length: int) -> None:
    if length < len(octets):
        with pytest.raises(WireError):
            EapolKey.decode(octets[:length])


@given(st.binary(max_size=160), st.sampled_from([0, 16, 24, 32]))
def test_garbage_raises_only_wire_errors(body: bytes, mic_length: int) -> None:
    octets = b"\x02\x03" + len(body).to_bytes(2, "big") + body
    try:
        key = EapolKey.decode(octets, mic_length)
    except WireError:
        return
    assert key.encode() == octets
