"""Ground for abnormal key handshakes: messages that are not as they should be, and what comes.

hostapd gives what is right: associations, and 3/4, which is changed on its way. Group messages are
made here, under the keys that the station has.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from key_ground import MESSAGE_2, MESSAGE_3, KeyGround, key_in, kind
from programs import Monitor

from harness.base.errors import BadMic, WireError
from harness.base.seam import AKM_PSK
from harness.crypto.ccmp import CcmpKey
from harness.crypto.keywrap import unwrap_key_data, wrap_key_data
from harness.crypto.prf import Ptk
from harness.crypto.psk import derive_psk
from harness.proto.key_handshake import seal
from harness.wire.dot11.ethernet import ETHERTYPE_EAPOL
from harness.wire.eapol_key import ENCRYPTED, EapolKey

PSK = derive_psk("12345678", b"keys")
AP_FILE = """\
interface=wlan0
driver=nl80211
ctrl_interface={folder}/ctl
ssid=keys
hw_mode=g
channel=1
wpa_passphrase=12345678
"""
STATION_FILE = """\
ctrl_interface={folder}/sta
network={{
    ssid="keys"
    psk="12345678"
    scan_freq=2412
    disabled=1
}}
"""
DEBUGFS: Final = Path("/sys/kernel/debug")
KEY_FILES: Final = ("keyidx", "algorithm", "key")
LLC_OF_EAPOL: Final = b"\xaa\xaa\x03\0\0\0" + ETHERTYPE_EAPOL.to_bytes(2, "big")
DATA, TYPE, PROTECTED, QOS = 0x08, 0x0C, 0x40, 0x80


@dataclass(frozen=True)
class Wrong:
    """How a message is made another one.

    `data`: changes its decrypted Key Data. `without`, `within`: bits of Key Information that are
    not set, and that are. `fields`: what else of the frame is other. `spoilt`: by its MIC, or by
    what is encrypted. `later`: how far its replay counter is above the last one's.
    """

    data: Callable[[bytes], bytes] = bytes
    without: int = 0
    within: int = 0
    fields: tuple[tuple[str, Any], ...] = ()
    spoilt: str = ""
    later: int = 1

    def of(self, key: EapolKey, plain: bytes, ptk: Ptk, *, bare: bool = False) -> bytes:
        """The whole EAPOL frame. `bare`: WPA version 1, whose group key has no bit for it."""
        information = key.key_information & ~self.without | self.within
        data = self.data(plain)
        if bare or information & ENCRYPTED:
            data = wrap_key_data(ptk.kek, data)
            if self.spoilt == "data":
                data = bytes(len(data))
        changed = replace(
            key, key_information=information, key_data=data, mic=bytes(16), octets=b"",
            **dict(self.fields),
        )  # fmt: skip
        kck = bytes(16) if self.spoilt == "mic" else ptk.kck
        return seal(changed, AKM_PSK, kck)


RIGHT: Final = Wrong()


class Handshakes(KeyGround):
    """One of two stations, and hostapd whose messages are changed."""

    def __init__(self, folder: Path, *, wpa: bool) -> None:
        super().__init__(folder, PSK, AP_FILE, STATION_FILE)
        self.wpa = wpa
        self.third: list[Wrong] = []
        """What the next messages 3/4 are to be; those after them are right."""
        self._counter = 0
        self._begun = 0
        self._left = b""
        """The ANonce of the association that was left: messages of it may still come."""

    def edited(self, key: EapolKey, ptk: Ptk) -> bytes:
        self._counter = key.replay_counter
        if kind(key) != MESSAGE_3 or not self.third or key.nonce == self._left:
            return key.octets
        plain = unwrap_key_data(ptk.kek, key.key_data) if key.encrypted else key.key_data
        return self.third.pop(0).of(key, plain, ptk)

    def connect(self, station: Monitor, until: str, *third: Wrong) -> list[str]:
        """Have the station join, and give what it says as far as `until`, and at once after it."""
        assert station.ask("DISCONNECT") == "OK\n"
        station.told(0)
        self.third = list(third)
        self._begun, self._left = len(self.air.frames), self._anonce
        assert station.ask("SELECT_NETWORK 0") == "OK\n"
        return self.until(station, until)

    def until(self, station: Monitor, part: str, times: int = 1) -> list[str]:
        """Carry frames until the station has said so."""
        self.carry(lambda: sum(part in line for line in station.hear(0.02)) >= times)
        assert station.ask("PING") == "PONG\n"
        return [self.named(line) for line in station.told(0)]

    def group_message(self, wrong: Wrong, data: bytes, template: EapolKey) -> bytes:
        """Group 1/2 as the AP would send it next, but for what is wrong."""
        ptk = self.ptk
        assert ptk is not None
        counter = self._counter + wrong.later
        self._counter = max(self._counter, counter)
        return wrong.of(replace(template, replay_counter=counter), data, ptk, bare=self.wpa)

    def answers(self) -> list[tuple[str, str, int, int]]:
        """The key frames of the station since it was to connect, without repetitions of 2/4.

        Each: what it is, its Key Information in hexadecimal, how far its Replay Counter is from
        that of the newest message (which differs in 2/4), Key Length.
        """
        self.look()
        told: list[tuple[str, str, int, int]] = []
        for frame in self.air.frames[self._begun :]:
            key = self._key_of_station(frame.octets)
            if key is None:
                continue
            early = kind(key) == MESSAGE_2
            counter = 0 if early else key.replay_counter - self._counter
            answer = kind(key), f"{key.key_information:04x}", counter, key.key_length
            if not early or answer not in told:
                told.append(answer)
        return told

    def _key_of_station(self, octets: bytes) -> EapolKey | None:
        if octets[10:16] != self.sta.address or octets[0] & TYPE != DATA:
            return None
        if not octets[1] & PROTECTED:
            return key_in(octets)
        assert self._ptk is not None
        size = 26 if octets[0] & QOS else 24
        with suppress(WireError, BadMic):
            _, body = CcmpKey(self._ptk.tk).decrypt(octets[:size], octets[size:])
            if body.startswith(LLC_OF_EAPOL):
                return EapolKey.decode(body[len(LLC_OF_EAPOL) :])
        return None

    def group_keys(self) -> list[tuple[str, ...]]:
        """What the station's kernel has but the pairwise key: index, cipher, key.

        The AP's own keys, which differ from run to run, are not named.
        """
        assert self._ptk is not None
        found = []
        for each in (DEBUGFS / "ieee80211" / self.sta.phy / "keys").iterdir():
            index, cipher, key = ((each / name).read_text().strip() for name in KEY_FILES)
            if bytes.fromhex(key) != self._ptk.tk:
                found.append((index, cipher, key if is_made(key) else "the AP's"))
        return sorted(found)


def made(number: int, octets: int = 16) -> bytes:
    """A group key that was made here."""
    return bytes((number,)) * octets


def is_made(key: str) -> bool:
    return len(set(bytes.fromhex(key))) == 1
