"""The station's configuration file: what is read, refused, and written back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.address import MacAddress, MaskedAddress
from harness.base.errors import ConfigError
from harness.sta.config import KeyManagement, Network, SecurityProtocol
from harness.sta.config_build import network_of, station_config_of, texts_of
from harness.sta.config_file import Block, ConfigFileError, Setting, read
from harness.sta.config_keys import GLOBAL_KEYS, NETWORK_KEYS, Key, config_methods
from harness.sta.config_values import read_integer, read_string, show_string
from harness.sta.config_writer import write

WHOLE = """\
# first remark
ctrl_interface=DIR=/run/x GROUP=adm
update_config=1   # so that enrolment lasts
device_name=My AP
device_type=1-0050F204-1
os_version=01020304
uuid=12345678-9abc-def0-1234-56789abcdef0
p2p_go_intent=3

network={
\tssid="home" # the "first"
\t# inside
\tpsk="secret#123"
\tbssid_blacklist=02:00:00:00:00:01
\tid_str="a \\ b"
}
cred={
\trealm="example.com"
}
network={
  ssid=P"a\\tb\\x41"
    psk=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
\tkey_mgmt=NONE WPA-PSK
\tpriority=0x10
\tmulti_ap_backhaul_sta=1
}
blob-base64-certificate={
aGVsbG8=
}
"""


def errors_of(text: str) -> list[str]:
    with pytest.raises(ConfigFileError) as caught:
        read(text, "f")
    return [str(error) for error in caught.value.errors]


def test_what_is_read_is_written_in_the_same_form() -> None:
    tidy = WHOLE.replace('  ssid=P"', '\tssid=P"').replace("    psk=", "\tpsk=")
    tidy = tidy.replace("\naGVsbG8=", "\n\taGVsbG8=")
    once = write(read(WHOLE, "f"))
    assert once == tidy
    assert write(read(once, "f")) == once


def test_values_are_those_that_the_lines_say() -> None:
    file = read(WHOLE, "f")
    config = station_config_of(file.values(), bridge="br0")
    assert config.device.device_name == "My AP"
    assert config.device.primary_device_type == bytes.fromhex("00010050f2040001")
    assert config.os_version == 0x01020304
    assert config.uuid is not None
    assert config.uuid.hex() == "123456789abcdef0123456789abcdef0"
    assert config.bridge == "br0"
    first, second = [network_of(b.values(), n) for n, b in enumerate(file.networks())]
    assert (first.ssid, first.passphrase) == (b"home", "secret#123")
    assert first.bssid_ignore == (MaskedAddress(MacAddress("02:00:00:00:00:01")),)
    assert first.id_str == "a \\ b"
    assert second.ssid == b"a\tbA"
    assert second.psk == bytes.fromhex("0123456789abcdef" * 4)
    assert second.key_mgmt == {KeyManagement.NONE, KeyManagement.WPA_PSK}
    assert second.priority == 16
    assert second.multi_ap_backhaul_sta
    assert second.multi_ap_profile == 2


def test_what_has_no_effect_is_noticed() -> None:
    notices = read(WHOLE, "f").notices()
    assert "f:8: p2p_go_intent has no effect yet" in notices
    assert any("cred blocks" in notice for notice in notices)


def test_every_bad_line_is_told_with_its_place_key_and_reason() -> None:
    told = errors_of(
        "update_config=x\nfoo=1\nnetwork={\nssid=\"a\nfoo=1\npsk=\"short\"\nbssid=x\n}\nuuid=1\n"
    )
    assert [line.split(" ")[0] for line in told] == ["f:1:", "f:2:", "f:4:", "f:5:", "f:6:",
                                                     "f:7:", "f:9:"]  # fmt: skip
    assert told[0] == "f:1: update_config: not a number: 'x'"
    assert told[2] == "f:4: ssid: the closing quote is missing"
    assert told[4] == "f:6: psk: a passphrase has 8 to 63 octets, not 5"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("network={\nssid=\"a\"\n", "f:1: network={ is never closed"),
        ("}\n", "f:1: neither key=value nor a block: '}'"),
        ("ctrl_interface\n", "f:1: neither key=value nor a block"),
        ("network={\nssid=\"a\"b\n}\n", "something follows the closing quote"),
        ("network={\nssid=123\n}\n", "an even number of hexadecimal digits"),
        ('network={\nssid="123456789012345678901234567890123"\n}\n', "at most 32 octets, not 33"),
        ("network={\npriority=3x\n}\n", "not a number: '3x'"),
        ("network={\nkey_mgmt=WPA-FOO\n}\n", "unknown word 'WPA-FOO'"),
        ("network={\nwep_key0=\"abcde\n}\n", "the closing quote is missing"),
        ("network={\nwep_tx_keyidx=4\n}\n", "0 to 3, not 4"),
        ("network={\npsk=NULL\n}\n", "neither a passphrase"),
        ("network={\npriority=NULL\n}\n", "not a number"),
        ("network={\npsk=ext:\n}\n", "the name of a password"),
        ("network={\npsk=ext:a b\n}\n", "the name of a password"),
        ("network={\nsae_password=ext:one\n}\n", "neither in quotes"),
        ("ext_password_backend=vault:x\n", "'vault' is none of test and file"),
        ("ext_password_backend=file:\n", "file: without a path"),
        ("network={\nbssid_accept=02:00:00:00:00:01/ff:00\n}\n", "not a MAC address: 'ff:00'"),
        ("ap_scan=3\n", "0 to 2"),
        ("ap_scan=1\nconfig_methods=label display\n", "f:2: config_methods: label and display"),
        ("ap_scan=1\nconfig_methods=buttons\n", "f:2: config_methods: unknown config method"),
        ("device_name=" + 33 * "x" + "\n", "at most 32 octets"),
        ("device_type=1-2\n", "not a device type"),
        ("config_methods=label display\n", "label and display"),
        ("ap_scan=1\nautoscan=foo\n", "f:2: autoscan: 'foo' has no good interval"),
        ("ap_scan=1\nsched_scan_plans=foo\n", "f:2: sched_scan_plans: no good number: 'foo'"),
        ("config_methods=lable\n", "unknown config method 'lable'"),
        ("os_version=12\n", "4 octets, not 1"),
        ("blob-base64-x={\n???\n}\n", "not base64"),
        ("sae_groups=7\n", "sae_groups"),
        ("wps_priority=" + 5000 * "1" + "\n", "not a number"),
        ("freq_list=2412 99999999999\n", "0 to 100000"),
    ],
)  # fmt: skip
def test_bad_line(text: str, reason: str) -> None:
    (told,) = errors_of(text)
    assert reason in told


def test_config_methods_get_their_kinds() -> None:
    assert config_methods("") == 0x2108
    assert config_methods("display push_button") == 0x2288
    assert config_methods("physical_display virtual_push_button keypad") == 0x4388
    assert config_methods("label ethernet") == 0x0006


def test_hash_in_quotes_is_no_remark() -> None:
    (block,) = read('network={\nssid="a#b" # c "d"\n}\n', "f").networks()
    assert block.values() == {"ssid": b"a#b"}


def test_null_unsets_a_text() -> None:
    (block,) = read('network={\nssid="a"\nid_str="x"\nid_str=NULL\n}\n', "f").networks()
    assert block.values() == {"ssid": b"a"}


@pytest.mark.parametrize(
    ("escaped", "octets"),
    [(r"\\\"\n\r\t\e", b'\\"\n\r\t\x1b'), (r"\q", b"q"), (r"\x4", b"\4"), (r"\x41b", b"Ab"),
     (r"\xg", b"g"), (r"\8", b"8"), (r"\08", b"\x008"), (r"\1a", b"\1a"), (r"\400", b"\0"),
     (r"\777", b"\xff"), ("\\", b"")],
)  # fmt: skip
def test_escapes_stand_for_octets(escaped: str, octets: bytes) -> None:
    """As wpa_supplicant 2.10 reads them."""
    (block,) = read(f'network={{\nssid=P"a{escaped}"\n}}\n', "f").networks()
    assert block.values() == {"ssid": b"a" + octets}


def test_blanks_before_a_number_do_not_count() -> None:
    file = read('update_config= 1\nnetwork={\nssid="a"\npriority= 5\n}\n', "f")
    assert file.values() == {"update_config": 1}
    assert file.networks()[0].values()["priority"] == 5


@pytest.mark.parametrize(
    ("text", "place"),
    [("ctrl_interface=/a\nno_ctrl_interface=\n", None),
     ("no_ctrl_interface=\nctrl_interface=/a\n", "/a")],
)  # fmt: skip
def test_a_file_may_take_its_control_socket_back(text: str, place: str | None) -> None:
    assert read(text, "f").text("ctrl_interface") == place


def test_changes_stand_where_the_key_stood() -> None:
    file = read('device_name=a # x\nnetwork={\n\tssid="a"\n\tpriority=1\n}\n', "f")
    file.set("device_name", "b")
    file.set("update_config", "1")
    (block,) = file.networks()
    block.set("ssid", '"c"')
    block.set("priority", None)
    block.set("disabled", "1")
    assert write(file) == (
        'device_name=b # x\nupdate_config=1\nnetwork={\n\tssid="c"\n\tdisabled=1\n}\n'
    )


def test_new_blocks_are_written_in_order_and_only_when_they_can_be_used() -> None:
    file = read("", "f")
    usable = Block("network", [Setting("psk", '"12345678"'), Setting("ssid", '"a"')])
    without_secret = Block("network", [Setting("ssid", '"b"')])
    temporary = Block("network", [Setting("key_mgmt", "WPS")], temporary=True)
    hidden = Block("network", [*usable.items, Setting("mem_only_psk", "1")])
    file.items.extend((usable, without_secret, temporary, hidden))
    first, second = '\tssid="a"\n\tpsk="12345678"\n', '\tssid="a"\n\tmem_only_psk=1\n'
    assert write(file) == f"\nnetwork={{\n{first}}}\n\nnetwork={{\n{second}}}\n"


@pytest.mark.parametrize(
    "network",
    [
        Network(ssid=b"a", passphrase="12345678", proto=frozenset({SecurityProtocol.RSN})),
        Network(ssid=b"\x00\xff", psk=bytes(range(32)), multi_ap_backhaul_sta=True,
                multi_ap_profile=1, bssid=MacAddress("02:00:00:00:00:01"), auth_alg=0),
        Network(ssid=b"a", key_mgmt=frozenset({KeyManagement.NONE}), priority=3),
        Network(ssid=b"a", passphrase='a"b"c#d\\e ', ieee80211w=1, sae_password="pass",
                key_mgmt=frozenset({KeyManagement.WPA_PSK, KeyManagement.SAE})),
    ],
)  # fmt: skip
def test_a_network_survives_the_file(network: Network) -> None:
    file = read("", "f")
    file.items.append(Block("network", [Setting(k, t) for k, t in texts_of(network).items()]))
    (block,) = read(write(file), "f").networks()
    assert network_of(block.values(), 0) == network


def test_a_secret_that_no_quotes_can_hold_is_written_as_its_key() -> None:
    network = Network(ssid=b'a"#', passphrase='12345678"#')
    file = read("", "f")
    file.items.append(Block("network", [Setting(k, t) for k, t in texts_of(network).items()]))
    (block,) = read(write(file), "f").networks()
    again = network_of(block.values(), 0)
    assert again.ssid == network.ssid
    assert again.pmk() == network.pmk()


@given(st.binary(max_size=32))
def test_strings_survive_their_form(octets: bytes) -> None:
    assert read_string(show_string(octets)) == octets


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        file = read(text, "f")
    except ConfigFileError:
        return
    assert write(read(write(file), "f")) == write(file)


@given(st.sampled_from([*GLOBAL_KEYS.values(), *NETWORK_KEYS.values()]), st.text(max_size=80))
def test_any_value_is_read_or_refused(key: Key, text: str) -> None:
    try:
        value = key.read(text)
    except ConfigError:
        return
    assert isinstance(key.kind.show(value), str)


def test_numbers_have_the_bases_of_c() -> None:
    assert [read_integer(text) for text in ("10", "0x10", "010", "-3")] == [10, 16, 8, -3]


def test_how_sae_is_done_is_the_stations_or_the_networks() -> None:
    file = read('sae_check_mfp=1\nsae_pwe=3\nnetwork={\n\tssid="a"\n\tsae_pwe=1\n}\n', "f")
    habits = station_config_of(file.values()).security
    assert (habits.sae_needs_mfp, habits.sae_pwe) == (True, 3)
    (block,) = file.networks()
    network = network_of(block.values(), 0)
    assert network.sae_pwe == 1
    assert texts_of(network)["sae_pwe"] == "1"
