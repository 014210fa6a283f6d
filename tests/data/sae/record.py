"""Record SAE and protected management frames of hostapd and wpa_supplicant into a JSON file.

Runs as root in a throw-away guest with two mac80211_hwsim radios (phy0, phy1):
`record.py OUTPUT SAE_PWE GROUP`, for instance `record.py hunting-19.json 0 19`.
Kept: the first Beacon, every Authentication, (Re)Association, Deauthentication, Disassociation
and Action frame, every data frame, and the keys that the programs' logs show.
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

SSID, PASSWORD = "airproof-sae", "correct horse battery"
KEPT_MANAGEMENT = {0x00, 0x10, 0x20, 0x30, 0xA0, 0xB0, 0xC0, 0xD0}
LOGGED = re.compile(
    r"SAE: (pwd-seed|pwd-value|PT\.x|PT\.y|PWE\.x|PWE\.y|k|keyseed|PMKID|KCK|PMK)"
    r" - hexdump\(len=\d+\):([0-9a-f ]+)"
)
DEAUTHENTICATION = "c0003a01{to}{ap}{ap}00000700"
"""From the AP as it seems, unprotected, reason 7: a station with keys asks by SA Query."""


def run(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout


def capture(frames: list[dict[str, object]]) -> None:
    monitor = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    monitor.bind(("hwsim0", 0))
    beacon_kept = False
    while True:
        packet = monitor.recv(4096)
        frame = packet[int.from_bytes(packet[2:4], "little") :]
        control = frame[0]
        if control == 0x80 and not beacon_kept:
            beacon_kept = True
        elif control not in KEPT_MANAGEMENT and control & 0x4C != 0x08:
            continue
        frames.append({"t": round(time.time(), 6), "octets": frame.hex()})


def address_of(interface: str, namespace: str | None = None) -> str:
    inside = ["ip", "netns", "exec", namespace] if namespace else []
    return json.loads(run(*inside, "ip", "-j", "link", "show", interface))[0]["address"]


def wait_for(path: Path, text: str, limit_s: float = 30) -> None:
    end = time.time() + limit_s
    while text not in path.read_text(errors="replace"):
        if time.time() > end:
            tail = path.read_text(errors="replace")[-3000:]
            raise SystemExit(f"{path} never said {text}: {tail}")
        time.sleep(0.1)


def logged(path: Path) -> list[tuple[str, str]]:
    """The values that a program's log names, in their order."""
    found = LOGGED.findall(path.read_text(errors="replace"))
    return [(name, value.replace(" ", "")) for name, value in found]


def forge(to: str, ap: str) -> None:
    """Send the forged Deauthentication from a monitor interface on the AP's radio."""
    octets = DEAUTHENTICATION.format(to=to.replace(":", ""), ap=ap.replace(":", ""))
    injector = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    injector.bind(("mon0", 0))
    injector.send(bytes.fromhex("0000080000000000" + octets))


def main() -> None:
    output, pwe, group = sys.argv[1], sys.argv[2], sys.argv[3]
    work = Path("/tmp/record")
    work.mkdir()
    Path("/proc/sys/net/ipv6/conf/default/disable_ipv6").write_text("1")
    Path("/proc/sys/net/ipv6/conf/all/disable_ipv6").write_text("1")
    run("ip", "netns", "add", "sta")
    run("ip", "netns", "exec", "sta", "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
    run("iw", "phy", "phy1", "set", "netns", "name", "sta")
    run("ip", "link", "set", "hwsim0", "up")
    (work / "ap.conf").write_text(
        f"interface=wlan0\ndriver=nl80211\nctrl_interface={work}/ap\nssid={SSID}\nhw_mode=g\n"
        f"channel=1\nwpa=2\nwpa_key_mgmt=SAE\nrsn_pairwise=CCMP\nsae_password={PASSWORD}\n"
        f"ieee80211w=2\nsae_pwe={pwe}\nsae_groups={group}\nwmm_enabled=1\n"
    )
    (work / "sta.conf").write_text(
        f"ctrl_interface={work}/sta\nsae_pwe={pwe}\nsae_groups={group}\n"
        f'network={{\n ssid="{SSID}"\n sae_password="{PASSWORD}"\n key_mgmt=SAE\n'
        " ieee80211w=2\n}\n"
    )
    frames: list[dict[str, object]] = []
    threading.Thread(target=capture, args=(frames,), daemon=True).start()
    ap_log, sta_log = work / "ap.log", work / "sta.log"
    with ap_log.open("w") as ap_out, sta_log.open("w") as sta_out:
        ap = subprocess.Popen(["hostapd", "-ddK", str(work / "ap.conf")], stdout=ap_out)
        wait_for(ap_log, "AP-ENABLED")
        supplicant = ["ip", "netns", "exec", "sta", "wpa_supplicant", "-ddK", "-i", "wlan1"]
        sta = subprocess.Popen([*supplicant, "-c", str(work / "sta.conf")], stdout=sta_out)
        wait_for(sta_log, "CTRL-EVENT-CONNECTED")
        ap_mac, sta_mac = address_of("wlan0"), address_of("wlan1", "sta")
        ap_cli = ["hostapd_cli", "-p", f"{work}/ap", "-i", "wlan0"]
        time.sleep(0.5)
        run("iw", "dev", "wlan0", "interface", "add", "mon0", "type", "monitor")
        run("ip", "link", "set", "mon0", "up")
        forge(sta_mac, ap_mac)
        time.sleep(1)
        run(*ap_cli, "deauthenticate", sta_mac, "reason=5")
        time.sleep(8)
        run(*ap_cli, "deauthenticate", "ff:ff:ff:ff:ff:ff", "reason=5")
        wait_for(sta_log, "CTRL-EVENT-DISCONNECTED")
        time.sleep(2)
        sta.terminate()
        sta.wait()
        ap.terminate()
        ap.wait()
    time.sleep(0.2)
    programs = [
        subprocess.run([p, "-v"], capture_output=True, text=True)
        for p in ("hostapd", "wpa_supplicant")
    ]
    record = {
        "programs": [(p.stdout + p.stderr).splitlines()[0] for p in programs],
        "kernel": run("uname", "-r").strip(),
        "ssid": SSID,
        "password": PASSWORD,
        "sae_pwe": int(pwe),
        "ap": ap_mac,
        "station": sta_mac,
        "logged": {"ap": logged(ap_log), "station": logged(sta_log)},
        "frames": frames,
    }
    Path(output).write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
