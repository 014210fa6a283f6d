"""The ground of the tests with two programs: a radio for an access point, one for a station."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from programs import Monitor, Process, running, wait

from harness.radio.capture import write_pcapng
from harness.radio.hwsim import HwsimAir
from harness.radio.hwsim.port import InterfacePort
from harness.wire.dot11.ethernet import EthernetFrame

EXPERIMENTAL = 0x88B5
"""EtherType for private use (IEEE 802)."""


class TwoRadios:
    """An air with two radios, and the folder of what runs there.

    `names`: what differs from run to run, and what stands for it in what is compared.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.air = HwsimAir()
        try:
            self.ap = self.air.add_bare_radio("ap")
            self.sta = self.air.add_bare_radio("sta")
        except BaseException:
            self.air.close()
            raise
        self.names = {
            str(folder): "<folder>",
            str(self.ap.address): "<ap>",
            str(self.sta.address): "<sta>",
        }
        self._monitors: list[Monitor] = []

    def close(self) -> None:
        for monitor in self._monitors:
            monitor.close()
        self.air.close()

    def file(self, name: str, text: str, rest: str = "") -> Path:
        """Write a file; in `text`, `{folder}`, `{phy}` and `{sta}` stand for what they name."""
        path = self.folder / name
        text = text.format(folder=self.folder, phy=self.ap.phy, sta=self.sta.address)
        path.write_text(text + rest)
        return path

    def at_ap(self, *command: str) -> AbstractContextManager[Process]:
        """Run a program at the access point's radio; its log is ap.log."""
        return running(self.ap.namespace, self.folder / "ap.log", *command)

    def at_station(
        self, program: tuple[str, ...], *options: str
    ) -> AbstractContextManager[Process]:
        """Run a station's program with sta.conf at its radio; its log is sta.log."""
        command = *program, "-Dnl80211", "-iwlan0", "-c", str(self.folder / "sta.conf"), *options
        return running(self.sta.namespace, self.folder / "sta.log", *command)

    @contextmanager
    def attended_station(self, program: tuple[str, ...]) -> Iterator[Monitor]:
        """Run a station's program that begins only when there is a monitor, this one.

        So nothing that it tells is missed, however soon it joins.
        """
        with self.at_station(program, "-W"):
            place = self.folder / "sta" / "wlan0"
            wait("the station", place.exists)
            monitor = self.client(place, attached=True)
            wait("its beginning", lambda: "wpa_state=" in monitor.ask("STATUS"))
            yield monitor

    def client(self, server: Path, *, attached: bool = False) -> Monitor:
        """A client of any control socket; hung up when the ground is left."""
        own = self.folder / f"monitor{len(self._monitors)}"
        made = Monitor(server, own, attached=attached)
        self._monitors.append(made)
        return made

    def exchange(self) -> str:
        """Send a frame from the station's stack to the access point's, and one back."""
        ports = [self.air.open_port(node, "wlan0") for node in ("sta", "ap")]
        there, back = self._carry(*ports), self._carry(*reversed(ports))
        return f"there: {there}, back: {back}"

    def _carry(self, sender: InterfacePort, receiver: InterfacePort, within_s: float = 2.0) -> str:
        payload = b"from " + str(sender.address).encode()
        sender.send(EthernetFrame(receiver.address, sender.address, EXPERIMENTAL, payload))
        limit = self.air.now() + within_s
        while self.air.now() < limit:
            self.air.advance(limit)
            if any(frame.payload.startswith(payload) for _, frame in receiver.poll()):
                return "arrives"
        return "is lost"

    def capture(self, path: Path) -> None:
        """Write what was on the air so far."""
        self.air.advance(self.air.now())
        write_pcapng(path, self.air.frames)

    def named(self, said: str) -> str:
        """With names in the place of what differs from run to run."""
        for own, name in self.names.items():
            said = said.replace(own, name)
        return said

    def named_back(self, words: str) -> str:
        for own, name in self.names.items():
            words = words.replace(name, own)
        return words
