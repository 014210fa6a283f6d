"""A program beside a station's: it puts the EAPOL frames on the air that the station hands to it.

Arguments: the station's control socket, the network interface, the AP's address, and if not all
are to go out, how many are, which SIGHUP begins anew. It prints what it carries, and when it keeps
the first one back. Standard library alone; runs until it is killed.
"""

import os
import signal
import socket
import sys

ETHERTYPE = 0x888E
KEY = "03"

path, interface, bssid = sys.argv[1:4]
limit = int(sys.argv[4]) if len(sys.argv) > 4 else sys.maxsize
left = limit
holds = False


def begin_anew(number: int, frame: object) -> None:
    global left, holds
    left, holds = limit, False


signal.signal(signal.SIGHUP, begin_anew)
wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETHERTYPE))
wire.bind((interface, ETHERTYPE))
control = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
own = f"{path}-carrier-{os.getpid()}"
control.bind(own)
control.connect(path)
for command in ("ATTACH", "SET ext_eapol_frame_io 1"):
    control.send(command.encode())
    while (reply := control.recv(8192)).startswith(b"<"):
        pass
    if reply != b"OK\n":
        sys.exit(f"{command}: {reply!r}")
print("carrying", flush=True)
while True:
    line = control.recv(8192).decode("ascii", "replace")
    words = line[3:].split(" ")
    if words[0] != "EAPOL-TX" or words[1] != bssid:
        continue
    if left == 0:
        if not holds:
            print("held", flush=True)
        holds = True
        continue
    left -= 1
    if words[2][2:4] == KEY:  # 4/4 must not go out under the key that it is about
        control.send(f"EAPOL_TX {bssid} {words[2]}".encode())
    else:
        target = bytes.fromhex(bssid.replace(":", ""))
        wire.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)  # the interface was down before
        wire.sendto(bytes.fromhex(words[2]), (interface, ETHERTYPE, 0, 0, target))
    print("carried", words[2][:8], flush=True)
