"""WMM: how the frames of an access point contend, and which stations do the same."""

from __future__ import annotations

from harness.base.seam import AddPeer, TxQueue
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.core import Core
from harness.radio.nl80211.netlink import nested, u8, u16

_U_APSD_QUEUES = 0x0F
_MAX_SP_SHIFT, _MAX_SP = 5, 3
"""In the QoS Info field of a station (WMM Specification 1.2.0, 2.2.1)."""


def set_tx_queues(core: Core, interface: str, queues: tuple[TxQueue, ...]) -> None:
    """Say how each queue contends, from voice to background. Raises `NetlinkError`."""
    if not queues:
        return
    described = (
        nested(
            1 + category,
            u8(nl.TXQ_ATTR_AC, category),
            u16(nl.TXQ_ATTR_TXOP, queue.txop_limit),
            u16(nl.TXQ_ATTR_CWMIN, queue.cw_min),
            u16(nl.TXQ_ATTR_CWMAX, queue.cw_max),
            u8(nl.TXQ_ATTR_AIFS, queue.aifs),
        )
        for category, queue in enumerate(queues, nl.AC_VO)
    )
    core.command(nl.CMD_SET_WIPHY, interface, nested(nl.ATTR_WIPHY_TXQ_PARAMS, *described))


def granted_flags(command: AddPeer) -> tuple[int, ...]:
    """What of a station the kernel must know beside its state."""
    mfp = (nl.STA_FLAG_MFP,) if command.mfp else ()
    return mfp if command.qos_info is None else (*mfp, nl.STA_FLAG_WME)


def wmm(command: AddPeer) -> bytes:
    """By which queues a station gets its frames on demand; b"" without WMM."""
    if command.qos_info is None:
        return b""
    return nested(
        nl.ATTR_STA_WME,
        u8(nl.STA_WME_UAPSD_QUEUES, command.qos_info & _U_APSD_QUEUES),
        u8(nl.STA_WME_MAX_SP, command.qos_info >> _MAX_SP_SHIFT & _MAX_SP),
    )
