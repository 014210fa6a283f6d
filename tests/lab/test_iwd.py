"""iwd as a device: its files, its bus, what it is asked and what it says."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jeepney.bus_messages import DBus

from harness.base.errors import SetupFailed, Unsupported
from harness.lab import Bss, ExpectationFailed, Lab, StoredNetwork
from harness.lab.devices.dbus import Bus, BusError, write_configuration
from harness.lab.devices.iwd_station import (
    IwdStation,
    escape,
    profile_name,
    ssid_of,
    stored_network,
    unescape,
)
from harness.lab.devices.program import socket_folder
from harness.lab.scene import Setting
from harness.radio.hwsim import HwsimAir
from vm import packages

REASON = HwsimAir.usable()
needs_hwsim = pytest.mark.skipif(REASON is not None, reason=f"mac80211_hwsim: {REASON}")
HOME = Bss(ssid="home", passphrase="correct horse", wps=True)
DAEMON = packages.find("dbus-daemon")

WRITTEN = """\
[Security]
PreSharedKey=e28c9aaa2f46266ef5b8db9a65ae4648f5c99d4e5b463ca616482558ccd51628
Passphrase=battery staple
"""
"""Written by iwd 2.3 (the PSK edited by hand)."""


# ---- its files (iwd.network(5)) --------------------------------------------------------------


@pytest.mark.parametrize(
    ("ssid", "name"),
    [("home", "home.psk"), ("My Home_2-x", "My Home_2-x.psk"), ("a.b", "=612e62.psk"),
     ("Ünter", "=c39c6e746572.psk")],
)
def test_a_network_s_file_is_named_after_its_ssid(ssid: str, name: str) -> None:
    assert profile_name(ssid, "psk") == name
    assert ssid_of(Path(name).stem) == ssid.encode()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_value_survives_its_file(value: str) -> None:
    assert unescape(escape(value)) == value


def test_a_stored_network_is_read(tmp_path: Path) -> None:
    file = tmp_path / "=c3a9.psk"
    file.write_text(WRITTEN, encoding="utf-8")
    assert stored_network(file) == StoredNetwork(
        ssid="é".encode(), key="battery staple", backhaul=False, sae=None
    )


def test_a_stored_network_may_hold_the_psk_alone(tmp_path: Path) -> None:
    file = tmp_path / "home.psk"
    file.write_text(WRITTEN.replace("Passphrase", "#"), encoding="utf-8")
    assert stored_network(file).key is not None
    assert stored_network(file).key == WRITTEN.splitlines()[1].partition("=")[2]


def test_an_open_network_has_no_key(tmp_path: Path) -> None:
    file = tmp_path / "cafe.open"
    file.write_text("[Settings]\nAutoConnect=true\n", encoding="utf-8")
    assert stored_network(file).key is None


@pytest.mark.parametrize("text", ["[Security]\nPassphrase=a\\qb\n", "no group\n"])
def test_a_file_that_is_no_network_s_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "home.psk"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SetupFailed, match=r"home\.psk"):
        stored_network(file)


# ---- the bus ---------------------------------------------------------------------------------


class Heard:
    """Signals as a client of the bus is told of them."""

    def __init__(self) -> None:
        self.signals: list[tuple[str, str, str, tuple[Any, ...]]] = []

    def __call__(self, *signal: Any) -> None:
        self.signals.append(signal)


def listens(place: Path) -> bool:
    """Somebody accepts connections there: that is later than the socket is there."""
    with socket.socket(socket.AF_UNIX) as trial:
        return trial.connect_ex(str(place)) == 0


@pytest.fixture
def bus_socket() -> Iterator[Path]:
    if DAEMON is None:
        pytest.skip("dbus-daemon is not installed")
    folder = socket_folder()
    arguments = write_configuration(folder / "bus.conf", folder / "bus")
    process = subprocess.Popen(
        [str(DAEMON.path), *arguments], env={**os.environ, **DAEMON.env}
    )
    try:
        deadline = time.monotonic() + 60
        while not listens(folder / "bus") and time.monotonic() < deadline:
            os.sched_yield()
        yield folder / "bus"
    finally:
        process.terminate()
        process.wait()
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def test_the_bus_tells_its_own_signals_and_answers(bus_socket: Path) -> None:
    heard = Heard()
    bus = Bus(bus_socket, heard)
    given: list[Any] = []
    (names,) = bus.ask("ListNames", DBus().ListNames())
    assert "org.freedesktop.DBus" in names
    bus.watch("org.freedesktop.DBus")
    other = Bus(bus_socket, Heard())
    bus.ask("ListNames", DBus().ListNames())
    changed = [values for _, _, name, values in heard.signals if name == "NameOwnerChanged"]
    assert len(changed) == 1
    assert given == []
    other.close()
    bus.close()


def test_an_error_on_the_bus_has_its_name(bus_socket: Path) -> None:
    bus = Bus(bus_socket, Heard())
    with pytest.raises(BusError, match=r"GetNameOwner: .*NameHasNo") as it:
        bus.ask("GetNameOwner", DBus().GetNameOwner("net.example.nobody"))
    assert it.value.name == "org.freedesktop.DBus.Error.NameHasNoOwner"
    bus.close()


# ---- the program -----------------------------------------------------------------------------


def lab_of(folder: Path, ap: str, sta: str) -> Lab:
    return Lab(Setting("hwsim", ap, sta, "1", folder), HwsimAir())


@pytest.fixture
def sta_lab(tmp_path: Path) -> Iterator[Lab]:
    made = lab_of(tmp_path, "hostapd", "iwd")
    yield made
    made.close()


@pytest.fixture
def ap_lab(tmp_path: Path) -> Iterator[Lab]:
    made = lab_of(tmp_path, "iwd", "wpa_supplicant")
    yield made
    made.close()


@needs_hwsim
def test_iwd_enrols_with_hostapd_and_keeps_what_it_got(sta_lab: Lab) -> None:
    ap, sta = sta_lab.ap(HOME), sta_lab.sta()
    ap.push_button()
    sta.push_button()
    assert isinstance(sta, IwdStation)
    assert sta.version == "2.3"
    connected = sta.expect_event("CTRL-EVENT-CONNECTED", within=60)
    assert connected.text == f"CTRL-EVENT-CONNECTED - Connection to {ap.address} completed"
    sta.expect_event("WPS-SUCCESS")
    sta.expect_stored(HOME)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}")
    sta.disconnect()
    sta.expect_event(f"CTRL-EVENT-DISCONNECTED bssid={ap.address}")
    ap.expect_event(f"AP-STA-DISCONNECTED {sta.address}")
    sta.reconnect()
    sta.expect_event("CTRL-EVENT-CONNECTED", within=60)


@needs_hwsim
def test_wpa_supplicant_connects_to_iwd(ap_lab: Lab) -> None:
    ap = ap_lab.ap(ssid="home", passphrase="correct horse")
    sta = ap_lab.sta()
    sta.connect(ap)
    sta.expect_event(f"CTRL-EVENT-CONNECTED - Connection to {ap.address}", within=30)
    ap.expect_event(f"AP-STA-CONNECTED {sta.address}")
    behind, own = ap_lab.host(behind=ap), ap_lab.stack(sta)
    behind.expect(own.send(to=behind))
    sta.disconnect()
    ap.expect_event(f"AP-STA-DISCONNECTED {sta.address}")


@needs_hwsim
def test_a_wrong_passphrase_lets_nobody_in(sta_lab: Lab) -> None:
    """What a refusal judges can be seen: the other tests see that line come."""
    ap, sta = sta_lab.ap(ssid="home", passphrase="correct horse"), sta_lab.sta()
    ap.on_air = (type(ap.on_air[0])(Bss(ssid="home", passphrase="wrong horse"),
                 ap.on_air[0].interface, ap.on_air[0].bssid, ap.name),)
    sta.connect(ap)
    assert not sta.wait(lambda: any(
        event.text.startswith("CTRL-EVENT-CONNECTED") for event in sta.control_events
    ), 20.0)
    sta.refuse_event("CTRL-EVENT-CONNECTED")


@needs_hwsim
@pytest.mark.parametrize(
    "text", ["WPS-FAIL", "WPS-CRED-RECEIVED", "CTRL-EVENT-DISCONNECTED bssid=x reason=3"]
)
def test_what_iwd_does_not_say_is_unsupported(sta_lab: Lab, text: str) -> None:
    sta = sta_lab.sta()
    with pytest.raises(Unsupported, match="iwd: control event"):
        sta.expect_event(text)
    with pytest.raises(Unsupported, match="iwd: control event"):
        sta.refuse_event(text)


@needs_hwsim
@pytest.mark.parametrize(
    ("bss", "reason"),
    [
        (Bss(ssid="home"), "an open BSS"),
        (HOME, "nothing on D-Bus"),
        (Bss(ssid="home", passphrase="correct horse", multi_ap=1), "no Multi-AP"),
        (Bss(ssid="home", passphrase="correct horse", keys={"x": "1"}), "configuration line x"),
    ],
)
def test_what_its_access_point_can_not_be_is_unsupported(
    ap_lab: Lab, bss: Bss, reason: str
) -> None:
    with pytest.raises(Unsupported, match=reason):
        ap_lab.ap(bss)


@needs_hwsim
def test_an_iwd_that_dies_fails_the_scenario(sta_lab: Lab) -> None:
    sta = sta_lab.sta()
    assert isinstance(sta, IwdStation)
    os.kill(sta.iwd.process_id, signal.SIGKILL)
    with pytest.raises(ExpectationFailed, match=r"sta \(iwd\) ended with signal 9"):
        sta.expect_event("CTRL-EVENT-CONNECTED", within=5)


@needs_hwsim
def test_its_log_and_files_are_kept_and_nothing_is_left_running(tmp_path: Path) -> None:
    lab = lab_of(tmp_path, "iwd", "iwd")
    ap, sta = lab.ap(ssid="home", passphrase="correct horse"), lab.sta()
    sta.connect(ap)
    sta.expect_event("CTRL-EVENT-CONNECTED", within=30)
    assert isinstance(sta, IwdStation)
    process_id = sta.iwd.process_id
    lab.close()
    assert not Path(f"/proc/{process_id}").exists()
    kept = {path.name for path in (tmp_path / "sta-iwd").iterdir()}
    assert kept == {"bus.conf", "bus.log", "main.conf", "iwd.log", "state"}
    assert (tmp_path / "sta-iwd/state/home.psk").exists()
    assert (tmp_path / "ap-iwd/state/ap/home.ap").exists()
