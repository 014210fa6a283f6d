"""`lab`: what a scenario holds in its hand."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.base.entropy import SeededEntropy
from harness.base.errors import (
    AirproofError,
    ConfigError,
    RadioError,
    SetupFailed,
    Unsupported,
)
from harness.lab import devices
from harness.lab.devices.interface import (
    BRIDGE,
    LOST_MESSAGE,
    WPA3,
    AccessPointDevice,
    Device,
    Place,
    StationDevice,
    all_addresses,
)
from harness.lab.devices.networks import HUNTING_AND_PECKING, Bss, Keys
from harness.lab.devices.stage import inject, isolate
from harness.lab.expectations import AirView, ExpectationFailed
from harness.lab.host import Host
from harness.lab.loss import lose
from harness.lab.opened import compared_with, open_credentials
from harness.lab.opened_data import open_data
from harness.lab.transcript import Seen, Transcript
from harness.lab.well_formed import judge_messages
from harness.lab.world import World
from harness.radio.interface import Air, EthernetPort
from harness.wire.dot11.frames import Frame


@dataclass(frozen=True)
class Setting:
    """What a scenario runs on: kinds of air and devices, the seed, a folder for its files."""

    air: str
    ap: str
    sta: str
    seed: str
    folder: Path


class Lab:
    """The fixture of every scenario: builds devices and hosts, and shows the air.

    `notes`: what the record must say beside the outcome. `devices`: all that were built.
    """

    def __init__(self, setting: Setting, air: Air) -> None:
        self.setting = setting
        self.world = World(air)
        self.transcript = Transcript(air.frames, self.world.names)
        self.air = AirView(self.world, self.transcript)
        self.devices: list[Device] = []
        self.hosts: list[Host] = []
        self.bsss: list[Bss] = []
        self.notes: list[str] = []
        self._lost_at_end: int | None = None

    @property
    def lost_frames(self) -> int:
        """How many frames the capture is known to lack."""
        if self._lost_at_end is not None:
            return self._lost_at_end
        return int(getattr(self.world.air, "lost_frames", 0))

    def ap(
        self,
        *bsss: Bss,
        name: str = "ap",
        frequency: int = 2412,
        on: Device | None = None,
        keys: Keys | None = None,
        **single: Any,
    ) -> AccessPointDevice:
        """Start an access point with these BSSs, or with one from the arguments of `Bss`.

        `frequency` in MHz. `on`: a device whose node, and so whose bridge, it shares with a radio
        of its own. `keys`: lines of hostapd's configuration file in the place of what the lab
        would say, for the radio and the first BSS; None leaves one out. Returns when it beacons.
        Raises `SetupFailed`, and `Unsupported` when the device declared that it does not do this.
        """
        wanted = bsss or (Bss(**single),)
        make = devices.maker("ap", self.setting.ap)
        with self._staging(f"access point {name}"):
            device: AccessPointDevice = make(self._place(name, on), wanted, frequency)
            device.keys = dict(keys or {})
            device.require_all()
            self.bsss += wanted
            self._start(device)
        return device

    def sta(
        self,
        name: str = "sta",
        *,
        on: Device | None = None,
        adds_sae: bool = False,
        sae_method: int = HUNTING_AND_PECKING,
        keys: Keys | None = None,
    ) -> StationDevice:
        """Start a station; `on` as for `ap`. Raises as `ap` does.

        `adds_sae`, `sae_method`: as `StationDevice` has them. `keys`: global lines of
        wpa_supplicant's configuration file.
        """
        make = devices.maker("sta", self.setting.sta)
        with self._staging(f"station {name}"):
            device: StationDevice = make(self._place(name, on))
            device.adds_sae, device.sae_method = adds_sae, sae_method
            device.keys = dict(keys or {})
            if adds_sae:
                device.require(WPA3)
            self._start(device)
        return device

    def file(self, name: str, content: str | bytes = "") -> Path:
        """Make a file in the scenario's folder, as a configuration may name it."""
        path = self.setting.folder.absolute() / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def configuration_file(self, device: Device) -> Path:
        """The file that a device was started with. Raises `Unsupported` where there is none."""
        if device.configuration_file is None:
            raise Unsupported(f"{device.kind} has no configuration file")
        return device.configuration_file

    def expect_lines(self, file: Path, count: int = 1, *, within: float = 5.0) -> list[str]:
        """Wait until a device has written so many whole lines to a file; gives all that it has.

        Raises `ExpectationFailed`.
        """
        __tracebackhide__ = True

        def whole() -> list[str]:
            return [line for line in file.read_text().splitlines(True) if line.endswith("\n")]

        self.world.step_until(self.world.now() + within, lambda: len(whole()) >= count)
        lines = whole()
        if len(lines) < count:
            raise ExpectationFailed(
                f"{file.name}: lines: expected {count} within {within:g} s, got {len(lines)}",
                expected=f"{count} lines",
                got=file.read_text() or "nothing",
            )
        return [line.rstrip("\n") for line in lines]

    def forge(self, frame: Frame, *, frequency: int = 2412) -> None:
        """Put a frame on the air that none of the devices sent, on a channel given in MHz.

        Raises `Unsupported` on an air that can't.
        """
        inject(self.world.air, frame.encode(), frequency)

    def peer_ap(
        self,
        make: Callable[[Place, tuple[Bss, ...], int], AccessPointDevice],
        *bsss: Bss,
        name: str = "ap",
    ) -> AccessPointDevice:
        """Start an access point made for the scenario: the peer of a station under test.

        `make`: such as `access_point_saying(…)` gives it, whatever `--ap` says.
        """
        with self._staging(f"access point {name}"):
            device = make(self._place(name), bsss, 2412)
            self.bsss += bsss
            self._start(device)
        return device

    def peer_sta(self, make: Callable[[Place], StationDevice]) -> StationDevice:
        """Start a station made for the scenario: the peer of an access point under test.

        `make`: such as `station_saying(…)` gives it, whatever `--sta` says.
        """
        with self._staging("station sta"):
            device = make(self._place("sta"))
            self._start(device)
        return device

    def host(self, *, behind: Device, bridge: str = BRIDGE) -> Host:
        """Cable an Ethernet host to a bridge of a device's node."""
        with self._staging(f"host behind {behind.name}"):
            port = self.world.air.add_host(behind.node, bridge)
            return self._host(f"host behind {behind.name}", port)

    def carry_off(self, device: Device) -> None:
        """Take a device's node out of the reach of all others: it vanishes without a word.

        Raises `Unsupported` on an air that can't do it.
        """
        with self._staging(f"{device.name} out of reach"):
            isolate(self.world.air, device.node, True)

    def bring_back(self, device: Device) -> None:
        """Undo `carry_off`."""
        with self._staging(f"{device.name} back in reach"):
            isolate(self.world.air, device.node, False)

    def stack(self, of: StationDevice) -> Host:
        """Give the host that a station itself is: frames go out from its own address."""
        with self._staging(f"network stack of {of.name}"):
            port = self.world.air.open_port(of.node, of.interface)
            return self._host(of.name, port)

    def expect_network_key(self, m8: Seen, key: str, *, clause: str = "") -> None:
        """Open M8's Encrypted Settings and compare the Network Key of its first Credential.

        As `expect_credential` when the settings can't be opened. Raises `ExpectationFailed`.
        """
        __tracebackhide__ = True
        credentials = open_credentials(self.world, self.transcript, m8)
        if credentials is None:
            self.note("M8 was not opened: neither end of the enrolment is ours")
            return
        got = (credentials[0].network_key or b"").decode(errors="replace")
        if got != key:
            raise self.air.difference(m8, "Credential's Network Key", key, got, clause)

    def expect_credential(self, m8: Seen, *bsss: Bss, clause: str = "") -> None:
        """Open M8's Encrypted Settings and compare its Credentials with those of these BSSs.

        The Network Key may be the passphrase or the 64 hex digits of its PSK. A mixed BSS's types
        may name WPA and TKIP beside WPA2 and AES.
        When neither end of the run is one of our own devices the keys are unknown: then nothing
        is compared and the record says so. Raises `ExpectationFailed`.
        """
        __tracebackhide__ = True
        credentials = open_credentials(self.world, self.transcript, m8)
        if credentials is None:
            self.note("M8 was not opened: neither end of the enrolment is ours")
            return
        compared: list[tuple[str, object, object]] = [
            ("number of Credentials", len(bsss), len(credentials))
        ]
        for bss, credential in zip(bsss, credentials, strict=False):
            compared += compared_with(bss, credential)
        for what, expected, got in compared:
            if got != expected:
                raise self.air.difference(m8, what, expected, got, clause)

    def expect_well_formed_messages(self, clause: str = "") -> None:
        """Check every WSC message so far of the devices under test against its declaration.

        Raises `ExpectationFailed` for the first wrong attribute of the first wrong message.
        """
        __tracebackhide__ = True
        judge_messages(self.world, self.transcript, self.air, self.under_test, clause)

    def first_wrong_message(self) -> str:
        """What `expect_well_formed_messages` finds by now; empty when nothing, or not to be told.

        It may be why something else did not come.
        """
        try:
            self.expect_well_formed_messages()
        except ExpectationFailed as found:
            return found.message
        except AirproofError:
            return ""
        return ""

    @property
    def under_test(self) -> list[Device]:
        """The devices that are judged: all that are not ours, or all when all are ours."""
        others = [each for each in self.devices if each.kind != "airproof"]
        return others or self.devices

    def lose(self, kind: type, *, from_: Device, to: Device, times: int = 1) -> None:
        """Let the next WSC messages of a kind not arrive, `times` of them.

        Raises `Unsupported` when neither device is ours: no air can be told to lose frames yet;
        and when one of them declared that it does not wait for a message to be said again.
        """
        for device in (from_, to):
            device.require(LOST_MESSAGE)
        lose(kind, from_, to, times)

    def expect_vlan(
        self, data: Seen, bss: Bss, vlan_id: int | None, *, clause: str = ""
    ) -> None:
        """Decrypt a unicast data frame of `bss` and compare its 802.1Q VLAN; None: no tag.

        Raises `ExpectationFailed`, and `Inconclusive` when its key can't be known.
        """
        __tracebackhide__ = True
        got = open_data(self.world.air.frames, data, bss.psk).vlan_id
        if got != vlan_id:
            raise self.air.difference(data, "802.1Q VLAN", vlan_id, got, clause)

    def note(self, text: str) -> None:
        """Put a remark into the record."""
        if text not in self.notes:
            self.notes.append(text)

    def close(self) -> None:
        """Stop every device, then the air; a failure of one does not keep the others up."""
        self._lost_at_end = self.lost_frames
        with contextlib.ExitStack() as stack:
            stack.callback(self.world.air.close)
            for device in self.devices:
                stack.callback(device.close)

    def _place(self, name: str, on: Device | None = None) -> Place:
        if any(device.name == name for device in self.devices):
            raise SetupFailed(f"two devices are named {name}")
        entropy = SeededEntropy(self.setting.seed.encode()).child(name)
        node = name if on is None else on.node
        radios = sum(device.node == node for device in self.devices)
        return Place(
            node, self.world, self.setting.folder, entropy, name, interface=f"wlan{radios}"
        )

    def _start(self, device: Device) -> None:
        self.devices.append(device)
        device.start()
        self.world.names |= all_addresses([device])

    def _host(self, name: str, port: EthernetPort) -> Host:
        host = Host(name, port, self.world)
        self.hosts.append(host)
        self.world.join(host)
        self.world.names.setdefault(host.address, name)
        return host

    @contextlib.contextmanager
    def _staging(self, what: str) -> Iterator[None]:
        """The one place where a refusal of the stage becomes `SetupFailed`."""
        try:
            yield
        except (RadioError, ConfigError, OSError) as error:
            raise SetupFailed(f"{what}: {error}") from error
