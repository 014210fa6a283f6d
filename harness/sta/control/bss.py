"""Commands about scanning and the table of BSSs. Source: sta-control, 3.3."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.base.address import MacAddress
from harness.base.errors import UsageError, WireError
from harness.sta.bss_table import Bss
from harness.sta.config_values import octets_of
from harness.sta.control.flags import flags
from harness.sta.control.order import OK, Order, number, plain, with_argument, with_option
from harness.sta.quality import noise, ratio, throughput
from harness.wire.dot11.elements import Elements
from harness.wire.printf import encode_printf
from harness.wire.wsc.device import WpsState, device_type_text
from harness.wire.wsc.element import WscProbeResponse

if TYPE_CHECKING:
    from harness.sta.control.interface import StationControl

_HEADER: Final = "bssid / frequency / signal level / flags / ssid\n"
_LONGEST: Final = 4096
_DELIMITER, _END = "====\n", "####\n"
_DEFAULT_MASK: Final = 0xFFFDFFFF
_DELIMITS: Final = 1 << 17
Show = Callable[["StationControl", Bss, float], str]


@dataclass(frozen=True, slots=True)
class Field:
    """One part of `BSS`, shown when bit `bit` of the mask is set."""

    bit: int
    show: Show


def _line(name: str, value: Callable[[Bss, float], object]) -> Show:
    return lambda control, bss, now: f"{name}={value(bss, now)}\n"


def _flags_line(control: StationControl, bss: Bss, now: float) -> str:
    return f"flags={flags(bss, control.station.address)}\n"


def _wps_lines(control: StationControl, bss: Bss, now: float) -> str:
    """What the newest frame says; a Beacon does not describe the device, a Probe Response does."""
    said = _wsc(bss.elements)
    if said is None or bss.wps is None:
        return ""
    device = said
    if said.device_name is None and bss.observation.probe_elements:
        device = _wsc(Elements(bss.observation.probe_elements)) or said
    told = _told(said, device)
    return "".join(f"wps_{name}={value}\n" for name, value in told if value is not None)


def _wsc(elements: Elements) -> WscProbeResponse | None:
    try:
        octets = elements.wsc
        return None if octets is None else WscProbeResponse.decode(octets)
    except WireError:
        return None


def _told(
    said: WscProbeResponse, device: WscProbeResponse
) -> tuple[tuple[str, str | None], ...]:
    selected = said.selected_registrar_config_methods
    state = "configured" if said.wps_state == WpsState.CONFIGURED else "unconfigured"
    return (
        ("state", None if said.wps_state is None else state),
        ("ap_setup_locked", "1" if said.ap_setup_locked else None),
        ("selected_registrar", "1" if said.selected_registrar else None),
        ("device_password_id", _shown(said.device_password_id, "d")),
        ("selected_registrar_config_methods", _shown(selected, "#06x")),
        ("primary_device_type", _type_text(device.primary_device_type)),
        ("device_name", None if device.device_name is None else _name(device.device_name)),
        ("config_methods", _shown(device.config_methods, "#06x")),
    )


def _name(text: str) -> str:
    return encode_printf(octets_of(text))


def _shown(value: int | None, form: str) -> str | None:
    return None if value is None else format(value, form)


def _type_text(octets: bytes | None) -> str | None:
    return None if octets is None else device_type_text(octets)


def _beacon_line(control: StationControl, bss: Bss, now: float) -> str:
    octets = bss.observation.beacon_elements
    return f"beacon_ie={octets.hex()}\n" if octets else ""


FIELDS: Final = (
    Field(0, _line("id", lambda bss, now: bss.id)),
    Field(1, _line("bssid", lambda bss, now: bss.bssid)),
    Field(2, _line("freq", lambda bss, now: bss.frequency)),
    Field(3, _line("beacon_int", lambda bss, now: bss.observation.beacon_interval)),
    Field(4, _line("capabilities", lambda bss, now: f"0x{bss.observation.capability:04x}")),
    Field(5, _line("qual", lambda bss, now: 0)),
    Field(6, _line("noise", lambda bss, now: noise(bss))),
    Field(7, _line("level", lambda bss, now: bss.signal)),
    Field(8, _line("tsf", lambda bss, now: f"{bss.observation.tsf:016d}")),
    Field(9, _line("age", lambda bss, now: max(0, int(now - bss.seen)))),
    Field(10, _line("ie", lambda bss, now: bss.observation.elements.hex())),
    Field(11, _flags_line),
    Field(12, _line("ssid", lambda bss, now: encode_printf(bss.ssid))),
    Field(13, _wps_lines),
    Field(19, _line("snr", lambda bss, now: ratio(bss))),
    Field(20, _line("est_throughput", lambda bss, now: throughput(bss))),
    Field(22, _line("update_idx", lambda bss, now: bss.update)),
    Field(23, _beacon_line),
)


def _results(control: StationControl, rest: str, now: float) -> str:
    lines = [_HEADER]
    size = len(_HEADER)
    for bss in control.station.bss_table:
        line = (
            f"{bss.bssid}\t{bss.frequency}\t{bss.signal}\t"
            f"{flags(bss, control.station.address)}\t{encode_printf(bss.ssid)}\n"
        )
        size += len(line)
        if size > _LONGEST:
            break
        lines.append(line)
    return "".join(lines)


def _bss(control: StationControl, rest: str, now: float) -> str:
    """A number that can't be read is no BSS's."""
    try:
        return _asked_for(control, rest, now)
    except UsageError:
        return ""


def _asked_for(control: StationControl, rest: str, now: float) -> str:
    key, _, option = rest.partition(" ")
    mask = _mask(option)
    if key.startswith("RANGE="):
        return _range(control, key.removeprefix("RANGE="), mask, now)
    bss = _find(control, key)
    if bss is None:
        return ""
    text = _show(control, bss, mask, now)
    return text + _DELIMITER if mask & _DELIMITS else text


def _mask(option: str) -> int:
    if not option.startswith("MASK="):
        return _DEFAULT_MASK
    try:
        return int(option.removeprefix("MASK="), 16) or _DEFAULT_MASK
    except ValueError:
        return _DEFAULT_MASK


def _show(control: StationControl, bss: Bss, mask: int, now: float) -> str:
    """The fields of the mask, cut at a whole one when a reply can't hold them."""
    text = ""
    for field in FIELDS:
        if mask & 1 << field.bit:
            line = field.show(control, bss, now)
            if len(text) + len(line) <= _LONGEST:
                text += line
    return text


def _range(control: StationControl, words: str, mask: int, now: float) -> str:
    table = list(control.station.bss_table)
    first, last = 0, 0x7FFFFFFF
    if words != "ALL":
        low, dash, high = words.partition("-")
        first = number(low) if low else 0
        last = number(high) if high else (last if dash else first)
    text = ""
    for bss in table:
        if not first <= bss.id <= last:
            continue
        shown = _show(control, bss, mask, now)
        if mask & _DELIMITS:
            shown += _END if bss is table[-1] else _DELIMITER
        if len(text) + len(shown) > _LONGEST:
            break
        text += shown
    return text


def _find(control: StationControl, key: str) -> Bss | None:
    table = control.station.bss_table
    bsss = list(table)
    if key == "FIRST":
        return _nth(bsss, 0)
    if key == "LAST":
        return bsss[-1] if bsss else None
    if key == "CURRENT":
        bssid = control.station.bssid
        return table.get(bssid) if bssid is not None else None
    if key.startswith("ID-"):
        return _with_id(bsss, number(key.removeprefix("ID-")))
    if key.startswith("NEXT-"):
        before = number(key.removeprefix("NEXT-"))
        return next((bss for bss in bsss if bss.id > before), None)
    if key.isdecimal():
        return _nth(bsss, int(key))
    try:
        return table.get(MacAddress(key))
    except ValueError:
        return None


def _nth(bsss: list[Bss], place: int) -> Bss | None:
    return bsss[place] if place < len(bsss) else None


def _with_id(bsss: Iterable[Bss], number_: int) -> Bss | None:
    return next((bss for bss in bsss if bss.id == number_), None)


def _flush(control: StationControl, rest: str, now: float) -> str:
    core = control.station.core
    age = float(number(rest)) if rest else 0.0
    core.report_table(core.table.flush(now, age, core.current), now)
    return OK


ORDERS: Final[dict[str, Order]] = {
    "SCAN_RESULTS": plain(_results),
    "BSS": with_argument(_bss),
    "BSS_FLUSH": with_option(_flush),
}
