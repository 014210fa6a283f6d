"""Management frames that go out as they are where the kernel would protect them.

By a monitor interface on the same radio: from such a one the kernel encrypts nothing that does not
ask for it, and it takes the channel of the BSS whose address the frame is from
(Documentation/networking/mac80211-injection.rst).
"""

from __future__ import annotations

import errno
from typing import Final

from harness.base.errors import RadioError
from harness.radio.nl80211 import names as nl
from harness.radio.nl80211.core import Core

RADIOTAP: Final = bytes.fromhex("0000080000000000")
"""A header that says nothing: version 0, 8 octets, no fields."""


def send_in_the_clear(core: Core, frame: bytes) -> None:
    """Send one frame. Raises `NetlinkError`, `RadioError` when the radio has no such interface."""
    name = f"clear{core.wiphy}"
    index = core.create(name, nl.IFTYPE_MONITOR, None)
    try:
        core.links.set_up(index)
        packets = core.open_packets(name, ())
        try:
            packets.send(RADIOTAP + frame)
        finally:
            packets.close()
    except OSError as error:
        raise RadioError("transmit", error.errno or errno.EIO, str(error)) from error
    finally:
        core.delete(name)
