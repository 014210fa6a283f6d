"""Values of keys without effect: hostapd 2.10 was given the same, and its verdicts are here."""

from __future__ import annotations

import pytest

from harness.ap.config_file import ConfigErrors, parse
from harness.base.errors import ConfigError

BASIC = "interface=wlan0\nchannel=6\nhw_mode=g\nssid=home\n"

GOOD = (
    "access_network_type=15", "access_network_type=x", "airtime_mode=3", "fragm_threshold=-1",
    "fragm_threshold=2346", "rts_threshold=-1", "rts_threshold=65535", "fst_llt=1073741823",
    "bss_load_update_period=", "eap_reauth_period=0", "assoc_sa_query_max_timeout=-1",
    "hessid=02:03:04:05:06:07", "own_ip_addr=::1", "roaming_consortium=021122",
    "ignore_probe_probability=0.5", "ignore_probe_probability=", "min_tx_power=255",
    "preamble=2", "supported_rates=x", "logger_syslog=x", "vlan_naming=1",
)  # fmt: skip
BAD = {
    "access_network_type=16": "must be 0 to 15, not 16",
    "airtime_mode=4": "must be 0 to 3, not 4",
    "fragm_threshold=255": "must be 256 to 2346, not 255",
    "rts_threshold=65536": "must be 0 to 65535, not 65536",
    "rts_threshold=-2": "must be 0 to 65535, not -2",
    "fst_llt=0": "must be 1 to 1073741823, not 0",
    "assoc_sa_query_max_timeout=0": "must not be 0",
    "eap_reauth_period=-1": "must be 0",
    "gas_frag_limit=": "must be 1",
    "extended_key_id=3": "must be 0 to 2, not 3",
    "hessid=x": "'x'",
    "own_ip_addr=x": "'x'",
    "dhcp_server=": "''",
    "roaming_consortium=2233": "must be 3 to 15 octets",
    "ignore_probe_probability=x": "'x' is no number",
    "ignore_probe_probability=2": "must be 0 to 1, not 2",
    "local_pwr_constraint=256": "must be 0 to 255, not 256",
}


@pytest.mark.parametrize("line", GOOD)
def test_a_good_value_is_taken_with_a_warning(line: str) -> None:
    (warning,) = parse(f"{BASIC}{line}\n", "ap.conf").warnings
    assert warning == f"ap.conf:5: {line.partition('=')[0]}: has no effect here"


@pytest.mark.parametrize("line", BAD)
def test_a_bad_value_is_refused_with_its_place(line: str) -> None:
    with pytest.raises(ConfigErrors) as raised:
        parse(f"{BASIC}{line}\n", "ap.conf")
    (error,) = raised.value.errors
    assert str(error).startswith(f"ap.conf:5: {line.partition('=')[0]}: ")
    assert BAD[line] in str(error)


# ---- vlan_file --------------------------------------------------------------------------------

VLANS = {
    "good": "# ours\n1 wlan0.1\n* wlan0.#  bridge\n\n",
    "bad": "1 wlan0.1\nfoo bar\n",
    "short": "1\n",
}


def _read(path: str) -> str:
    if path not in VLANS:
        raise ConfigError("No such file or directory", file=path)
    return VLANS[path]


def test_vlans_that_no_station_is_put_into_are_no_matter() -> None:
    settings = parse(f"{BASIC}dynamic_vlan=0\nvlan_file=good\n", "ap.conf", read=_read)
    assert settings.warnings == ["ap.conf:6: vlan_file: no station is put into a VLAN"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("vlan_file=bad\n", "ap.conf:5: vlan_file: line 2: 'foo' is no number of a VLAN"),
        ("vlan_file=short\n", "ap.conf:5: vlan_file: line 1: the interface is missing"),
        ("vlan_file=none\n", "ap.conf:5: vlan_file: none: No such file or directory"),
        ("dynamic_vlan=1\n", "ap.conf:5: dynamic_vlan: VLANs by station is not served, only 0"),
    ],
)
def test_what_is_wrong_with_vlans_is_told(lines: str, reason: str) -> None:
    with pytest.raises(ConfigErrors) as raised:
        parse(BASIC + lines, "ap.conf", read=_read)
    assert [str(error) for error in raised.value.errors] == [reason]
