"""Runs as the lab leaves them behind, made by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def scenario(name: str, kind: str, message: str = "") -> dict[str, Any]:
    return {
        "id": f"map.{name}",
        "nodeid": f"scenarios/multi_ap/test_x.py::test_{name}",
        "requirement": {"id": f"map.{name}", "clause": "Multi-AP 5.2", "level": "MUST"},
        "title": f"About {name}.",
        "outcome": {
            "kind": kind,
            "phase": "call",
            "message": message,
            "expected": "<b>this</b>",
            "got": "that",
            "clause": "Multi-AP 9.1",
            "frame": None,
            "excerpt": "",
            "traceback": "Traceback: \x00 here" if kind == "internal" else "",
        },
        "notes": ["M8 could not be opened"],
        "devices": [{"name": "ap", "role": "ap", "kind": "airproof", "version": "1"}],
        "addresses": {},
        "duration_s": 0.25,
        "world_s": 3.5,
        "lost_frames": 0,
    }


def write_run(folder: Path, *records: dict[str, Any], planned: int | None = None) -> Path:
    plan = [{key: one[key] for key in ("id", "nodeid", "requirement", "title")} for one in records]
    about = {"started": "2026-01-02T03:04:05Z", "air": "sim", "ap": "a", "sta": "b", "seed": 7}
    folder.mkdir(exist_ok=True)
    (folder / "run.json").write_text(json.dumps({**about, "planned": plan}))
    for one in records[:planned]:
        (folder / one["id"]).mkdir()
        (folder / one["id"] / "record.json").write_text(json.dumps(one))
    return folder
