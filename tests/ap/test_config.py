from __future__ import annotations

from typing import Any

import pytest

from harness.ap.config import ApConfig, BssConfig, bss_addresses, channel_number
from harness.base.address import MacAddress
from harness.base.errors import ConfigError

RADIO = MacAddress("02:00:00:00:01:00")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"ssid": b""}, "ssid: must be 1 to 32 octets, not 0"),
        ({"ssid": b"x" * 33}, "ssid: must be 1 to 32 octets, not 33"),
        ({"interface": "wlan 0"}, "interface"),
        ({"interface": "w" * 16}, "interface"),
        ({"passphrase": "short"}, "passphrase: must be 8 to 63"),
        ({"passphrase": "x" * 64}, "passphrase: must be 8 to 63"),
        ({"passphrase": "tab\there is"}, "passphrase: must be 8 to 63"),
        ({"psk": b"x"}, "psk: must be 32 octets, not 1"),
        ({"psk": bytes(32), "passphrase": "12345678"}, "psk: is given beside a passphrase"),
        ({"multi_ap": 4}, "multi_ap: must be 0 to 3, not 4"),
        ({"multi_ap_profile": 0}, "multi_ap_profile: must be 1 to 6"),
        ({"multi_ap_vlan_id": 4095}, "multi_ap_vlan_id: must be 0 to 4094"),
        ({"multi_ap_client_disallow": 4}, "multi_ap_client_disallow"),
        ({"multi_ap_backhaul_ssid": b""}, "multi_ap_backhaul_ssid"),
        ({"multi_ap_backhaul_passphrase": "1234567"}, "multi_ap_backhaul_passphrase"),
        ({"wps_state": 3}, "wps_state: must be 0 to 2"),
        ({"beacon_interval": 9}, "beacon_interval: must be 10 to 65535"),
        ({"dtim_period": 0}, "dtim_period: must be 1 to 255"),
        ({"bridge": "a/b"}, "bridge"),
        ({"bssid": MacAddress("01:00:00:00:00:00")}, "bssid: is a group address"),
    ],
)
def test_a_bad_value_is_named(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=f"^{values.get('interface', 'wlan0')}: ") as caught:
        BssConfig(**{"interface": "wlan0", "ssid": b"home", **values})
    assert said in str(caught.value)


def test_an_access_point_needs_a_bss() -> None:
    with pytest.raises(ConfigError, match="at least one BSS"):
        ApConfig(bsss=())


def test_two_bsss_share_no_interface() -> None:
    bss = BssConfig(interface="wlan0", ssid=b"home")
    with pytest.raises(ConfigError, match="interface: wlan0 is used by two BSSs"):
        ApConfig(bsss=(bss, bss))


def test_two_bsss_share_no_bssid() -> None:
    config = ApConfig(
        bsss=(
            BssConfig(interface="wlan0", ssid=b"home"),
            BssConfig(interface="wlan1", ssid=b"away", bssid=RADIO),
        )
    )
    with pytest.raises(ConfigError, match="bssid"):
        bss_addresses(config, RADIO)


def test_further_bsss_have_the_addresses_that_follow() -> None:
    config = ApConfig(bsss=tuple(BssConfig(interface=f"wlan{n}", ssid=b"home") for n in range(64)))
    for radio in (RADIO, MacAddress("00:11:22:33:44:55")):
        addresses = bss_addresses(config, radio)
        assert addresses[0] == radio
        assert len(set(addresses)) == 64
        assert addresses[1] == MacAddress(radio[:5] + bytes((radio[5] + 1,)))


def test_an_interface_keeps_the_address_that_it_has() -> None:
    config = ApConfig(bsss=tuple(BssConfig(interface=name, ssid=b"x") for name in ("a", "c", "d")))
    kept = MacAddress("02:00:00:00:00:09")
    third = MacAddress(RADIO[:5] + bytes((RADIO[5] + 2,)))
    assert bss_addresses(config, RADIO, {"a": RADIO, "c": third})[1:] == (
        third,
        MacAddress(RADIO[:5] + bytes((RADIO[5] + 3,))),
    )
    assert bss_addresses(config, RADIO, {"c": kept})[1] == kept


@pytest.mark.parametrize(
    ("frequency", "number"), [(2412, 1), (2472, 13), (2484, 14), (5180, 36), (5825, 165)]
)
def test_channel_numbers(frequency: int, number: int) -> None:
    assert channel_number(frequency) == number


@pytest.mark.parametrize("frequency", [1, 2413, 2477, 5000, 6000])
def test_no_channel_there(frequency: int) -> None:
    with pytest.raises(ConfigError, match="no channel"):
        channel_number(frequency)


def test_a_hidden_bss_has_no_wps() -> None:
    assert not BssConfig(interface="wlan0", ssid=b"home", wps_state=2, hidden=True).wps_enabled


def test_secrets_stay_out_of_repr() -> None:
    config = BssConfig(
        interface="wlan0",
        ssid=b"home",
        passphrase="correct horse",
        multi_ap_backhaul_passphrase="battery staple",
    )
    assert "horse" not in repr(config)
    assert "staple" not in repr(config)
