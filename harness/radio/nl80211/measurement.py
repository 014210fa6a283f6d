"""What the kernel knows of a station's link, and of the noise on each channel."""

from __future__ import annotations

from harness.base.address import MacAddress
from harness.base.seam import WatchSignal
from harness.base.seam_events import (
    BeaconsLost,
    LinkMeasurement,
    RadioEvent,
    RulesChanged,
    SignalCrossed,
)
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.core import Core
from harness.radio.nl80211.netlink import (
    Attributes,
    NetlinkError,
    attribute,
    nested,
    number,
    split,
    u32,
)

_WIDTHS = {
    nl.CHAN_WIDTH_20_NOHT: 0,
    nl.CHAN_WIDTH_20: 20,
    nl.CHAN_WIDTH_40: 40,
    nl.CHAN_WIDTH_80: 80,
    nl.CHAN_WIDTH_80P80: 160,
    nl.CHAN_WIDTH_160: 160,
}
_INITIATORS = ("CORE", "USER", "DRIVER", "COUNTRY_IE")
_KINDS = ("COUNTRY", "WORLD", "CUSTOM_WORLD", "INTERSECTION")
_ONE_COUNTRY = 0


def noise_by_channel(core: Core, interface: str) -> dict[int, int]:
    """The noise in dBm that the radio has measured, by frequency in MHz."""
    try:
        told = core.socket.list(nl.CMD_GET_SURVEY, u32(nl.ATTR_IFINDEX, core.index(interface)))
    except NetlinkError:
        return {}  # a driver need not survey
    found = {}
    for each in told:
        survey = split(each.get(nl.ATTR_SURVEY_INFO, b""))
        if nl.SURVEY_INFO_FREQUENCY in survey and nl.SURVEY_INFO_NOISE in survey:
            noise = int.from_bytes(survey[nl.SURVEY_INFO_NOISE][:1], "little", signed=True)
            found[number(survey[nl.SURVEY_INFO_FREQUENCY])] = noise
    return found


def measure(core: Core, interface: str, bssid: MacAddress) -> LinkMeasurement | None:
    """What is known of the link to `bssid`; None when there is none."""
    try:
        (station,) = core.command(
            nl.CMD_GET_STATION, interface, attribute(nl.ATTR_MAC, bssid)
        ).messages
        (described,) = core.command(nl.CMD_GET_INTERFACE, interface).messages
    except NetlinkError:
        return None
    link = split(split(station.body[4:]).get(nl.ATTR_STA_INFO, b""))
    channel = split(described.body[4:])
    frequency = number(channel.get(nl.ATTR_WIPHY_FREQ, b""))
    return LinkMeasurement(
        frequency=frequency,
        signal=_dbm(link, nl.STA_INFO_SIGNAL),
        average_signal=_dbm(link, nl.STA_INFO_SIGNAL_AVG),
        beacon_signal=_dbm(link, nl.STA_INFO_BEACON_SIGNAL_AVG),
        noise=noise_by_channel(core, interface).get(frequency),
        rate_kbps=_rate(link),
        width=_WIDTHS.get(number(channel.get(nl.ATTR_CHANNEL_WIDTH, b""))),
        center1=_optional(channel, nl.ATTR_CENTER_FREQ1),
        center2=_optional(channel, nl.ATTR_CENTER_FREQ2),
        sent=_optional(link, nl.STA_INFO_TX_PACKETS),
        failed=_optional(link, nl.STA_INFO_TX_FAILED),
        received=_optional(link, nl.STA_INFO_RX_PACKETS),
    )


def _optional(attributes: Attributes, kind: int) -> int | None:
    return number(attributes[kind]) if kind in attributes else None


def _dbm(link: Attributes, kind: int) -> int | None:
    value = link.get(kind)
    return None if value is None else int.from_bytes(value[:1], "little", signed=True)


def _rate(link: Attributes) -> int | None:
    rate = split(link.get(nl.STA_INFO_TX_BITRATE, b""))
    value = rate.get(nl.RATE_INFO_BITRATE32, rate.get(nl.RATE_INFO_BITRATE))
    return None if value is None else number(value) * 100


def watch_signal(core: Core, command: WatchSignal) -> None:
    """Ask the kernel to compare. Raises `NetlinkError`, `RadioError`."""
    limits = nested(
        nl.ATTR_CQM,
        u32(nl.ATTR_CQM_RSSI_THOLD, command.threshold & 0xFFFFFFFF),
        u32(nl.ATTR_CQM_RSSI_HYST, command.hysteresis),
    )
    core.command(nl.CMD_SET_CQM, command.interface, limits)


def quality_changed(interface: str, attributes: Attributes) -> RadioEvent | None:
    """What `NL80211_CMD_NOTIFY_CQM` says; None when it is about nothing that is asked for."""
    told = split(attributes.get(nl.ATTR_CQM, b""))
    if nl.ATTR_CQM_BEACON_LOSS_EVENT in told:
        return BeaconsLost(interface=interface)
    if nl.ATTR_CQM_RSSI_THRESHOLD_EVENT not in told:
        return None
    crossed = number(told[nl.ATTR_CQM_RSSI_THRESHOLD_EVENT])
    return SignalCrossed(interface=interface, above=crossed == nl.CQM_RSSI_THRESHOLD_EVENT_HIGH)


def rules_changed(interface: str, attributes: Attributes) -> RulesChanged:
    """What `NL80211_CMD_REG_CHANGE` says."""
    initiator = number(attributes.get(nl.ATTR_REG_INITIATOR, b""))
    kind = number(attributes.get(nl.ATTR_REG_TYPE, b""))
    country = attributes.get(nl.ATTR_REG_ALPHA2, b"").rstrip(b"\0").decode("ascii", "replace")
    return RulesChanged(
        interface=interface,
        initiator=_INITIATORS[initiator] if initiator < len(_INITIATORS) else "UNKNOWN",
        kind=_KINDS[kind] if kind < len(_KINDS) else "UNKNOWN",
        country=country if kind == _ONE_COUNTRY and country else None,
    )

