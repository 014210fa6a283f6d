"""mac80211_hwsim: whether the kernel has it, and the radios that it makes for us.

Source: mac80211_hwsim.h of Linux.
"""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

from harness.base.address import MacAddress
from harness.base.errors import SetupFailed
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.netlink import (
    GenericSocket,
    NetlinkError,
    attribute,
    family,
    flag,
    u32,
)

MONITOR = "hwsim0"
"""The interface of the first namespace that shows every frame of every radio."""

_FAMILY = "MAC80211_HWSIM"
_NEW_RADIO = 4
_DESTROY_RADIO_ON_CLOSE, _RADIO_NAME, _NO_VIF = 16, 17, 18
_REG_CUSTOM_REG, _PERM_ADDR = 12, 22

_OPEN_CHANNELS = 0
"""The first regulatory domain built into hwsim: 2.4 GHz channels 1 to 11 and 5 GHz channels 36 to
48 and 149 to 165, on which an access point may begin; whatever database the host has."""

_CAPABILITIES = {"CAP_NET_ADMIN": 12, "CAP_NET_RAW": 13, "CAP_SYS_ADMIN": 21}

_DEBUG = Path("/sys/kernel/debug")
_PHYSICAL = Path("/sys/class/ieee80211")


def usable() -> str | None:
    """Tell why simulated radios of the kernel can't be had here; None: they can.

    Loads the module without radios if it is there and not loaded.
    """
    if os.name != "posix" or not Path("/proc/self/ns/net").exists():
        return "this is no Linux with network namespaces"
    missing = _missing_capabilities()
    if missing:
        return f"not root: without {' and '.join(missing)}"
    try:
        if not _present():
            return "the kernel has no mac80211_hwsim"
    except (OSError, NetlinkError) as error:
        return f"no generic netlink: {error}"
    if not Path("/sys/class/net", MONITOR).exists():
        return f"{MONITOR} is not in this network namespace"
    return None


def _missing_capabilities() -> list[str]:
    """Name the capabilities that radios and namespaces need and this process lacks."""
    status = Path("/proc/self/status").read_text().split()
    held = int(status[status.index("CapEff:") + 1], 16)
    return [name for name, bit in _CAPABILITIES.items() if not held & 1 << bit]


def _present() -> bool:
    if _known():
        return True
    try:
        load = ("modprobe", "mac80211_hwsim", "radios=0")
        subprocess.run(load, check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        return False
    return _known()


def _known() -> bool:
    try:
        family(_FAMILY)
        family(nl.FAMILY)
    except NetlinkError as error:
        if error.errno == errno.ENOENT:
            return False
        raise
    return True


class RadioMaker:
    """Makes radios that end with it, even when the process ends without closing it."""

    def __init__(self) -> None:
        self._hwsim = GenericSocket(_FAMILY)
        self._nl80211 = GenericSocket(nl.FAMILY)

    def make(self, name: str, address: MacAddress, namespace_fd: int) -> int:
        """Make a radio without interfaces in a namespace; give the index of its wiphy.

        It hears every radio that was made in the same namespace as itself, wherever they are.
        """
        try:
            self._hwsim.command(
                _NEW_RADIO,
                attribute(_RADIO_NAME, name.encode()),
                attribute(_PERM_ADDR, address),
                u32(_REG_CUSTOM_REG, _OPEN_CHANNELS),
                flag(_NO_VIF),
                flag(_DESTROY_RADIO_ON_CLOSE),
            )
            wiphy = int((_PHYSICAL / name / "index").read_text())
            self._nl80211.command(
                nl.CMD_SET_WIPHY_NETNS,
                u32(nl.ATTR_WIPHY, wiphy),
                u32(nl.ATTR_NETNS_FD, namespace_fd),
            )
        except (NetlinkError, OSError) as error:
            raise SetupFailed(f"a simulated radio could not be made: {error}") from error
        return wiphy

    def close(self) -> None:
        self._nl80211.close()
        self._hwsim.close()


def set_group(phy: str, group: int) -> None:
    """Let a radio hear, and be heard by, the radios of its group alone; all are made in group 1.

    Raises `SetupFailed` where debugfs can't be had.
    """
    try:
        if not _DEBUG.joinpath("ieee80211").exists():
            mount = ("mount", "-t", "debugfs", "none", str(_DEBUG))
            subprocess.run(mount, check=True, capture_output=True)
        _DEBUG.joinpath("ieee80211", phy, "hwsim", "group").write_text(f"{group}\n")
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupFailed(f"radio {phy} can't leave its group: {error}") from error


def make_interface(wiphy: int, name: str, address: MacAddress) -> None:
    """Make a station interface of a wiphy of the namespace that the thread is in."""
    socket = GenericSocket(nl.FAMILY)
    try:
        socket.command(
            nl.CMD_NEW_INTERFACE,
            u32(nl.ATTR_WIPHY, wiphy),
            attribute(nl.ATTR_IFNAME, name.encode() + b"\0"),
            u32(nl.ATTR_IFTYPE, nl.IFTYPE_STATION),
            attribute(nl.ATTR_MAC, address),
        )
    except NetlinkError as error:
        raise SetupFailed(f"interface {name} could not be made: {error}") from error
    finally:
        socket.close()
