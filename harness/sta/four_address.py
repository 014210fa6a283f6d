"""Whether a link of the station's uses four addresses, and what has the radio change it."""

from __future__ import annotations

from harness.base.seam import SetFourAddress
from harness.proto.machine import Notify, Output
from harness.sta import events
from harness.sta.joining import Attempt, Perform


class FourAddressMode:
    """Four-address mode of one interface. `bridge`: what it becomes a port of."""

    def __init__(self, interface: str, bridge: str | None) -> None:
        self._interface, self._bridge = interface, bridge
        self._enabled = False

    @property
    def enabled(self) -> bool:
        return self._enabled

    def agree(self, attempt: Attempt, enabled: bool, vlan: int | None) -> tuple[Output, ...]:
        """Be content with the AP's Multi-AP element."""
        fields = {"bssid": attempt.bssid, "four_address": enabled, "primary_vlan": vlan}
        note = Notify(events.MULTI_AP_AGREED, fields)
        if not enabled:
            return (note, *self.switch_off())
        return (note, *self.switch_on(vlan))

    def switch_on(self, vlan: int | None) -> tuple[Output, ...]:
        """Switch it on, unless it is. `vlan`: whose tag is on the link."""
        if self._enabled:
            return ()  # from one backhaul BSS to another: the bridge keeps its port
        self._enabled = True
        command = SetFourAddress(
            interface=self._interface, enabled=True, bridge=self._bridge, primary_vlan=vlan
        )
        return (Perform(command),)

    def switch_off(self) -> tuple[Output, ...]:
        """Switch it off, unless it is."""
        if not self._enabled:
            return ()
        self._enabled = False
        return (Perform(SetFourAddress(interface=self._interface, enabled=False)),)

    def refused(self) -> None:
        """The radio did not switch it on."""
        self._enabled = False
