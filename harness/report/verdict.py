"""Verdicts, computed from raw records and never stored beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any


class Verdict(Enum):
    """What a record says about the devices; `blames` tells when the run as a whole is not good."""

    PASS = "PASS"
    WEAK = "WEAK"
    FAIL = "FAIL"
    UNSUPPORTED = "UNSUPPORTED"
    INCONCLUSIVE = "INCONCLUSIVE"
    SETUP = "SETUP"
    HARNESS = "HARNESS"
    NOT_RUN = "NOT-RUN"

    @property
    def good(self) -> bool:
        """True when nobody has to look: the requirement is met, or declared out of scope."""
        return self in (Verdict.PASS, Verdict.WEAK, Verdict.UNSUPPORTED)


MEANING: Mapping[Verdict, str] = {
    Verdict.PASS: "the requirement was met in this exchange",
    Verdict.WEAK: "a recommendation (SHOULD) was not met",
    Verdict.FAIL: "a device under test broke the requirement",
    Verdict.UNSUPPORTED: "declared beforehand as not supported",
    Verdict.INCONCLUSIVE: "the evidence that would decide is missing",
    Verdict.SETUP: "the stage could not be set; nothing is said about the devices",
    Verdict.HARNESS: "airproof itself failed; nothing is said about the devices",
    Verdict.NOT_RUN: "did not run",
}

_UNBLAMED = {
    "setup": Verdict.SETUP,
    "unsupported": Verdict.UNSUPPORTED,
    "inconclusive": Verdict.INCONCLUSIVE,
    "internal": Verdict.HARNESS,
    "skipped": Verdict.NOT_RUN,
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with the one sentence that explains it.

    `known`: why this failure is known already; empty when it is not.
    """

    verdict: Verdict
    reason: str
    known: str = ""

    @property
    def good(self) -> bool:
        """True when nobody has to look."""
        return self.verdict.good or bool(self.known)


def judge(record: Mapping[str, Any], known: str = "") -> Judgement:
    """Give the verdict of one `record.json`; `known` explains its failure, if that is known.

    Only a failed expectation or a peer's breach of protocol after set-up can be a FAIL. An
    outcome of an unknown kind is HARNESS: a record that we can't read is our fault.
    """
    judgement = _judge(record)
    if known and judgement.verdict is Verdict.FAIL:
        return replace(judgement, known=known)
    if known and judgement.verdict is Verdict.PASS:
        return replace(judgement, reason="a known finding did not show: take it off the list")
    return judgement


def _judge(record: Mapping[str, Any]) -> Judgement:
    outcome = record["outcome"]
    kind, message = outcome["kind"], outcome.get("message", "")
    if kind == "passed":
        return Judgement(Verdict.PASS, "")
    if kind in _UNBLAMED:
        return Judgement(_UNBLAMED[kind], message)
    if kind not in ("expectation", "violation"):
        return Judgement(Verdict.HARNESS, f"unknown kind of outcome {kind!r}: {message}")
    return _judge_breach(record, outcome["phase"], message)


def _judge_breach(record: Mapping[str, Any], phase: str, message: str) -> Judgement:
    if phase == "setup":
        return Judgement(Verdict.SETUP, message)
    if phase == "teardown":
        return Judgement(Verdict.HARNESS, f"after the scenario: {message}")
    lost = record.get("lost_frames", 0)
    if lost:
        return Judgement(Verdict.INCONCLUSIVE, f"the capture lost {lost} frames; {message}")
    level = record["requirement"]["level"]
    if level == "SHOULD":
        return Judgement(Verdict.WEAK, message)
    if level == "OBSERVE":
        return Judgement(Verdict.PASS, f"observed otherwise: {message}")
    return Judgement(Verdict.FAIL, message)
