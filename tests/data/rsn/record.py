"""Record key handshakes and data frames of hostapd and wpa_supplicant into a JSON file.

Runs as root in a throw-away guest with two mac80211_hwsim radios (phy0, phy1):
`record.py OUTPUT KEY_MGMT MFP BACKHAUL`, for instance `record.py psk.json WPA-PSK 0 0`.
Kept: the first Beacon, every (Re)Association frame, and every data frame.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

SSID, PASSPHRASE = "airproof-rsn", "correct horse battery"
AP, STATION = "02:00:00:00:00:00", "02:00:00:00:01:00"
TEXT = "airproof recorded this: "
KEPT_MANAGEMENT = {0x00, 0x10, 0x20, 0x30}


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


def send(namespace: str | None, interface: str, source: str, to: str, text: str) -> None:
    frame = bytes.fromhex((to + source).replace(":", "")) + b"\x88\xb5" + (TEXT + text).encode()
    program = (
        "import socket; s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); "
        f"s.bind(({interface!r}, 0)); s.send(bytes.fromhex({frame.hex()!r}))"
    )
    inside = ["ip", "netns", "exec", namespace] if namespace else []
    run(*inside, sys.executable, "-c", program)


def address_of(interface: str, namespace: str | None = None) -> str:
    inside = ["ip", "netns", "exec", namespace] if namespace else []
    return json.loads(run(*inside, "ip", "-j", "link", "show", interface))[0]["address"]


def wait_for(path: Path, text: str, limit_s: float = 30) -> None:
    end = time.time() + limit_s
    while text not in path.read_text(errors="replace"):
        if time.time() > end:
            raise SystemExit(
                f"{path} never said {text}: {path.read_text(errors='replace')[-3000:]}"
            )
        time.sleep(0.1)


def main() -> None:
    output, key_mgmt, mfp, backhaul = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4] == "1"
    work = Path("/tmp/record")
    work.mkdir()
    Path("/proc/sys/net/ipv6/conf/default/disable_ipv6").write_text("1")
    Path("/proc/sys/net/ipv6/conf/all/disable_ipv6").write_text("1")
    run("ip", "netns", "add", "sta")
    run("ip", "netns", "exec", "sta", "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
    run("iw", "phy", "phy1", "set", "netns", "name", "sta")
    run("ip", "link", "add", "br0", "type", "bridge")
    run("ip", "link", "set", "br0", "up")
    run("ip", "netns", "exec", "sta", "ip", "link", "add", "br1", "type", "bridge")
    run("ip", "netns", "exec", "sta", "ip", "link", "set", "br1", "up")
    run("ip", "link", "set", "hwsim0", "up")
    (work / "ap.conf").write_text(
        f"interface=wlan0\nbridge=br0\ndriver=nl80211\nssid={SSID}\nhw_mode=g\nchannel=1\n"
        f"wpa=2\nwpa_key_mgmt={key_mgmt}\nrsn_pairwise=CCMP\nwpa_passphrase={PASSPHRASE}\n"
        f"ieee80211w={mfp}\nwpa_group_rekey=2\nwmm_enabled=1\n"
        + ("multi_ap=1\nwds_sta=1\n" if backhaul else "wpa_ptk_rekey=5\n")
    )
    (work / "sta.conf").write_text(
        f'network={{\n ssid="{SSID}"\n psk="{PASSPHRASE}"\n key_mgmt={key_mgmt}\n'
        f" ieee80211w={mfp}\n" + (" multi_ap_backhaul_sta=1\n" if backhaul else "") + "}\n"
    )
    frames: list[dict[str, object]] = []
    threading.Thread(target=capture, args=(frames,), daemon=True).start()
    ap_log, sta_log = work / "ap.log", work / "sta.log"
    with ap_log.open("w") as ap_out, sta_log.open("w") as sta_out:
        ap = subprocess.Popen(["hostapd", str(work / "ap.conf")], stdout=ap_out)
        wait_for(ap_log, "AP-ENABLED")
        supplicant = ["ip", "netns", "exec", "sta", "wpa_supplicant", "-i", "wlan1"]
        supplicant += ["-c", str(work / "sta.conf"), *(["-b", "br1"] if backhaul else [])]
        sta = subprocess.Popen(supplicant, stdout=sta_out)
        wait_for(sta_log, "CTRL-EVENT-CONNECTED")
        ap_mac, sta_mac = address_of("wlan0"), address_of("wlan1", "sta")
        down = "wlan0.sta1" if backhaul else "wlan0"
        time.sleep(0.3)
        for turn in range(4):
            far, near = (
                ("02:aa:00:00:00:0b", "02:aa:00:00:00:0a") if backhaul else (sta_mac, ap_mac)
            )
            send("sta", "wlan1", far, near, f"up {turn}")
            send(None, down, near, far, f"down {turn}")
            send(None, down, near, "ff:ff:ff:ff:ff:ff", f"broadcast {turn}")
            time.sleep(1.9)
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
        "passphrase": PASSPHRASE,
        "key_mgmt": key_mgmt,
        "ap": ap_mac,
        "station": sta_mac,
        "frames": frames,
    }
    Path(output).write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
