"""The file of PIN requests: README-WPS-access-point, "External operations"."""

from __future__ import annotations

from collections.abc import Mapping

from harness.base.address import MacAddress
from harness.wire.wsc.device import device_type_text, uuid_text

_TEXTS = ("device_name", "manufacturer", "model_name", "model_number", "serial_number")


def line(fields: Mapping[str, object], at: int) -> str:
    """Give the line for an event `wps.pin.needed`: nine columns. `at`: seconds since 1970."""
    uuid, kind, station = fields["uuid"], fields["device_type"], fields["station"]
    assert isinstance(uuid, bytes), "the event's declaration says so"
    assert isinstance(kind, bytes), "the event's declaration says so"
    assert isinstance(station, MacAddress), "the event's declaration says so"
    said = (_one_column(str(fields[each])) for each in _TEXTS)
    columns = (at, uuid_text(uuid), station, *said, device_type_text(kind))
    return "\t".join(map(str, columns))


def _one_column(text: str) -> str:
    """Keep what a stranger's device says from looking like another column or line."""
    return "".join(each if each.isprintable() else "_" for each in text)
