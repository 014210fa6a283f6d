"""Stations that are wrong in one thing each while they are access points."""

from __future__ import annotations

from typing import ClassVar

from harness.lab.testers.sta_control import OK, Alters


class TakesAnotherPin(Alters):
    """Admits another PIN than the one it is told."""

    kind: ClassVar[str] = "tester:takes-another-pin"

    def altered(self, command: str) -> str:
        return command.replace("12345670", "11111118") if self.name == "ap" else command


class KeepsPinsForGood(Alters):
    """Takes no notice of how long a PIN is good."""

    kind: ClassVar[str] = "tester:keeps-pins-for-good"

    def altered(self, command: str) -> str:
        words = command.split(" ")
        return " ".join(words[:3]) if words[0] == "WPS_PIN" else command


class ButtonWithoutEffect(Alters):
    """Says that its button is pushed, and it is not."""

    kind: ClassVar[str] = "tester:button-without-effect"

    def altered(self, command: str) -> str:
        return "NOTE" if command == "WPS_PBC" and self.name == "ap" else command

    def control(self, command: str, interface: str | None = None) -> str:
        reply = super().control(command, interface)
        return OK if command == "WPS_PBC" else reply


class SeesNoOverlap(Alters):
    """Finds nothing wrong with two Enrollees at once."""

    kind: ClassVar[str] = "tester:sees-no-overlap"

    def altered(self, command: str) -> str:
        return command

    def control(self, command: str, interface: str | None = None) -> str:
        reply = super().control(command, interface)
        return OK if command == "WPS_PBC" else reply


class KeepsApPin(Alters):
    """Can't be brought to give up its AP PIN."""

    kind: ClassVar[str] = "tester:keeps-ap-pin"

    def altered(self, command: str) -> str:
        return "NOTE x" if command == "WPS_AP_PIN disable" else command


class RefusesLearning(Alters):
    """Holds another AP PIN than it says."""

    kind: ClassVar[str] = "tester:refuses-learning"

    def altered(self, command: str) -> str:
        return command.replace("12345670", "11111118") if command.startswith("WPS_A") else command

    def control(self, command: str, interface: str | None = None) -> str:
        return super().control(command, interface).replace("11111118", "12345670")
