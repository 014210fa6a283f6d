"""STA: everything that is known of one station.

Source: the access point's control interface, 3.4; names and order as hostapd writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from harness.ap.control import port_text
from harness.ap.stations import Station, StationState
from harness.base.errors import WireError
from harness.base.seam import AKM_SAE
from harness.base.seam_events import PeerCounters
from harness.proto.authenticator import AuthenticatorState
from harness.wire.dot11.elements import (
    ELEMENT_EXTENDED_CAPABILITIES,
    ELEMENT_POWER_CAPABILITY,
    ELEMENT_RSN,
    ELEMENT_SUPPORTED_OPERATING_CLASSES,
    ELEMENT_VENDOR_SPECIFIC,
)
from harness.wire.rsn import Rsne
from harness.wire.wsc.device import device_type_text, uuid_text

_PTK_STATES: Final = {
    AuthenticatorState.IDLE: 0,
    AuthenticatorState.EXPECT_MESSAGE_2: 7,
    AuthenticatorState.EXPECT_MESSAGE_4: 10,
    AuthenticatorState.ESTABLISHED: 11,
    AuthenticatorState.EXPECT_GROUP_MESSAGE_2: 11,
    AuthenticatorState.FAILED: 2,
}
"""As the reference numbers the states of IEEE 802.11-2020, 12.7.9."""

_RATES_OF_802_11B: Final = bytes((0x02, 0x04, 0x0B, 0x16))
"""What a station that the user named is taken to support."""
_SAE: Final = 3
_MCS_SHOWN: Final = 10

Line = tuple[str, object]


def station(
    found: Station,
    now: float,
    device: Mapping[str, str] | None,
    counters: PeerCounters | None,
    *,
    radio_is_looked_at: bool,
) -> str:
    """STA. `device`: what a run of WPS told of the station, by the names shown.

    `counters`: what the radio counted; `radio_is_looked_at`: whether there is one to be asked.
    """
    shown: list[Line] = [*_association(found)]
    if found.rsne is not None:
        shown += _rsn(found)
    if found.port is not None:
        shown += port_text.counted(found, found.port, now)
    if device is not None:
        shown += device.items()
    if counters is not None:
        shown += _counted(counters)
        if found.ht is not None:
            shown.append(("ht_mcs_bitmask", found.ht.mcs[:_MCS_SHOWN].hex()))
    if found.associated and (counters is not None or not radio_is_looked_at):
        shown.append(("connected_time", int(now - found.connected)))
    if found.exchange is not None and found.exchange.group is not None:
        shown.append(("sae_group", found.exchange.group))
        rejected = " ".join(str(group) for group in found.exchange.rejected)
        shown.append(("sae_rejected_groups", rejected))
    shown += _requested(found)
    if found.vlan is not None and not found.backhaul:
        shown.append(("wds_sta_ifname", found.vlan))
    if found.key is not None and found.key.key_id is not None:
        shown.append(("keyid", found.key.key_id))
    return f"{found.address}\n{lines(shown)}"


def lines(shown: list[Line]) -> str:
    return "".join(f"{name}={value}\n" for name, value in shown)


def _association(found: Station) -> Iterator[Line]:
    named = found.state is StationState.NAMED
    rates = _RATES_OF_802_11B if named else found.rates
    yield "flags", found.flags
    yield "aid", found.aid
    yield "capability", f"0x{found.capability:x}"
    yield "listen_interval", found.listen_interval
    yield "supported_rates", " ".join(f"{rate:02x}" for rate in rates)
    yield "timeout_next", _next_step(found)
    if not named:
        yield "auth_alg", _SAE if found.akm == AKM_SAE else found.algorithm


def _next_step(found: Station) -> str:
    """What becomes of a station that stays silent."""
    if found.state is StationState.LEAVING:
        return "DEAUTH" if found.stays_authenticated else "REMOVE"
    return found.step.value


def device(fields: Mapping[str, object]) -> dict[str, str]:
    """What an Enrollee told of itself (fields of `wps.registration.succeeded`), as STA shows it."""
    uuid, kind = fields["uuid"], fields["device_type"]
    assert isinstance(uuid, bytes), "the event's declaration says so"
    assert isinstance(kind, bytes), "the event's declaration says so"
    return {
        "wpsUuid": uuid_text(uuid),
        "wpsPrimaryDeviceType": device_type_text(kind),
        "wpsDeviceName": str(fields["device_name"]),
        "wpsManufacturer": str(fields["manufacturer"]),
        "wpsModelName": str(fields["model_name"]),
        "wpsModelNumber": str(fields["model_number"]),
        "wpsSerialNumber": str(fields["serial_number"]),
    }


def _rsn(found: Station) -> Iterator[Line]:
    assert found.rsne is not None, "only asked for a station with keys"
    old = found.rsne[0] == ELEMENT_VENDOR_SPECIFIC
    left = found.state is StationState.LEAVING
    state = AuthenticatorState.ESTABLISHED if left else AuthenticatorState.IDLE
    if found.authenticator is not None:
        state = found.authenticator.state
    yield "dot11RSNAStatsSTAAddress", found.address
    yield "dot11RSNAStatsVersion", 1
    yield "dot11RSNAStatsSelectedPairwiseCipher", pairwise(found)
    yield "dot11RSNAStatsTKIPLocalMICFailures", found.local_mic_failures
    yield "dot11RSNAStatsTKIPRemoteMICFailures", found.remote_mic_failures
    yield "wpa", 1 if old else 2
    yield "AKMSuiteSelector", akm(found)
    yield "hostapdWPAPTKState", _PTK_STATES[state]
    yield "hostapdWPAPTKGroupState", int(state is AuthenticatorState.EXPECT_GROUP_MESSAGE_2)
    yield "hostapdMFPR", int(_requires_protection(found))


def _requires_protection(found: Station) -> bool:
    """Whether the station demanded that management frames be protected."""
    if found.rsne is None or found.rsne[0] != ELEMENT_RSN:
        return False
    return Rsne.decode(found.rsne[2:]).mfp_required


def pairwise(found: Station) -> str:
    """The cipher suite selector of a station's pairwise keys."""
    assert found.rsne is not None, "only asked for a station with keys"
    oui = "00-50-f2" if found.rsne[0] == ELEMENT_VENDOR_SPECIFIC else "00-0f-ac"
    return f"{oui}-{found.pairwise & 0xFF}"


def akm(found: Station) -> str:
    """The suite selector of how a station got its keys, of WPA version 1 too."""
    return f"00-0f-ac-{found.akm & 0xFF}"


def _counted(counters: PeerCounters) -> Iterator[Line]:
    yield "rx_packets", counters.rx_packets
    yield "tx_packets", counters.tx_packets
    yield "rx_bytes", counters.rx_bytes
    yield "tx_bytes", counters.tx_bytes
    yield "inactive_msec", counters.inactive_ms
    yield "signal", counters.signal or 0
    yield "rx_rate_info", _rate(counters.rx_rate, counters.rx_mcs, counters.rx_short_gi)
    yield "tx_rate_info", _rate(counters.tx_rate, counters.tx_mcs, counters.tx_short_gi)


def _rate(rate: int | None, mcs: int | None, short_gi: bool) -> str:
    text = str(rate or 0) if mcs is None else f"{rate or 0} mcs {mcs}"
    return f"{text} shortGI" if short_gi else text


def _requested(found: Station) -> Iterator[Line]:
    """What a station said of itself when it associated."""
    try:
        classes = found.request.get(ELEMENT_SUPPORTED_OPERATING_CLASSES)
        power = found.request.get(ELEMENT_POWER_CAPABILITY)
        extended = found.request.get(ELEMENT_EXTENDED_CAPABILITIES)
    except WireError:
        return  # it was taken all the same: nothing of it was needed
    if classes:
        yield "supp_op_classes", classes.hex()
    if power is not None and len(power) == 2:
        low, high = (int.from_bytes(power[i : i + 1], signed=True) for i in (0, 1))
        yield "min_txpower", low
        yield "max_txpower", high
    if found.ht is not None:
        yield "ht_caps_info", f"0x{found.ht.info:04x}"
    if extended:
        yield "ext_capab", extended.hex()
