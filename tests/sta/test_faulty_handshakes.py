"""What a station concludes from messages 3/4 whose keys are not as they should be.

In the kernel lab the same is compared with wpa_supplicant.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from sta_stage import AP1, DEVICE, PASSPHRASE, STA, ScriptedAp, Stage

from harness.base.seam import AKM_PSK, Deauthenticate, InstallKey
from harness.base.seam_events import RadioEvent
from harness.crypto.keywrap import unwrap_key_data, wrap_key_data
from harness.crypto.prf import derive_ptk
from harness.crypto.psk import derive_psk
from harness.proto.key_handshake import seal
from harness.proto.machine import Output, Transmit
from harness.sta.config import Network, StationConfig
from harness.wire.eapol_key import ENCRYPTED, EapolKey
from harness.wire.key_data import KDE_GTK, join_key_data, split_key_data

SUSPICION = "WPA: 4-Way Handshake failed - pre-shared key may be incorrect"
GONE = f"CTRL-EVENT-DISCONNECTED bssid={AP1} reason=1 locally_generated=1"
REST = 'CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="home" auth_failures=1 duration=10 reason='


@dataclass
class FaultyAp(ScriptedAp):
    """An AP whose 3/4 is changed. `fault`: how."""

    fault: str = ""
    _anonce: bytes = field(default=b"", init=False)

    def _say(self, outputs: tuple[Output, ...]) -> list[RadioEvent]:
        changed = (
            Transmit(self._changed(EapolKey.decode(output.octets)))
            for output in outputs
            if isinstance(output, Transmit)
        )
        return super()._say(tuple(changed))

    def _changed(self, key: EapolKey) -> bytes:
        if not key.has_mic:
            self._anonce = key.nonce
        if not key.install:
            return key.octets
        snonce = EapolKey.decode(self.received[-1]).nonce
        pmk = derive_psk(PASSPHRASE, self.ssid)
        ptk = derive_ptk(AKM_PSK, pmk, self.bssid, STA, self._anonce, snonce)
        data = unwrap_key_data(ptk.kek, key.key_data)
        if self.fault == "key length":
            key = replace(key, key_length=32)
        elif self.fault == "in the clear":
            key = replace(key, key_information=key.key_information & ~ENCRYPTED, key_data=data)
        else:
            rest = join_key_data(each for each in split_key_data(data) if each.kde != KDE_GTK)
            key = replace(key, key_data=wrap_key_data(ptk.kek, rest))
        return seal(replace(key, mic=bytes(16), octets=b""), AKM_PSK, ptk.kck)


def left(fault: str) -> Stage:
    network = Network(id=0, ssid=b"home", passphrase=PASSPHRASE)
    config = StationConfig(device=DEVICE, networks=(network,))
    stage = Stage(FaultyAp(passphrase=PASSPHRASE, fault=fault), config=config)
    stage.do(stage.station.start(0.0))
    stage.until_line(GONE)
    return stage


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        ("key length", f"WPA: Invalid CCMP key length 32 (src={AP1})"),
        ("in the clear", "WPA: GTK IE in unencrypted key data"),
    ],
)
def test_what_forbids_the_answer_is_taken_for_a_wrong_key(fault: str, line: str) -> None:
    stage = left(fault)
    assert stage.lines[-4:] == [line, GONE, SUSPICION, f"{REST}WRONG_KEY"]
    assert not stage.sent(InstallKey)


def test_what_comes_out_after_the_answer_is_not() -> None:
    """The AP had a right MIC and right elements; the network is tried again, but not for ever."""
    stage = left("no GTK")
    assert stage.lines[-2:] == ["RSN: No GTK KDE included in EAPOL-Key msg 3/4", GONE]
    (key,) = stage.sent(InstallKey)
    assert isinstance(key, InstallKey)
    assert key.peer == AP1
    stage.until_line("reason=CONN_FAILED")
    assert len(stage.sent(Deauthenticate)) == 4
    assert SUSPICION not in stage.lines


def test_wrong_keys_are_failures_too() -> None:
    stage = left("key length")
    stage.until_line("reason=CONN_FAILED")
    rests = [line.rpartition("=")[2] for line in stage.lines if "TEMP-DISABLED" in line]
    assert rests == ["WRONG_KEY"] * 4 + ["CONN_FAILED"]
