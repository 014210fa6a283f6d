"""Wi-Fi Simple Configuration on the wire: attributes, messages, settings, elements."""

from harness.wire.wsc.attributes import RawAttribute, join, split
from harness.wire.wsc.declare import AttributeSet
from harness.wire.wsc.device import DeviceAttributes
from harness.wire.wsc.element import (
    WscAssociationRequest,
    WscAssociationResponse,
    WscBeacon,
    WscProbeRequest,
    WscProbeResponse,
)
from harness.wire.wsc.extension import WfaExtension
from harness.wire.wsc.messages import (
    M1,
    M2,
    M2D,
    M3,
    M4,
    M5,
    M6,
    M7,
    M8,
    IncompleteMessage,
    Message,
    WscAck,
    WscDone,
    WscNack,
    decode_message,
)
from harness.wire.wsc.settings import Credential

__all__ = [
    "M1",
    "M2",
    "M2D",
    "M3",
    "M4",
    "M5",
    "M6",
    "M7",
    "M8",
    "AttributeSet",
    "Credential",
    "DeviceAttributes",
    "IncompleteMessage",
    "Message",
    "RawAttribute",
    "WfaExtension",
    "WscAck",
    "WscAssociationRequest",
    "WscAssociationResponse",
    "WscBeacon",
    "WscDone",
    "WscNack",
    "WscProbeRequest",
    "WscProbeResponse",
    "decode_message",
    "join",
    "split",
]
