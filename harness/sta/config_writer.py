"""Writes a station's configuration file: what was read in its form, and what came since.

Source: sta, 1.6; beyond it, comments and the order of the lines stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from harness.sta.config_build import network_of
from harness.sta.config_file import (
    NETWORK,
    Block,
    ConfigFile,
    Item,
    Remark,
    Setting,
    canonical,
    split_remark,
)
from harness.sta.config_values import read_string

_ORDER: Final = (
    "ssid", "scan_ssid", "bssid", "bssid_hint", "bssid_ignore", "bssid_accept", "psk",
    "mem_only_psk", "sae_password", "sae_password_id", "sae_pwe", "proto", "key_mgmt",
    "bg_scan_period", "pairwise", "group", "group_mgmt", "auth_alg", "bgscan", "autoscan",
    "scan_freq", "freq_list", "eap", "identity", "anonymous_identity", "password", "phase1",
    "phase2", "wep_key0", "wep_key1", "wep_key2", "wep_key3", "wep_tx_keyidx", "priority",
    "eap_workaround", "fragment_size", "mode", "frequency", "proactive_key_caching", "disabled",
    "mixed_cell", "wps_disabled", "ieee80211w", "id_str", "wpa_ptk_rekey",
    "multi_ap_backhaul_sta", "multi_ap_profile", "beacon_prot", "transition_disable",
)  # fmt: skip
_PLACES: Final = {key: place for place, key in enumerate(_ORDER)}


def write(file: ConfigFile) -> str:
    """The file's text; blocks that are temporary, or can't be used later, are left out."""
    lines: list[str] = []
    for item in file.items:
        if isinstance(item, Block):
            lines.extend(_block(item))
        else:
            lines.append(_line(item))
    return "".join(f"{line}\n" for line in lines)


def _line(item: Item) -> str:
    if isinstance(item, Remark):
        return item.text
    return f"{item.key}={item.text}{item.remark}"


def _block(block: Block) -> list[str]:
    if block.kind == NETWORK and not _is_kept(block):
        return []
    opening = f"{block.kind}={{"
    if block.line:
        return [opening, *_lines_inside(block, block.items), "}"]
    added = sorted(block.settings(), key=lambda each: _PLACES.get(each.key, len(_PLACES)))
    shown = [each for each in added if not _is_default(each)]
    return ["", opening, *_lines_inside(block, shown), "}"]


def _lines_inside(block: Block, items: Iterable[Item]) -> list[str]:
    is_hidden = block.text("mem_only_psk") == "1"
    return [
        _inside(_as_a_line_holds_it(block, item))
        for item in items
        if not (is_hidden and isinstance(item, Setting) and canonical(item.key) == "psk")
    ]


def _inside(item: Item) -> str:
    line = _line(item)
    return f"\t{line.strip()}" if line.strip() else ""


def _as_a_line_holds_it(block: Block, item: Item) -> Item:
    """A string whose quotes would let a `#` in it begin a remark goes in hexadecimal digits."""
    if block.kind != NETWORK or not isinstance(item, Setting):
        return item
    line = f"{item.key}={item.text}"
    if split_remark(line) == (line.strip(), ""):
        return item
    if canonical(item.key) == "psk":
        digits = network_of(block.values() | {"key_mgmt": frozenset({"WPA-PSK"})}, 0).pmk().hex()
    else:
        digits = read_string(item.text).hex()
    return Setting(item.key, digits, item.line, item.remark)


def _is_default(setting: Setting) -> bool:
    return setting.key == "disabled" and setting.text == "0"


def _is_kept(block: Block) -> bool:
    """What was read stays; a network that was added needs its secret if it has one."""
    if block.temporary:
        return False
    if block.line:
        return True
    methods = set((block.text("key_mgmt") or "WPA-PSK").split())
    if "NONE" in methods or not methods & {"WPA-PSK", "SAE"}:
        return True
    secret = block.text("psk")
    return secret is not None or ("SAE" in methods and block.text("sae_password") is not None)
