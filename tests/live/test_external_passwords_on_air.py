"""`psk=ext:NAME` of our station's program, with passwords of the real hostapd's networks.

Debian's wpa_supplicant 2.10 is built without: it takes `ext_password_backend` and refuses the name.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from ap_ground import Ground, needs_lab
from programs import PATIENCE_S, Monitor, ours, real, running, wait
from test_station_against_hostapd import Stage, played

from harness.crypto.psk import derive_psk

pytestmark = needs_lab

RSN = "ssid=home\nwpa=2\nrsn_pairwise=CCMP\n"
BY_SAE = RSN + "wpa_key_mgmt=SAE\nieee80211w=2\n"
SECRET = "correct horse"
DIGITS = derive_psk(SECRET.encode(), b"home").hex()
NAMED = 'network={\nssid="home"\npsk=ext:first\n'
PSK, SAE = NAMED + "}\n", NAMED + "key_mgmt=SAE\nieee80211w=2\n}\n"
PROGRAM = "wpa_supplicant"


def joined(stage: Stage, monitor: Monitor) -> object:
    monitor.until("CTRL-EVENT-CONNECTED")
    monitor.ask("SAVE_CONFIG")
    return stage.reaches(), monitor.ask("GET_NETWORK 0 psk")


@pytest.mark.parametrize(
    ("keys", "network", "secret"),
    [(RSN, PSK, SECRET), (RSN, PSK, DIGITS), (BY_SAE, SAE, SECRET)],
    ids=["passphrase", "digits", "SAE"],
)
def test_joined_by_a_file_of_passwords(
    tmp_path: Path, keys: str, network: str, secret: str
) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text(f"# kept apart\nother=x\nfirst={secret}\n")
    folder = tmp_path / "ours"
    profile = f"update_config=1\next_password_backend=file:{passwords}\n{network}"
    said = played(folder, ours(PROGRAM), (keys,), profile, joined)
    assert said == (True, "*")
    assert "psk=ext:first" in (folder / "sta.conf").read_text()
    told = [(folder / name).read_text() for name in ("sta.conf", "sta.log")]
    assert not any(secret in text for text in told)


def waited(stage: Stage, monitor: Monitor) -> object:
    """The password is missed at first, and comes into the file later."""
    monitor.until("CTRL-EVENT-NETWORK-NOT-FOUND")
    (stage.folder / "passwords").write_text(f"first={SECRET}\n")
    monitor.until("CTRL-EVENT-CONNECTED")
    return stage.reaches()


def test_a_password_that_comes_later(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    profile = f"ext_password_backend=file:{folder}/passwords\n{PSK}"
    assert played(folder, ours(PROGRAM), (RSN,), profile, waited) is True
    log = (folder / "sta.log").read_text()
    assert log.count("wlan0: no password for network: 0: ") == 1


def test_an_access_point_of_mode_2(tmp_path: Path) -> None:
    """The real station joins it by the password itself."""
    ground = Ground(tmp_path / "ground", real())
    try:
        head = "ctrl_interface={folder}/ctl\n" + f"ext_password_backend=test:first={SECRET}\n"
        made = NAMED + "mode=2\nfrequency=2412\nkey_mgmt=WPA-PSK\nproto=RSN\npairwise=CCMP\n}\n"
        config = ground.file("ap.conf", head, made)
        own = (*ours(PROGRAM), "-Dnl80211", "-iwlan0", "-c", str(config))
        with ground.at_ap(*own), ground.station(f'network={{\nssid="home"\npsk="{SECRET}"\n}}\n'):
            wait("the link", lambda: "COMPLETED" in ground.station_cli("status"))
    finally:
        ground.close()


def test_debians_program_refuses_the_name(tmp_path: Path) -> None:
    """What is served here in full was not to be compared."""
    ground = Ground(tmp_path / "ground", real())
    try:
        config = ground.file("named.conf", f"ext_password_backend=test:first={SECRET}\n", PSK)
        command = (*real(PROGRAM), "-Dnl80211", "-iwlan0", "-c", str(config))
        with running(ground.sta.namespace, ground.folder / "log", *command) as process:
            assert process.wait(PATIENCE_S) != 0
        assert "Invalid PSK 'ext:first'" in (ground.folder / "log").read_text()
    finally:
        ground.close()
