"""The station as a registrar that knows an access point's PIN.

Source: the station's behaviour page, 6.12.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.base.errors import UsageError
from harness.proto.wsc_run import Password, Refusal
from harness.wire.wsc.device import DevicePasswordId
from harness.wire.wsc.messages import M1
from harness.wire.wsc.settings import Credential


@dataclass(frozen=True, slots=True)
class ApPinPolicy:
    """One AP PIN, good for whichever access point asks by PIN."""

    pin: bytes = field(repr=False)

    def password_for(self, m1: M1) -> Password | Refusal:
        if m1.device_password_id == DevicePasswordId.PUSH_BUTTON:
            return Refusal()
        return Password(self.pin)

    def still_allowed(self, m1: M1) -> Refusal | None:
        return None

    def credentials_for(self, m1: M1) -> tuple[Credential, ...] | Refusal:
        raise UsageError("an access point is given settings, no Credential")
