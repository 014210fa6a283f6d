"""Stations that are wrong in one thing while they are an access point."""

from __future__ import annotations

from typing import ClassVar

from harness.lab.devices.airproof import AirproofStation

OK = "OK\n"


class _Replies(AirproofStation):
    """Another text in the place of one in the replies to some commands."""

    verbs: ClassVar[tuple[str, ...]]
    in_place_of: ClassVar[str]
    said: ClassVar[str]

    def control(self, command: str, interface: str | None = None) -> str:
        reply = super().control(command, interface)
        if command.split(" ")[0] in self.verbs:
            reply = reply.replace(self.in_place_of, self.said)
        return reply


class SaysStation(_Replies):
    """Says that it is a station."""

    kind: ClassVar[str] = "tester:says-station"
    verbs = ("STATUS",)
    in_place_of, said = "mode=AP", "mode=station"


class RefusesPlainly(_Replies):
    """Does not say that an overlap is why."""

    kind: ClassVar[str] = "tester:refuses-plainly"
    verbs = ("WPS_PBC",)
    in_place_of, said = "FAIL-PBC-OVERLAP", "FAIL"


class HidesAuthorization(_Replies):
    """Shows no station as authorized."""

    kind: ClassVar[str] = "tester:hides-authorization"
    verbs = ("STA",)
    in_place_of, said = "[AUTHORIZED]", ""


class ForgetsPins(AirproofStation):
    """Takes a PIN and forgets it at once."""

    kind: ClassVar[str] = "tester:forgets-pins"

    def control(self, command: str, interface: str | None = None) -> str:
        words = command.split(" ")
        return words[2] if words[0] == "WPS_PIN" else super().control(command, interface)


class PlainPins(AirproofStation):
    """Takes a PIN without its expiration time."""

    kind: ClassVar[str] = "tester:plain-pins"

    def control(self, command: str, interface: str | None = None) -> str:
        words = command.split(" ")
        return super().control(
            " ".join(words[:3]) if words[0] == "WPS_PIN" else command, interface
        )


class NoApPin(AirproofStation):
    """Has no PIN of the access point."""

    kind: ClassVar[str] = "tester:no-ap-pin"

    def control(self, command: str, interface: str | None = None) -> str:
        return "FAIL\n" if command.startswith("WPS_AP_PIN") else super().control(command, interface)


class AlwaysWps(AirproofStation):
    """Has WPS also where it is switched off."""

    kind: ClassVar[str] = "tester:always-wps"

    def control(self, command: str, interface: str | None = None) -> str:
        return super().control(command.replace("wps_disabled 1", "wps_disabled 0"), interface)


class NeverEnds(AirproofStation):
    """Says that the access point ended, and goes on."""

    kind: ClassVar[str] = "tester:never-ends"

    def control(self, command: str, interface: str | None = None) -> str:
        if command != "DISCONNECT":
            return super().control(command, interface)
        self.heard_control(self.world.now(), self.interface, "AP-DISABLED ")
        return OK
