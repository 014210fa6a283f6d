"""Every key of Debian's example of wpa_supplicant.conf is served, kept or refused."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from harness.sta.config import KeyManagement
from harness.sta.config_build import network_of
from harness.sta.config_file import ConfigFileError, canonical, read
from harness.sta.config_keys import GLOBAL_KEYS, NETWORK_KEYS, Use
from harness.sta.config_writer import write

FOLDER = Path("/usr/share/doc/wpasupplicant/examples")
FOUND = sorted(FOLDER.glob("wpa_supplicant.conf*")) if FOLDER.is_dir() else []
pytestmark = pytest.mark.skipif(not FOUND, reason="Debian's example of the file is not installed")

SETTING = re.compile(r"#?\s*([A-Za-z][A-Za-z0-9_]+)=")
INTRODUCED = re.compile(r"#\s?([a-z][A-Za-z0-9_]+): ")
NO_KEYS = """
DIR SGVsbG8gV29ybGQhCg network cred default format
fast_max_pac_list_len fast_pac_format include_tls_length pbc tls_allow_md5
tls_disable_session_ticket tls_disable_time_checks tls_disable_tlsv1_0 tls_disable_tlsv1_1
tls_disable_tlsv1_2 tls_disable_tlsv1_3 tls_ext_cert_check tls_suiteb
domain imsi milenage realm req_conn_capab roaming_consortium username excluded_ssid max_bss_load
provisioning_sp required_roaming_consortium roaming_consortiums roaming_partner
"""
"""Words of values and sentences, EAP's own parameters, and keys of blocks for Interworking."""


def text() -> str:
    octets = FOUND[0].read_bytes()
    return (gzip.decompress(octets) if FOUND[0].suffix == ".gz" else octets).decode()


def documented() -> set[str]:
    names = set()
    for line in text().splitlines():
        for form in (SETTING, INTRODUCED):
            if match := form.match(line):
                names.add(match[1])
    return names - set(NO_KEYS.split())


def test_every_documented_key_is_known() -> None:
    names = documented()
    assert len(names) > 150
    known = GLOBAL_KEYS.keys() | NETWORK_KEYS.keys()
    assert {name for name in names if name not in known and canonical(name) not in known} == set()


def test_the_whole_example_is_read() -> None:
    file = read(text(), "f")
    assert len(file.networks()) > 25
    never = [notice for notice in file.notices() if "never joined" in notice]
    networks = [network_of(block.values(), 0) for block in file.networks()]
    assert len(never) == len([each for each in networks if each.barred]) > 10
    assert sum(each.is_usable for each in networks) > 8


@pytest.mark.parametrize(
    "line",
    [
        "key_mgmt=WPA-EAP", "key_mgmt=IEEE8021X", "key_mgmt=OWE", "key_mgmt=DPP", "mode=1",
        "mode=5", "macsec_policy=1", "sae_pk=1", "auth_alg=LEAP", "proto=OSEN", "pairwise=GCMP",
        "group=WEP40", "group=GCMP-256", "group_mgmt=BIP-GMAC-256",
    ],
)  # fmt: skip
def test_a_network_that_needs_what_is_not_built_is_kept_and_never_joined(line: str) -> None:
    written = f'network={{\n\tssid="a"\n\tpsk="12345678"\n\t{line}\n}}\n'
    file = read(written, "f")
    assert write(file) == written
    network = network_of(file.networks()[0].values(), 0)
    assert network.barred.startswith(f"{line.partition('=')[0]}: ")
    assert not network.is_usable
    told = f"f:1: this network is never joined: {network.barred}"
    assert file.notices() == [told]


def test_one_way_in_that_is_built_is_enough() -> None:
    file = read(
        'network={\nssid="a"\npsk="12345678"\nkey_mgmt=WPA-EAP WPA-PSK\neap=PEAP TLS\n'
        "pairwise=GCMP CCMP\ngroup=CCMP WEP104\n}\n",
        "f",
    )
    network = network_of(file.networks()[0].values(), 0)
    assert network.is_usable
    assert network.key_mgmt == {KeyManagement.WPA_PSK}


@pytest.mark.parametrize("line", ["mac_addr=3", "eap=FOO", "eap=peap", "mka_cak=0", "eap="])
def test_what_is_wrong_is_refused_by_name(line: str) -> None:
    with pytest.raises(ConfigFileError, match=rf"f:3: {line.partition('=')[0]}: "):
        read(f"network={{\nssid=\"a\"\n{line}\n}}\n", "f")


def test_what_is_kept_is_told() -> None:
    file = read("network={\nssid=\"a\"\npsk=\"12345678\"\nautoscan=\"periodic:9\"\n}\n", "f")
    assert file.notices() == [f"f:4: autoscan {Use.KEPT.value}"]
