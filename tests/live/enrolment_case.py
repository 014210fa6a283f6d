"""One access point's program with one real wpa_supplicant on kernel radios, and what came of it.

The program is the real hostapd or ours: both are asked and told the same, so that what they say,
hand out and write can be laid side by side.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from programs import Monitor, real, wait, without_level
from two_radios import TwoRadios

AP_CONFIG = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
hw_mode=g
channel=6
eap_server=1
device_name=Wireless AP
manufacturer=Company
model_name=WAP
model_number=123
serial_number=12345
device_type=6-0050F204-1
config_methods=label virtual_display virtual_push_button keypad
"""

STATION_CONFIG = """\
ctrl_interface={folder}/sta
update_config=1
device_name={device}
manufacturer={manufacturer}
model_name={model}
model_number=1
serial_number=2
device_type=1-0050F204-1
config_methods={methods}
wps_cred_processing=2
"""

DISPLAY = "virtual_push_button virtual_display"
NO_DISPLAY = "virtual_push_button"
SETTLED_S = 2.0


@dataclass(frozen=True)
class Case:
    """`ap`: configuration lines; `psk_file`: the text of its wpa_psk_file, `{sta}` the station's
    address. `again`: the station forgets what it was given and enrols once more. `commands`: asked
    before the station comes, `then`: after, and after the PSK file has become `new_psk_file`.
    """

    ap: str
    psk_file: str | None = None
    extra_cred: bytes | None = None
    methods: str = DISPLAY
    manufacturer: str = "Acme"
    model: str = "L"
    enrols: bool = True
    joins: bool = True
    again: bool = False
    network: str = ""
    commands: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    new_psk_file: str | None = None


@dataclass
class Seen:
    """What a case brought: addresses and random keys are replaced by names."""

    ap_events: list[str]
    credentials: list[str]
    psk_file: str | None
    config: str
    before: str
    after: str
    replies: list[str]
    flags: str


def play(folder: Path, case: Case, *program: str) -> Seen:
    """Play a case with an access point's program."""
    ground = TwoRadios(folder)
    try:
        return _play(ground, case, program)
    finally:
        ground.close()


def _play(ground: TwoRadios, case: Case, program: tuple[str, ...]) -> Seen:
    _write_files(ground, case)
    folder = ground.folder
    with ground.at_ap(*program, str(folder / "ap.conf")):
        access_point = _attached(ground, folder / "ctl" / "wlan0")
        wait("the access point", lambda: "state=ENABLED" in access_point.ask("STATUS"))
        access_point.told(0.02)
        before = access_point.ask("GET_CONFIG")
        replies = [access_point.ask(command) for command in case.commands]
        with ground.at_station(real("wpa_supplicant")):
            station = _attached(ground, folder / "sta" / "wlan0")
            for _ in range(2 if case.again else 1):
                _enrol(case, access_point, station)
            if case.new_psk_file is not None:
                ground.file("psk", case.new_psk_file)
            replies += [access_point.ask(command) for command in case.then]
            time.sleep(SETTLED_S)  # two programs, in real time
            flags = access_point.ask(f"STA {ground.sta.address}")
            after = access_point.ask("GET_CONFIG")
            ap_events, station_events = _heard(access_point), _heard(station)
    for radio, name in ((ground.sta, "<sta>"), (ground.ap, "<ap>")):
        ground.names[radio.address.hex()] = name
    credential = "WPS-CRED-RECEIVED "
    psk = folder / "psk"
    return Seen(
        [ground.named(line) for line in ap_events],
        [
            ground.named(line.removeprefix(credential))
            for line in station_events
            if line.startswith(credential)
        ],
        ground.named(psk.read_text()) if psk.exists() else None,
        ground.named((folder / "ap.conf").read_text()),
        ground.named(before),
        ground.named(after),
        replies,
        ground.named(flags),
    )


def _write_files(ground: TwoRadios, case: Case) -> None:
    if case.psk_file is not None:
        ground.file("psk", case.psk_file)
    if case.extra_cred is not None:
        (ground.folder / "cred").write_bytes(case.extra_cred)
    ground.file("ap.conf", AP_CONFIG + case.ap)
    station = STATION_CONFIG.format(
        folder=ground.folder,
        device="lamp",
        manufacturer=case.manufacturer,
        model=case.model,
        methods=case.methods,
    )
    (ground.folder / "sta.conf").write_text(station + case.network)


def _attached(ground: TwoRadios, path: Path) -> Monitor:
    wait(str(path), path.exists)
    return ground.client(path, attached=True)


def _heard(monitor: Monitor) -> list[str]:
    return [without_level(line) for line in monitor.hear(0.02)]


def _enrol(case: Case, access_point: Monitor, station: Monitor) -> None:
    start = 0, 0  # it may have joined already
    if case.enrols:
        start = len(_heard(access_point)), len(_heard(station))
        station.ask("REMOVE_NETWORK all")
        assert access_point.ask("WPS_PBC") == "OK\n"
        assert station.ask("WPS_PBC") == "OK\n"

    def said(monitor: Monitor, index: int, *wanted: str) -> bool:
        return any(line.startswith(wanted) for line in _heard(monitor)[start[index] :])

    if case.enrols:
        ends = ("WPS-SUCCESS", "WPS-FAIL", "WPS-TIMEOUT")
        wait("the enrolment's end", lambda: said(station, 1, *ends), 60)
    if case.joins:
        wait("the connection", lambda: said(access_point, 0, "AP-STA-CONNECTED"), 60)
