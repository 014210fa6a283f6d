"""Networks that have the name of their password only: `psk=ext:NAME`."""

from __future__ import annotations

import pytest
from control_stage import UPDATES, ControlStage
from sta_stage import PASSPHRASE, home

from harness.base.errors import ConfigError
from harness.base.event import Event
from harness.crypto.psk import derive_psk
from harness.sta import events
from harness.sta.config import KeyManagement, Network
from harness.sta.config_build import network_of, texts_of
from harness.sta.config_file import read
from harness.sta.external_passwords import Backend, External, with_secret

FILE = "/etc/passwords"
BLOCK = 'network={\n\tssid="home"\n\tpsk=ext:first\n}\n'
DIGITS = derive_psk(PASSPHRASE.encode(), b"home").hex()


def no_file(path: str) -> str:
    raise AssertionError(path)


def missing(stage: ControlStage) -> list[object]:
    """Why passwords were missed, as often as it was told."""
    told = [each for each in stage.events if each.name == events.PASSWORD_MISSING]
    return [each.fields["reason"] for each in told]


@pytest.mark.parametrize("secret", [PASSPHRASE, DIGITS, DIGITS.upper()])
@pytest.mark.parametrize("place", ["test", "file"])
def test_a_network_is_joined_by_a_password_from_elsewhere(place: str, secret: str) -> None:
    where = f"test:other=x|first={secret}|more=y" if place == "test" else f"file:{FILE}"
    stage = ControlStage(home(), text=f"{UPDATES}ext_password_backend={where}\n{BLOCK}")
    stage.desk.files[FILE] = f"# ours\nfirst one=x\r\n\nfirst={secret}\r\n#first=12345678\n"
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert missing(stage) == []
    assert stage.ask("GET_NETWORK 0 psk") == "*"
    assert stage.ask("SAVE_CONFIG") == "OK\n"
    assert "\tpsk=ext:first\n" in stage.desk.text
    if place == "file":
        assert secret not in stage.desk.text
    known = stage.control.station.networks[0]
    assert (known.passphrase, known.psk, known.external_psk) == (None, None, "first")


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("", "ext_password_backend is not set"),
        ("ext_password_backend=test:second=12345678\n", "there is no external password 'first'"),
        ("ext_password_backend=test\n", "there is no external password 'first'"),
        ("ext_password_backend=test:first=short\n", "'first': a passphrase has 8 to 63 octets"),
        (f"ext_password_backend=test:first={'x' * 64}\n", "8 to 63 octets, not 64"),
        (f"ext_password_backend=file:{FILE}\n", f"{FILE}: there is none"),
    ],
)
def test_a_network_without_its_password_waits_for_it(where: str, reason: str) -> None:
    """It is told once, and looked for again with every scan."""
    stage = ControlStage(home(), text=UPDATES + where + BLOCK)
    stage.run(30.0)
    (told,) = missing(stage)
    assert reason in str(told)
    assert not any("Trying to" in line for line in stage.lines)
    assert "CTRL-EVENT-NETWORK-NOT-FOUND " in stage.lines

    assert stage.ask(f"SET ext_password_backend test:first={PASSPHRASE}") == "OK\n"
    stage.until_line("CTRL-EVENT-CONNECTED")


def test_the_file_is_read_whenever_it_is_needed() -> None:
    text = f"{UPDATES}ext_password_backend=file:{FILE}\n{BLOCK}"
    stage = ControlStage(home(), text=text)
    stage.desk.files[FILE] = "first=wrong horse\n"
    stage.until_line("4-Way Handshake failed")
    stage.desk.files[FILE] = f"first={PASSPHRASE}\n"
    stage.until_line("CTRL-EVENT-CONNECTED")


def test_another_network_does_not_wait() -> None:
    other = f'network={{\n\tssid="home"\n\tpsk="{PASSPHRASE}"\n}}\n'
    first = BLOCK.replace("}", "\tpriority=5\n}")
    stage = ControlStage(home(), text=UPDATES + first + other)
    stage.until_line("CTRL-EVENT-CONNECTED")
    assert "id=1 " in stage.lines[-1]


def test_commands_take_names_and_tell_no_password() -> None:
    stage = ControlStage(home())
    stage.ask("ADD_NETWORK")
    said = stage.ask_all(
        'SET_NETWORK 0 ssid "home"', "SET_NETWORK 0 psk ext:first", "GET_NETWORK 0 psk",
        "SET_NETWORK 0 psk ext:", "SET_NETWORK 0 psk ext:a#b", "SET_NETWORK 0 sae_password ext:a",
        "SET ext_password_backend vault:a=b", "SET ext_password_backend test:first=secret one",
        "GET ext_password_backend",
    )  # fmt: skip
    assert said == [
        "OK\n", "OK\n", "*", "FAIL\n", "FAIL\n", "FAIL\n", "FAIL\n", "OK\n",
        "test:first=secret one",
    ]  # fmt: skip
    kept: list[Event] = stage.events
    assert not any("secret one" in str(each.fields) for each in kept)


def test_a_name_goes_through_a_block_and_back() -> None:
    (block,) = read(BLOCK, "f").networks()
    network = network_of(block.values(), 0)
    assert network.external_psk == "first"
    assert texts_of(network)["psk"] == "ext:first"
    assert network.is_usable
    assert not network.lacks_psk
    with pytest.raises(ConfigError, match="external, or not"):
        Network(ssid=b"home", external_psk="first", psk=bytes(32))
    with pytest.raises(ConfigError, match="the name of a password"):
        External.parse("a=b")


def test_sae_takes_a_passphrase_from_elsewhere() -> None:
    backend = Backend.parse(f"test:first={PASSPHRASE}|second={DIGITS}")
    network = Network(ssid=b"home", external_psk="first", key_mgmt=frozenset({KeyManagement.SAE}))
    assert network.is_usable
    found = with_secret(network, lambda name: backend.look_up(name, no_file))
    assert found.sae_secret == PASSPHRASE
    by_digits = with_secret(network, lambda name: backend.look_up("second", no_file))
    assert by_digits.sae_secret is None
