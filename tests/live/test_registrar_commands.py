"""What the unmodified wpa_cli and hostapd_cli send for the commands about registrars."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from harness.sta.orders import new_settings
from harness.wire.wsc.settings import Credential
from vm import packages

BSSID = "02:34:56:78:9a:bc"


def sent(client: str, folder: Path, *words: str) -> tuple[str, str]:
    """Run a client on a socket that answers OK; gives what it sent and what it printed."""
    found = packages.program(client)
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(folder / "wlan0"))
        server.settimeout(60)

        def answer() -> None:
            while not heard or heard[-1] == "PING":
                octets, sender = server.recvfrom(4096)
                heard.append(octets.decode())
                server.sendto(b"PONG\n" if heard[-1] == "PING" else b"OK\n", sender)

        listener = threading.Thread(target=answer)
        listener.start()
        ran = subprocess.run(
            [str(found.path), "-s", str(folder), "-p", str(folder), "-i", "wlan0", *words],
            env={**os.environ, **found.env},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        listener.join(60)
    return heard[-1], ran.stdout


def needs(client: str) -> pytest.MarkDecorator:
    missing = packages.find(client) is None
    return pytest.mark.skipif(missing, reason=f"not installed: {client}")


@needs("wpa_cli")
@pytest.mark.parametrize(
    ("words", "settings"),
    [
        ((), None),
        (("testing", "WPA2PSK", "CCMP", "12345678"), (b"testing", 0x20, 0x08, b"12345678")),
        (("clear", "OPEN", "NONE", ""), (b"clear", 0x01, 0x01, b"")),
        (("clear", "OPEN", "NONE"), (b"clear", 0x01, 0x01, b"")),
        (("old one", "WPAPSK", "TKIP", "a key of"), (b"old one", 0x02, 0x04, b"a key of")),
    ],
)
def test_wps_reg_of_wpa_cli(
    words: tuple[str, ...], settings: tuple[bytes, int, int, bytes] | None, tmp_path: Path
) -> None:
    command, said = sent("wpa_cli", tmp_path, "wps_reg", BSSID, "12345670", *words)
    assert said == "OK\n"
    verb, bssid, pin, *rest = command.split(" ", 6)
    assert (verb, bssid, pin) == ("WPS_REG", BSSID, "12345670")
    if settings is None:
        assert rest == []
        return
    read = new_settings(rest)
    assert isinstance(read, Credential)
    found = read.ssid, read.authentication_type, read.encryption_type, read.network_key
    assert found == settings


@needs("hostapd_cli")
@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("disable",), "WPS_AP_PIN disable"),
        (("random",), "WPS_AP_PIN random"),
        (("random", "300"), "WPS_AP_PIN random 300"),
        (("get",), "WPS_AP_PIN get"),
        (("set", "12345670"), "WPS_AP_PIN set 12345670"),
        (("set", "12345670", "60"), "WPS_AP_PIN set 12345670 60"),
    ],
)
def test_wps_ap_pin_of_hostapd_cli(words: tuple[str, ...], command: str, tmp_path: Path) -> None:
    assert sent("hostapd_cli", tmp_path, "wps_ap_pin", *words) == (command, "OK\n")
