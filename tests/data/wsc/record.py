"""Record enrolments of wpa_supplicant with hostapd into JSON files.

Runs as root in a throw-away guest with two mac80211_hwsim radios: `record.py OUTPUT_DIRECTORY`.
Both programs run as black boxes with `-K -dd`, so that their logs tell the Diffie-Hellman private
keys and derived keys; hwsim0 tells the frames. Kept: the first Beacon, Probe Request and Probe
Response with a WSC element, every (Re)Association, Deauthentication and EAPOL frame.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

AP_CONFIG = """
interface=wlan0
driver=nl80211
ctrl_interface={work}/ap
ssid=fronthaul
hw_mode=g
channel=1
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=fronthaul secret
eap_server=1
wps_state=2
device_name=Recorded AP
manufacturer=Debian
model_name=hostapd
model_number=2.10
serial_number=12345
device_type=6-0050F204-1
os_version=01020304
config_methods=label virtual_display virtual_push_button keypad
multi_ap=2
multi_ap_backhaul_ssid="backhaul"
multi_ap_backhaul_wpa_passphrase=backhaul secret
"""
STA_CONFIG = """
ctrl_interface={work}/sta
device_name=Recorded STA
manufacturer=Debian
model_name=wpa_supplicant
model_number=2.10
serial_number=67890
device_type=1-0050F204-1
config_methods=virtual_display virtual_push_button keypad
freq_list=2412
p2p_disabled=1
"""
# name: what hostapd is told, what wpa_supplicant is told, the two passwords, fragment sizes
RUNS: dict[str, tuple[str, list[str], str, str, int]] = {
    "pbc-backhaul": ("wps_pbc", ["wps_pbc multi_ap=1"], "00000000", "00000000", 0),
    "pbc": ("wps_pbc", ["wps_pbc"], "00000000", "00000000", 0),
    "pin": ("wps_pin any 12345670", ["wps_pin any 12345670"], "12345670", "12345670", 0),
    "pin-first-half-wrong": (
        "wps_pin any 12345670", ["wps_pin any 99995670"], "12345670", "99995670", 0,
    ),
    "pin-second-half-wrong": (
        "wps_pin any 12345670", ["wps_pin any 12349990"], "12345670", "12349990", 0,
    ),
    "pin-unknown": ("status", ["wps_pin {ap} 12345670"], "", "12345670", 0),
    "pbc-fragmented": (
        "wps_pbc", ["set wps_fragment_size 100", "wps_pbc"], "00000000", "00000000", 120,
    ),
    "reg-learn": ("status", ["wps_reg {ap} 12345670"], "12345670", "12345670", 0),
    "reg-configure": (
        "status", ["wps_reg {ap} 12345670 renamed WPA2PSK CCMP newsecret"],
        "12345670", "12345670", 0,
    ),
    "reg-open": (
        "status", ["wps_reg {ap} 12345670 renamed OPEN NONE"], "12345670", "12345670", 0,
    ),
    "reg-first-half-wrong": ("status", ["wps_reg {ap} 99995670"], "99995670", "12345670", 0),
    "reg-second-half-wrong": ("status", ["wps_reg {ap} 12349990"], "12349990", "12345670", 0),
    "reg-locked": ("status", ["wps_reg {ap} 12345670"], "12345670", "12345670", 0),
    "reg-disabled": ("wps_ap_pin disable", ["wps_reg {ap} 12345670"], "12345670", "", 0),
    "reg-unfit": (
        "status", ["wps_reg {ap} 12345670 renamed FOO CCMP newsecret"], "12345670", "12345670", 0,
    ),
    "reg-fragmented": (
        "status", ["set wps_fragment_size 100", "wps_reg {ap} 12345670"],
        "12345670", "12345670", 120,
    ),
}  # fmt: skip
"""Where the name begins with "reg", wpa_supplicant is the Registrar and hostapd enrols."""
KEPT_ALWAYS = {0x00, 0x10, 0x20, 0x30, 0xC0}
KEPT_ONCE = {0x80, 0x40, 0x50}
WSC_ELEMENT = bytes.fromhex("0050f204")
HEX = r"hexdump\(len=\d+\): ((?:[0-9a-f]{2} ?)+)"


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def address_of(interface: str) -> str:
    return str(json.loads(run("ip", "-j", "link", "show", interface))[0]["address"])


def capture(monitor: socket.socket, frames: list[dict[str, object]]) -> None:
    seen: set[int] = set()
    while True:
        packet = monitor.recv(4096)
        frame = packet[int.from_bytes(packet[2:4], "little") :]
        control = frame[0]
        if control in KEPT_ONCE:
            if control in seen or WSC_ELEMENT not in frame:
                continue
            seen.add(control)
        elif control not in KEPT_ALWAYS and not (control & 0x0C == 0x08 and b"\x88\x8e" in frame):
            continue
        frames.append({"t": round(time.time(), 6), "octets": frame.hex()})


def wait_for(path: Path, words: tuple[str, ...], limit_s: float = 60) -> None:
    end = time.time() + limit_s
    while not any(word in path.read_text(errors="replace") for word in words):
        if time.time() > end:
            raise SystemExit(f"{path} never said {words}")
        time.sleep(0.2)


def secrets(log: str) -> dict[str, str]:
    """Find the first value of everything a log tells about keys."""
    titles = {
        "private_key": "DH Private Key",
        "shared_secret": "DH shared key",
        "kdk": "WPS: KDK",
        "auth_key": "WPS: AuthKey",
        "key_wrap_key": "WPS: KeyWrapKey",
        "emsk": "WPS: EMSK",
    }
    found = {}
    for name, title in titles.items():
        values = re.findall(re.escape(title) + r" - " + HEX, log, re.IGNORECASE)
        if values:
            found[name] = values[0].replace(" ", "")
    return found


def first_conversation(frames: list[dict[str, object]]) -> list[dict[str, object]]:
    """Keep what comes up to the first Deauthentication after EAP began."""
    eap_began = False
    for position, frame in enumerate(frames):
        octets = bytes.fromhex(str(frame["octets"]))
        eap_began = eap_began or octets[0] & 0x0C == 0x08
        if eap_began and octets[0] == 0xC0:
            return frames[: position + 1]
    return frames


def first_events(log: str) -> list[str]:
    """Keep the events up to the second beginning of EAP."""
    events = re.findall(r"(?:WPS-|CTRL-EVENT-EAP-)[^\n]*", log)
    begins = [i for i, event in enumerate(events) if event.startswith("CTRL-EVENT-EAP-STARTED")]
    return events[: begins[1]] if len(begins) > 1 else events


def record(name: str, output: Path) -> None:
    to_ap, to_sta, ap_password, sta_password, fragment_size = RUNS[name]
    work = Path("/tmp") / f"record-{name}"
    work.mkdir()
    station_registers = name.startswith("reg")
    config = AP_CONFIG + (f"fragment_size={fragment_size}\n" if fragment_size else "")
    config += "ap_pin=12345670\n" if station_registers else ""
    config += "ap_setup_locked=1\n" if name == "reg-locked" else ""
    (work / "ap.conf").write_text(config.format(work=work))
    (work / "sta.conf").write_text(STA_CONFIG.format(work=work))
    monitor = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    monitor.bind(("hwsim0", 0))
    frames: list[dict[str, object]] = []
    threading.Thread(target=capture, args=(monitor, frames), daemon=True).start()
    logs = ap_log, sta_log = work / "ap.log", work / "sta.log"
    programs = [
        subprocess.Popen(
            ["hostapd", "-K", "-dd", "-t", str(work / "ap.conf")],
            stdout=ap_log.open("w"), stderr=subprocess.STDOUT,
        )
    ]  # fmt: skip
    wait_for(ap_log, ("AP-ENABLED",))
    ap, station = address_of("wlan0"), address_of("wlan1")
    arguments = ["-K", "-dd", "-t", "-Dnl80211", "-iwlan1", "-c", str(work / "sta.conf")]
    programs.append(
        subprocess.Popen(
            ["wpa_supplicant", *arguments], stdout=sta_log.open("w"), stderr=subprocess.STDOUT
        )
    )
    time.sleep(2)
    run("hostapd_cli", "-s", "/tmp", "-p", str(work / "ap"), *to_ap.split())
    for command in to_sta:
        words = command.format(ap=ap).split()
        run("wpa_cli", "-s", "/tmp", "-p", str(work / "sta"), "-i", "wlan1", *words)
    wait_for(sta_log, ("WPS-SUCCESS", "WPS-FAIL", "WPS-M2D"))
    time.sleep(1.5)
    for program in programs:
        program.terminate()
        program.wait()
    told = {
        "name": name,
        "programs": "hostapd 2.10 and wpa_supplicant 2.10 of Debian 12",
        "ap": ap,
        "station": station,
        "registrar_password": ap_password,
        "enrollee_password": sta_password,
        "ap_settings": [line for line in config.split("\n") if line and "{work}" not in line],
        "registrar": secrets(logs[station_registers].read_text(errors="replace")),
        "enrollee": secrets(logs[not station_registers].read_text(errors="replace")),
        "ap_events": first_events(ap_log.read_text(errors="replace")),
        "station_events": first_events(sta_log.read_text(errors="replace")),
        "frames": first_conversation(list(frames)),
    }
    (output / f"{name}.json").write_text(json.dumps(told, indent=1) + "\n")


def main() -> None:
    output = Path(sys.argv[1])
    for family in ("default", "all"):
        Path(f"/proc/sys/net/ipv6/conf/{family}/disable_ipv6").write_text("1")
    run("ip", "link", "set", "hwsim0", "up")
    for name in sys.argv[2:] or RUNS:
        record(name, output)


if __name__ == "__main__":
    main()
