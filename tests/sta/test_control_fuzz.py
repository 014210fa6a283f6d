"""Whatever a client or a file says, the station answers and goes on: random words, seeded."""

from __future__ import annotations

import random

import pytest
from control_stage import UPDATES, ControlStage, joined
from sta_stage import AP1, STA, home, psk_credential

from harness.base.errors import ConfigError
from harness.proto.wsc_credentials import judge
from harness.proto.wsc_run import CredentialsReceived
from harness.sta.config_file import ConfigFile, read
from harness.sta.config_keys import GLOBAL_KEYS, NETWORK_KEYS
from harness.sta.config_writer import write
from harness.sta.control.interface import ORDERS
from harness.sta.joining import Attempt
from harness.wire.wsc.settings import Credential

KEYS = (None, b"", b"12345678", b"a" * 64, b"z" * 64)
COMMANDS = 2500
FILES = 1500
WORDS = (
    "", " ", "0", "1", "-1", "99999999999999999999", "any", "all", "get", "set", "random", "x",
    "02:00:00:00:00:01", "02:00:00:00:00:zz", "ff:ff:ff:ff:ff:ff", "12345670", "multi_ap=1",
    "multi_ap=9", "freq=2412", "freq=2412-5180", "freq=", "ssid", "616263", "zz", "use_id=1",
    "TYPE=ONLY", "MASK=0x20007", "RANGE=ALL", "RANGE=5-", "FIRST", "LAST_ID=0", '"home"', "NULL",
    '"correct horse"', 'P"a\\x01"', '"', "#", "\udcff\udc80", "a" * 300, "CTRL-RSP-", "=", "\t",
    "periodic:3", "exponential:2:9", "exponential:0:0", "disable", "OPEN", "WPA2PSK", "CCMP", "DE",
)  # fmt: skip


def read_or_reason(text: str) -> ConfigFile | str:
    try:
        return read(text, "f")
    except ConfigError as error:
        return str(error)


@pytest.mark.parametrize("seed", range(4))
def test_random_commands_are_answered(seed: int) -> None:
    rng = random.Random(seed)
    verbs = sorted(ORDERS)
    names = sorted(GLOBAL_KEYS) + sorted(NETWORK_KEYS)
    stage: ControlStage = joined() if seed % 2 else ControlStage(home())
    for _ in range(COMMANDS // 4):
        words = [rng.choice(verbs)]
        words += [rng.choice(rng.choice((WORDS, names))) for _ in range(rng.randrange(5))]
        assert isinstance(stage.ask(" ".join(words)), str)
        if rng.random() < 0.05:
            stage.run(stage.now + rng.random())
    assert stage.ask("PING") == "PONG\n"
    assert stage.ask("STATUS").startswith(("wpa_state=", "bssid="))
    assert stage.ask("FLUSH") == "OK\n"
    assert stage.ask("LIST_NETWORKS") == "network id / ssid / bssid / flags\n"


@pytest.mark.parametrize("seed", range(3))
def test_random_files_are_read_or_refused_with_the_place(seed: int) -> None:
    rng = random.Random(seed)
    names = sorted(GLOBAL_KEYS) + sorted(NETWORK_KEYS)
    lines = ["network={", "}", "blob-base64-x={", "cred={", "# remark", "", "  ", "=", "x"]
    taken = 0
    for _ in range(FILES // 3):
        text = UPDATES
        for _ in range(rng.randrange(8)):
            line = f"{rng.choice(names)}={rng.choice(WORDS)}"
            text += rng.choice((line, line, rng.choice(lines))) + "\n"
        file = read_or_reason(text)
        if isinstance(file, str):
            assert "f:" in file
            continue
        taken += 1
        assert write(read(write(file), "f")) == write(file)
        ControlStage(text=text)
    assert taken, "no file was good"


@pytest.mark.parametrize("seed", range(3))
def test_any_octets_in_the_place_of_a_file_are_survived(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(FILES // 3):
        octets = rng.randbytes(rng.randrange(80))
        text = octets.decode("utf-8", "surrogateescape")
        told = read_or_reason(text)
        assert not isinstance(told, str) or "f" in told


@pytest.mark.parametrize("seed", range(3))
def test_any_credential_becomes_a_network_or_is_left_out(seed: int) -> None:
    """What a Registrar may say in M8, as far as it can be decoded."""
    rng = random.Random(seed)
    stage = ControlStage(home())
    for _ in range(300):
        octets = Credential(
            network_index=1,
            ssid=rng.randbytes(rng.choice((0, 1, 8, 32))),
            authentication_type=rng.choice((0, 1, 2, 4, 0x20, 0x22, 0xFFFF)),
            encryption_type=rng.choice((0, 1, 2, 4, 8, 12, 0xFFFF)),
            network_key=rng.choice((*KEYS, rng.randbytes(9))),
            mac_address=STA,
        ).encode()
        stage.ask("WPS_PBC")
        station = stage.control.station
        attempt = Attempt(
            network_id=0, id_str="", bssid=AP1, ssid=b"home", frequency=2412, elements=b"",
            enrolling=True,
        )  # fmt: skip
        verdict = judge((octets,))
        station._wps.take(CredentialsReceived(verdict.credentials), attempt, stage.now)
        stage.do(stage.control.tick(stage.now))
        stage.ask("WPS_CANCEL")
    assert stage.ask("PING") == "PONG\n"
    assert read(stage.desk.text, "f")


def test_broken_credentials_are_refused_not_raised() -> None:
    """Cut anywhere, with any octet changed, or no Credential at all."""
    rng = random.Random(7)
    whole = psk_credential(b"home").encode()
    values = [whole[:end] for end in range(len(whole))]
    for _ in range(FILES):
        octets = bytearray(whole)
        octets[rng.randrange(len(octets))] = rng.randrange(256)
        values += [bytes(octets), rng.randbytes(rng.randrange(40))]
    verdicts = [judge((value,)) for value in values]
    assert any(verdict.refusals for verdict in verdicts)
    assert judge((whole,)).credentials
