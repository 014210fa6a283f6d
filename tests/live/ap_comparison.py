"""Lets the real hostapd and ours go through the same topic, and compares what they said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ap_ground import Ground
from comparison import Explained, Transcript, differences
from programs import ours, real

Topic = Callable[[Ground], None]


def both(folder: Path, topic: Topic) -> tuple[Transcript, Transcript]:
    """Let the real hostapd and ours go through a topic."""
    transcripts = []
    for name, program in (("real", real()), ("ours", ours())):
        ground = Ground(folder / name, program)
        try:
            topic(ground)
        except AssertionError as error:
            log = (ground.folder / "ap.log").read_text(errors="replace")[-4000:]
            raise AssertionError(f"{name}: {error}\n{ground.said}\n{log}") from error
        finally:
            ground.close()
        transcripts.append(ground.said)
    return transcripts[0], transcripts[1]


def compare(folder: Path, topic: Topic, explained: Explained) -> None:
    """Let both go through a topic, and fail with all that they say differently."""
    found = differences(*both(folder, topic), explained)
    assert not found, "\n".join(found)
