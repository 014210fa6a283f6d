"""A recorded session of hostapd and wpa_supplicant, opened step by step with our cryptography.

Knows the passphrase only; every key comes out of the recorded frames.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from harness.base.address import MacAddress
from harness.base.seam import AKM_PSK, AKM_PSK_SHA256
from harness.crypto.ccmp import CcmpKey, key_id
from harness.crypto.keywrap import unwrap_key_data
from harness.crypto.mic import verify_key_mic
from harness.crypto.prf import Ptk, derive_ptk
from harness.crypto.psk import derive_psk
from harness.wire.dot11.elements import ELEMENT_RSN
from harness.wire.eapol_key import EapolKey
from harness.wire.key_data import KeyData

DATA = Path(__file__).parent.parent / "data" / "rsn"
NAMES = ("psk", "psk-sha256-mfp", "backhaul")
_EAPOL = bytes.fromhex("aaaa03000000888e")
_AKMS = {"WPA-PSK": AKM_PSK, "WPA-PSK-SHA256": AKM_PSK_SHA256}


@dataclass(frozen=True)
class Step:
    """One EAPOL-Key frame: who sent it, how, and what was in it when its MIC was right."""

    from_ap: bool
    encrypted: bool
    key: EapolKey
    ptk: Ptk | None
    key_data: KeyData | None


@dataclass
class Recording:
    """The frames of one file, opened: EAPOL-Key steps and the plaintext of data frames."""

    name: str
    steps: list[Step] = field(default_factory=list)
    texts: list[tuple[bytes, str]] = field(default_factory=list)
    beacon_rsne: bytes = b""
    request_rsne: bytes = b""

    def __post_init__(self) -> None:
        told = json.loads((DATA / f"{self.name}.json").read_text())
        self.ap, self.station = MacAddress(told["ap"]), MacAddress(told["station"])
        self.akm = _AKMS[told["key_mgmt"]]
        self.ssid, self.passphrase = told["ssid"].encode(), told["passphrase"]
        self.pmk = derive_psk(self.passphrase, self.ssid)
        self.frames = [bytes.fromhex(frame["octets"]) for frame in told["frames"]]
        self._anonce = b""
        self._ptk: Ptk | None = None
        self._installed_tk = b""
        self._gtks: dict[int, bytes] = {}
        for frame in self.frames:
            self._open(frame)

    def _open(self, frame: bytes) -> None:
        if frame[0] == 0x80:
            self.beacon_rsne = _rsne(frame[36:])
        elif frame[0] == 0x00:
            self.request_rsne = _rsne(frame[28:])
        elif frame[0] & 0x0C == 0x08:
            length = 24 + (6 if frame[1] & 3 == 3 else 0) + (2 if frame[0] & 0x80 else 0)
            body, encrypted = frame[length:], bool(frame[1] & 0x40)
            if encrypted:
                body = self._decrypted(frame, length)
            if body.startswith(_EAPOL):
                self._open_key(frame, encrypted, EapolKey.decode(body[8:]))
            else:
                self.texts.append((frame[:length], body[8:].decode()))

    def _decrypted(self, frame: bytes, length: int) -> bytes:
        key = self._gtks[key_id(frame[length:])] if frame[4] & 1 else self._installed_tk
        return CcmpKey(key).decrypt(frame[:length], frame[length:])[1]

    def _open_key(self, frame: bytes, encrypted: bool, key: EapolKey) -> None:
        from_ap = MacAddress(frame[10:16]) == self.ap
        if not key.has_mic:
            self._anonce = key.nonce
            self.steps.append(Step(from_ap, encrypted, key, None, None))
            return
        if key.key_data and not from_ap:
            self._ptk = derive_ptk(
                self.akm, self.pmk, self.ap, self.station, self._anonce, key.nonce
            )
        ptk = self._ptk
        assert ptk is not None
        assert verify_key_mic(key.version, self.akm, ptk.kck, key.without_mic(), key.mic)
        octets = unwrap_key_data(ptk.kek, key.key_data) if key.encrypted else key.key_data
        data = KeyData.decode(octets)
        if data.gtk is not None:
            self._gtks[data.gtk.key_id] = data.gtk.key
        if key.is_pairwise and not key.key_data:
            self._installed_tk = ptk.tk
        self.steps.append(Step(from_ap, encrypted, key, ptk, data))


def _rsne(elements: bytes) -> bytes:
    while elements:
        if elements[0] == ELEMENT_RSN:
            return elements[: 2 + elements[1]]
        elements = elements[2 + elements[1] :]
    raise AssertionError("the recorded frame has no RSNE")
