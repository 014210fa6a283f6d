"""What the frames that a radio hands up say to a connection.

Each function raises `WireError` for octets that it can't read or another kind of frame.
"""

from __future__ import annotations

from harness.base.errors import BadValue
from harness.sta.joining import ActionArrived, AssociationAnswered, AuthenticationAnswered
from harness.wire.dot11.frames import (
    Action,
    AssociationResponse,
    Authentication,
    ReassociationResponse,
    decode_frame,
)

AUTHENTICATION_CLAUSE = "IEEE 802.11-2020 9.3.3.11"
ASSOCIATION_CLAUSE = "IEEE 802.11-2020 9.3.3.6"
ACTION_CLAUSE = "IEEE 802.11-2020 9.3.3.13"


def authentication(octets: bytes) -> AuthenticationAnswered:
    """Read an Authentication frame without FCS. Raises `WireError`."""
    frame = decode_frame(octets)
    if not isinstance(frame, Authentication):
        raise BadValue("no Authentication frame", clause=AUTHENTICATION_CLAUSE)
    return AuthenticationAnswered(frame.algorithm, frame.transaction, frame.status, frame.body)


def association(octets: bytes) -> AssociationAnswered:
    """Read a (Re)Association Response without FCS. Raises `WireError`."""
    frame = decode_frame(octets)
    if not isinstance(frame, AssociationResponse | ReassociationResponse):
        raise BadValue("no Association Response", clause=ASSOCIATION_CLAUSE)
    return AssociationAnswered(frame.status, frame.elements)


def action(octets: bytes) -> ActionArrived:
    """Read an Action frame without FCS. Raises `WireError`."""
    frame = decode_frame(octets)
    if not isinstance(frame, Action):
        raise BadValue("no Action frame", clause=ACTION_CLAUSE)
    return ActionArrived(frame.category, frame.body)
