"""A recorded SAE association of hostapd and wpa_supplicant with protected management frames.

Knows the password, and from the programs' logs what SAE alone lets nobody compute afterwards.
"""

from __future__ import annotations

import json
from pathlib import Path

from harness.base.address import MacAddress
from harness.wire.dot11.codes import STATUS_HASH_TO_ELEMENT
from harness.wire.dot11.frames import Authentication, decode_frame
from harness.wire.sae import ALGORITHM_SAE, SaeCommit, SaeConfirm

DATA = Path(__file__).parent.parent / "data" / "sae"
NAMES = tuple(f"{method}-{group}" for method in ("hunting", "hashing") for group in (19, 20, 21))


class SaeRecording:
    """One file. `commits`, `confirms`: the station's, then the access point's."""

    def __init__(self, name: str) -> None:
        told = json.loads((DATA / f"{name}.json").read_text())
        self.ap, self.station = MacAddress(told["ap"]), MacAddress(told["station"])
        self.ssid, self.password = told["ssid"].encode(), told["password"].encode()
        logged = [(key, bytes.fromhex(value)) for key, value in told["logged"]["ap"]]
        self.logged = dict(logged)
        seeds = [value for key, value in logged if key == "pwd-seed"]
        values = [value for key, value in logged if key == "pwd-value"]
        self.rounds = list(zip(seeds, values, strict=False))
        self.frames = [bytes.fromhex(frame["octets"]) for frame in told["frames"]]
        self.authentications = [
            frame
            for frame in map(decode_frame, self.frames)
            if isinstance(frame, Authentication) and frame.algorithm == ALGORITHM_SAE
        ]
        commits = [frame for frame in self.authentications if frame.transaction == 1]
        self.hash_to_element = commits[0].status == STATUS_HASH_TO_ELEMENT
        self.commits = [
            SaeCommit.decode(frame.body, hash_to_element=self.hash_to_element) for frame in commits
        ]
        self.confirms = [
            SaeConfirm.decode(frame.body)
            for frame in self.authentications
            if frame.transaction == 2
        ]
        self.group = self.commits[0].group
