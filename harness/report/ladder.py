"""The frame ladder of a scenario: who sent what to whom, when, read back from its capture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from harness.base.address import MacAddress
from harness.base.errors import WireError
from harness.report.capture_file import Captured, read_capture
from harness.report.describe import Description, describe
from harness.report.describe_wsc import Keyring, read_keyring
from harness.wire.dot11.frames import Control, Frame, decode_frame

_MERGED = ("beacon", "probe")
_EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Rung:
    """One frame, or a run of alike Beacons or probes. `left` and `right`: lanes from 0.

    `index`: the (first) frame's number in the capture, from 0. `direction`: right, left or all.
    """

    index: int
    t: float
    kind: str
    label: str
    left: int
    right: int
    direction: str
    details: tuple[tuple[str, str], ...] = ()
    count: int = 1


@dataclass(frozen=True, slots=True)
class Ladder:
    """`lanes`: the participants, left to right. `frames`: how many the capture holds."""

    lanes: tuple[str, ...]
    rungs: tuple[Rung, ...]
    frames: int


_Told: TypeAlias = tuple[str, str, Description]
"""Sender, receiver, and what the frame is."""


@dataclass(frozen=True, slots=True)
class _Step:
    index: int
    t: float
    sender: str
    receiver: str
    description: Description


def read_ladder(folder: Path, record: Mapping[str, Any]) -> Ladder | None:
    """Build the ladder of one scenario's folder; None when it holds no capture.

    Raises `BadRecord` or `BadCapture` when the evidence can't be read.
    """
    capture = folder / "air.pcapng"
    if not capture.exists():
        return None
    names: Mapping[str, str] = record.get("addresses", {})
    captured = read_capture(capture)
    steps = list(_steps(captured, names, read_keyring(folder / "keys.json")))
    return build_ladder(steps, len(captured))


def build_ladder(steps: list[_Step], frames: int) -> Ladder:
    lanes = tuple(
        dict.fromkeys(
            name for step in steps for name in (step.sender, step.receiver) if name != _EVERYBODY
        )
    )
    position = {name: lane for lane, name in enumerate(lanes)}
    return Ladder(lanes, tuple(_merge(_rung(step, position) for step in steps)), frames)


def _steps(
    captured: Iterable[Captured], names: Mapping[str, str], keyring: Keyring
) -> Iterable[_Step]:
    told: dict[bytes, _Told | None] = {}
    for index, (t, octets) in enumerate(captured):
        key = _without_counters(octets)
        if key not in told:
            told[key] = _tell(octets, names, keyring)
        step = told[key]
        if step is not None:
            yield _Step(index, t, *step)


def _without_counters(octets: bytes) -> bytes:
    """Blank what differs between Beacons, probes and Acks that are alike otherwise."""
    if octets[:1] in (b"\x80", b"\x50"):
        return octets[:22] + octets[32:]
    return octets[:22] + octets[24:] if octets[:1] == b"\x40" else octets


def _tell(octets: bytes, names: Mapping[str, str], keyring: Keyring) -> _Told | None:
    """Say who sent what to whom; None for a control frame, which the ladder leaves out."""
    try:
        frame = decode_frame(octets)
    except WireError as error:
        broken = Description("broken", "malformed frame", (("malformed", str(error)),))
        return "unknown", _EVERYBODY, broken
    if isinstance(frame, Control):
        return None
    return *_ends(frame, names), describe(frame, keyring)


def _ends(frame: Frame, names: Mapping[str, str]) -> tuple[str, str]:
    def name(address: MacAddress | None) -> str:
        if address is None:
            return "unknown"
        return names.get(str(address), str(address))

    header = frame.header
    if header.a1 is not None and header.a1.is_group:
        return name(header.a2), _EVERYBODY
    return name(header.a2), name(header.a1)


def _rung(step: _Step, position: Mapping[str, int]) -> Rung:
    sender = position[step.sender]
    text = step.description
    if step.receiver == _EVERYBODY:
        left, right, direction = 0, len(position) - 1, "all"
    else:
        receiver = position[step.receiver]
        left, right = sorted((sender, receiver))
        direction = "right" if receiver >= sender else "left"
    label = f"{step.sender}: {text.label}" if direction == "all" else text.label
    return Rung(step.index, step.t, text.kind, label, left, right, direction, text.details)


def _merge(rungs: Iterable[Rung]) -> list[Rung]:
    """Join alike Beacons and probes that follow each other with nothing else between."""
    merged: list[Rung] = []
    run: dict[tuple[object, ...], int] = {}
    for rung in rungs:
        if rung.kind not in _MERGED:
            run.clear()
            merged.append(rung)
            continue
        key = (rung.kind, rung.label, rung.left, rung.right, rung.direction, rung.details)
        at = run.get(key)
        if at is None:
            run[key] = len(merged)
            merged.append(rung)
        else:
            merged[at] = replace(merged[at], count=merged[at].count + 1)
    return merged
