"""What a run leaves behind: a folder per run, and in it one per scenario."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import sys
import time
import traceback as tracebacks
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.base.errors import (
    AirproofError,
    Inconclusive,
    PeerViolation,
    SetupFailed,
    Unsupported,
)
from harness.base.seam import CIPHER_WEP_40, CIPHER_WEP_104, InstallKey
from harness.lab.expectations import ExpectationFailed
from harness.lab.requirement import Requirement
from harness.lab.scene import Lab

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a scenario ended, raw: a verdict is computed from it elsewhere.

    `phase`: setup, call or teardown. `kind`: passed, expectation, violation, setup, unsupported,
    inconclusive, internal or skipped. `frame`: index into the air's record.
    """

    phase: str
    kind: str
    message: str = ""
    expected: str = ""
    got: str = ""
    clause: str = ""
    frame: int | None = None
    excerpt: str = ""
    traceback: str = ""


def outcome_of(error: BaseException, phase: str, scenario_file: str) -> Outcome:
    """Say what kind of end an exception is: the one place where that is decided.

    An assertion is an expectation only when it failed in the scenario's own file; one that failed
    in ours is our fault, like every exception that is not raised on purpose.
    """
    text = "".join(tracebacks.format_exception(error))
    if isinstance(error, ExpectationFailed):
        return Outcome(
            phase, "expectation", error.message, error.expected, error.got, error.clause,
            error.frame, error.excerpt, text,
        )
    if isinstance(error, PeerViolation):
        return Outcome(phase, "violation", str(error), clause=error.clause, traceback=text)
    kinds = ((SetupFailed, "setup"), (Unsupported, "unsupported"), (Inconclusive, "inconclusive"))
    for cls, kind in kinds:
        if isinstance(error, cls):
            return Outcome(phase, kind, str(error), traceback=text)
    if isinstance(error, AssertionError) and _raised_in(error) == scenario_file:
        return Outcome(phase, "expectation", str(error).strip() or "assertion", traceback=text)
    name = type(error).__name__
    message = str(error) if isinstance(error, AirproofError) else f"{name}: {error}"
    return Outcome(phase, "internal", message, traceback=text)


def _raised_in(error: BaseException) -> str:
    frames = tracebacks.extract_tb(error.__traceback__)
    return frames[-1].filename if frames else ""


class RunFolder:
    """The folder of one run. Nothing is made before there is something to put in."""

    def __init__(self, path: Path, about: Mapping[str, Any]) -> None:
        self.path = path
        self._about = dict(about)

    @classmethod
    def choose(cls, reports: Path, about: Mapping[str, Any]) -> RunFolder:
        """Name a new folder under `reports` after the time and what runs on what."""
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        words = [stamp, *(_UNSAFE.sub("-", str(about[key])) for key in ("air", "ap", "sta"))]
        first = path = reports / "runs" / "-".join(words)
        number = 1
        while path.exists():
            number += 1
            path = first.with_name(f"{first.name}-{number}")
        return cls(path, about)

    @property
    def exists(self) -> bool:
        return (self.path / "run.json").is_file()

    def begin(
        self, planned: Iterable[Mapping[str, Any]], known_findings: Iterable[Mapping[str, Any]]
    ) -> None:
        """Write what is going to run, and which failures are known. Raises `OSError`."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._write({
            "started": now_text(), "versions": versions(), "planned": list(planned),
            "known_findings": list(known_findings),
        })

    def finish(self) -> None:
        """Note the end, and let `latest` point here."""
        self._write({"finished": now_text()})
        runs = self.path.parent
        if runs.name != "runs":
            return
        pointer = runs.parent / f".latest-{os.getpid()}"
        pointer.unlink(missing_ok=True)
        pointer.symlink_to(self.path.relative_to(runs.parent))
        pointer.replace(runs.parent / "latest")

    def scenario_folder(self, requirement_id: str) -> Path:
        """Make the folder of one scenario: the requirement's id, numbered when it is taken."""
        first = path = self.path / _UNSAFE.sub("-", requirement_id)
        number = 1
        while True:
            try:
                path.mkdir(parents=True)
            except FileExistsError:
                number += 1
                path = first.with_name(f"{first.name}-{number}")
            else:
                return path

    def _write(self, more: Mapping[str, Any]) -> None:
        file = self.path / "run.json"
        old = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else self._about
        _write_json(file, {**old, **more})


@dataclass(frozen=True)
class Evidence:
    """One scenario's evidence. `started`: seconds since the epoch; `duration_s`: real ones."""

    requirement: Requirement
    title: str
    nodeid: str
    started: float
    duration_s: float
    outcome: Outcome


def write(folder: Path, evidence: Evidence, setting: Mapping[str, str], lab: Lab | None) -> None:
    """Write everything that one scenario leaves; `lab` is None when the stage never stood."""
    folder.mkdir(parents=True, exist_ok=True)
    record: dict[str, Any] = {
        "id": folder.name,
        "requirement": _fields(evidence.requirement),
        "title": evidence.title,
        "nodeid": evidence.nodeid,
        **setting,
        "started": datetime.fromtimestamp(evidence.started, UTC).isoformat(),
        "duration_s": round(evidence.duration_s, 6),
        "outcome": _fields(evidence.outcome),
        "kernel": platform.release(),
        "versions": versions(),
    }
    if lab is not None:
        record |= _about_lab(lab)
        record["versions"] = versions() | {
            device.kind: device.version for device in lab.devices if device.version
        }
        _write_events(folder / "events.jsonl", lab)
        _write_json(folder / "keys.json", keys_of(lab))
        _write_capture(folder, evidence, lab)
    _write_json(folder / "record.json", record)


def keys_of(lab: Lab) -> dict[str, list[dict[str, str]]]:
    """Everything that opens what is protected on this air, as hex and text."""
    passphrases = _passphrases(lab)
    return {
        "wsc": [
            {name: value.hex() for name, value in _fields(keys).items()}
            for keys in lab.world.wsc_keys()
        ],
        "psk": [{"ssid": ssid, "passphrase": phrase} for ssid, phrase in passphrases],
        "tk": [{"tk": key.hex()} for key in _temporal_keys(lab)],
        "wep": [{"key": key.hex()} for key in _wep_keys(lab)],
    }


def _passphrases(lab: Lab) -> list[tuple[str, str]]:
    """SSID and passphrase of every protected BSS, each pair once."""
    found = ((bss.ssid, bss.passphrase) for bss in lab.bsss if bss.passphrase is not None)
    return list(dict.fromkeys(found))


def versions() -> dict[str, str]:
    """Of airproof and what it runs on."""
    from harness import __version__

    return {
        "airproof": __version__,
        "python": platform.python_version(),
        "kernel": f"{platform.system()} {platform.release()}",
    }


def now_text() -> str:
    """The wall clock's time, as ISO 8601 text."""
    return datetime.fromtimestamp(time.time(), UTC).isoformat()


def describe_devices(lab: Lab) -> list[dict[str, str]]:
    """Say who takes part, as records do."""
    return [
        {"name": each.name, "role": each.role, "kind": each.kind, "version": each.version}
        for each in lab.devices
    ]


def _about_lab(lab: Lab) -> dict[str, Any]:
    return {
        "world_s": round(lab.world.now(), 6),
        "lost_frames": lab.lost_frames,
        "notes": lab.notes,
        "devices": describe_devices(lab),
        "addresses": {str(address): name for address, name in lab.world.names.items()},
    }


def _write_capture(folder: Path, evidence: Evidence, lab: Lab) -> None:
    """Write the frames, and what decrypts them.

    On the simulated air the clock is virtual and the capture begins at zero, so that the same
    seed gives the same file.
    """
    from harness.radio.capture import StaticWepKey, TemporalKey, WpaPassphrase, write_pcapng
    from harness.radio.capture import write_wireshark_profile as write_profile

    started = 0.0 if lab.setting.air == "sim" else evidence.started
    write_pcapng(folder / "air.pcapng", lab.world.air.frames, started=started)
    phrases = (WpaPassphrase(ssid.encode(), phrase) for ssid, phrase in _passphrases(lab))
    pairwise, static = map(TemporalKey, _temporal_keys(lab)), map(StaticWepKey, _wep_keys(lab))
    write_profile(folder / "wireshark", (*phrases, *pairwise, *static))


def _temporal_keys(lab: Lab) -> tuple[bytes, ...]:
    """Each pairwise key once: those of our devices, and what the handshakes of others give."""
    words = [crossing.word for crossing in lab.world.seam]
    own = [each.key for each in words if isinstance(each, InstallKey) and each.peer is not None]
    ours = {crossing.node for crossing in lab.world.seam}
    if all(device.name in ours for device in lab.devices):
        return tuple(dict.fromkeys(own))
    from harness.crypto.psk import derive_psk
    from harness.radio.handshakes import temporal_keys

    psks = [derive_psk(phrase, ssid.encode()) for ssid, phrase in _passphrases(lab)]
    return tuple(dict.fromkeys((*own, *temporal_keys(lab.world.air.frames, psks))))


def _wep_keys(lab: Lab) -> tuple[bytes, ...]:
    """Each static key of our devices once."""
    words = (crossing.word for crossing in lab.world.seam)
    suites = (CIPHER_WEP_40, CIPHER_WEP_104)
    keys = (each.key for each in words if isinstance(each, InstallKey) and each.cipher in suites)
    return tuple(dict.fromkeys(keys))


def _write_events(file: Path, lab: Lab) -> None:
    with file.open("w", encoding="utf-8") as lines:
        for number, event in enumerate(lab.world.events):
            line = {
                "t": round(event.t, 6),
                "node": event.node,
                "name": event.name,
                "fields": {name: _plain(value) for name, value in event.fields.items()},
            }
            if (control := lab.world.renderings.get(number)) is not None:
                line["control"] = control
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def _write_json(file: Path, value: Any) -> None:
    """Write it whole or not at all: a reader may look at any time."""
    aside = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        aside.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        aside.replace(file)
    finally:
        with contextlib.suppress(FileNotFoundError):
            aside.unlink()


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _plain(value: object) -> Any:
    """What JSON can say: octets as hex, addresses and enumerations as their text."""
    if isinstance(value, bytes):
        return str(value) if type(value) is not bytes else value.hex()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, frozenset, set)):
        return [_plain(item) for item in value]
    return str(value)


def argv() -> list[str]:
    """The command line of this run."""
    return list(sys.argv)
