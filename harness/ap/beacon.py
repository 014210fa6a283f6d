"""What a BSS says of itself: Beacons, Probe Responses, (Re)Association Responses.

Sources: IEEE 802.11-2020, 9.3.3.2 to 9.3.3.10 (order of elements), 9.4.1.4 (capabilities).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from harness.ap.config import ApConfig, BssConfig
from harness.ap.erp import NOTHING_TO_REGARD, Erp
from harness.ap.ht import Ht
from harness.base.address import BROADCAST, MacAddress
from harness.wire.dot11 import extended_capabilities
from harness.wire.dot11 import header as numbers
from harness.wire.dot11.channel_switch import (
    COUNT_OFFSET,
    EXTENDED_COUNT_OFFSET,
    ChannelSwitch,
)
from harness.wire.dot11.elements import (
    ELEMENT_DS_PARAMETER_SET,
    ELEMENT_ERP,
    ELEMENT_EXTENDED_CAPABILITIES,
    ELEMENT_EXTENDED_SUPPORTED_RATES,
    ELEMENT_SSID,
    ELEMENT_SUPPORTED_RATES,
    Elements,
    element,
)
from harness.wire.dot11.frames import (
    CAPABILITY_ESS,
    CAPABILITY_PRIVACY,
    CAPABILITY_SHORT_SLOT,
    Action,
    AssociationResponse,
    Authentication,
    Deauthentication,
    Disassociation,
    ProbeResponse,
    ReassociationResponse,
    management_header,
)
from harness.wire.ht import HtCapabilities, HtOperation
from harness.wire.sae import BSS_SELECTOR_H2E_ONLY

_IN_FIRST_ELEMENT = 8
_SELECTOR_HT = 0xFF
"""In the place of a rate: each station must do HT (9.4.2.3)."""

_FIXED = struct.Struct("<QHH")


@dataclass(frozen=True, slots=True)
class Describer:
    """Builds one BSS's frames. `bssid`: its address. Elements are whole, or empty.

    `erp`: what it has regard for.
    """

    ap: ApConfig
    bss: BssConfig
    bssid: MacAddress
    rsne: bytes
    rsnxe: bytes = b""
    wpa: bytes = b""
    erp: Erp = NOTHING_TO_REGARD

    @property
    def capability(self) -> int:
        """The Capability Information field."""
        short = self.ap.does_erp and not self.erp.long_slot
        slot = CAPABILITY_SHORT_SLOT if short else 0
        return CAPABILITY_ESS | slot | (CAPABILITY_PRIVACY if self.bss.private else 0)

    def beacon_head(self) -> bytes:
        """Header, fixed fields and the elements before the TIM."""
        header = management_header(
            numbers.BEACON, destination=BROADCAST, source=self.bssid, bssid=self.bssid
        )
        fixed = _FIXED.pack(0, self.bss.beacon_interval, self.capability)
        ssid = (self.bss.ssid, b"", bytes(len(self.bss.ssid)))[self.bss.hidden]
        return header.encode() + fixed + self._first_elements(ssid)

    def beacon_tail(self, wsc: bytes, switch: ChannelSwitch | None = None) -> bytes:
        """The elements after the TIM. `wsc`: the whole WSC element, or nothing."""
        tail = self._rate_elements() + self.rsne
        last = self._extended_capabilities() + self.rsnxe + self.wpa + self._wmm() + wsc
        last += self.bss.elements.shown
        last = self._ht_elements() + last
        if switch is None:
            return tail + last
        return switch.element() + tail + switch.extended_element() + last

    def count_offsets(self, switch: ChannelSwitch) -> tuple[int, ...]:
        """Where the counts of an announcement are in `beacon_tail`."""
        if switch.operating_class is None:
            return (COUNT_OFFSET,)
        before = len(switch.element() + self._rate_elements() + self.rsne)
        return COUNT_OFFSET, before + EXTENDED_COUNT_OFFSET

    def probe_response(
        self, station: MacAddress, wsc: bytes, switch: ChannelSwitch | None = None
    ) -> bytes:
        """A Probe Response; the radio puts timestamp and sequence number in."""
        elements = self._first_elements(self.bss.ssid) + self.beacon_tail(wsc, switch)
        elements += self.bss.elements.probe_response
        return ProbeResponse(
            self._header(numbers.PROBE_RESPONSE, station),
            0,
            self.bss.beacon_interval,
            self.capability,
            Elements(elements),
        ).encode()

    def authentication(
        self, station: MacAddress, algorithm: int, step: int, status: int, body: bytes = b""
    ) -> bytes:
        """An Authentication frame with transaction number `step`. `body`: after the status."""
        header = self._header(numbers.AUTHENTICATION, station)
        return Authentication(header, algorithm, step, status, body).encode()

    def action(self, station: MacAddress, category: int, body: bytes) -> bytes:
        """An Action frame. `body`: what follows the category."""
        return Action(self._header(numbers.ACTION, station), category, body).encode()

    def association_response(
        self,
        station: MacAddress,
        *,
        reassociation: bool,
        status: int,
        aid: int,
        extra: bytes,
        wmm: bool = False,
    ) -> bytes:
        """A (Re)Association Response. `extra`: the WSC and Multi-AP elements, or nothing.

        `wmm`: to a station that does that.
        """
        supported = self.ap.rates
        elements = element(ELEMENT_SUPPORTED_RATES, supported[:_IN_FIRST_ELEMENT])
        if supported[_IN_FIRST_ELEMENT:]:
            elements += element(ELEMENT_EXTENDED_SUPPORTED_RATES, supported[_IN_FIRST_ELEMENT:])
        elements += self._ht_elements() + self._extended_capabilities()
        elements += (self._wmm() if wmm else b"") + extra
        body = Elements(elements + self.bss.elements.association)
        if reassociation:
            header = self._header(numbers.REASSOCIATION_RESPONSE, station)
            return ReassociationResponse(header, self.capability, status, aid, body).encode()
        header = self._header(numbers.ASSOCIATION_RESPONSE, station)
        return AssociationResponse(header, self.capability, status, aid, body).encode()

    def deauthentication(self, station: MacAddress, reason: int) -> bytes:
        return Deauthentication(self._header(numbers.DEAUTHENTICATION, station), reason).encode()

    def disassociation(self, station: MacAddress, reason: int) -> bytes:
        return Disassociation(self._header(numbers.DISASSOCIATION, station), reason).encode()

    def _header(self, subtype: int, station: MacAddress) -> numbers.Header:
        return management_header(subtype, destination=station, source=self.bssid, bssid=self.bssid)

    def _first_elements(self, ssid: bytes) -> bytes:
        elements = element(ELEMENT_SSID, ssid)
        elements += element(ELEMENT_SUPPORTED_RATES, self._rates[:_IN_FIRST_ELEMENT])
        if self.ap.channel < 3000:
            elements += element(ELEMENT_DS_PARAMETER_SET, bytes([self.ap.number]))
        return elements

    @property
    def _rates(self) -> bytes:
        """With what is asked of who joins, as if it were a rate (9.4.2.3)."""
        hashes = (BSS_SELECTOR_H2E_ONLY,) if self.bss.only_hashes else ()
        ht = (_SELECTOR_HT,) if self.ht is not None and self.ht.required else ()
        return self.ap.rates + bytes(ht + hashes)

    @property
    def ht(self) -> Ht | None:
        """What this BSS does of HT."""
        return self.ap.ht if self.bss.does_ht else None

    def ht_with(self, station: HtCapabilities | None) -> bytes | None:
        """What is done of HT with a station: 26 octets, or None."""
        if self.ht is None or station is None:
            return None
        return self.ht.in_common(station).encode()

    def _ht_elements(self) -> bytes:
        if self.ht is None:
            return b""
        regard = self.erp.ht
        secondary = 0 if regard.intolerant else self.ht.secondary
        operation = HtOperation(self.ap.number, secondary, regard.mode)
        return self.ht.capabilities.element() + operation.element()

    def _wmm(self) -> bytes:
        return self.ap.qos.parameters(u_apsd=self.bss.u_apsd) if self.bss.wmm else b""

    def _extended_capabilities(self) -> bytes:
        """Only when there is something to say in it."""
        told = {
            extended_capabilities.UTF_8_SSID: self.bss.utf8_ssid,
            extended_capabilities.SAE_IDENTIFIERS_IN_USE: self.bss.names_passwords,
            extended_capabilities.SAE_IDENTIFIERS_ALONE: self.bss.only_names_passwords,
            extended_capabilities.PROTECTS_BEACONS: self.bss.beacon_prot,
        }
        value = extended_capabilities.encode(*(bit for bit, holds in told.items() if holds))
        return element(ELEMENT_EXTENDED_CAPABILITIES, value) if value else b""

    def _rate_elements(self) -> bytes:
        """ERP Information, of 802.11g only, and Extended Supported Rates: they follow the TIM."""
        erp = element(ELEMENT_ERP, bytes((self.erp.octet,))) if self.ap.does_erp else b""
        extended = self._rates[_IN_FIRST_ELEMENT:]
        return erp + (element(ELEMENT_EXTENDED_SUPPORTED_RATES, extended) if extended else b"")
