"""Access points whose control interface is wrong in one thing each."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from pathlib import Path
from typing import ClassVar

from harness.base.address import MacAddress
from harness.base.event import Event
from harness.base.seam import TransmitEapol
from harness.base.seam_events import EapolReceived, ManagementReceived, RadioEvent
from harness.lab.devices.airproof import AirproofAccessPoint
from harness.lab.edited_radio import EditedRadio
from harness.radio.interface import Radio
from harness.wire.dot11.frames import decode_frame
from harness.wire.eap import EapCode, EapPacket
from harness.wire.eapol import EAPOL_EAP, EapolFrame

OK = "OK\n"


class Deaf(AirproofAccessPoint):
    """Answers every command OK and does nothing."""

    kind: ClassVar[str] = "tester:deaf"

    def control(self, command: str, interface: str | None = None) -> str:
        return OK


class _Alters(AirproofAccessPoint):
    """Another command in the place of the one given."""

    @abstractmethod
    def altered(self, words: list[str]) -> list[str]: ...

    def control(self, command: str, interface: str | None = None) -> str:
        return super().control(" ".join(self.altered(command.split(" "))), interface)


class PlainPins(_Alters):
    """Takes a PIN without its expiration time and its MAC address."""

    kind: ClassVar[str] = "tester:plain-pins"

    def altered(self, words: list[str]) -> list[str]:
        return words[:3] if words[0] == "WPS_PIN" else words


class PinsForAnybody(_Alters):
    """Takes each PIN as one for any Enrollee."""

    kind: ClassVar[str] = "tester:pins-for-anybody"

    def altered(self, words: list[str]) -> list[str]:
        return [words[0], "any", *words[2:]] if words[0] == "WPS_PIN" else words


class ForgetsPins(_Alters):
    """Forgets each PIN after a second."""

    kind: ClassVar[str] = "tester:forgets-pins"

    def altered(self, words: list[str]) -> list[str]:
        return [*words[:3], "1"] if words[0] == "WPS_PIN" else words


class AuthorizesOne(_Alters):
    """Takes each PIN as one for a certain address."""

    kind: ClassVar[str] = "tester:authorizes-one"

    def altered(self, words: list[str]) -> list[str]:
        return [*words[:3], "0", "02:11:22:33:44:55"] if words[0] == "WPS_PIN" else words


class OnePush(AirproofAccessPoint):
    """Does not feel the button after the first time."""

    kind: ClassVar[str] = "tester:one-push"
    pushed = False

    def control(self, command: str, interface: str | None = None) -> str:
        if command == "WPS_PBC" and self.pushed:
            return OK
        self.pushed |= command == "WPS_PBC"
        return super().control(command, interface)


class OnePin(AirproofAccessPoint):
    """Takes no PIN after the first one."""

    kind: ClassVar[str] = "tester:one-pin"
    entered = False

    def control(self, command: str, interface: str | None = None) -> str:
        if command.startswith("WPS_PIN ") and self.entered:
            return OK
        self.entered |= command.startswith("WPS_PIN ")
        return super().control(command, interface)


class _DeafTo(AirproofAccessPoint):
    """A fixed answer to one command, and nothing done."""

    command: ClassVar[str]
    answer: ClassVar[str] = OK

    def control(self, command: str, interface: str | None = None) -> str:
        if command.split(" ")[0] == self.command:
            return self.answer
        return super().control(command, interface)


class NeverCancels(_DeafTo):
    """Cancels nothing."""

    kind: ClassVar[str] = "tester:never-cancels"
    command: ClassVar[str] = "WPS_CANCEL"


class RefusesButton(_DeafTo):
    """Refuses the button always."""

    kind: ClassVar[str] = "tester:refuses-button"
    command: ClassVar[str] = "WPS_PBC"
    answer: ClassVar[str] = "FAIL\n"


class NothingNew(_DeafTo):
    """Says of WPS what it was in the beginning."""

    kind: ClassVar[str] = "tester:nothing-new"
    command: ClassVar[str] = "WPS_GET_STATUS"
    answer: ClassVar[str] = "PBC Status: Disabled\nLast WPS result: None\n"


class NoPinIsValid(_DeafTo):
    """Finds every PIN wrong."""

    kind: ClassVar[str] = "tester:no-pin-is-valid"
    command: ClassVar[str] = "WPS_CHECK_PIN"
    answer: ClassVar[str] = "FAIL-CHECKSUM\n"


class EveryPinIsValid(AirproofAccessPoint):
    """Finds every PIN right, as it is."""

    kind: ClassVar[str] = "tester:every-pin-is-valid"

    def control(self, command: str, interface: str | None = None) -> str:
        word, _, rest = command.partition(" ")
        return rest if word == "WPS_CHECK_PIN" else super().control(command, interface)


class KeepsPins(AirproofAccessPoint):
    """Takes the PIN of a run that ended as if it was entered again."""

    kind: ClassVar[str] = "tester:keeps-pins"
    entered = ""

    def control(self, command: str, interface: str | None = None) -> str:
        if command.startswith("WPS_PIN "):
            self.entered = command
        return super().control(command, interface)

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        super().heard_control(t, interface, text, event=event)
        if text.startswith("CTRL-EVENT-EAP-FAILURE") and self.entered:
            self.control(self.entered)


class AlwaysPushed(AirproofAccessPoint):
    """Takes the button as pushed, always."""

    kind: ClassVar[str] = "tester:always-pushed"

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        super().heard_control(t, interface, text, event=event)
        if text.startswith(("AP-ENABLED", "WPS-TIMEOUT", "CTRL-EVENT-EAP-FAILURE")):
            self.control("WPS_PBC")


_UNTOLD = ("WPS-REG-SUCCESS", "WPS-FAIL", "AP-STA-CONNECTED", "CTRL-EVENT-EAP-RETRANSMIT")


class TellsLittle(AirproofAccessPoint):
    """Tells of no enrolment's end, of no repetition, and of no station that came."""

    kind: ClassVar[str] = "tester:tells-little"

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        if not text.startswith(_UNTOLD):
            super().heard_control(t, interface, text, event=event)


class BlurredRequests(AirproofAccessPoint):
    """Tells of Enrollees without PIN with other separators."""

    kind: ClassVar[str] = "tester:blurred-requests"

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        super().heard_control(t, interface, text.replace("|", ","), event=event)

    def _note_pin_request(self, interface: str, event: Event) -> None:
        assert self._controlled is not None
        path = self._controlled.bss(interface).get("wps_pin_requests")
        super()._note_pin_request(interface, event)
        if path:
            file = Path(path)
            file.write_text(file.read_text(encoding="utf-8").replace("\t", " "), encoding="utf-8")


class NeverFails(AirproofAccessPoint):
    """Ends no EAP run with a Failure."""

    kind: ClassVar[str] = "tester:no-eap-failure"

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(
            radio,
            lambda command: (
                ()
                if isinstance(command, TransmitEapol) and _is_failure(command.payload)
                else (command,)
            ),
        )


def _is_failure(payload: bytes) -> bool:
    frame = EapolFrame.decode(payload)
    return frame.type == EAPOL_EAP and EapPacket.decode(frame.body).code == EapCode.FAILURE


class ServesOne(AirproofAccessPoint):
    """Sees no frame of any station but the first."""

    kind: ClassVar[str] = "tester:serves-one"
    _first: MacAddress | None = None

    def radio(self, radio: Radio) -> Radio:
        return EditedRadio(radio, hear=self._hear)

    def _hear(self, event: RadioEvent) -> RadioEvent:
        if isinstance(event, ManagementReceived):
            whose = decode_frame(event.frame).header.transmitter
            if self._first is None:
                self._first = whose
            return event if whose == self._first else dataclasses.replace(event, frame=b"")
        if isinstance(event, EapolReceived) and event.source != self._first:
            return dataclasses.replace(event, payload=b"")
        return event


class OneApPin(AirproofAccessPoint):
    """Draws always the same AP PIN, and a wrong one."""

    kind: ClassVar[str] = "tester:one-ap-pin"

    def control(self, command: str, interface: str | None = None) -> str:
        if command.startswith("WPS_AP_PIN random"):
            return "12345678"
        return super().control(command, interface)


class KeepsApPins(_Alters):
    """Sets AP PINs without their time-out."""

    kind: ClassVar[str] = "tester:keeps-ap-pins"

    def altered(self, words: list[str]) -> list[str]:
        if words[:2] == ["WPS_AP_PIN", "set"]:
            return [*words[:3], "0"]
        return [*words[:2], "0"] if words[:2] == ["WPS_AP_PIN", "random"] else words


class OpenSetup(AirproofAccessPoint):
    """Lets every Registrar with a certain AP PIN in, whatever it was told."""

    kind: ClassVar[str] = "tester:open-setup"

    def start(self) -> None:
        self.keys = {**self.keys, "ap_setup_locked": None}
        super().start()
        super().control("WPS_AP_PIN set 12345670")

    def control(self, command: str, interface: str | None = None) -> str:
        return OK if command == "WPS_AP_PIN disable" else super().control(command, interface)


class SharesTheKey(AirproofAccessPoint):
    """Gives every Enrollee the one passphrase, whatever file of keys there is."""

    kind: ClassVar[str] = "tester:shares-the-key"

    def start(self) -> None:
        self.keys = {**self.keys, "wpa_psk_file": None, "wpa_passphrase": "for the others"}
        super().start()


class ForgetsWep(AirproofAccessPoint):
    """Takes a configuration with WEP for one of an open network."""

    kind: ClassVar[str] = "tester:forgets-wep"

    def start(self) -> None:
        self.keys = {**self.keys, "wep_key0": None, "wep_default_key": None}
        super().start()


class BuildsItsOwn(AirproofAccessPoint):
    """Gives the Credential of its network, whatever file of others there is."""

    kind: ClassVar[str] = "tester:builds-its-own"

    def start(self) -> None:
        self.keys = {**self.keys, "skip_cred_build": None, "extra_cred": None}
        super().start()


class ForgetsKeys(AirproofAccessPoint):
    """Empties the file of keys before it reads it again."""

    kind: ClassVar[str] = "tester:forgets-keys"

    def control(self, command: str, interface: str | None = None) -> str:
        path = self.keys.get("wpa_psk_file")
        if command == "RELOAD_WPA_PSK" and path is not None:
            Path(path).write_text("", encoding="utf-8")
        return super().control(command, interface)


class Forgives(AirproofAccessPoint):
    """Takes its AP PIN as set anew after each wrong guess."""

    kind: ClassVar[str] = "tester:forgives"

    def heard_control(self, t: float, interface: str, text: str, *, event: bool = True) -> None:
        super().heard_control(t, interface, text, event=event)
        if text.startswith("WPS-FAIL"):
            self.control("WPS_AP_PIN set 12345670 0")
