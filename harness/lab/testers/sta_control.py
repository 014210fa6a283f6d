"""Stations whose control interface, or what is done for it, is wrong in one thing each."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from harness.base.entropy import Entropy
from harness.base.seam import Associate, Command, Scan, TransmitEapol
from harness.lab.devices.airproof import AirproofStation
from harness.lab.edited_radio import EditedRadio
from harness.lab.loss import wsc_kind
from harness.proto.wsc_enrollee import Enrollee, EnrolleeConfig
from harness.radio.interface import Radio
from harness.sta.config import StationConfig
from harness.wire.dot11.elements import ELEMENT_RSN, element
from harness.wire.wsc import WscNack

OK = "OK\n"


class Deaf(AirproofStation):
    """Answers every command OK and does nothing."""

    kind: ClassVar[str] = "tester:deaf"

    def control(self, command: str, interface: str | None = None) -> str:
        return OK


class EveryPinIsValid(AirproofStation):
    """Finds every PIN right, as it is."""

    kind: ClassVar[str] = "tester:every-pin-is-valid"

    def control(self, command: str, interface: str | None = None) -> str:
        word, _, rest = command.partition(" ")
        return rest if word == "WPS_CHECK_PIN" else super().control(command, interface)


class NoPinIsValid(AirproofStation):
    """Finds every PIN wrong."""

    kind: ClassVar[str] = "tester:no-pin-is-valid"

    def control(self, command: str, interface: str | None = None) -> str:
        if command.startswith("WPS_CHECK_PIN"):
            return "FAIL-CHECKSUM\n"
        return super().control(command, interface)


class Alters(AirproofStation):
    """Another command in the place of the one given."""

    @abstractmethod
    def altered(self, command: str) -> str: ...

    def control(self, command: str, interface: str | None = None) -> str:
        return super().control(self.altered(command), interface)


class OnePin(Alters):
    """Has one PIN for ever."""

    kind: ClassVar[str] = "tester:one-pin"

    def altered(self, command: str) -> str:
        return f"{command} 12345670" if command == "WPS_PIN any" else command


class GetStarts(Alters):
    """Starts a run where a PIN is asked for only."""

    kind: ClassVar[str] = "tester:get-starts"

    def altered(self, command: str) -> str:
        return "WPS_PIN any" if command == "WPS_PIN get" else command


class AnyAccessPoint(Alters):
    """Takes no notice of the AP that a command names."""

    kind: ClassVar[str] = "tester:any-access-point"

    def altered(self, command: str) -> str:
        words = command.split(" ")
        return " ".join([words[0], "any", *words[2:]]) if words[0].startswith("WPS_P") else command


class ButtonIsPin(AirproofStation):
    """Enrols by the PIN 00000000 where the button is pushed, with whoever it finds."""

    kind: ClassVar[str] = "tester:button-is-pin"

    def control(self, command: str, interface: str | None = None) -> str:
        if not command.startswith("WPS_PBC"):
            return super().control(command, interface)
        super().control("WPS_PIN any 00000000", interface)
        return OK


class LearnsOnly(Alters):
    """Changes no access point's settings."""

    kind: ClassVar[str] = "tester:learns-only"

    def altered(self, command: str) -> str:
        return " ".join(command.split(" ")[:3]) if command.startswith("WPS_REG") else command


class AlwaysWpa2(Alters):
    """Gives an access point WPA2 with CCMP, whatever was named."""

    kind: ClassVar[str] = "tester:always-wpa2"

    def altered(self, command: str) -> str:
        words = command.split(" ")
        if words[0] != "WPS_REG" or len(words) < 7:
            return command
        return " ".join([*words[:4], "WPA2PSK", "CCMP", *words[6:]])


class EnrolsInstead(AirproofStation):
    """Enrols where it ought to be the Registrar."""

    kind: ClassVar[str] = "tester:enrols-instead"

    def control(self, command: str, interface: str | None = None) -> str:
        if not command.startswith("WPS_REG"):
            return super().control(command, interface)
        super().control(" ".join(["WPS_PIN", *command.split(" ")[1:3]]), interface)
        return OK


class NeverCancels(Alters):
    """Cancels nothing."""

    kind: ClassVar[str] = "tester:never-cancels"

    def altered(self, command: str) -> str:
        return "PING" if command == "WPS_CANCEL" else command


class CancelsInWords(AirproofStation):
    """Says that it has cancelled a run, and goes on with it."""

    kind: ClassVar[str] = "tester:cancels-in-words"

    def control(self, command: str, interface: str | None = None) -> str:
        if command != "WPS_CANCEL":
            return super().control(command, interface)
        self.heard_control(self.world.now(), self.interface, "WPS-CANCEL ")
        return OK


class OnePush(AirproofStation):
    """Can have its button pushed once."""

    kind: ClassVar[str] = "tester:one-push"
    _pushed = False

    def control(self, command: str, interface: str | None = None) -> str:
        if command == "WPS_PBC" and self._pushed:
            return "FAIL\n"
        self._pushed |= command == "WPS_PBC"
        return super().control(command, interface)


class NeverGivesUp(AirproofStation):
    """Begins anew whenever a run ends."""

    kind: ClassVar[str] = "tester:never-gives-up"
    _begun = ""

    def control(self, command: str, interface: str | None = None) -> str:
        if command.startswith(("WPS_P", "WPS_REG")):
            self._begun = command
        return super().control(command, interface)

    def _enter_pin(self, pin: str, backhaul: bool) -> None:
        self.control(f"WPS_PIN any {pin}")

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        super().heard_control(t, interface, text, event=event)
        if text.startswith(("WPS-FAIL ", "WPS-TIMEOUT", "WPS-CANCEL")):
            self.control(self._begun)


class GivesUpSoon(AirproofStation):
    """Ends a run at the first AP that refuses it, and when it sees an AP with its button pushed."""

    kind: ClassVar[str] = "tester:gives-up-soon"

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        super().heard_control(t, interface, text, event=event)
        if text.startswith(("WPS-M2D", "WPS-AP-AVAILABLE-PBC")):
            self.control("WPS_CANCEL")


class KeepsNothing(AirproofStation):
    """Forgets what it was given."""

    kind: ClassVar[str] = "tester:keeps-nothing"

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        super().heard_control(t, interface, text, event=event)
        if text.startswith(("WPS-SUCCESS", "CTRL-EVENT-EAP-FAILURE")):
            self.control("REMOVE_NETWORK all")


class Impatient(AirproofStation):
    """Joins a network that it knows whatever else it was told to do."""

    kind: ClassVar[str] = "tester:impatient"

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        super().heard_control(t, interface, text, event=event)
        if text.startswith("WPS-PIN-ACTIVE"):
            self.control("SELECT_NETWORK 0")


class OtherPassword(AirproofStation):
    """Names a password that was spoken by its user in M1."""

    kind: ClassVar[str] = "tester:other-password"

    def enrollee(self, config: EnrolleeConfig, entropy: Entropy) -> Enrollee:
        return Enrollee(dataclasses.replace(config, device_password_id=1), entropy)


class OtherUuid(AirproofStation):
    """Has one UUID for ever, whatever its file and its address are."""

    kind: ClassVar[str] = "tester:other-uuid"

    def configuration(self) -> StationConfig:
        return dataclasses.replace(super().configuration(), uuid=bytes(15) + b"\1")


class SearchesSilently(AirproofStation):
    """Says nothing of WPS in its Probe Requests."""

    kind: ClassVar[str] = "tester:searches-silently"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(
            radio,
            lambda command: (
                (dataclasses.replace(command, elements=b""),)
                if isinstance(command, Scan)
                else (command,)
            ),
        )


class WantsSecurity(AirproofStation):
    """Names a cipher when it associates for WPS."""

    kind: ClassVar[str] = "tester:wants-security"
    _RSN = element(ELEMENT_RSN, bytes.fromhex("0100000fac040100000fac040100000fac020000"))

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, self._edit)

    def _edit(self, command: Command) -> Iterable[Command]:
        if isinstance(command, Associate) and command.akm is None:
            return (dataclasses.replace(command, elements=self._RSN + command.elements),)
        return (command,)


# ---- what a scan shows ----------------------------------------------------------------------


class _Shows(AirproofStation):
    """Something else in the place of a flag that SCAN_RESULTS or BSS shows."""

    in_place_of: ClassVar[tuple[str, ...]]
    shown: ClassVar[str]
    verbs: ClassVar[tuple[str, ...]] = ("SCAN_RESULTS", "BSS")

    def control(self, command: str, interface: str | None = None) -> str:
        reply = super().control(command, interface)
        if command.split(" ")[0] in self.verbs:
            for each in self.in_place_of:
                reply = reply.replace(each, self.shown)
        return reply


class ShowsNoWps(_Shows):
    """Shows no flag of WPS and none of its fields."""

    kind: ClassVar[str] = "tester:shows-no-wps"
    in_place_of = ("[WPS]", "[WPS-PBC]", "[WPS-PIN]", "[WPS-AUTH]", "wps_")
    shown = ""


class ShowsNoFlagOfOne(_Shows):
    """Shows no flag of WPS of a single BSS."""

    kind: ClassVar[str] = "tester:shows-no-flag-of-one"
    in_place_of = ("[WPS]",)
    shown = ""
    verbs = ("BSS",)


class ShowsWps(_Shows):
    """Shows the flag of WPS wherever it sees an AP."""

    kind: ClassVar[str] = "tester:shows-wps"
    in_place_of = ("[ESS]",)
    shown = "[WPS][ESS]"


class ShowsButtons(_Shows):
    """Shows each AP's button as pushed."""

    kind: ClassVar[str] = "tester:shows-buttons"
    in_place_of = ("[WPS]", "[WPS-PIN]", "[WPS-AUTH]")
    shown = "[WPS-PBC]"


class CriesWolf(AirproofStation):
    """Tells of WPS after each scan."""

    kind: ClassVar[str] = "tester:cries-wolf"

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        super().heard_control(t, interface, text, event=event)
        if text.startswith("CTRL-EVENT-SCAN-RESULTS"):
            super().heard_control(t, interface, "WPS-AP-AVAILABLE ", event=event)


# ---- what becomes of Credentials ------------------------------------------------------------


class ProcessesAll(AirproofStation):
    """Takes Credentials in and keeps their octets to itself, whatever its file says."""

    kind: ClassVar[str] = "tester:processes-all"

    def configuration(self) -> StationConfig:
        return dataclasses.replace(super().configuration(), wps_cred_processing=0)


class NeverSaves(AirproofStation):
    """Writes no file."""

    kind: ClassVar[str] = "tester:never-saves"

    def start(self) -> None:
        self.keys = {**self.keys, "update_config": "0"}
        super().start()


class AlwaysSaves(AirproofStation):
    """Writes its file unasked."""

    kind: ClassVar[str] = "tester:always-saves"

    def start(self) -> None:
        self.keys = {**self.keys, "update_config": "1"}
        super().start()


class NeverRefuses(AirproofStation):
    """Sends no WSC_NACK."""

    kind: ClassVar[str] = "tester:never-refuses"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(
            radio,
            lambda command: (
                ()
                if isinstance(command, TransmitEapol) and wsc_kind(command.payload) is WscNack
                else (command,)
            ),
        )
