"""Puts network settings that WPS brought into a configuration file's text.

The new ones go on top of their section, between marks; the old ones stay, commented out. Source:
the access point's configuration reference, 10.3.
"""

from __future__ import annotations

from typing import Final

START: Final = "# WPS configuration - START"
END: Final = "# WPS configuration - END"
_REPLACED: Final = "#WPS# "
_OLD: Final[tuple[str, ...]] = (
    "ssid=",
    "ssid2=",
    "auth_algs=",
    "wep_default_key=",
    "wep_key",
    "wps_state=",
    "wpa=",
    "wpa_psk=",
    "wpa_pairwise=",
    "rsn_pairwise=",
    "wpa_key_mgmt=",
    "wpa_passphrase=",
)
_PROTECTION: Final = "ieee80211w="
"""Replaced only by another one."""


def with_new_settings(text: str, written: list[str], bss: str | None = None) -> str:
    """Give the text of a file with the lines `written`, in the section of a further `bss`.

    None: the first section, which begins the file.
    """
    lines = text.split("\n")
    begin, end = _section(lines, bss)
    old = _OLD
    if any(line.startswith(_PROTECTION) for line in written):
        old = (*_OLD, _PROTECTION)
    kept = [_REPLACED + line if line.startswith(old) else line for line in lines[begin:end]]
    return "\n".join([*lines[:begin], START, *written, END, *kept, *lines[end:]])


def _section(lines: list[str], bss: str | None) -> tuple[int, int]:
    """Where a section's own lines begin and end."""
    heads = [index for index, line in enumerate(lines) if line.startswith("bss=")]
    ends = [*heads, len(lines)]
    if bss is None:
        return 0, ends[0]
    for head, end in zip(heads, ends[1:], strict=True):
        if lines[head].removesuffix("\r") == f"bss={bss}":
            return head + 1, end
    return 0, ends[0]
