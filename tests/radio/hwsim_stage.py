"""What the tests on kernel radios share: a plain access point, a plain station, programs."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from harness.base.address import BROADCAST, MacAddress
from harness.base.seam import AddPeer, Associate, Authenticate, StartBss, TransmitManagement
from harness.base.seam_events import Associated, Authenticated, ManagementReceived, RadioEvent
from harness.radio.hwsim import HwsimAir
from harness.radio.nl80211 import Nl80211Radio
from harness.wire.dot11.elements import Elements, element
from harness.wire.dot11.frames import (
    AssociationRequest,
    AssociationResponse,
    Authentication,
    Beacon,
    ProbeRequest,
    ProbeResponse,
    decode_frame,
)
from harness.wire.dot11.header import management_header

CHANNEL = 2437
SSID = b"airproof kernel"
RATES = bytes.fromhex("82848b960c121824")
EXTENDED_RATES = bytes.fromhex("3048606c")
CAPABILITY = 0x0421
WITHIN_S = 60.0


def until(air: HwsimAir, seen: Callable[[], object], within_s: float = WITHIN_S) -> object:
    """Let time pass until `seen` gives something; fail when it does not."""
    deadline = air.now() + within_s
    while not (found := seen()):
        assert air.now() < deadline, f"{seen} gave nothing within {within_s} s"
        air.advance(deadline)
    return found


def heard(air: HwsimAir, listener: Listener, give: Callable[[], list], within_s: float = WITHIN_S):
    """Let a listener hear and react until `give` gives something."""

    def give_after_polling() -> list:
        listener.poll()
        return give()

    return until(air, give_after_polling, within_s)


def settle(air: HwsimAir, for_s: float = 0.05) -> None:
    """Let time pass. The kernel opens a new link for data only after a while."""
    deadline = air.now() + for_s
    while air.now() < deadline:
        air.advance(deadline)


class Listener:
    """Keeps the events of a radio, and reacts to them."""

    def __init__(self, radio: Nl80211Radio) -> None:
        self.radio = radio
        self.events: list[RadioEvent] = []

    def poll(self) -> list[RadioEvent]:
        came = [event for _, event in self.radio.poll()]
        self.events += came
        for event in came:
            self.react(event)
        return came

    def react(self, event: RadioEvent) -> None:
        pass

    def all(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]


class PlainAccessPoint(Listener):
    """An open network: beacons, answers probes, lets everyone in. No protocol beyond that."""

    def __init__(self, radio: Nl80211Radio, *, extra: bytes = b"", bridge: str | None = None):
        super().__init__(radio)
        self.bssid = radio.address
        self.extra = extra
        self.elements = element(0, SSID) + element(1, RATES) + element(3, bytes([6]))
        self.tail = element(50, EXTENDED_RATES) + extra
        head = Beacon(self._header(8, BROADCAST), 0, 100, CAPABILITY, Elements(self.elements))
        radio.perform(
            StartBss(
                interface="wlan0",
                bssid=self.bssid,
                ssid=SSID,
                frequency=CHANNEL,
                beacon_head=head.encode(),
                beacon_tail=self.tail,
                bridge=bridge,
            )
        )

    def _header(self, subtype: int, destination: MacAddress):
        return management_header(
            subtype, destination=destination, source=self.bssid, bssid=self.bssid
        )

    def react(self, event: RadioEvent) -> None:
        if not isinstance(event, ManagementReceived):
            return
        frame = decode_frame(event.frame)
        if isinstance(frame, ProbeRequest):
            self._answer_probe(frame)
        elif isinstance(frame, Authentication):
            header = self._header(11, frame.header.transmitter)
            self._send(Authentication(header, 0, 2, 0).encode())
        elif isinstance(frame, AssociationRequest):
            self._answer_association(frame)

    def _answer_probe(self, frame: ProbeRequest) -> None:
        if frame.elements.ssid not in (b"", SSID):
            return
        header = self._header(5, frame.header.transmitter)
        elements = Elements(self.elements + self.tail)
        self._send(ProbeResponse(header, 0, 100, CAPABILITY, elements).encode())

    def _answer_association(self, frame: AssociationRequest) -> None:
        peer = frame.header.transmitter
        self.radio.perform(
            AddPeer(
                interface="wlan0",
                peer=peer,
                aid=1,
                capability=frame.capability,
                listen_interval=frame.listen_interval,
                rates=frame.elements.rates,
            )
        )
        elements = Elements(element(1, RATES) + element(50, EXTENDED_RATES) + self.extra)
        response = AssociationResponse(self._header(1, peer), CAPABILITY, 0, 1, elements)
        self._send(response.encode(), token=len(self.events))

    def _send(self, frame: bytes, token: int = 0) -> None:
        self.radio.perform(TransmitManagement(interface="wlan0", frame=frame, token=token))


class PlainStation(Listener):
    """Joins an open network when told to."""

    def join(
        self,
        air: HwsimAir,
        bssid: MacAddress,
        *others: Listener,
        ssid: bytes = SSID,
        elements: bytes = b"",
    ) -> Associated:
        place = {"interface": "wlan0", "bssid": bssid, "frequency": CHANNEL, "ssid": ssid}
        self.radio.perform(Authenticate(**place))
        wait_for(air, self, Authenticated, *others)
        self.radio.perform(Associate(**place, elements=elements))
        return wait_for(air, self, Associated, *others)


def wait_for(
    air: HwsimAir, who: Listener, kind: type, *others: Listener, within_s: float = WITHIN_S
):
    """Let time pass until `who` hears a further event of a kind; everyone reacts meanwhile."""
    known = len(who.all(kind))

    def heard() -> object:
        for listener in (who, *others):
            listener.poll()
        return who.all(kind)[known:]

    try:
        return until(air, heard, within_s)[0]
    except AssertionError:
        raise AssertionError(f"no {kind.__name__}; came: {who.events}") from None


@contextlib.contextmanager
def program(namespace: str, folder: Path, *command: str) -> Iterator[Path]:
    """Run a program in a network namespace; gives the file that holds what it prints."""
    log = folder / f"{command[0]}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            ("ip", "netns", "exec", namespace, *command), stdout=output, stderr=output
        )
    try:
        yield log
    finally:
        process.terminate()
        process.wait(timeout=60)


def hostapd(namespace: str, folder: Path, *lines: str):
    """Run hostapd on wlan0 of a namespace, on `CHANNEL`."""
    configuration = folder / "hostapd.conf"
    fixed = ("interface=wlan0", "driver=nl80211", f"ssid={SSID.decode()}", "hw_mode=g", "channel=6")
    configuration.write_text("\n".join((*fixed, *lines, "")))
    return program(namespace, folder, "hostapd", str(configuration))


def wpa_supplicant(namespace: str, folder: Path, *options: str, network: str):
    """Run wpa_supplicant on wlan0 of a namespace with one network."""
    configuration = folder / "wpa_supplicant.conf"
    configuration.write_text("network={\n" + network + "\n}\n")
    command = ("wpa_supplicant", "-iwlan0", "-Dnl80211", f"-c{configuration}", *options)
    return program(namespace, folder, *command)


def wait_for_beacon(air: HwsimAir) -> None:
    """Let time pass until a beacon is on the air."""
    until(air, lambda: [f for f in air.frames if f.octets[0] == 0x80], 20)


def run(namespace: str, *command: str) -> str:
    """Run a command in a network namespace and give what it printed."""
    done = subprocess.run(
        ("ip", "netns", "exec", namespace, *command), capture_output=True, text=True, check=True
    )
    return done.stdout
